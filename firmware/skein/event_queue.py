"""What waits to be sent or read, by priority, in slots that are laid out once.

Order.  CRITICAL goes first, at most eight in a row while others wait.  HIGH, NORMAL and LOW
share the bytes 50 : 35 : 15 by deficit round robin: a level that has nothing ready leaves its
share to the others and saves nothing up.  Within a level the oldest goes first.

A slot is free, waiting (ready from `due_at` on) or taken.  A taken one stays until `sent` frees
it or `failed` puts it back at its old place.

Full.  A newcomer takes the place of the oldest event of the lowest level below its own;
otherwise it is refused and `push` says so.  CRITICAL is never a victim.

Source of the shares: seeds, priority queue (50/35/15); of the scheduler: Shreedhar and
Varghese, "Efficient fair queuing using deficit round-robin", 1995.
"""

from array import array
from struct import pack_into

from micropython import const

from skein.ticks import ticks_add, ticks_diff

CRITICAL = const(0)  # priorities, most urgent first
HIGH = const(1)
NORMAL = const(2)
LOW = const(3)
LEVELS = const(4)

_FREE = const(0)
_WAITING = const(1)
_TAKEN = const(2)

_BURST = const(8)
# One visit must pay for the longest frame (250 bytes) of the level with the smallest share.
_QUANTA = (0, 834, 583, 250)


class EventQueue:
    """`capacity` slots of `slot_bytes` each, all of them allocated here."""

    def __init__(self, capacity: int, slot_bytes: int):
        self.capacity = capacity
        self.slots = [bytearray(slot_bytes) for _ in range(capacity)]
        self._whole_slot = f"{slot_bytes}s"
        self.lengths = array("H", bytes(2 * capacity))
        self.priorities = bytearray(capacity)
        self.due_at = array("i", bytes(4 * capacity))
        self._states = bytearray(capacity)
        self._arrivals = array("i", bytes(4 * capacity))
        self._expires_at = array("i", bytes(4 * capacity))
        self._never_expires = bytearray(capacity)
        self._next_arrival = 0
        self._credits = array("i", _QUANTA)
        self._turn = HIGH
        self._burst = 0
        self.refused = array("i", bytes(4 * LEVELS))
        self.displaced = array("i", bytes(4 * LEVELS))
        self.expired = array("i", bytes(4 * LEVELS))

    def __len__(self) -> int:
        count = 0
        for state in self._states:
            if state:
                count += 1
        return count

    def count(self, priority: int) -> int:
        """How many slots hold an event of this priority."""
        count = 0
        for slot in range(self.capacity):
            if self._states[slot] and self.priorities[slot] == priority:
                count += 1
        return count

    def push(self, frame, length: int, priority: int, due_at: int) -> int:
        """Copy `frame` into a slot; its number, or -1 when refused.

        frame: bytes or bytearray, of which the first `length` bytes count.
        """
        slot = self._room(priority)
        if slot < 0:
            self.refused[priority] += 1
            return -1
        pack_into(self._whole_slot, self.slots[slot], 0, frame)  # a slice would take heap
        self.lengths[slot] = length
        self.priorities[slot] = priority
        self.due_at[slot] = due_at
        self._never_expires[slot] = 1
        self._arrivals[slot] = self._next_arrival
        self._next_arrival = ticks_add(self._next_arrival, 1)
        self._states[slot] = _WAITING
        return slot

    def set_life(self, slot: int, expires_at: int) -> None:
        """End the life of the event in `slot` at an instant; without this it lives for ever."""
        self._never_expires[slot] = 0
        self._expires_at[slot] = expires_at

    def life_ms(self, slot: int, now: int) -> int:
        """What remains of its life, never below 0; -1 if it lives for ever."""
        if self._never_expires[slot]:
            return -1
        return max(0, ticks_diff(self._expires_at[slot], now))

    def is_held(self, slot: int) -> bool:
        return self._states[slot] != _FREE

    def take(self, now: int) -> int:
        """The slot whose turn it is, now taken; -1 when nothing is ready."""
        critical = self._oldest_ready(CRITICAL, now)
        shared = -1
        if critical < 0 or self._burst >= _BURST:
            shared = self._next_shared(now)
        if shared >= 0:
            self._burst = 0
            return self._taken(shared)
        if critical < 0:
            return -1
        self._burst = min(self._burst + 1, _BURST)
        return self._taken(critical)

    def sent(self, slot: int) -> None:
        """The event needs no further attempt: its slot is free."""
        self._states[slot] = _FREE

    def failed(self, slot: int, due_at: int) -> None:
        """The event must be tried again from `due_at` on; it keeps its place in the order."""
        self._states[slot] = _WAITING
        self.due_at[slot] = due_at

    def expire(self, now: int) -> int:
        """Free the slots whose event has outlived its life; returns how many."""
        before = len(self)
        for slot in range(self.capacity):
            if self._states[slot] and self.life_ms(slot, now) == 0:
                self._states[slot] = _FREE
                self.expired[self.priorities[slot]] += 1
            elif ticks_diff(now, self.due_at[slot]) > 0:
                self.due_at[slot] = now  # after six days of waiting it would seem to be to come
        return before - len(self)

    def next_deadline(self) -> "int | None":
        """Instant from which the next `take` can succeed, or None while nothing waits."""
        soonest = None
        for slot in range(self.capacity):
            if self._states[slot] == _WAITING and (
                soonest is None or ticks_diff(self.due_at[slot], soonest) < 0
            ):
                soonest = self.due_at[slot]
        return soonest

    def _taken(self, slot):
        self._states[slot] = _TAKEN
        return slot

    def _next_shared(self, now):
        for _ in range(LEVELS):  # the three levels, and the first once more with new credit
            level = self._turn
            slot = self._oldest_ready(level, now)
            if slot < 0:
                self._credits[level] = 0
            elif self._credits[level] >= self.lengths[slot]:
                self._credits[level] -= self.lengths[slot]
                return slot
            self._turn = HIGH if level == LOW else level + 1
            self._credits[self._turn] += _QUANTA[self._turn]
        self._turn = HIGH  # nothing is ready: the next burst begins with the most urgent
        self._credits[HIGH] = _QUANTA[HIGH]
        return -1

    def _oldest_ready(self, priority, now):
        oldest = -1
        for slot in range(self.capacity):
            if (
                self._states[slot] == _WAITING
                and self.priorities[slot] == priority
                and ticks_diff(now, self.due_at[slot]) >= 0
                and (oldest < 0 or self._is_older(slot, oldest))
            ):
                oldest = slot
        return oldest

    def _room(self, priority):
        victim = -1
        for slot in range(self.capacity):
            if self._states[slot] == _FREE:
                return slot
            if self.priorities[slot] > priority and (
                victim < 0 or self._goes_before(slot, victim)
            ):
                victim = slot
        if victim >= 0:
            self.displaced[self.priorities[victim]] += 1
        return victim

    def _goes_before(self, slot, other):
        if self.priorities[slot] != self.priorities[other]:
            return self.priorities[slot] > self.priorities[other]
        return self._is_older(slot, other)

    def _is_older(self, slot, other):
        return ticks_diff(self._arrivals[slot], self._arrivals[other]) < 0
