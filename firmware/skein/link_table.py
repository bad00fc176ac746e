"""Which links carry both ways in the whole mesh, as those reported who pass messages on.

A link counts if both of its ends reported it, or one did and the other has never reported.
"""

from array import array

from micropython import const

from skein import frame as f
from skein import hearing_frame as h
from skein import report_frame as r
from skein.ticks import ticks_diff

BITS = const(30)  # of a word: no more are a small int


class LinkTable:
    """At most `capacity` nodes, by their place 0..count-1.

    has_said: by place, 1 for who reported.

    A full table takes no more of them, and says so in `refused`; a node that nobody reports any
    longer gives its place away.
    """

    def __init__(self, capacity: int, lifetime_ms: int):
        self._lifetime_ms = lifetime_ms
        self.capacity = capacity
        self.words = (capacity + BITS - 1) // BITS
        self.shorts = array("H", bytes(2 * capacity))
        self.stamina = bytearray(capacity)
        self.count = 0
        self.has_said = bytearray(capacity)
        self._said_at = array("i", bytes(4 * capacity))
        self._said = array("i", bytes(4 * capacity * self.words))
        self.refused = 0

    def forget(self) -> None:
        """Begin anew: another leader's reports are of no use."""
        for place in range(self.count):
            self._forget(place)
        self.count = 0
        self.refused = 0

    def hear(self, frame, at: int, now: int) -> None:
        """Take the report that begins there."""
        by = self._place_for(f.get_u16(frame, at + r.BY))
        if by < 0:
            return
        self._forget(by)
        self.has_said[by] = 1
        self._said_at[by] = now
        for index in range(frame[at + r.COUNT]):
            place = self._place_for(f.get_u16(frame, at + r.LINKS + 2 * index))
            if place >= 0:
                self._said[by * self.words + place // BITS] |= 1 << place % BITS

    def expire(self, now: int) -> None:
        for place in range(self.count):
            if self.has_said[place] and ticks_diff(now, self._said_at[place]) >= self._lifetime_ms:
                self._forget(place)

    def is_linked(self, one: int, other: int) -> bool:
        if one == other:
            return False
        if self._says(one, other):
            return self._says(other, one) or not self.has_said[other]
        return self._says(other, one) and not self.has_said[one]

    def find(self, short: int) -> int:
        for place in range(self.count):
            if self.shorts[place] == short:
                return place
        return -1

    def _says(self, one, other):
        return self._said[one * self.words + other // BITS] >> other % BITS & 1 != 0

    def _forget(self, place):
        self.has_said[place] = 0
        for word in range(place * self.words, (place + 1) * self.words):
            self._said[word] = 0

    def _place_for(self, entry):
        short = entry & h.SHORT
        place = self.find(short)
        if place < 0:
            place = self._free_place()
            if place < 0:
                self.refused += 1
                return -1
            self.shorts[place] = short
        self.stamina[place] = entry >> r.STAMINA_AT
        return place

    def _free_place(self):
        if self.count < self.capacity:
            self.count += 1
            return self.count - 1
        for place in range(self.count):
            if not self.has_said[place] and not self._is_said(place):
                return place
        return -1

    def _is_said(self, place):
        for one in range(self.count):  # noqa: SIM110 - a generator takes heap
            if self._says(one, place):
                return True
        return False
