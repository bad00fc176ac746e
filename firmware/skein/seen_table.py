"""Which messages were met before, so that each is taken once.

One row for each origin: the newest number met and, for the 128 numbers up to it, a bit each.
An origin that floods therefore costs its own row and nobody else's.  The boot epoch tells a
rebooted origin, whose numbers begin anew, from a replay of its former self.
"""

from array import array

from micropython import const

from skein.ids import NOBODY
from skein.ticks import ticks_diff

WINDOW = const(128)
_BYTES = const(16)  # WINDOW bits

NEW = const(0)  # answers of `meet`
DUPLICATE = const(1)
STALE = const(2)  # older than the window, or from before the origin's last boot


class SeenTable:
    """Rows for at most `capacity` origins, each kept `lifetime_ms` after its last new message.

    A full table gives up the origin that has been quiet for the longest time.
    """

    def __init__(self, capacity: int, lifetime_ms: int):
        self.lifetime_ms = lifetime_ms
        self._origins = array("i", bytes(4 * capacity))
        self._epochs = bytearray(capacity)
        self._newest = array("H", bytes(2 * capacity))
        self._met_at = array("i", bytes(4 * capacity))
        self._bits = bytearray(_BYTES * capacity)
        self.evicted = 0

    def __len__(self) -> int:
        count = 0
        for origin in self._origins:
            if origin:
                count += 1
        return count

    def meet(self, origin: int, epoch: int, sequence: int, now: int) -> int:
        """NEW, DUPLICATE or STALE.  epoch: 0..255; sequence: 0..65535; both wrap."""
        row = self._find(origin)
        if row < 0:
            row = self._room()
            self._origins[row] = origin
            self._begin(row, epoch, sequence)
        else:
            newer_boot = _is_newer_boot(epoch, self._epochs[row])
            if newer_boot:
                self._begin(row, epoch, sequence)
            elif epoch != self._epochs[row]:
                return STALE
            else:
                answer = self._mark(row, sequence)
                if answer != NEW:
                    return answer
        self._met_at[row] = now
        return NEW

    def is_newest(self, origin: int, sequence: int) -> bool:
        """True if no later number of this origin was met."""
        row = self._find(origin)
        return row >= 0 and self._newest[row] == sequence

    def expire(self, now: int) -> int:
        """Forget origins that have been quiet for `lifetime_ms`; returns how many."""
        expired = 0
        for row in range(len(self._origins)):
            if self._origins[row] and ticks_diff(now, self._met_at[row]) >= self.lifetime_ms:
                self._origins[row] = NOBODY
                expired += 1
        return expired

    def _find(self, origin):
        for row in range(len(self._origins)):
            if self._origins[row] == origin:
                return row
        return -1

    def _room(self):
        quietest = 0
        for row in range(len(self._origins)):
            if self._origins[row] == NOBODY:
                return row
            if ticks_diff(self._met_at[row], self._met_at[quietest]) < 0:
                quietest = row
        self.evicted += 1
        return quietest

    def _begin(self, row, epoch, sequence):
        self._epochs[row] = epoch
        self._newest[row] = sequence
        for at in range(row * _BYTES, (row + 1) * _BYTES):
            self._bits[at] = 0
        self._set(row, sequence)

    def _mark(self, row, sequence):
        ahead = (sequence - self._newest[row]) & 0xFFFF
        if ahead >= 0x8000:  # it comes before the newest
            if 0x10000 - ahead >= WINDOW:
                return STALE
        else:
            self._advance(row, sequence, ahead)
        at, mask = row * _BYTES + (sequence % WINDOW >> 3), 1 << (sequence & 7)
        if self._bits[at] & mask:
            return DUPLICATE
        self._bits[at] |= mask
        return NEW

    def _advance(self, row, sequence, ahead):
        """Slide the window up to `sequence`; the numbers it slides over were not met."""
        for step in range(min(ahead, WINDOW)):
            number = sequence - step
            self._bits[row * _BYTES + (number % WINDOW >> 3)] &= ~(1 << (number & 7))
        self._newest[row] = sequence

    def _set(self, row, sequence):
        self._bits[row * _BYTES + (sequence % WINDOW >> 3)] |= 1 << (sequence & 7)


def _is_newer_boot(epoch, known):
    """True on the nearer side of the ring of 256 boots."""
    return 0 < (epoch - known) & 0xFF < 0x80
