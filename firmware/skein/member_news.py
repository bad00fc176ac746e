"""What is told of members: a few rows on each beacon, the news first.

A change is told three times.  Then come the rows whose evidence improved most since they were
last told, so that evidence of a far node moves on by a hop with each beacon, and that of a near
one waits.  A row that says less than this node knows is answered with what it knows.  Now and
then a beacon names somebody who departed: whoever has heard it since answers, and so the parts
of a healed mesh find each other in full.
"""

from micropython import const

from skein import beacon_parts as p
from skein import frame as f
from skein.ids import NOBODY
from skein.members import ALIVE, LEFT, SUSPECT, Members
from skein.ticks import ticks_add, ticks_diff

_PROBE_BEACONS = const(16)  # of so many one names somebody who departed
_TELLINGS_IN_SILENCE = const(16)  # of what has not changed; most may be lost on a long way
_NEWS_SHIFT = const(23)  # above any gain in ms
_MOST_GAIN_MS = const(0x7FFFFF)


class MemberNews:
    """Reads and writes the rows of members.  node: whose beacons these are."""

    def __init__(self, node: int, members: Members, pace, neighbours):
        self._node = node
        self._members = members
        self._pace = pace
        self._neighbours = neighbours
        self._told_in = bytearray(len(members.ids))  # the beacon that named the row last
        self._beacons = 0
        self._probe = 0
        self.most_rows = p.ROWS_MAX  # on a beacon
        self.nonsense = 0  # beacons and rows that no honest node sends

    def hear(self, frame, now: int) -> None:
        """Read the rows of a BEACON whose parts passed their check."""
        unit_ms = f.get_period(frame, f.PERIOD) // p.AGES_A_PERIOD
        for number in range(p.count_of(frame)):
            self._hear_row(frame, p.FIRST_ROW + number * p.ROW_LEN, unit_ms, now)

    def write(self, frame, now: int) -> int:
        """Put rows on a BEACON whose body is complete; returns how many."""
        unit_ms = f.get_period(frame, f.PERIOD) // p.AGES_A_PERIOD
        self._beacons = (self._beacons + 1) & 0xFF
        row = self._next_departed() if self._beacons % _PROBE_BEACONS == 0 else -1
        if row < 0:
            row = self._next_row()
        count = 0
        while row >= 0 and count < self.most_rows:
            self._write_row(frame, p.FIRST_ROW + count * p.ROW_LEN, row, unit_ms, now)
            count += 1
            row = self._next_row()
        return count

    def _hear_row(self, frame, at, unit_ms, now):
        node = f.get_id(frame, at)
        state = frame[at + p.STATE] >> 6
        if node == self._node:
            if state != ALIVE:
                self._pace.answer(now)  # a beacon refutes it
            return
        age_ms = p.get_age(frame[at + p.STATE]) * unit_ms
        if 0 < state < LEFT and age_ms < self._neighbours.lifetime_ms // 2:
            self.nonsense += 1  # nobody is lost so soon
            return
        row = self._members.find(node)
        if row >= 0:
            self._compare(frame, at, row, age_ms, now)
        elif state == ALIVE and age_ms < self._members.silence_ms():
            self._members.be_told(node, frame[at + p.BOOT], ticks_add(now, -age_ms), now)

    def _compare(self, frame, at, row, age_ms, now):
        """Take over what is newer than what this node knows; answer what is older."""
        members = self._members
        heard_at = ticks_add(now, -age_ms)
        gain_ms = ticks_diff(heard_at, members.heard_at[row])
        doubt_ms = (age_ms + self._neighbours.lifetime_ms) // 8  # ages are rounded, frames wait
        state = frame[at + p.STATE] >> 6
        is_known = state == members.states[row] and frame[at + p.BOOT] == members.boots[row]
        # Two that tell of the same moment: what is worse was concluded later.
        least_ms = -doubt_ms if state > members.states[row] else doubt_ms
        is_oldest = frame[at + p.STATE] & p.LONGEST_AGE == p.LONGEST_AGE
        if not is_oldest and (is_known or gain_ms > least_ms):
            members.accept(row, frame[at + p.BOOT], heard_at, now)
            members.turn(row, state, now)
        elif not is_known and not members.news[row]:
            members.news[row] = 1

    def _next_row(self):
        """The row that is to be told next on this beacon, or -1."""
        members = self._members
        chosen = -1
        most = members.silence_ms() // _TELLINGS_IN_SILENCE
        for row in range(len(members.ids)):
            if members.ids[row] != NOBODY and self._told_in[row] != self._beacons:
                weight = members.news[row] << _NEWS_SHIFT
                if members.states[row] <= SUSPECT:
                    gain_ms = ticks_diff(members.heard_at[row], members.told_at[row])
                    weight += min(max(gain_ms, 0), _MOST_GAIN_MS)
                if weight >= most:
                    chosen = row
                    most = weight
        return chosen

    def _next_departed(self):
        members = self._members
        for _ in range(len(members.ids)):
            self._probe = (self._probe + 1) % len(members.ids)
            if members.ids[self._probe] != NOBODY and members.states[self._probe] > SUSPECT:
                return self._probe
        return -1

    def _write_row(self, frame, at, row, unit_ms, now):
        members = self._members
        f.put_id(frame, at, members.ids[row])
        frame[at + p.BOOT] = members.boots[row]
        units = (ticks_diff(now, members.heard_at[row]) + unit_ms - 1) // unit_ms
        frame[at + p.STATE] = members.states[row] << 6 | p.age_code(units)
        members.told_at[row] = members.heard_at[row]
        self._told_in[row] = self._beacons
        if members.news[row]:
            members.news[row] -= 1
