"""An offer of events, and an ask for them, as they lie in a frame: the names of events.

A name is what the header of an EVENT has in a row: origin, boot and number.
"""

from micropython import const

from skein import frame as f
from skein.ids import NOBODY

ASKED = const(14)  # the node that is asked for the events named; NOBODY in an offer
FIRST = const(18)
NAME_LEN = const(7)
NUMBER = const(5)  # of a name: its low byte


def is_whole(frame) -> bool:
    """True if the body of a frame of kind OFFER can be read."""
    if len(frame) <= FIRST or (len(frame) - FIRST) % NAME_LEN or frame[ASKED + 3] > 0x3F:
        return False
    for at in range(FIRST, len(frame), NAME_LEN):
        if frame[at + 3] > 0x3F or f.get_id(frame, at) == NOBODY:
            return False
    return True


def names(offer, frame) -> bool:
    """True if the event in `frame` is among those that are named."""
    for at in range(FIRST, len(offer), NAME_LEN):  # noqa: SIM110 - a generator takes heap
        if is_same(frame, f.ORIGIN, offer, at):
            return True
    return False


def is_same(one, begin: int, other, at: int) -> bool:
    """True if the names that begin at these offsets are one."""
    for offset in range(NAME_LEN):  # noqa: SIM110 - a generator takes heap
        if one[begin + offset] != other[at + offset]:
            return False
    return True


def copy(buffer, length: int, name, begin: int) -> int:
    """Append a name to a frame that is `length` bytes long; its new length."""
    for offset in range(NAME_LEN):
        buffer[length + offset] = name[begin + offset]
    return length + NAME_LEN
