"""Gives a neighbour what it missed, where nothing else repeats a message.

Each node keeps the last events that it met, and its beacons carry a byte for each of those that
are still young.  Who hears the beacon of a neighbour that lacks one of them, sends it after a
random wait, unless somebody else is heard to do so before.  What is too fresh is left to the
relays, and what is repaired is bounded: each event twice, and all of them by a share of the
channel, so that a neighbour that claims to lack everything costs little.
"""

from array import array
from struct import pack_into

from micropython import const

from skein import beacon_parts as p
from skein import frame as f
from skein.event_queue import NEVER
from skein.ticks import ticks_add, ticks_diff

_YOUNG_MS = const(1200000)
_MARGIN_MS = const(600000)  # two nodes meet an event at different times
_FRESH_AIRTIMES = const(24)
_WAIT_AIRTIMES = const(16)
_TIMES = const(2)
_SHARE = const(12)  # repairs of all nodes around may fill a twelfth of the channel
_CREDIT_MAX = const(3)
_WHOLE_FRAME = "250s"  # f.MTU


class Repair:
    """The last events.  link: airtime_us(length).  dice: an object with randrange(n).

    repaired: how many were sent again.  refused: how many were due but not allowed.
    """

    def __init__(self, link, dice):
        self._link = link
        self._dice = dice
        self._frames = [bytearray(f.MTU) for _ in range(p.DIGEST_MAX)]
        self._lengths = bytearray(p.DIGEST_MAX)
        self._hashes = bytearray(p.DIGEST_MAX)
        self._times = bytearray(p.DIGEST_MAX)
        self._asked = bytearray(p.DIGEST_MAX)
        self._sent_at = array("i", bytes(4 * p.DIGEST_MAX))
        self._was_sent = bytearray(p.DIGEST_MAX)
        self._met_at = array("i", bytes(4 * p.DIGEST_MAX))
        self._ends_at = array("i", bytes(4 * p.DIGEST_MAX))
        self._head = 0  # where the next one goes
        self.count = 0
        self._credit = _CREDIT_MAX
        self._credit_at = 0
        self.repaired = 0
        self.refused = 0

    def keep(self, frame, length: int, now: int):
        """Remember an event that was just met; the frame that is kept, for this node to sign."""
        at = self._head
        self._head = (at + 1) % p.DIGEST_MAX
        self.count = min(p.DIGEST_MAX, self.count + 1)
        pack_into(_WHOLE_FRAME, self._frames[at], 0, frame)
        self._lengths[at] = length
        self._hashes[at] = hash_of(frame)
        self._times[at] = 0
        self._asked[at] = 0
        self._was_sent[at] = 0
        self._met_at[at] = now
        life_s = f.get_u16(frame, f.LIFE_S)
        self._ends_at[at] = NEVER if life_s == f.LIFE_FOREVER else ticks_add(now, life_s * 1000)
        return self._frames[at]

    def write(self, frame, at: int, now: int) -> int:
        """Append a digest to a BEACON that is `at` bytes long so far; returns its length.

        The newest event comes first.
        """
        if at == f.BEACON_LEN:
            frame[p.WHAT] = 0
            at += 1
        frame[p.WHAT] |= p.DIGEST
        for back in range(self.count):
            frame[at] = self._hashes[self.place(back)]
            at += 1
        return at

    def expire(self, now: int) -> None:
        """Forget what is young no more."""
        while self.count and self.age_ms(self.place(self.count - 1), now) >= _YOUNG_MS:
            self.count -= 1

    def lacks(self, beacon, place: int, now: int) -> bool:
        """True if the sender of this beacon should have had the event in `place`, and has not."""
        age_ms = self.age_ms(place, now)
        if age_ms >= _YOUNG_MS - _MARGIN_MS or age_ms < self._fresh_ms(place):
            return False
        return self.is_needed(place, now) and not _has(beacon, self._hashes[place])

    def is_needed(self, place: int, now: int) -> bool:
        """False for what was sent again often enough, or has outlived its life."""
        ends_at = self._ends_at[place]
        if self._times[place] >= _TIMES:
            return False
        return ends_at == NEVER or ticks_diff(ends_at, now) > 0

    def note_sent(self, event, now: int) -> None:
        place = self.find(event)
        if place >= 0:
            self._was_sent[place] = 1
            self._sent_at[place] = now

    def quiet_ms(self, place: int, now: int) -> int:
        """How long ago this node sent the event; -1 if it did not."""
        return ticks_diff(now, self._sent_at[place]) if self._was_sent[place] else -1

    def hash(self, place: int) -> int:
        return self._hashes[place]

    def note_asked(self, place: int) -> int:
        """How often somebody was found to lack this event, now included, up to 255."""
        self._asked[place] = min(255, self._asked[place] + 1)
        return self._asked[place]

    def covered_by(self, beacon) -> int:
        """How many events, the newest first, the digest of a beacon can be asked about."""
        if not p.check(beacon) or not p.digest_at(beacon):
            return 0
        if len(beacon) < p.digest_at(beacon) + p.DIGEST_MAX:
            return self.count  # it held all that was young
        for back in range(self.count):
            if self._hashes[self.place(back)] == beacon[len(beacon) - 1]:
                return back
        return 0

    def may_send(self, place: int, around: int, now: int) -> bool:
        """Take the event in `place` for another transmission, unless there were enough."""
        step_ms = _SHARE * (around + 1) * self.airtime_ms(place)
        idle_ms = ticks_diff(now, self._credit_at)
        if self._credit == _CREDIT_MAX or idle_ms < 0:  # it may be days since the last one
            self._credit = _CREDIT_MAX
            self._credit_at = now
        elif idle_ms >= step_ms:
            self._credit = min(_CREDIT_MAX, self._credit + idle_ms // step_ms)
            self._credit_at = now
        if not self._credit:
            self.refused += 1
            return False
        self._credit -= 1
        self._times[place] += 1
        self.repaired += 1
        return True

    def place(self, back: int) -> int:
        """Where the event is that was met as the last but `back`."""
        return (self._head - 1 - back) % p.DIGEST_MAX

    def find(self, frame) -> int:
        """The place of an event that is kept, or -1."""
        value = hash_of(frame)
        for back in range(self.count):
            place = self.place(back)
            if self._hashes[place] == value and _is_same(self._frames[place], frame):
                return place
        return -1

    def peek(self, place: int):
        """The event in `place`, to be looked at."""
        return self._frames[place]

    def frame(self, place: int, now: int):
        """The event in `place`, with what remains of its life."""
        frame = self._frames[place]
        if self._ends_at[place] != NEVER:
            f.put_u16(frame, f.LIFE_S, (ticks_diff(self._ends_at[place], now) + 999) // 1000)
        return frame

    def length(self, place: int) -> int:
        return self._lengths[place]

    def wait_ms(self, place: int) -> int:
        """A random wait, so that one of those who could repair comes first."""
        return self._dice.randrange(_WAIT_AIRTIMES * self.airtime_ms(place))

    def airtime_ms(self, place: int) -> int:
        return self._link.airtime_us(self._lengths[place]) // 1000 + 1

    def age_ms(self, place: int, now: int) -> int:
        """How long ago the event in `place` was met."""
        return ticks_diff(now, self._met_at[place])

    def _fresh_ms(self, place):
        return _FRESH_AIRTIMES * self.airtime_ms(place)


def _has(beacon, value):
    for at in range(p.digest_at(beacon), len(beacon)):  # noqa: SIM110 - a generator takes heap
        if beacon[at] == value:
            return True
    return False


def _is_same(frame, other):
    for at in range(f.ORIGIN, f.HEADER_LEN):  # noqa: SIM110 - a generator takes heap
        if frame[at] != other[at]:
            return False
    return True


def hash_of(frame) -> int:
    """An event as a digest tells of it."""
    total = 0
    for at in range(f.ORIGIN, f.HEADER_LEN):
        total = (total * 31 + frame[at]) & 0xFFFFFF
    return (total ^ total >> 8 ^ total >> 16) & 0xFF
