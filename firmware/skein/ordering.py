"""Events IN_ORDER: handed to the application in the order in which their source emitted them.

Each carries a count of its source's events of that topic, in its last byte.  One that comes too
early waits in the inbox for those before it, for a while; then the gap counts as lost.  One that
comes after its successors was handed out is dropped.  The order holds among events of one
source, topic and priority.
"""

from array import array

from micropython import const

from skein import event as e
from skein import frame as f
from skein.ids import NOBODY
from skein.ticks import ticks_add, ticks_diff

_FAST_WAIT_MS = const(2000)  # three tries at each of a few hops
_SLOW_WAIT_MS = const(60000)


class Ordering:
    """At most `capacity` (source, topic) pairs, this node's own topics among them.

    A full table gives up the pair that was used longest ago: its order begins anew.
    node: this node's id.  diffusion: its Diffusion, whose events IN_ORDER come here from now on.
    """

    def __init__(self, capacity: int, node: int, diffusion, is_slow: bool):
        self._node = node
        self._inbox = diffusion.inbox
        diffusion.assurances[e.IN_ORDER] = self
        self._wait_ms = _SLOW_WAIT_MS if is_slow else _FAST_WAIT_MS
        self._sources = array("i", bytes(4 * capacity))
        self._topics = array("i", bytes(4 * capacity))
        self._epochs = bytearray(capacity)
        self._next = bytearray(capacity)  # the count that is to come
        self._gap_ends_at = array("i", bytes(4 * capacity))
        self._has_gap = bytearray(capacity)
        self._used = array("i", bytes(4 * capacity))
        self._uses = 0
        self.lost = 0
        self.late = 0
        self.evicted = 0

    def mark(self, topic: int) -> int:
        """The count for this node's next event of a topic, 0..255."""
        return self._next[self._row(self._node, topic, 0)]

    def sent(self, topic: int, _length: int, _now: int) -> None:
        """The event with the count that `mark` gave was queued."""
        row = self._row(self._node, topic, 0)
        self._next[row] = (self._next[row] + 1) & 0xFF

    def hear(self, frame: bytearray, now: int) -> None:
        """Put an event IN_ORDER, which was not met before, into the inbox."""
        count = frame[len(frame) - 1]
        row = self._row(f.get_id(frame, f.ORIGIN), f.get_id(frame, f.TOPIC), count)
        if frame[f.EPOCH] != self._epochs[row]:
            self._epochs[row] = frame[f.EPOCH]
            self._next[row] = count
            self._has_gap[row] = 0
        ahead = (count - self._next[row]) & 0xFF
        if ahead >= 0x80:
            self.late += 1
            return
        if ahead and not self._has_gap[row]:
            self._has_gap[row] = 1
            self._gap_ends_at[row] = ticks_add(now, self._wait_ms)
        ready_at = ticks_add(self._gap_ends_at[row], self._wait_ms) if ahead else now
        slot = e.put(self._inbox, frame, len(frame), now, ready_at)
        if ahead == 0:
            self._next[row] = (count + 1) & 0xFF
            self._release(row, now)
        elif slot < 0:
            self.lost += 1

    def poll(self, now: int) -> None:
        """Give up the gaps that have lasted too long."""
        for row in range(len(self._has_gap)):
            if self._has_gap[row] and ticks_diff(now, self._gap_ends_at[row]) >= 0:
                nearest = self._nearest(row)
                if nearest >= 0:
                    count = self._count(nearest)
                    self.lost += (count - self._next[row]) & 0xFF
                    self._next[row] = count
                self._release(row, now)

    def next_deadline(self, soonest: int) -> int:
        """The instant of the next useful poll, at the latest `soonest`."""
        for row in range(len(self._has_gap)):
            if self._has_gap[row] and ticks_diff(self._gap_ends_at[row], soonest) < 0:
                soonest = self._gap_ends_at[row]
        return soonest

    def _release(self, row, now):
        """Let all go that follow without a gap, in their order."""
        slot = self._nearest(row)
        while slot >= 0 and self._count(slot) == self._next[row]:
            self._next[row] = (self._next[row] + 1) & 0xFF
            self._inbox.requeue(slot, now)
            slot = self._nearest(row)
        self._has_gap[row] = slot >= 0
        if slot >= 0:
            self._gap_ends_at[row] = ticks_add(now, self._wait_ms)
            self._hold(row)

    def _hold(self, row):
        """What still waits must not become ready before the gap ends."""
        ready_at = ticks_add(self._gap_ends_at[row], self._wait_ms)
        for slot in range(self._inbox.capacity):
            if self._is_held_back(slot, row):
                self._inbox.set_due(slot, ready_at)

    def _nearest(self, row):
        """The slot of the held back event that comes next, or -1."""
        nearest = -1
        for slot in range(self._inbox.capacity):
            if self._is_held_back(slot, row) and (
                nearest < 0 or self._ahead(slot, row) < self._ahead(nearest, row)
            ):
                nearest = slot
        return nearest

    def _is_held_back(self, slot, row):
        frame = self._inbox.slots[slot]
        return (
            self._inbox.is_held(slot)
            and e.delivery_of(frame[f.POLICY]) == e.IN_ORDER
            and frame[f.EPOCH] == self._epochs[row]
            and f.get_id(frame, f.ORIGIN) == self._sources[row]
            and f.get_id(frame, f.TOPIC) == self._topics[row]
            and self._ahead(slot, row) < 0x80
        )

    def _ahead(self, slot, row):
        return (self._count(slot) - self._next[row]) & 0xFF

    def _count(self, slot):
        return self._inbox.slots[slot][self._inbox.lengths[slot] - 1]

    def _row(self, source, topic, first):
        """The row of a pair; a new one begins with the count `first`."""
        row = oldest = 0
        while row < len(self._sources):
            if self._sources[row] == source and self._topics[row] == topic:
                break
            if self._used[row] < self._used[oldest]:
                oldest = row
            row += 1
        if row == len(self._sources):
            row = oldest
            self.evicted += self._sources[row] != NOBODY
            self._sources[row] = source
            self._topics[row] = topic
            self._next[row] = first
            self._has_gap[row] = 0
        self._uses = (self._uses + 1) & 0x3FFFFFFF
        self._used[row] = self._uses
        return row
