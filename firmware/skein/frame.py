"""The frame: where each field lies, how it is read and how it is written.

Little-endian.  A frame is a header of 14 bytes, a body by kind, and room for a tag of 6 bytes
that authenticates it (device/seal.py), which every capacity leaves.

Whoever reads a frame asks `check` first: it looks at the version, the kind and every length,
and answers with the reason for a refusal.  A refusal is a value and not an exception, since
raising one takes heap, and a stream of garbage must cost nothing.
"""

from micropython import const

from skein.ids import ID_MAX, NOBODY

VERSION = const(1)
MTU = const(250)  # the ESP-NOW v1 limit; LoRa allows 255, but one frame must fit every link

# header
KIND = const(0)  # version in the 3 high bits, then 1 bit "tagged", then the kind in 4 bits
MESH = const(1)  # which mesh; frames of another are not ours to read
HOPS = const(2)  # hops that are left in the 4 high bits, hops travelled in the 4 low bits
SENDER = const(3)  # who transmitted this copy
ORIGIN = const(7)  # who made the message
EPOCH = const(11)  # the origin's count of boots, modulo 256
SEQUENCE = const(12)  # the origin's number for this message, modulo 65536
HEADER_LEN = const(14)
TAG_LEN = const(6)
TAGGED = const(0x10)  # in KIND; whoever has the key takes it off before the frame is read

BEACON = const(1)  # kinds
INTEREST = const(2)
EVENT = const(3)
QUERY = const(7)  # goes everywhere; who keeps no events passes it on unread
CARRIED = const(8)  # from this one on they belong to optional modules, which check their bodies
RECEIPT = const(9)
HEARING = const(10)
STATE = const(11)
OFFER = const(13)  # 12 is that of sleep_frame, which no node reads
STEERED = const(14)  # an EVENT with, at its end, the names of those who pass it on; see steering
PACKED = const(15)  # on slow links: EVENTs in fewer bytes, several in one frame; see packed_frame

# body of a BEACON: who the sender is and whom it follows
ROLE = const(14)  # role in the 2 low bits, and flags
SCORE = const(15)
TERM = const(16)
LEADER = const(20)
LEADER_SCORE = const(24)
BEAT = const(25)  # the leader's count of heartbeats, modulo 65536
LEADER_HOPS = const(27)
DEPUTY = const(28)  # whom the leader named to take over from it; NOBODY if it knows nobody
LEADER_PERIOD = const(32)  # within which news of the leader comes this way; see put_period
PERIOD = const(33)  # of the sender's own beacons
BEACON_LEN = const(34)
ELECTED = const(0x80)  # flags: the leader above has won
RESIGNED = const(0x40)  # it leads no more, by its own will: its deputy leads
MANUAL = const(0x20)  # somebody told it to lead
RIVAL = const(0x10)  # it stands, or won just now, though the one before it may still lead
MISSED = const(0x08)  # the sender misses its leader, or had one in this term and lost it

# body of an INTEREST: all that the origin wants, in rows
ROW_COUNT = const(14)
ROWS = const(15)
ROW_LEN = const(5)  # topic in 4 bytes, level in 1
ROWS_MAX = const(40)
ALONE = const(0x80)  # of a row's last byte, on fast links: nobody else wants it, as it seems
LEVEL = const(0x0F)  # of a row's last byte; the others are flags on slow links

# body of an EVENT
TOPIC = const(14)
POLICY = const(18)  # of event.policy()
TRAILED = const(0x80)  # a flag in it: the last byte belongs to the delivery, not to the payload
LIFE_S = const(19)  # what remains of its life, in seconds; LIFE_FOREVER never ends
PAYLOAD = const(21)
LIFE_FOREVER = const(0xFFFF)
LIFE_MAX_S = const(0xFFFE)

HOPS_MAX = const(15)
PERIOD_MAX_MS = const(15872000)

OK = const(0)  # answers of `check`
TOO_SHORT = const(1)
TOO_LONG = const(2)
OTHER_VERSION = const(3)
UNKNOWN_KIND = const(4)
OTHER_MESH = const(5)
BAD_FIELD = const(6)
REASONS = (
    "ok",
    "too short",
    "too long",
    "other version",
    "unknown kind",
    "other mesh",
    "bad field",
)


