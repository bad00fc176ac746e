"""The leader this node has lost, so that an echo of it is not taken for its return."""

from micropython import const

from skein.ids import NOBODY

_ECHOES = const(3)  # how many of its last beats may still be under way


class LostLeader:
    """At most one leader is remembered, with its term and the last beat that was heard."""

    def __init__(self):
        self.node = NOBODY
        self._term = 0
        self._beat = 0

    def note(self, node: int, term: int, beat: int) -> None:
        self.node = node
        self._term = term
        self._beat = beat

    def is_echo(self, leader: int, term: int, beat: int) -> bool:
        """True for a claim of the lost leader that holds no beat since.  beat wraps at 65536."""
        if leader != self.node:
            return False
        behind = (self._beat - beat) & 0xFFFF
        # Defenders may have lifted the term of an echo, but its beat is one of the last.
        return behind < 0x8000 if term <= self._term else behind < _ECHOES
