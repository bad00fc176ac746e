"""What a program writes that keeps events as tuples in `heapq`: the measure for Skein's queue.

`HeapQueue` is the little that most programs do.  `FairHeapQueue` does all that `EventQueue` does,
in the same order and with the same victims (a test compares the two), whose turn it is included;
only what holds the events differs.
"""

import heapq
from array import array

from micropython import const

from skein.ticks import ticks_add, ticks_diff
from skein.turns import CRITICAL, LEVELS, LOW, PATIENCE_MS, Turns

_ARRIVAL = const(0)  # an entry of FairHeapQueue
_DUE_AT = const(1)
_ENDS_AT = const(2)
_PRIORITY = const(3)
_FRAME = const(4)
_NEVER = const(-1)  # instead of the end of a life
_NONE_WAITS = const(-1)  # instead of an instant
_UNKNOWN = const(-2)
_REVIEW_MS = const(3600000)


class HeapQueue:
    """One heap, strictly by priority; no shares, no ring of instants, no victims, no waits told.

    An entry is (priority, arrival, due_at, ends_at, frame).
    """

    def __init__(self, capacity: int):
        self._capacity = capacity
        self._waiting: list = []
        self._taken: list = []
        self._arrivals = 0

    def push(self, frame, length, priority, due_at, ends_at):
        if len(self._waiting) + len(self._taken) >= self._capacity:
            return False
        entry = (priority, self._arrivals, due_at, ends_at, bytes(frame[:length]))
        heapq.heappush(self._waiting, entry)
        self._arrivals += 1
        return True

    def take(self, now):
        early = []
        taken = None
        while self._waiting and taken is None:
            entry = heapq.heappop(self._waiting)
            if entry[2] <= now:
                taken = entry
                self._taken.append(entry)
            else:
                early.append(entry)
        for entry in early:
            heapq.heappush(self._waiting, entry)
        return taken

    def sent(self, entry):
        self._taken.remove(entry)

    def next_deadline(self):
        return min(entry[2] for entry in self._waiting) if self._waiting else None

    def expire(self, now):
        living = [entry for entry in self._waiting if entry[3] > now]
        if len(living) < len(self._waiting):
            heapq.heapify(living)
            self._waiting = living