def check(frame, mesh: int) -> int:
    """OK, or why this frame must not be read.  frame: bytes-like; mesh: 0..255, ours."""
    length = len(frame)
    if length < HEADER_LEN:
        return TOO_SHORT
    if length > MTU:
        return TOO_LONG
    if frame[KIND] >> 4 != VERSION << 1:  # or TAGGED, for which this node has no key
        return OTHER_VERSION
    if frame[MESH] != mesh:
        return OTHER_MESH
    if frame[SENDER + 3] > 0x3F or frame[ORIGIN + 3] > 0x3F:
        return BAD_FIELD
    if get_id(frame, SENDER) == NOBODY or get_id(frame, ORIGIN) == NOBODY:
        return BAD_FIELD
    if hops_left(frame) + hops_travelled(frame) > HOPS_MAX:
        return BAD_FIELD  # passing it on would carry into the hops that are left
    return _check_body(frame, length)


def _check_body(frame, length):
    kind = kind_of(frame)
    if kind == BEACON:
        if length < BEACON_LEN:
            return TOO_SHORT
        return BAD_FIELD if _has_wide_id(frame) else OK  # beacon_parts.py reads what follows
    if kind == INTEREST:
        return _check_interest(frame, length)
    if kind == EVENT:
        if length < PAYLOAD or (length == PAYLOAD and frame[POLICY] & TRAILED):
            return TOO_SHORT
        return OK if frame[TOPIC + 3] <= 0x3F else BAD_FIELD
    return OK if QUERY <= kind <= STATE or OFFER <= kind <= PACKED else UNKNOWN_KIND


def _has_wide_id(beacon):
    return (beacon[TERM + 3] | beacon[LEADER + 3] | beacon[DEPUTY + 3]) > 0x3F


def _check_interest(frame, length):
    if length < ROWS:
        return TOO_SHORT
    count = frame[ROW_COUNT]
    if count > ROWS_MAX:
        return BAD_FIELD
    if length != ROWS + count * ROW_LEN:
        return TOO_SHORT if length < ROWS + count * ROW_LEN else TOO_LONG
    for row in range(count):
        if frame[ROWS + row * ROW_LEN + 3] > 0x3F:
            return BAD_FIELD
    return OK


def kind_of(frame) -> int:
    return frame[KIND] & 0x0F


def hops_left(frame) -> int:
    """How often the frame may still be passed on, 0..HOPS_MAX."""
    return frame[HOPS] >> 4


def hops_travelled(frame) -> int:
    """How many nodes passed the frame on before its sender did, 0..HOPS_MAX."""
    return frame[HOPS] & 0x0F


def get_u16(frame, at: int) -> int:
    return frame[at] | frame[at + 1] << 8


def get_id(frame, at: int) -> int:
    """A field of 32 bits, 0..ID_MAX; the two high bits, which `check` refuses, are ignored."""
    return frame[at] | frame[at + 1] << 8 | frame[at + 2] << 16 | (frame[at + 3] & 0x3F) << 24


def put_u16(frame, at: int, value: int) -> None:
    frame[at] = value & 0xFF
    frame[at + 1] = value >> 8 & 0xFF


def put_id(frame, at: int, value: int) -> None:
    put_u16(frame, at, value)
    put_u16(frame, at + 2, (value & ID_MAX) >> 16)


def get_period(frame, at: int) -> int:
    """Milliseconds in one byte, 250..15872000: 4 high bits of exponent, 4 of mantissa."""
    return ((16 + (frame[at] & 0x0F)) * 125 << (frame[at] >> 4)) >> 3


def put_period(frame, at: int, period_ms: int) -> None:
    """Write the shortest period that is not less than `period_ms`, to within a sixteenth."""
    rest = (min(period_ms, PERIOD_MAX_MS) * 8 + 124) // 125
    exponent = 0
    while rest > 31:
        rest = rest + 1 >> 1
        exponent += 1
    frame[at] = exponent << 4 | max(16, rest) - 16


def put_header(frame, kind: int, mesh: int, hop_limit: int) -> None:
    """Begin a frame that this node makes itself; `put_origin` completes it."""
    frame[KIND] = VERSION << 5 | kind
    frame[MESH] = mesh
    frame[HOPS] = hop_limit << 4


def put_origin(frame, node: int, epoch: int, sequence: int) -> None:
    """Say who made the message; the sender is the same node until somebody passes it on."""
    put_id(frame, SENDER, node)
    put_id(frame, ORIGIN, node)
    frame[EPOCH] = epoch
    put_u16(frame, SEQUENCE, sequence)


def pass_on(frame, node: int) -> None:
    """Turn a received frame into the copy that `node` transmits.  Needs hops_left > 0."""
    frame[HOPS] += 1 - 0x10  # one hop fewer to go, one more travelled
    put_id(frame, SENDER, node)
