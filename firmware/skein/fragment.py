"""A piece of a payload that is too long for one frame, and the report that tells which came.

Both lie at an offset `at`, where an EVENT has its payload or a CARRIED frame its body.  How many
pieces there are, and how long each must be, follows from the length of the whole, so no piece can
claim what does not fit it.  docs/sends.md has both in a table.
"""

from micropython import const

from skein import frame as f
from skein.courier import BODY_MAX, copy
from skein.errors import SkeinError
from skein.event import TOPIC_MAX

SHAPE = const(0)  # how many ids follow in the 4 low bits, and flags
NUMBER = const(1)  # of the transfer, by its source; wraps
LENGTH = const(3)  # of the whole
INDEX = const(5)
IDS = const(6)  # 4 bytes each: the nodes that it is for, or the one group; none for all

SOURCE = const(3)  # of a transfer that a report is about
BOOT = const(7)  # of that source, in which it began
CAME = const(8)  # a bit for each piece
REPORT_LEN = const(11)

IS_GROUP = const(0x10)
IS_LAST = const(0x20)  # of a round: who lacks something may say so
IS_ASKED = const(0x40)  # whoever has the whole may say so, too
IS_REPORT = const(0x80)
_FLAGS = const(0xF0)

IDS_MAX = const(8)
PAYLOAD_MAX = const(4096)
WHOLE_MAX = const(4129)  # with the topic's name before it, and the length of that in a byte

_ID_COUNT = const(0x0F)


class SendError(SkeinError):
    """The application asked for a send that cannot be; nothing was sent."""


def piece_max(ids: int) -> int:
    """How many bytes of the whole every piece has but the last."""
    return BODY_MAX - IDS - 4 * ids


def count_of(length: int, ids: int) -> int:
    """How many pieces a whole of so many bytes makes: at most 23."""
    return (length + piece_max(ids) - 1) // piece_max(ids)


def id_count(frame, at: int) -> int:
    return frame[at] & _ID_COUNT


def is_fragment(frame, at: int) -> bool:
    """True if a piece lies at `at` up to the frame's end, and its figures fit one another."""
    if len(frame) < at + IDS or frame[at] & IS_REPORT:
        return False
    ids = id_count(frame, at)
    if ids > IDS_MAX or (frame[at] & IS_GROUP and ids != 1):
        return False
    length, most = f.get_u16(frame, at + LENGTH), piece_max(ids)
    left = length - frame[at + INDEX] * most
    if length > WHOLE_MAX or left <= 0:
        return False
    return len(frame) == at + IDS + 4 * ids + min(most, left)


def is_report(frame, at: int) -> bool:
    """True if a report lies at `at` up to the frame's end."""
    return len(frame) == at + REPORT_LEN and frame[at] == IS_REPORT


def names(frame, at: int, node: int) -> bool:
    """True if a piece is for all, or `node` is among those that it is for."""
    ids = id_count(frame, at)
    for place in range(ids):
        if f.get_id(frame, at + IDS + 4 * place) == node:
            return True
    return ids == 0


def came_of(frame, at: int) -> int:
    """The pieces that a report names, a bit for each."""
    return f.get_u16(frame, at + CAME) | frame[at + CAME + 2] << 16


def head_of(topic: str, payload) -> bytes:
    """What lies before the payload in the whole: the length of the topic's name, and the name.

    Raises SendError for what cannot be sent.
    """
    if not isinstance(payload, (bytes, bytearray)):
        raise SendError(f"a payload is bytes, not {type(payload).__name__}")
    if not 0 < len(payload) <= PAYLOAD_MAX:
        raise SendError(f"a payload has 1 to {PAYLOAD_MAX} bytes, this one {len(payload)}")
    if not isinstance(topic, str) or len(topic.encode()) > TOPIC_MAX:
        raise SendError(f"a topic has at most {TOPIC_MAX} bytes, {topic!r} does not")
    name = topic.encode()
    return bytes((len(name),)) + name


def write_piece(frame, at: int, head, payload, index: int) -> int:
    """Put the piece behind the ids that are in the frame already; returns the frame's length."""
    most = piece_max(id_count(frame, at))
    begin = at + IDS + 4 * id_count(frame, at)
    start = index * most - len(head)
    end = begin + min(most, len(payload) - start)
    if not index:  # which has room for every head
        copy(frame, begin, head, 0, len(head))
        begin += len(head)
        start = 0
    copy(frame, begin, payload, start, end - begin)
    return end


def read_piece(frame, at: int, whole) -> None:
    """Put a piece that passed `is_fragment` into its place."""
    begin = at + IDS + 4 * id_count(frame, at)
    copy(
        whole, frame[at + INDEX] * piece_max(id_count(frame, at)), frame, begin, len(frame) - begin
    )
