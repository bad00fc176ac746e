"""Who is in radio range, in a table that never grows.

A neighbour is a node whose own transmission was heard lately.  A full table keeps those it
has: a newcomer takes the place only of a row that has been silent for half of its lifetime, so
a flood of invented ids cannot push out a neighbour that still speaks.
"""

from array import array

from micropython import const

from skein.ids import NOBODY
from skein.ticks import ticks_diff

_SMOOTHING = const(4)  # a new reading weighs 1/4: steady within a few frames, yet follows a move


class Neighbours:
    """At most `capacity` rows, each forgotten after `lifetime_ms` without a frame.

    A row is addressed by its number, 0..capacity-1, which stays the same while the neighbour is
    known.  An empty row holds NOBODY.
    """

    def __init__(self, capacity: int, lifetime_ms: int):
        self.lifetime_ms = lifetime_ms
        self.ids = array("i", bytes(4 * capacity))
        self.rssi_dbm = array("b", bytes(capacity))
        self.scores = bytearray(capacity)
        self.leaders = array("i", bytes(4 * capacity))
        self.heard_at = array("i", bytes(4 * capacity))
        self.count = 0
        self.refused = 0
        self.replaced = 0

    def find(self, node: int) -> int:
        """The row of this neighbour, or -1."""
        for row in range(len(self.ids)):
            if self.ids[row] == node:
                return row
        return -1

    def admit(self, node: int, now: int) -> int:
        """Give a row to a node that has none; the row, or -1 when there is no room."""
        row = self._room(now)
        if row < 0:
            self.refused += 1
            return -1
        self.ids[row] = node
        self.rssi_dbm[row] = 0
        self.scores[row] = 0
        self.leaders[row] = NOBODY
        self.heard_at[row] = now
        return row

    def hear(self, row: int, rssi_dbm: int, now: int) -> None:
        """Note a frame that the neighbour in `row` itself transmitted."""
        known = self.rssi_dbm[row]
        heard = max(-128, min(-1, rssi_dbm))
        self.rssi_dbm[row] = known + (heard - known) // _SMOOTHING if known else heard
        self.heard_at[row] = now

    def expire(self, now: int) -> int:
        """Empty the rows whose neighbour has fallen silent; returns how many."""
        expired = 0
        for row in range(len(self.ids)):
            if self.ids[row] and ticks_diff(now, self.heard_at[row]) >= self.lifetime_ms:
                self.ids[row] = NOBODY
                self.count -= 1
                expired += 1
        return expired

    def _room(self, now):
        stalest = 0
        for row in range(len(self.ids)):
            if self.ids[row] == NOBODY:
                self.count += 1
                return row
            if ticks_diff(self.heard_at[row], self.heard_at[stalest]) < 0:
                stalest = row
        if ticks_diff(now, self.heard_at[stalest]) * 2 < self.lifetime_ms:
            return -1
        self.replaced += 1
        return stalest
