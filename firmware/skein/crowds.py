"""Topics that so many want that not all of them say so.

Where enough others have declared a topic a node keeps silent, so whoever counts wishers may know
too few.  The last who do declare it say that there are many: then nobody takes those it knows for
all of them.
"""

from array import array

from micropython import const

from skein import frame as f
from skein.ids import NOBODY, PREFIX
from skein.ticks import ticks_add, ticks_diff

_TOPICS = const(16)
_MANY_WISHERS = const(12)  # and up to four more declare it, of which one is heard by all
_MANY = const(0x40)  # a flag in a declaration, beside the level of a row


class Crowds:
    """The last topics of which that was heard.  interests: the InterestTable."""

    def __init__(self, interests):
        self._interests = interests
        self._topics = array("i", bytes(4 * _TOPICS))
        self._ends_at = array("i", bytes(4 * _TOPICS))
        self._next = 0

    def hear(self, declaration, now: int) -> None:
        """An INTEREST came that passed frame.check."""
        for row in range(declaration[f.ROW_COUNT]):
            at = f.ROWS + row * f.ROW_LEN
            if declaration[at + 4] & _MANY:
                self._note(f.get_id(declaration, at), now)

    def tell(self, declaration, node: int, now: int) -> None:
        """Say in this node's own INTEREST, now sent, what many others want."""
        for row in range(declaration[f.ROW_COUNT]):
            at = f.ROWS + row * f.ROW_LEN
            topic = f.get_id(declaration, at)
            if self._interests.count(topic, node, now) >= _MANY_WISHERS:
                declaration[at + 4] |= _MANY

    def has(self, topic: int, now: int) -> bool:
        """True if many want the topic, or all that begin with its first word."""
        prefix = topic & PREFIX
        for place in range(_TOPICS):
            noted = self._topics[place]
            if noted and (noted == topic or noted == prefix):  # noqa: SIM109 - takes heap
                if ticks_diff(self._ends_at[place], now) > 0:
                    return True
                self._topics[place] = NOBODY  # before two instants are too far apart
        return False

    def _note(self, topic, now):
        place = self._next
        for known in range(_TOPICS):
            if self._topics[known] == topic:
                place = known
        if place == self._next:
            self._next = (place + 1) % _TOPICS
        self._topics[place] = topic
        self._ends_at[place] = ticks_add(now, self._interests.lifetime_ms)
