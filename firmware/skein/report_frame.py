"""Reports of links on their way to the leader: where their fields lie, and whether they are whole.

A frame is a HEARING with the flag REPORTS.  HEARD_COUNT says how many reports it holds; one with
none is the receipt for the frame that has its sequence number.
"""

from micropython import const

from skein import frame as f
from skein import hearing_frame as h

NEXT = const(16)  # 16 bits: the short id of the neighbour that it is for
REPORTS = const(18)

# a report: who is connected both ways to one that passes messages on, in entries of 16 bits
BY = const(0)  # the short id of the one that reports, in the 2 high bits its stamina
COUNT = const(2)
LINKS = const(3)  # short ids, with the stamina of each
STAMINA_AT = const(14)
LINKS_MAX = const(110)


def is_whole(frame) -> bool:
    """True if a HEARING holds reports, or a receipt, that may be read."""
    length = len(frame)
    if length < REPORTS or not frame[h.PLACE] & h.REPORTS:
        return False
    at = REPORTS
    for _ in range(frame[h.HEARD_COUNT]):
        if at + LINKS > length:
            return False
        at = end_of(frame, at)
    return at == length


def end_of(frame, at: int) -> int:
    """Where the report that begins at `at` ends."""
    return at + LINKS + 2 * frame[at + COUNT]


def is_for(frame, node: int) -> bool:
    return f.get_u16(frame, NEXT) == h.short_of(node)
