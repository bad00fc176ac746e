"""The last events, whole, in a table that never grows: the most urgent and newest of them."""

from array import array
from struct import pack_into

from skein import event as e
from skein import frame as f
from skein import offer_frame as o
from skein.event_queue import NEVER
from skein.ticks import ticks_diff

_WHOLE_FRAME = "250s"  # f.MTU


class KeptEvents:
    """At most `capacity` events, each until its life ends.

    A full table gives up the oldest of the least urgent, and refuses what is less urgent than all.
    dropped: what had to go, or was refused, before its life ended.
    """

    def __init__(self, capacity: int):
        self.frames = [bytearray(f.MTU) for _ in range(capacity)]
        self.lengths = bytearray(capacity)
        self._ends_at = array("i", bytes(4 * capacity))
        self._met_at = array("i", bytes(4 * capacity))
        self.dropped = 0

    def keep(self, frame, length: int, now: int) -> int:
        """Copy an event; its place, or -1 when refused."""
        place = self._room(frame, now)
        if place < 0:
            self.dropped += 1
            return -1
        pack_into(_WHOLE_FRAME, self.frames[place], 0, frame)
        self.lengths[place] = length
        self._ends_at[place] = e.end_of_life(frame, now)
        self._met_at[place] = now
        return place

    def find(self, frame, at: int, now: int) -> int:
        """The place of the event whose name lies at an offset of some frame, or -1."""
        number = frame[at + o.NUMBER]  # all that most places are asked
        for place in range(len(self.lengths)):
            held = self.frames[place]
            is_same = held[f.SEQUENCE] == number and o.is_same(held, f.ORIGIN, frame, at)
            if is_same and self.is_alive(place, now):
                return place
        return -1

    def is_alive(self, place: int, now: int) -> bool:
        if not self.lengths[place]:
            return False
        ends_at = self._ends_at[place]
        return ends_at == NEVER or ticks_diff(ends_at, now) > 0

    def frame(self, place: int, now: int):
        """The event in `place`, which is alive, with what remains of its life."""
        frame = self.frames[place]
        if self._ends_at[place] != NEVER:
            f.put_u16(frame, f.LIFE_S, (ticks_diff(self._ends_at[place], now) + 999) // 1000)
        return frame

    def _room(self, frame, now):
        victim = -1
        for place in range(len(self.lengths)):
            if not self.is_alive(place, now):
                return place
            if victim < 0 or self._goes_before(place, victim):
                victim = place
        if self._priority(victim) < e.priority_of(frame[f.POLICY]):
            return -1
        self.dropped += 1
        return victim

    def _goes_before(self, place, other):
        ours, others = self._priority(place), self._priority(other)
        if ours != others:
            return ours > others
        return ticks_diff(self._met_at[place], self._met_at[other]) < 0

    def _priority(self, place):
        return e.priority_of(self.frames[place][f.POLICY])
