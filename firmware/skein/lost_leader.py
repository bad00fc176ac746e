"""The leader this node has lost, so that an echo of it is not taken for its return."""

from micropython import const

from skein import frame as f
from skein.ids import NOBODY
from skein.ticks import ticks_diff

_ECHOES = const(3)  # how many of its last beats may still be under way
_REPLAYED = const(64)  # of an earlier term, and may be said again by somebody who recorded them
_LIFE_MS = const(3600000)  # no echo lasts so long; the count of beats wraps much later


class LostLeader:
    """At most one leader is remembered, with its term and the last beat that was heard."""

    def __init__(self):
        self.node = NOBODY
        self.term = 0
        self.beat = 0
        self.heard_at = 0

    def note(self, node: int, term: int, beat: int, heard_at: int) -> None:
        self.node = node
        self.term = term
        self.beat = beat
        self.heard_at = heard_at

    def expire(self, now: int) -> None:
        if ticks_diff(now, self.heard_at) >= _LIFE_MS:
            self.node = NOBODY

    def is_echo(self, leader: int, beacon) -> bool:
        """True for a claim of the lost leader that holds no beat since.  beat wraps at 65536."""
        if leader != self.node:
            return False
        term = f.get_id(beacon, f.TERM)
        behind = (self.beat - f.get_u16(beacon, f.BEAT)) & 0xFFFF
        # Defenders may have lifted the term of an echo, but its beat is one of the last.  Whoever
        # leads again after a reboot counts from anywhere, and may do so in the term that is known.
        return behind < (_REPLAYED if term <= self.term else _ECHOES)
