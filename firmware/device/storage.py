"""What must survive a loss of power: the count of boots and the election's term."""

import os
import random

from micropython import const

from skein.ids import ID_MAX, hash30

FILE = "/skein.state"
_LONGEST_FILE = const(48)


class Storage:
    """Numbers in one small file, replaced as a whole so that a torn write leaves the old one.

    epoch: this boot's number, 0..255, wraps.  It is on the flash before the radio speaks, so no
    loss of power lets a boot use the number of the one before it; where the flash cannot be
    written, or its file cannot be read, the number is thrown by dice.
    term: the highest term that was saved.
    """

    def __init__(self, path: str = FILE):
        self._path = path
        self.is_writable = True
        saved = _read(path)
        self.term = saved[1] if saved else 0
        self.epoch = (saved[0] + 1) & 0xFF if saved else random.randrange(256)
        self.save(self.term)
        if not self.is_writable:
            self.epoch = random.randrange(256)

    def save(self, term: int) -> None:
        """Keep the term.  A full or broken flash is noted in is_writable and not raised.

        The caller waits a minute between two calls, so there are at most 5.3 million in ten
        years.  Each adds some 300 bytes to littlefs's log of 4096-byte blocks: one erasure in 13
        saves, 400,000 in all.  A block lasts 100,000, and littlefs moves the log about the free
        ones, of which four are enough.
        """
        self.term = term
        text = f"{self.epoch} {term}"
        try:
            with open(self._path + ".new", "w") as file:
                file.write(f"{text} {hash30(text.encode())}")
            os.rename(self._path + ".new", self._path)
            self.is_writable = True
        except OSError:
            self.is_writable = False


def _read(path):
    try:
        with open(path) as file:
            epoch, term, checksum = file.read(_LONGEST_FILE).split()
        if int(checksum) != hash30(f"{epoch} {term}".encode()):
            return None
        epoch, term = int(epoch), int(term)
    except (OSError, ValueError):
        return None
    return (epoch, term) if 0 <= epoch <= 255 and 0 <= term <= ID_MAX else None
