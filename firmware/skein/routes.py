"""Which neighbour is a step towards a node, in a table that never grows.

Nothing is sent to learn it.  A beacon says how far its sender is from its leader, and a message
how far its origin is; whoever transmitted it is a step that way.  Fewer hops are better.  A step
that led nowhere is not taken again for a lifetime, if another one is heard of.
"""

from array import array

from micropython import const

from skein import frame as f
from skein.ids import NOBODY
from skein.ticks import ticks_diff

_SHUNNED = const(255)  # hops of a way that led nowhere


class Routes:
    """At most `capacity` destinations, each forgotten `lifetime_ms` after it was heard of.

    A full table gives up the destination that was not heard of for the longest time.  Leaders and
    neighbours never give way to mere origins of messages, which a flood can invent.
    """

    def __init__(self, capacity: int, lifetime_ms: int):
        self.lifetime_ms = lifetime_ms
        self.destinations = array("i", bytes(4 * capacity))
        self.steps = array("i", bytes(4 * capacity))
        self.hops = bytearray(capacity)
        self._is_firm = bytearray(capacity)
        self._heard_at = array("i", bytes(4 * capacity))
        self.refused = 0

    def hear(self, frame, now: int) -> None:
        """Learn from any frame that passed `frame.check`."""
        sender = f.get_id(frame, f.SENDER)
        self._learn(sender, sender, 1, True, now)
        if f.kind_of(frame) == f.BEACON:
            self.hear_claim(frame, now)
        elif f.hops_travelled(frame):
            origin = f.get_id(frame, f.ORIGIN)
            self._learn(origin, sender, f.hops_travelled(frame) + 1, False, now)

    def hear_claim(self, beacon, now: int) -> None:
        """Learn from the claim in a beacon, of the cell's leader or of one above it."""
        sender, leader = f.get_id(beacon, f.SENDER), f.get_id(beacon, f.LEADER)
        is_other = leader != NOBODY and leader != sender  # noqa: PLR1714 - a tuple takes heap
        if is_other and beacon[f.LEADER_HOPS] < f.HOPS_MAX:
            self._learn(leader, sender, beacon[f.LEADER_HOPS] + 1, True, now)

    def step_to(self, destination: int, now: int) -> int:
        """The neighbour to hand a message for `destination` to; NOBODY if none is known."""
        row = self._find(destination)
        if row < 0 or ticks_diff(now, self._heard_at[row]) >= self.lifetime_ms:
            return NOBODY
        return self.steps[row]

    def shun(self, destination: int) -> None:
        """The way to `destination` led nowhere: prefer any other."""
        row = self._find(destination)
        if row >= 0:
            self.hops[row] = _SHUNNED

    def _learn(self, destination, step, hops, is_firm, now):
        row = self._find(destination)
        if row >= 0:
            is_old = ticks_diff(now, self._heard_at[row]) >= self.lifetime_ms
            if not is_old and (hops > self.hops[row] or self._is_shunned(row, step)):
                return
        else:
            row = self._room(is_firm, now)
            if row < 0:
                self.refused += 1
                return
        self.destinations[row] = destination
        self.steps[row] = step
        self.hops[row] = hops
        self._is_firm[row] = is_firm
        self._heard_at[row] = now

    def _is_shunned(self, row, step):
        return self.hops[row] == _SHUNNED and self.steps[row] == step

    def _find(self, destination):
        for row in range(len(self.hops)):
            if self.destinations[row] == destination:
                return row
        return -1

    def _room(self, is_firm, now):
        oldest = -1
        most_ms = -1
        for row in range(len(self.hops)):
            age_ms = ticks_diff(now, self._heard_at[row])
            if self.destinations[row] == NOBODY or age_ms >= self.lifetime_ms:
                return row
            if age_ms > most_ms and (is_firm or not self._is_firm[row]):
                oldest, most_ms = row, age_ms
        return oldest