class FairHeapQueue:
    """A heap for each level; an entry is (arrival, due_at, ends_at, priority, frame).

    `Turns` meets a level's number where EventQueue has a slot: that of the entry found last.
    """

    def __init__(self, capacity: int):
        self._capacity = capacity
        self._heaps: list = [[] for _ in range(LEVELS)]
        self._taken: list = []
        self._held = 0
        self._arrivals = 0
        self._review_at = _UNKNOWN
        self._soonest = _NONE_WAITS
        self._turns = Turns()
        self._found: list = [None] * LEVELS
        self.lengths = array("H", bytes(2 * LEVELS))
        self.due_at = array("i", bytes(4 * LEVELS))
        self.refused = array("i", bytes(4 * LEVELS))
        self.displaced = array("i", bytes(4 * LEVELS))
        self.expired = array("i", bytes(4 * LEVELS))
        self.longest_wait_ms = array("i", bytes(4 * LEVELS))
        self.mean_wait_ms = array("i", bytes(4 * LEVELS))

    def push(self, frame, length, priority, due_at, ends_at):
        if self._held >= self._capacity and not self._make_room(priority, due_at):
            self.refused[priority] += 1
            return False
        entry = (self._arrivals, due_at, ends_at, priority, bytes(frame[:length]))
        heapq.heappush(self._heaps[priority], entry)
        self._arrivals += 1
        self._held += 1
        review_at = self._review_at
        if ends_at != _NEVER and review_at != _UNKNOWN and ticks_diff(ends_at, review_at) < 0:
            self._review_at = ends_at
        self._note_due(due_at)
        return True

    def take(self, now):
        soonest = self._soonest
        if soonest == _NONE_WAITS or (soonest != _UNKNOWN and ticks_diff(now, soonest) < 0):
            self._turns.level = CRITICAL
            return None
        if self._review_at == _UNKNOWN or ticks_diff(now, self._review_at) >= 0:
            self.expire(now)
        level = self._turns.next(self, now)
        if level < 0:
            self.next_deadline()
            return None
        entry = self._found[level]
        heap = self._heaps[level]
        if heap[0] is entry:
            heapq.heappop(heap)
        else:
            heap.remove(entry)
            heapq.heapify(heap)
        self._taken.append(entry)
        self._soonest = _UNKNOWN
        wait_ms = ticks_diff(now, entry[_DUE_AT])
        self.mean_wait_ms[level] += wait_ms - self.mean_wait_ms[level] >> 3
        if wait_ms > self.longest_wait_ms[level]:  # noqa: PLR1730 - a call costs more
            self.longest_wait_ms[level] = wait_ms
        return entry

    def sent(self, entry):
        self._taken.remove(entry)
        self._held -= 1
        if self._held == 0:
            self._soonest = _NONE_WAITS

    def failed(self, entry, due_at):
        self._taken.remove(entry)
        arrival, _, ends_at, priority, frame = entry
        heapq.heappush(self._heaps[priority], (arrival, due_at, ends_at, priority, frame))
        self._note_due(due_at)

    def next_deadline(self):
        if self._soonest == _UNKNOWN:
            self._soonest = _NONE_WAITS
            for heap in self._heaps:
                for entry in heap:
                    self._note_due(entry[_DUE_AT])
        return None if self._soonest == _NONE_WAITS else self._soonest

    def expire(self, now):
        if self._review_at != _UNKNOWN and ticks_diff(now, self._review_at) < 0:
            return
        self._review_at = ticks_add(now, _REVIEW_MS)
        for heap in self._heaps + [self._taken]:
            dead = [entry for entry in heap if self._is_dead(entry, now)]
            for entry in dead:
                heap.remove(entry)
                self.expired[entry[_PRIORITY]] += 1
                self._held -= 1
                self._forget_due(entry)
            if dead and heap is not self._taken:
                heapq.heapify(heap)
        if self._held == 0:
            self._soonest = _NONE_WAITS

    def oldest_ready(self, priority, now):
        heap = self._heaps[priority]
        if not heap:
            return -1
        if ticks_diff(now, heap[0][_DUE_AT]) >= 0:
            return self._find(priority, heap[0])
        for entry in sorted(heap):
            if ticks_diff(now, entry[_DUE_AT]) >= 0:
                return self._find(priority, entry)
        return -1

    def _note_due(self, due_at):
        known = self._soonest
        if known == _NONE_WAITS or (known != _UNKNOWN and ticks_diff(due_at, known) < 0):
            self._soonest = due_at

    def _forget_due(self, entry):
        if entry[_DUE_AT] == self._soonest:
            self._soonest = _UNKNOWN

    def _find(self, priority, entry):
        self._found[priority] = entry
        self.lengths[priority] = len(entry[_FRAME])
        self.due_at[priority] = entry[_DUE_AT]
        return priority

    def _is_dead(self, entry, now):
        ends_at = entry[_ENDS_AT]
        if ends_at == _NEVER:
            return False
        if ticks_diff(ends_at, self._review_at) < 0:
            self._review_at = ends_at
        return ticks_diff(now, ends_at) >= 0

    def _make_room(self, priority, now):
        for level in range(LOW, priority, -1):
            held = sorted(
                self._heaps[level] + [each for each in self._taken if each[_PRIORITY] == level]
            )
            if held and priority and ticks_diff(now, held[0][_DUE_AT]) >= PATIENCE_MS:
                held.pop(0)
            if held:
                heap = self._heaps[level] if held[0] in self._heaps[level] else self._taken
                heap.remove(held[0])
                if heap is not self._taken:
                    heapq.heapify(heap)
                self.displaced[level] += 1
                self._held -= 1
                self._forget_due(held[0])
                return True
        return False
