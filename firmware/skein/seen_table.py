"""Which messages were met before, so that each is taken once.

One row for each origin: the newest number met and, for the 128 numbers up to it, a bit each.
An origin that floods therefore costs its own row and nobody else's.  The boot epoch tells a
rebooted origin, whose numbers begin anew, from a replay of its former self.
"""

from array import array

from micropython import const

from skein.ids import NOBODY
from skein.ticks import ticks_add, ticks_diff

WINDOW = const(128)
_BYTES = const(16)  # WINDOW bits
_FORGET_MS = const(3600000)  # one that left; or whoever boots 128 times meanwhile is never new

NEW = const(0)  # answers of `meet`
DUPLICATE = const(1)
STALE = const(2)  # older than the window, or from before the origin's last boot


class SeenTable:
    """Rows for at most `capacity` origins, each kept `lifetime_ms` after its last new message.

    A full table gives up the origin that has been quiet for the longest time.  Of the last
    `capacity` origins that had to go, the newest number is kept for hours, so that nothing they
    sent before is taken for new.
    """

    def __init__(self, capacity: int, lifetime_ms: int):
        self.lifetime_ms = lifetime_ms
        self._origins = array("i", bytes(4 * capacity))
        self._epochs = bytearray(capacity)
        self._newest = array("H", bytes(2 * capacity))
        self._met_at = array("i", bytes(4 * capacity))
        self._bits = bytearray(_BYTES * capacity)
        self._left = array("i", bytes(4 * capacity))
        self._left_epochs = bytearray(capacity)
        self._left_newest = array("H", bytes(2 * capacity))
        self._next_left = 0
        self._forget_at = -1
        self.evicted = 0

    def __len__(self) -> int:
        count = 0
        for origin in self._origins:
            if origin:
                count += 1
        return count

    def meet(self, origin: int, epoch: int, sequence: int, now: int) -> int:
        """NEW, DUPLICATE or STALE.  epoch: 0..255; sequence: 0..65535; both wrap."""
        row = self._find(self._origins, origin)
        answer = NEW
        if row >= 0:
            answer = self._meet_known(row, epoch, sequence)
        else:
            left = self._find(self._left, origin)
            if left < 0:
                row = self._admit(origin, epoch, sequence)
            elif self._is_later(left, epoch, sequence):
                row = self._return(left)
                self._meet_known(row, epoch, sequence)
            else:
                return STALE
        if answer == NEW:
            self._met_at[row] = now
        return answer

    def has_met(self, origin: int, epoch: int, sequence: int) -> bool:
        """True unless `meet` would answer NEW; nothing is marked."""
        row = self._find(self._origins, origin)
        if row < 0:
            left = self._find(self._left, origin)
            return left >= 0 and not self._is_later(left, epoch, sequence)
        if epoch != self._epochs[row]:
            return not _is_newer_boot(epoch, self._epochs[row])
        behind = (self._newest[row] - sequence) & 0xFFFF
        if behind >= 0x8000:
            return False
        at, mask = row * _BYTES + (sequence % WINDOW >> 3), 1 << (sequence & 7)
        return behind >= WINDOW or self._bits[at] & mask != 0

    def is_newest(self, origin: int, sequence: int) -> bool:
        """True if no later number of this origin was met."""
        row = self._find(self._origins, origin)
        return row >= 0 and self._newest[row] == sequence

    def expire(self, now: int) -> int:
        """Forget origins that have been quiet for `lifetime_ms`; returns how many."""
        expired = 0
        for row in range(len(self._origins)):
            if self._origins[row] and ticks_diff(now, self._met_at[row]) >= self.lifetime_ms:
                self._leave(row)
                self._origins[row] = NOBODY
                expired += 1
        if self._forget_at < 0 or ticks_diff(now, self._forget_at) >= 0:
            self._forget_at = ticks_add(now, _FORGET_MS)
            self._left[self._next_left] = NOBODY
            self._next_left = (self._next_left + 1) % len(self._left)
        return expired

    def _find(self, table, origin):
        for row in range(len(table)):
            if table[row] == origin:
                return row
        return -1

    def _meet_known(self, row, epoch, sequence):
        if _is_newer_boot(epoch, self._epochs[row]):
            self._begin(row, epoch, sequence)
            return NEW
        return self._mark(row, sequence) if epoch == self._epochs[row] else STALE

    def _leave(self, row):
        """Remember the least of an origin that loses its row."""
        at = self._next_left
        self._left[at] = self._origins[row]
        self._left_epochs[at] = self._epochs[row]
        self._left_newest[at] = self._newest[row]
        self._next_left = (at + 1) % len(self._left)

    def _is_later(self, left, epoch, sequence):
        known = self._left_epochs[left]
        ahead = (sequence - self._left_newest[left]) & 0xFFFF
        return _is_newer_boot(epoch, known) or (epoch == known and 0 < ahead < 0x8000)

    def _return(self, left):
        """Which numbers were met is forgotten: count all up to the newest as met."""
        origin = self._left[left]
        self._left[left] = NOBODY
        row = self._admit(origin, self._left_epochs[left], self._left_newest[left])
        for at in range(row * _BYTES, (row + 1) * _BYTES):
            self._bits[at] = 0xFF
        return row

    def _admit(self, origin, epoch, sequence):
        row = self._room()
        if self._origins[row]:
            self.evicted += 1
            self._leave(row)
        self._origins[row] = origin
        self._begin(row, epoch, sequence)
        return row

    def _room(self):
        quietest = 0
        for row in range(len(self._origins)):
            if self._origins[row] == NOBODY:
                return row
            if ticks_diff(self._met_at[row], self._met_at[quietest]) < 0:
                quietest = row
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
