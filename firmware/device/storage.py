"""What must survive a loss of power: the count of boots and the election's term."""

import os
import random

from skein.ids import ID_MAX

FILE = "skein.state"


class Storage:
    """Numbers in one small file, replaced as a whole so that a torn write leaves the old one.

    epoch: this boot's number, 0..255, wraps.  term: the highest term that was saved.
    """

    def __init__(self, path: str = FILE):
        self._path = path
        self.is_writable = True
        saved = _read(path)
        if saved:
            self.epoch = (saved[0] + 1) & 0xFF
            self.term = saved[1]
        else:
            # Unknown, so any: a fixed one would look to others like a replay of an old boot.
            self.epoch = random.randrange(256)
            self.term = 0
        self.save(self.term)

    def save(self, term: int) -> None:
        """Keep the term.  A full or broken flash is noted in is_writable and not raised."""
        self.term = term
        text = f"{self.epoch} {term}"
        try:
            with open(self._path + ".new", "w") as file:
                file.write(f"{text} {_checksum(text)}")
            os.rename(self._path + ".new", self._path)
            self.is_writable = True
        except OSError:
            self.is_writable = False


def _read(path):
    try:
        with open(path) as file:
            epoch, term, checksum = file.read().split()
        if int(checksum) != _checksum(f"{epoch} {term}"):
            return None
        epoch, term = int(epoch), int(term)
    except (OSError, ValueError):
        return None
    return (epoch, term) if 0 <= epoch <= 255 and 0 <= term <= ID_MAX else None


def _checksum(text):
    return sum(text.encode()) % 997
