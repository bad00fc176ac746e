"""What waits to be sent or read, by priority, in slots that are laid out once.

Order.  Among the levels as `turns` says; within a level the oldest goes first.

A slot is free, waiting (ready from `due_at` on) or taken.  A taken one stays until `sent` frees
it or `failed` puts it back at its old place.

Full.  A newcomer takes the place of the oldest event of the lowest level below its own;
otherwise it is refused and `push` says so.  CRITICAL is never a victim, and to anything lower
than CRITICAL the oldest of a level is none once it has been ready for the turns' patience.

Inside.  The slots of level n hang in a ring in the order of their arrival, which begins and ends
at the number capacity + n, which is no slot.  The free ones are a stack.
"""

from array import array
from struct import pack_into

from micropython import const

from skein.ticks import ticks_add, ticks_diff
from skein.turns import CRITICAL, LEVELS, LOW, PATIENCE_MS, Turns

NEVER = const(-1)  # instead of the end of a life

_FREE = const(4)  # the level of a slot that holds nothing
_NONE_WAITS = const(-1)  # instead of the instant at which the next one is due
_UNKNOWN = const(-2)
_REVIEW_MS = const(3600000)  # instants more than six days apart could not be told apart


class EventQueue:
    """`capacity` slots, 1 to 250, of `slot_bytes` each, all of them allocated here."""

    def __init__(self, capacity: int, slot_bytes: int):
        self.capacity = capacity
        self.slots = [bytearray(slot_bytes) for _ in range(capacity)]
        self._whole_slot = f"{slot_bytes}s"
        self.lengths = array("H", bytes(2 * capacity))
        self.priorities = bytearray(bytes((_FREE,)) * capacity)
        self.due_at = array("i", bytes(4 * capacity))
        self._is_taken = bytearray(capacity)
        self._ends_at = array("i", bytes(4 * capacity))
        self._after = bytearray(range(capacity + LEVELS))  # each alone in its ring
        self._before = bytearray(range(capacity + LEVELS))
        for slot in range(capacity):
            self._after[slot] = slot + 1
        self._free = self._held = self.superseded = 0
        self._soonest = _NONE_WAITS
        self._review_at = _UNKNOWN
        self._turns = Turns()
        self.lowest = LOW  # what is less urgent stays; set by a link that is short of airtime
        self.refused = array("i", bytes(4 * LEVELS))
        self.displaced = array("i", bytes(4 * LEVELS))
        self.expired = array("i", bytes(4 * LEVELS))
        self.longest_wait_ms = array("i", bytes(4 * LEVELS))
        self.mean_wait_ms = array("i", bytes(4 * LEVELS))  # of the last eight or so

    def __len__(self) -> int:
        return self._held

    def push(self, frame, length: int, priority: int, due_at: int, ends_at: int = NEVER) -> int:
        """Copy `frame` into a slot; its number, or -1 when refused.

        frame: bytes or bytearray, of which the first `length` bytes count.  due_at: the instant
        from which it may be taken.  ends_at: the end of its life, or NEVER.
        """
        slot = self._free
        if slot == self.capacity:
            slot = self._victim(priority, due_at)
            if slot < 0:
                self.refused[priority] += 1
                return -1
            self.sent(slot)
        after, before = self._after, self._before
        self._free = after[slot]
        self._held += 1
        self.priorities[slot] = priority
        end = self.capacity + priority
        last = before[end]
        after[last] = before[end] = slot
        before[slot] = last
        after[slot] = end
        pack_into(self._whole_slot, self.slots[slot], 0, frame)  # a slice would take heap
        self.lengths[slot] = length
        self._ends_at[slot] = ends_at
        review_at = self._review_at
        if ends_at != NEVER and review_at != _UNKNOWN and ticks_diff(ends_at, review_at) < 0:
            self._review_at = ends_at
        self.due_at[slot] = due_at
        known = self._soonest
        if known == _NONE_WAITS or (known != _UNKNOWN and ticks_diff(due_at, known) < 0):
            self._soonest = due_at
        return slot

    def replace(self, slot: int, frame, length: int, due_at: int, ends_at: int) -> None:
        """Let another event have the slot, and the place in the order, of the one in `slot`."""
        self.superseded += 1
        last, priority = self._before[slot], self.priorities[slot]
        self.sent(slot)
        self.push(frame, length, priority, due_at, ends_at)  # what was freed last is used first
        self._unlink(slot)
        self._link(slot, last)

    def set_due(self, slot: int, due_at: int) -> None:
        """Let the event in `slot` wait until another instant."""
        self._forget_due(slot)
        self.failed(slot, due_at)

    def requeue(self, slot: int, due_at: int) -> None:
        """Let the event in `slot` be the last of its level to have arrived."""
        self._unlink(slot)
        self._link(slot, self._before[self.capacity + self.priorities[slot]])
        self.set_due(slot, due_at)

    def life_ms(self, slot: int, now: int) -> int:
        """What remains of its life, never below 0; -1 if it lives for ever."""
        ends_at = self._ends_at[slot]
        return -1 if ends_at == NEVER else max(0, ticks_diff(ends_at, now))

    def is_held(self, slot: int) -> bool:
        return self.priorities[slot] != _FREE

    def take(self, now: int) -> int:
        """The slot whose turn it is, now taken; -1 when nothing is ready.

        What has outlived its life is not given out, but expires.
        """
        soonest = self._soonest
        if soonest == _NONE_WAITS or (soonest != _UNKNOWN and ticks_diff(now, soonest) < 0):
            self._turns.level = CRITICAL
            return -1
        review_at = self._review_at
        if review_at == _UNKNOWN or ticks_diff(now, review_at) >= 0:
            self.expire(now)
        slot = self._turns.next(self, now)
        if slot < 0:
            self.next_deadline()  # so that the next one who asks is answered at once
            return -1
        self._is_taken[slot] = 1
        self._soonest = _UNKNOWN
        priority = self.priorities[slot]
        wait_ms = ticks_diff(now, self.due_at[slot])
        means = self.mean_wait_ms
        means[priority] += wait_ms - means[priority] >> 3
        if wait_ms > self.longest_wait_ms[priority]:  # noqa: PLR1730 - a call costs more
            self.longest_wait_ms[priority] = wait_ms
        return slot

    def sent(self, slot: int) -> None:
        """The event needs no further attempt: its slot is free."""
        if self.priorities[slot] != _FREE:
            if self.due_at[slot] == self._soonest:
                self._soonest = _UNKNOWN
            self.priorities[slot] = _FREE
            self._is_taken[slot] = 0
            self._unlink(slot)
            self._after[slot] = self._free
            self._free = slot
            self._held -= 1
            if not self._held:
                self._soonest = _NONE_WAITS

    def failed(self, slot: int, due_at: int) -> None:
        """The event must be tried again from `due_at` on; it keeps its place in the order."""
        self._is_taken[slot] = 0
        self.due_at[slot] = due_at
        known = self._soonest
        if known == _NONE_WAITS or (known != _UNKNOWN and ticks_diff(due_at, known) < 0):
            self._soonest = due_at

    def expire(self, now: int) -> int:
        """Free the slots whose event has outlived its life; returns how many."""
        review_at = self._review_at
        if review_at != _UNKNOWN and ticks_diff(now, review_at) < 0:
            return 0
        before = self._held
        self._review_at = ticks_add(now, _REVIEW_MS)
        for end in range(self.capacity, self.capacity + LEVELS):
            slot = self._after[end]
            while slot != end:
                following = self._after[slot]  # this one may go
                self._review(slot, now)
                slot = following
        return before - self._held

    def oldest_ready(self, priority: int, now: int) -> int:
        """The slot that goes first of this level, or -1."""
        if priority > self.lowest:
            return -1
        end = self.capacity + priority
        slot = self._after[end]
        while slot != end:
            if not self._is_taken[slot] and ticks_diff(now, self.due_at[slot]) >= 0:
                return slot
            slot = self._after[slot]
        return -1

    def next_deadline(self) -> "int | None":
        """Instant from which the next `take` can succeed, or None while nothing waits."""
        if self._soonest == _UNKNOWN:
            self._soonest = _NONE_WAITS
            for end in range(self.capacity, self.capacity + LEVELS):
                slot = self._after[end]
                while slot != end:
                    if not self._is_taken[slot]:
                        self.failed(slot, self.due_at[slot])
                    slot = self._after[slot]
        return None if self._soonest == _NONE_WAITS else self._soonest

    def _victim(self, priority, now):
        for level in range(LOW, priority, -1):
            end = self.capacity + level
            slot = self._after[end]
            if slot != end and priority and ticks_diff(now, self.due_at[slot]) >= PATIENCE_MS:
                slot = self._after[slot]
            if slot != end:
                self.displaced[level] += 1
                return slot
        return -1

    def _review(self, slot, now):
        ends_at = self._ends_at[slot]
        if ends_at != NEVER:
            if ticks_diff(now, ends_at) >= 0:
                self.expired[self.priorities[slot]] += 1
                self.sent(slot)
                return
            if ticks_diff(ends_at, self._review_at) < 0:
                self._review_at = ends_at
        if not self._is_taken[slot] and ticks_diff(now, self.due_at[slot]) > _REVIEW_MS:
            self.set_due(slot, ticks_add(now, -_REVIEW_MS))

    def _forget_due(self, slot):
        """What waited in `slot` does so no longer."""
        if self.due_at[slot] == self._soonest:
            self._soonest = _UNKNOWN

    def _unlink(self, slot):
        """Out of its ring."""
        following, last = self._after[slot], self._before[slot]
        self._after[last] = following
        self._before[following] = last

    def _link(self, slot, last):
        """Into a ring, behind `last`."""
        following = self._after[last]
        self._after[last] = self._before[following] = slot
        self._before[slot] = last
        self._after[slot] = following
