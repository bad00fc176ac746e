"""Who in the mesh wants which topic, in a table that never grows.

Interest is soft: a node declares all it wants at once, repeats it, and is forgotten when it
stops.  The table answers one question, "may this event stop here?", and answers it open: while
a declaration could not be stored whole, every topic counts as wanted.
"""

from array import array

from micropython import const

from skein.ids import NOBODY, PREFIX
from skein.ticks import ticks_add, ticks_diff

NONE = const(0)  # levels of interest
LOW = const(1)
MEDIUM = const(2)
HIGH = const(3)
CRITICAL = const(4)


class InterestTable:
    """At most `capacity` (topic, node, level) rows, each kept for `lifetime_ms`.

    hops: how far off a row's node is, if it said that nobody else wants the topic; else 0.

    When the table is full a new row takes the place of one of lower level, the lowest first and
    of equal ones the one closest to its end; otherwise it is refused.  Either way the table has
    lost something, and `is_complete` says so for one lifetime.
    """

    def __init__(self, capacity: int, lifetime_ms: int):
        self.lifetime_ms = lifetime_ms
        self.topics = array("i", bytes(4 * capacity))
        self.nodes = array("i", bytes(4 * capacity))
        self.levels = bytearray(capacity)
        self.hops = bytearray(capacity)
        self._expires_at = array("i", bytes(4 * capacity))
        self._complete_at = 0
        self._is_short = False
        self.evicted = 0
        self.refused = 0

    def __len__(self) -> int:
        count = 0
        for node in self.nodes:
            if node:
                count += 1
        return count

    def is_complete(self) -> bool:
        """False while something that was declared may be missing from the table."""
        return not self._is_short

    def lose(self, now: int) -> None:
        """Something that was declared may be missing: for one lifetime all counts as wanted."""
        self._is_short = True
        self._complete_at = ticks_add(now, self.lifetime_ms)

    def put(self, topic: int, node: int, level: int, now: int, hops: int = 0) -> bool:
        """Add a row, or renew the one that is there.  False when there was no room for it.

        level: one above CRITICAL counts as CRITICAL, or it would push out what matters.
        """
        level = min(level, CRITICAL)
        row = self._find(topic, node)
        if row < 0:
            row = self._room(level)
        if row < 0:
            self.refused += 1
            self.lose(now)
            return False
        if self.nodes[row] and (self.nodes[row] != node or self.topics[row] != topic):
            self.evicted += 1
            self.lose(now)
        self.topics[row] = topic
        self.nodes[row] = node
        self.levels[row] = level
        self.hops[row] = hops
        self._expires_at[row] = ticks_add(now, self.lifetime_ms)
        return True

    def forget_all_but_renewed(self, node: int, now: int) -> None:
        """Drop rows of `node` that its declaration at `now` did not repeat: it withdrew them."""
        renewed_until = ticks_add(now, self.lifetime_ms)
        for row in range(len(self.nodes)):
            if self.nodes[row] == node and self._expires_at[row] != renewed_until:
                self.nodes[row] = NOBODY

    def is_wanted(self, topic: int, but_for: int) -> bool:
        """True if a node other than `but_for` wants the topic, as far as the table knows."""
        return self._wisher(0, topic, but_for) < len(self.nodes)

    def come_closer(self, node: int, hops: int) -> None:
        """A copy of its declaration came by a shorter way."""
        for row in range(len(self.nodes)):
            if self.nodes[row] == node and self.hops[row] > hops:
                self.hops[row] = hops

    def hops_to_only(self, topic: int, but_for: int) -> int:
        """How far off the one node is, other than `but_for`, that wants the topic.

        0 where that is not known, and where nobody wants it, or more than one do.
        """
        row = self._wisher(0, topic, but_for)
        if row == len(self.nodes) or self._wisher(row + 1, topic, but_for) < len(self.nodes):
            return 0
        return self.hops[row]

    def count(self, topic: int, but_for: int, until: int) -> int:
        """How many nodes other than `but_for` want the topic, by rows that last beyond `until`.

        A node that wants it twice, by its name and by its prefix, counts twice.
        """
        count = 0
        row = self._wisher(0, topic, but_for)
        while row < len(self.nodes):
            if ticks_diff(self._expires_at[row], until) > 0:
                count += 1
            row = self._wisher(row + 1, topic, but_for)
        return count

    def expire(self, now: int) -> int:
        """Forget what was not renewed in time; returns how many rows."""
        if self._is_short and ticks_diff(now, self._complete_at) >= 0:
            self._is_short = False
        expired = 0
        for row in range(len(self.nodes)):
            if self.nodes[row] and ticks_diff(now, self._expires_at[row]) >= 0:
                self.nodes[row] = NOBODY
                expired += 1
        return expired

    def _wisher(self, first, topic, but_for):
        """The first row from `first` on of another node that wants the topic; or one too many."""
        prefix = topic & PREFIX
        for row in range(first, len(self.nodes)):
            wanted = self.topics[row]
            if (
                (wanted == topic or wanted == prefix)  # noqa: SIM109 - a tuple takes heap
                and self.nodes[row]
                and self.nodes[row] != but_for
            ):
                return row
        return len(self.nodes)

    def _find(self, topic, node):
        for row in range(len(self.nodes)):
            if self.nodes[row] == node and self.topics[row] == topic:
                return row
        return -1

    def _room(self, level):
        victim = -1
        for row in range(len(self.nodes)):
            if self.nodes[row] == NOBODY:
                return row
            if self.levels[row] < level and (victim < 0 or self._goes_before(row, victim)):
                victim = row
        return victim

    def _goes_before(self, row, other):
        if self.levels[row] != self.levels[other]:
            return self.levels[row] < self.levels[other]
        return ticks_diff(self._expires_at[row], self._expires_at[other]) < 0
