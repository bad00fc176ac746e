"""An EVENT that says who is to pass it on: how the end of a STEERED frame is laid out.

For each neighbour that is named 16 bits of its id and the set of the wishers it is to care for;
then the source's choice of how wishers are marked in a set, and how many neighbours are named.
"""

from micropython import const

from skein import frame as f
from skein import packed_frame as p

NAMES_MAX = const(6)
NAME_LEN = const(4)
TAIL_LEN = const(2)  # after the names
ALL = const(0xFFFF)  # instead of a set


def write_name(frame, at: int, node: int, wishers: int) -> int:
    """Append a neighbour; where the next one goes."""
    f.put_u16(frame, at, node & 0xFFFF)
    f.put_u16(frame, at + 2, wishers)
    return at + NAME_LEN


def write_tail(frame, at: int, salt: int, count: int) -> int:
    """Turn an EVENT with so many names behind it into a STEERED frame; returns its length."""
    frame[f.KIND] ^= f.EVENT ^ f.STEERED
    frame[at] = salt
    frame[at + 1] = count
    return at + TAIL_LEN


def end_of_event(frame) -> int:
    """Where the event in a STEERED frame that passed frame.check ends; 0 if it is not whole."""
    count = frame[len(frame) - 1]
    end = len(frame) - TAIL_LEN - NAME_LEN * count
    if count > NAMES_MAX or end < p.PAYLOAD or frame[f.TOPIC + 3] > 0x3F:
        return 0
    return 0 if end == p.PAYLOAD and frame[f.POLICY] & f.TRAILED else end


def turn_of(frame, end: int, node: int) -> int:
    """The place of `node` among those who are named behind the event, or -1."""
    for turn in range(frame[len(frame) - 1]):
        if f.get_u16(frame, end + turn * NAME_LEN) == node & 0xFFFF:
            return turn
    return -1


def set_at(frame, end: int, turn: int) -> int:
    """Of whom the neighbour that is named in this place is to care for."""
    return f.get_u16(frame, end + turn * NAME_LEN + 2)


def salt_of(frame) -> int:
    return frame[len(frame) - TAIL_LEN]


def mark_of(node: int, salt: int) -> int:
    """The id as one of 16 bits.  salt: 0..255, how to mix it."""
    return 1 << ((node >> (salt >> 4) ^ node >> 8 >> (salt & 0x0F)) & 0x0F)
