"""Who belongs to the cell, near and far, and in what state, in a table that never grows.

What counts is when a member was last heard to transmit, by this node or by anybody who told.
A member that its own neighbours lost, or of whom nobody told for long, is suspect; suspect for a
while, it is dead.  Later evidence refutes either.  Who said goodbye has left until its own beacon
says otherwise.  The departed are remembered for an hour.
Source: SWIM (Das, Gupta, Motivala 2002), with evidence in place of its probes.
"""

from array import array

from micropython import const

from skein.ids import NOBODY
from skein.ticks import ticks_diff

ALIVE = const(0)
SUSPECT = const(1)
DEAD = const(2)
LEFT = const(3)
STATE_NAMES = ("alive", "suspect", "dead", "left")

TELLINGS = const(3)  # how often a change is told
_SUSPICION_BEATS = const(4)  # and more in a large cell: a refutation has farther to go
_MEMBERS_A_BEAT = const(8)
_REMEMBER_MS = const(3600000)
_LONGEST_SILENCE_MS = const(7200000)


class Members:
    """At most `capacity` rows; an empty one holds NOBODY.  The node itself has none.

    A full table gives up who departed longest ago; for a node that is heard here also the member
    that was not, and of whom nothing was told for longest.  Other newcomers are refused.
    pace: the BeaconPace of the node.  neighbours: its Neighbours, for their lifetime.
    """

    def __init__(self, capacity: int, pace, neighbours):
        self._pace = pace
        self._neighbours = neighbours
        self.ids = array("i", bytes(4 * capacity))
        self.boots = bytearray(capacity)
        self.states = bytearray(capacity)
        self.heard_at = array("i", bytes(4 * capacity))  # by anybody
        self.since = array("i", bytes(4 * capacity))  # when this node learned the state
        self.is_witness = bytearray(capacity)  # heard here, and not lost since
        self.told_at = array("i", bytes(4 * capacity))  # what heard_at was when last told
        self.news = bytearray(capacity)  # how often it must still be told
        self.count = 0  # alive or suspect, without the node itself
        self.changes = array("i", bytes(16))  # by the state turned to; ALIVE: joined or returned
        self.refuted = 0  # suspicions
        self.refused = 0  # newcomers
        self.displaced = 0  # members that were given up for one that was heard here

    def find(self, node: int) -> int:
        """The row of this member, or -1."""
        for row in range(len(self.ids)):
            if self.ids[row] == node:
                return row
        return -1

    def meet(self, node: int, boot: int, now: int) -> int:
        """A node without a row was heard here; its row, or -1 when there is no room."""
        row = self._room(True)
        if row >= 0:
            self._fill(row, node, boot, now, now)
            self.is_witness[row] = 1
            self._tell_all()  # it may be new to the mesh, and know nobody
        return row

    def be_told(self, node: int, boot: int, heard_at: int, now: int) -> int:
        """A neighbour told of a living node without a row; its row, or -1."""
        row = self._room(False)
        if row >= 0:
            self._fill(row, node, boot, heard_at, now)
        return row

    def hear(self, row: int, boot: int, now: int) -> None:
        """The beacon of a member was heard here."""
        self.heard_at[row] = now
        self.is_witness[row] = 1
        if boot != self.boots[row]:
            self._reboot(row, boot, now)
            self._tell_all()
        self.turn(row, ALIVE, now)

    def accept(self, row: int, boot: int, heard_at: int, now: int) -> None:
        """Take over evidence from elsewhere; it never makes a row older."""
        if ticks_diff(heard_at, self.heard_at[row]) > 0:
            self.heard_at[row] = heard_at
        if boot != self.boots[row]:
            self._reboot(row, boot, now)

    def turn(self, row: int, state: int, now: int) -> None:
        """Change a member's state, count it, and have it told."""
        before = self.states[row]
        if before == state:
            return
        if state == ALIVE and before == SUSPECT:
            self.refuted += 1
        else:
            self.changes[state] += 1
        self.count += (state <= SUSPECT) - (before <= SUSPECT)
        self.states[row] = state
        self.since[row] = now
        self.news[row] = TELLINGS
        if state != ALIVE:
            self.is_witness[row] = 0  # what others tell must now be enough

    def expire(self, now: int) -> None:
        """Let every row age.  Call about once a second."""
        silence_ms = self.silence_ms()
        for row in range(len(self.ids)):
            if self.ids[row] != NOBODY:
                self._age(row, silence_ms, now)

    def clear(self) -> None:
        """Forget everybody: this node belongs to another cell now."""
        for row in range(len(self.ids)):
            self.ids[row] = NOBODY
        self.count = 0

    def silence_ms(self) -> int:
        """For how long nothing may be told of a member that is not heard here.

        A round through all rows, and some beacons for each hop, with room for losses.
        """
        return min(_LONGEST_SILENCE_MS, self._pace.beat_ms * (12 + 2 * self.count))

    def _age(self, row, silence_ms, now):
        state = self.states[row]
        if state == ALIVE:
            limit_ms = self._neighbours.lifetime_ms if self.is_witness[row] else silence_ms
            if ticks_diff(now, self.heard_at[row]) >= limit_ms:
                self.turn(row, SUSPECT, now)
            return
        aged_ms = ticks_diff(now, self.since[row])
        if state == SUSPECT:
            beats = _SUSPICION_BEATS + self.count // _MEMBERS_A_BEAT
            if aged_ms >= beats * self._pace.beat_ms:
                self.turn(row, DEAD, now)
        elif aged_ms >= _REMEMBER_MS:
            self.ids[row] = NOBODY

    def _reboot(self, row, boot, now):
        self.boots[row] = boot
        self.since[row] = now
        self.news[row] = TELLINGS
        self.changes[ALIVE] += self.states[row] == ALIVE  # otherwise `turn` counts it

    def _fill(self, row, node, boot, heard_at, now):
        self.ids[row] = node
        self.boots[row] = boot
        self.states[row] = ALIVE
        self.heard_at[row] = self.told_at[row] = heard_at
        self.since[row] = now
        self.is_witness[row] = 0
        self.news[row] = TELLINGS
        self.changes[ALIVE] += 1
        self.count += 1

    def _tell_all(self):
        for row in range(len(self.ids)):
            if self.ids[row] != NOBODY and self.states[row] == ALIVE and not self.news[row]:
                self.news[row] = 1

    def _room(self, is_heard_here):
        chosen = -1
        for row in range(len(self.ids)):
            if self.ids[row] == NOBODY:
                return row
            if self._may_go(row, is_heard_here) and (chosen < 0 or self._goes_first(row, chosen)):
                chosen = row
        if chosen < 0:
            self.refused += 1
        elif self.states[chosen] <= SUSPECT:
            self.displaced += 1
            self.count -= 1
        return chosen

    def _may_go(self, row, is_heard_here):
        if self.states[row] > SUSPECT:
            return True
        return is_heard_here and not self.is_witness[row]

    def _goes_first(self, row, other):
        has_departed = self.states[row] > SUSPECT
        if has_departed != (self.states[other] > SUSPECT):
            return has_departed
        if has_departed:
            return ticks_diff(self.since[row], self.since[other]) < 0
        return ticks_diff(self.heard_at[row], self.heard_at[other]) < 0
