"""What a neighbour tells of whom it hears."""

from skein import frame as f
from skein import hearing_frame as h
from skein.hearing import Hearing
from skein.neighbours import Neighbours

ME = 1


LINK = h.ON_BACKBONE | h.BOTH_WAYS


def told(*entries, passes_on=1):
    """A HEARING with these entries, each (node, flags)."""
    frame = bytearray(h.HEARD + 2 * len(entries))
    frame[h.PLACE] = passes_on
    frame[h.HEARD_COUNT] = len(entries)
    for index, (node, flags) in enumerate(entries):
        f.put_u16(frame, h.HEARD + 2 * index, h.short_of(node) | flags)
    return frame


def table(*nodes):
    """What node ME knows of these neighbours, who have the rows from 0 on."""
    neighbours = Neighbours(20, 5000)
    made = Hearing(ME, neighbours)
    for node in nodes:
        made.forget_row(neighbours.admit(node, 0))
    return made
