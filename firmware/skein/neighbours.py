"""Who is in radio range, in a table that never grows.

A neighbour is a node whose own transmission was heard lately.  A full table keeps those it
has: a newcomer takes the place only of a row that has been silent for half of its lifetime, so
a flood of invented ids cannot push out a neighbour that still speaks.
"""

from array import array

from micropython import const

from skein import frame as f
from skein.ids import NOBODY
from skein.ticks import ticks_diff

_FIRM_DBM = const(-82)  # what is heard less loud is near the edge of ESP-NOW's range
_SMOOTHING = const(4)  # a new reading weighs 1/4: steady within a few frames, yet follows a move


class Neighbours:
    """At most `capacity` rows, each forgotten after `lifetime_ms` without a frame.

    A row is addressed by its number, 0..capacity-1, which stays the same while the neighbour is
    known.  An empty row holds NOBODY.
    """

    def __init__(self, capacity: int, lifetime_ms: int):
        self.lifetime_ms = lifetime_ms
        self.longest_ms = lifetime_ms
        self.ids = array("i", bytes(4 * capacity))
        self.rssi_dbm = array("b", bytes(capacity))
        self.scores = bytearray(capacity)
        self.leaders = array("i", bytes(4 * capacity))
        self.periods = bytearray(capacity)  # what each said of its beacons, as frames carry it
        self.histories = bytearray(capacity)  # of the last 8 beacons: 1 for each that came
        self._sequences = bytearray(capacity)
        self.heard_at = array("i", bytes(4 * capacity))
        self.count = 0
        self.refused = 0
        self.replaced = 0
        self.lost = 0  # that fell silent

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
        self.periods[row] = 0
        self.histories[row] = 0
        self.heard_at[row] = now
        return row

    def hear(self, row: int, rssi_dbm: int, now: int) -> None:
        """Note a frame that the neighbour in `row` itself transmitted."""
        known = self.rssi_dbm[row]
        heard = max(-128, min(-1, rssi_dbm))
        self.rssi_dbm[row] = known + (heard - known) // _SMOOTHING if known else heard
        self.heard_at[row] = now

    def hear_beacon(self, row: int, beacon, leader: int) -> int:
        """Note what the neighbour in `row` says of itself; returns which beacons came from it.

        Eight bits, for the last eight, the lowest for this one; all 1 for a neighbour that, until
        now, followed `leader`.  Of such a one earlier losses are forgotten, so that it is believed
        too when it turns to another leader by way of a candidate.
        """
        is_own = leader != NOBODY and self.leaders[row] == leader
        gap = (beacon[f.SEQUENCE] - self._sequences[row]) & 0xFF
        self._sequences[row] = beacon[f.SEQUENCE]
        history = 0xFF if is_own else self.histories[row] << min(gap, 8) | 1
        self.histories[row] = history & 0xFF
        self.scores[row] = beacon[f.SCORE]
        is_elected = beacon[f.ROLE] & f.ELECTED
        self.leaders[row] = f.get_id(beacon, f.LEADER) if is_elected else NOBODY
        self.periods[row] = beacon[f.PERIOD]
        return self.histories[row]

    def all_follow(self, leader: int) -> bool:
        """True if every neighbour said so in its last beacon, or is that leader."""
        for row in range(len(self.ids)):
            if self.ids[row] and self.leaders[row] != leader and self.ids[row] != leader:
                return False
        return True

    def best_follower(self, leader: int) -> int:
        """The neighbour fittest to succeed `leader`, of those that follow it; or NOBODY."""
        best = -1
        for row in range(len(self.ids)):
            is_able = self.ids[row] and self.leaders[row] == leader and self.scores[row]
            if is_able and (best < 0 or self._is_fitter(row, best)):
                best = row
        return self.ids[best] if best >= 0 else NOBODY

    def link_points(self) -> int:
        """What the links add to a node's score, 0..32: up to 4 for each of eight neighbours.

        A neighbour that is hardly heard counts half.
        """
        points = 0
        for row in range(len(self.ids)):
            if self.ids[row]:
                points += 4 if self.rssi_dbm[row] >= _FIRM_DBM else 2
        return min(32, points)

    def expire(self, now: int) -> int:
        """Empty the rows whose neighbour has fallen silent; returns how many."""
        expired = 0
        for row in range(len(self.ids)):
            if self.ids[row] and ticks_diff(now, self.heard_at[row]) >= self._lifetime_ms(row):
                self.ids[row] = NOBODY
                self.count -= 1
                expired += 1
        self.lost += expired
        return expired

    def _lifetime_ms(self, row):
        """Longer for one that beats more slowly than this node, up to the longest."""
        said_ms = f.get_period(self.periods, row) * 7 // 2
        return max(self.lifetime_ms, min(self.longest_ms, said_ms))

    def _is_fitter(self, row, other):
        if self.scores[row] != self.scores[other]:
            return self.scores[row] > self.scores[other]
        return self.ids[row] > self.ids[other]

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
