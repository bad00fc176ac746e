"""What a frame of events tells of others: a byte for each that its sender met lately.

Beacons tell the same, but seldom.  So who hears a neighbour of the backbone pass on anything
notices within seconds what did not get through to it, and nothing is added while nothing else is
under way: an event that the frame itself carries is not told of.
"""

from micropython import const

from skein import event as e
from skein import frame as f
from skein import packed_frame as p
from skein.repair import hash_of
from skein.turns import CRITICAL

TOLD_MAX = const(8)
_TOLD_MS = const(40000)
_JUDGED_MS = const(25000)  # two nodes meet an event at different times
_SENT_AIRTIMES = const(3)  # after this node sent it, it should be there
_FRESH_AIRTIMES = const(16)  # and after others did


class FrameDigest:
    """Of one frame at a time.  repair: the Repair, which keeps what was met."""

    def __init__(self, repair):
        self._repair = repair
        self._carried = bytearray(p.RECORDS_MAX)
        self._count = 0
        self._is_alarmed = False

    def begin(self, is_alarmed: bool) -> None:
        """Another frame, of which is not known what it carries.

        is_alarmed: alarms are about, so that only what is CRITICAL is told and asked about.
        """
        self._count = 0
        self._is_alarmed = is_alarmed

    def carry(self, event) -> None:
        """This event is in the frame."""
        self._carried[self._count] = hash_of(event)
        self._count += 1

    def write(self, frame, length: int, now: int) -> int:
        """Append the digest to a PACKED frame, if there is one; returns its length."""
        at = length
        for back in range(self._repair.count):
            place = self._repair.place(back)
            if at - length == TOLD_MAX or self._repair.age_ms(place, now) >= _TOLD_MS:
                break
            value = self._repair.hash(place)
            if not self._is_carried(value) and self._is_told(place):
                frame[at] = value
                at += 1
        if at > length:
            frame[f.TOPIC + 3] |= p.TELLS
            frame[at] = at - length
            if self._is_alarmed:
                frame[at] |= p.ALARMS
            at += 1
        return at

    def covered(self, frame, end: int) -> int:
        """How many events, the newest first, this digest can be asked about.

        end: of the events in the frame, where the digest begins.
        """
        if len(frame) - 1 - end < TOLD_MAX:
            return self._repair.count
        for back in range(self._repair.count):
            if self._repair.hash(self._repair.place(back)) == frame[len(frame) - 2]:
                return back
        return 0

    def lacks(self, frame, end: int, place: int, now: int) -> bool:
        """True if the sender of the frame should have met the event in `place`, and has not."""
        repair = self._repair
        age_ms = repair.age_ms(place, now)
        if age_ms >= _JUDGED_MS or not self._is_due(place, age_ms, now):
            return False
        if not self._is_told(place) or not repair.is_needed(place, now):
            return False
        value = repair.hash(place)
        for at in range(end, len(frame) - 1):
            if frame[at] == value:
                return False
        return not self._is_carried(value)

    def _is_due(self, place, age_ms, now):
        quiet_ms = self._repair.quiet_ms(place, now)
        airtime_ms = self._repair.airtime_ms(place)
        if quiet_ms < 0:
            return age_ms >= _FRESH_AIRTIMES * airtime_ms
        return quiet_ms >= _SENT_AIRTIMES * airtime_ms

    def _is_told(self, place):
        if not self._is_alarmed:
            return True
        return e.priority_of(self._repair.peek(place)[f.POLICY]) == CRITICAL

    def _is_carried(self, value):
        for index in range(self._count):  # noqa: SIM110 - a generator takes heap
            if self._carried[index] == value:
                return True
        return False
