"""Events in fewer bytes, several in one frame: how a PACKED frame is laid out.

The first event stands as in an EVENT, but that its life takes one byte.  If another one follows,
the length of the payload comes next and a flag beside the topic says so.  Each further event is
its hops, origin, epoch and number, then topic, policy and life unless they are those of the one
before, then again a length, if another follows, and the payload.  All have the frame's sender.

Last comes, if a flag beside the topic says so, a byte for each of some other events, and one for
their number; see frame_digest.

What a STEERED frame holds is laid out like the first event.
"""

from micropython import const

from skein import frame as f
from skein.ids import NOBODY

RECORDS_MAX = const(4)
PAYLOAD = const(20)  # of the first event, if no other follows
SAME_LEN = const(9)  # of a further event without its payload, with the length of another
RECORD_LEN = const(15)  # of one that has its own topic, policy and life
LIFE = const(19)  # a code for seconds: 4 high bits of exponent, 4 of mantissa
FOREVER = const(0xFF)
LENGTH = const(20)  # of the payload that begins behind it, if another event follows
MORE = const(0x80)  # flags: another event follows; beside the topic of the first event,
SAME = const(0x40)  # and both beside the origin of a further one: as the one before
TELLS = const(0x40)  # beside the topic of the first event: a digest follows the last one
TOLD = const(0x0F)  # of the last byte of the frame: of how many events the digest tells
ALARMS = const(0x80)  # a flag in it: of CRITICAL ones only

_HEAD_LEN = const(8)  # of a further event: hops, origin, epoch, number
_TOPIC_LEN = const(6)  # topic, policy, life
_ID_BITS = const(0x3F)


def life_of(code: int) -> int:
    """The seconds that a code stands for, up to LIFE_MAX_S; or LIFE_FOREVER."""
    if code == FOREVER:
        return f.LIFE_FOREVER
    exponent = code >> 4
    if not exponent:
        return code
    return min(f.LIFE_MAX_S, (16 + (code & 0x0F)) << (exponent - 1))


def life_code(life_s: int, dice, wanted: int = -1) -> int:
    """One of the two codes beside a life, or its own; `wanted` if that is one of them.

    By chance, so that after many hops a life is not shorter or longer than it should be.
    """
    if life_s == f.LIFE_FOREVER:
        return FOREVER
    exponent = 0
    while life_s >> exponent > 31:
        exponent += 1
    code = (life_s >> exponent) + (exponent << 4)
    rest = life_s & (1 << exponent) - 1
    if rest and (wanted == code + 1 or (wanted != code and dice.randrange(1 << exponent) < rest)):
        return code + 1
    return code


def squeeze(frame, length: int, code: int) -> int:
    """Let the life of an EVENT or STEERED frame take one byte; returns its length."""
    frame[LIFE] = code
    for at in range(f.PAYLOAD, length):
        frame[at - 1] = frame[at]
    return length - 1


def begin(frame, length: int, code: int) -> None:
    """Prepare an EVENT of this length for another one behind it."""
    frame[LIFE] = code
    frame[LENGTH] = length - f.PAYLOAD
    frame[f.TOPIC + 3] |= MORE


def append(frame, at: int, event, length: int, flags: int) -> int:
    """Write another EVENT behind the first one; where the next one goes.

    event: with the code of its life in LIFE.  flags: MORE, and SAME if topic, policy and code are
    those of the one before.
    """
    frame[at] = event[f.HOPS]
    for field in range(f.ORIGIN, f.HEADER_LEN):
        at += 1
        frame[at] = event[field]
    frame[at - 3] |= flags
    at += 1
    if not flags & SAME:
        for field in range(f.TOPIC, LIFE + 1):
            frame[at] = event[field]
            at += 1
    if flags & MORE:
        frame[at] = length - f.PAYLOAD
        at += 1
    for field in range(f.PAYLOAD, length):
        frame[at] = event[field]
        at += 1
    return at


def end_of_events(frame) -> int:
    """Where the events of a PACKED frame end, and a digest begins if there is one."""
    length = len(frame)
    if length > PAYLOAD and frame[f.TOPIC + 3] & TELLS:
        return max(0, length - 1 - (frame[length - 1] & TOLD))
    return length


def payload_at(frame) -> int:
    """Where the payload of the first event of a PACKED or STEERED frame begins."""
    return LENGTH + 1 if frame[f.TOPIC + 3] & MORE else PAYLOAD


class Unpacking:
    """The events of one frame after another, each written out as an EVENT.

    event: the one at hand, in its first `length` bytes.  is_bad: no further one can be read.
    """

    def __init__(self):
        self.event = bytearray(f.MTU)
        self.length = 0
        self.is_bad = False
        self._at = 0
        self._left = 0

    def begin(self, frame, end: int) -> bool:
        """Write out the first event; False if there is none.

        frame: PACKED or STEERED, it passed frame.check.  end: of its last event.
        """
        self.is_bad = True
        if end < PAYLOAD:
            return False
        event = self.event
        for at in range(LIFE):
            event[at] = frame[at]
        event[f.KIND] = f.VERSION << 5 | f.EVENT
        event[f.TOPIC + 3] &= _ID_BITS
        f.put_u16(event, f.LIFE_S, life_of(frame[LIFE]))
        self._left = RECORDS_MAX
        self._at = PAYLOAD
        return self._copy_payload(frame, frame[f.TOPIC + 3] & ~_ID_BITS, end)

    def follow(self, frame, end: int) -> bool:
        """Write out the next event; False if there is none."""
        if not self._left:
            return False
        event, at = self.event, self._at
        self.is_bad = True
        if at + _HEAD_LEN > end:
            return False
        flags = frame[at + 4] & ~_ID_BITS
        event[f.HOPS] = frame[at]
        for field in range(f.ORIGIN, f.HEADER_LEN):
            at += 1
            event[field] = frame[at]
        event[f.ORIGIN + 3] &= _ID_BITS
        at += 1
        if not flags & SAME:
            if at + _TOPIC_LEN > end or frame[at + 3] > _ID_BITS:
                return False
            for field in range(f.TOPIC, LIFE):
                event[field] = frame[at]
                at += 1
            f.put_u16(event, f.LIFE_S, life_of(frame[at]))
            at += 1
        self._at = at
        if f.get_id(event, f.ORIGIN) == NOBODY:
            return False
        if f.hops_left(event) + f.hops_travelled(event) > f.HOPS_MAX:
            return False
        return self._copy_payload(frame, flags, end)

    def _copy_payload(self, frame, flags, end):
        event, at = self.event, self._at
        self._left = self._left - 1 if flags & MORE else 0
        if flags & MORE:
            if at >= end or at + 1 + frame[at] > end:
                return False
            end = at + 1 + frame[at]
            at += 1
        self.length = f.PAYLOAD + end - at
        is_short = end == at and event[f.POLICY] & f.TRAILED
        if self.length > f.MTU or is_short:
            return False
        for to in range(f.PAYLOAD, self.length):
            event[to] = frame[at]
            at += 1
        self._at = at
        self.is_bad = False
        return True
