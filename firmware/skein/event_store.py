"""Events that are kept to be asked for, in a ring of bytes: the newest push out the oldest.

Numbers.  Each event has the number of its arrival, which only grows; the events that are still
held have the numbers from `first` up to `end`.  Whoever reads the ring in several goes keeps
such a number and finds out by it what has gone meanwhile.
"""

from array import array

from micropython import const

from skein import frame as f
from skein.ticks import ticks_add, ticks_diff

# an entry: as in an EVENT, but for the name of the topic where that is known
ORIGIN = const(0)  # ORIGIN, EPOCH and SEQUENCE as in the header
SEQUENCE = const(5)
TOPIC = const(7)
POLICY = const(11)
NAME_LEN = const(12)
NAME = const(13)

KEY_LEN = const(7)  # origin, epoch and sequence tell an event from all others
_LEAST = const(24)  # bytes of an entry, about: for so many there is a place in the index
_NEVER = const(-1)
_LONGEST_MS = const(500000000)


class EventStore:
    """`capacity` bytes, 512..32000.  What has outlived its life is not found any more.

    evicted: events that were pushed out before the end of their life.  too_long: events that
    were refused, since they would push out more than half of all.
    """

    def __init__(self, capacity: int):
        self._places = capacity // _LEAST
        self.bytes = bytearray(capacity)
        self.first = 0
        self.end = 0
        self._offsets = array("H", bytes(2 * self._places))
        self._lengths = array("H", bytes(2 * self._places))
        self._kept_at = array("i", bytes(4 * self._places))
        self._ends_at = array("i", bytes(4 * self._places))
        self._next = 0  # offset behind the newest
        self.evicted = 0
        self.too_long = 0

    def open(self, length: int, life_s: int, now: int) -> int:
        """Make room for an entry; the offset in `bytes` to write it to, or -1."""
        if length > len(self.bytes) // 2:
            self.too_long += 1
            return -1
        if self._next + length > len(self.bytes):
            self._free(self._next, len(self.bytes), now)
            self._next = 0
        self._free(self._next, self._next + length, now)
        if self.end - self.first == self._places:
            self._drop(now)
        at = self.end % self._places
        self._offsets[at] = self._next
        self._lengths[at] = length
        self._kept_at[at] = now
        is_mortal = life_s != f.LIFE_FOREVER
        self._ends_at[at] = ticks_add(now, life_s * 1000) if is_mortal else _NEVER
        self.end += 1
        self._next += length
        return self._offsets[at]

    def holds(self, key, key_at: int) -> bool:
        """True if an event of this origin, epoch and sequence is here."""
        for number in range(self.first, self.end):
            if is_same(self.bytes, self.offset(number), key, key_at):
                return True
        return False

    def offset(self, number: int) -> int:
        return self._offsets[number % self._places]

    def length(self, number: int) -> int:
        return self._lengths[number % self._places]

    def is_alive(self, number: int, now: int) -> bool:
        ends_at = self._ends_at[number % self._places]
        return ends_at == _NEVER or ticks_diff(ends_at, now) > 0

    def age_ms(self, number: int, now: int) -> int:
        """Since it was kept."""
        return ticks_diff(now, self._kept_at[number % self._places])

    def life_s(self, number: int, now: int) -> int:
        """What is left of its life, at most LIFE_MAX_S, or LIFE_FOREVER."""
        ends_at = self._ends_at[number % self._places]
        if ends_at == _NEVER:
            return f.LIFE_FOREVER
        return min(f.LIFE_MAX_S, max(0, (ticks_diff(ends_at, now) + 999) // 1000))

    def expire(self, now: int) -> None:
        """Let go of the oldest while they are dead, or too old to be told from the future."""
        while self.first < self.end:
            if self.is_alive(self.first, now) and self.age_ms(self.first, now) < _LONGEST_MS:
                return
            self.first += 1

    def _free(self, start, end, now):
        """Drop the oldest while they lie in bytes[start:end]."""
        while self.first < self.end:
            offset = self.offset(self.first)
            if offset >= end or offset + self.length(self.first) <= start:
                return
            self._drop(now)

    def _drop(self, now):
        if self.is_alive(self.first, now):
            self.evicted += 1
        self.first += 1


def is_same(one, one_at: int, other, other_at: int) -> bool:
    """True if both tell of one event."""
    for at in range(KEY_LEN):  # noqa: SIM110 - a generator takes heap
        if one[one_at + at] != other[other_at + at]:
            return False
    return True
