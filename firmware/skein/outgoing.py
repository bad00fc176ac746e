"""One payload on its way from this node: which pieces go next, and who has them all.

It goes in rounds.  The first has every piece, but where no way to the one node is known it is one
piece that asks: the answer tells the way.  Each other one has what those who answered lack.  If
nobody answers, one piece goes again and asks, after a pause that doubles each time.
"""

from array import array

from micropython import const

from skein import fragment as g
from skein import frame as f
from skein.delivery import DELIVERED, Receipt
from skein.fragment import SendError
from skein.ids import ID_MAX, NOBODY
from skein.ticks import ticks_add, ticks_diff
from skein.turns import HIGH, LOW

LIFE_MAX_S = const(3600)
COUNTED = const(16)  # nodes that can be told apart; more are not counted

_QUIET = const(8)  # pauses of the courier, until a round without an answer is over
_GATHER = const(2)  # the same, in which answers to one round are gathered
_MOST_DOUBLINGS = const(6)
_MOST_TIMES = const(16)  # that a piece goes, on average: bounds what reports can make a node send


class Outgoing:
    """number: names it, 0..65535.  text: of fragment.head_of, and the payload, which stays where
    it is.  ids: the nodes that it is for, or with flags IS_GROUP the group; none for all.
    expected: how many should get it, as far as is known.

    pending: the pieces that this round has still to send, a bit each.  due_at: the instant of the
    next step.  ends_at: of its life.
    """

    def __init__(self, number: int, text: tuple, ids: tuple, flags: int, expected: int):
        self.number = number
        self._head, self._payload = text
        self._length = len(self._head) + len(self._payload)
        self.ids = ids
        self.receipt = Receipt(min(COUNTED, expected))
        self.is_single = len(ids) == 1 and not flags
        self.is_by_route = self.is_single
        self.is_listed = len(ids) > 0 and not flags
        self._shape = len(ids) | flags
        self._asks = 0
        self.pending = self.all = (1 << g.count_of(self._length, len(ids))) - 1
        self._lacking = 0
        self._silent = 0
        self._left = _MOST_TIMES * g.count_of(self._length, len(ids))
        self._heard = array("i", bytes(4 * COUNTED))
        self.due_at = self.ends_at = 0
        self.last = self.before = -1  # numbers of the events with the last two pieces

    def write(self, frame, at: int) -> int:
        """Put the next piece at `at`; returns the frame's length."""
        index = self._next_index()
        is_last = self.pending == 1 << index
        frame[at] = self._shape | (g.IS_LAST if is_last else 0) | self._asks
        f.put_u16(frame, at + g.NUMBER, self.number)
        f.put_u16(frame, at + g.LENGTH, self._length)
        frame[at + g.INDEX] = index
        for place in range(len(self.ids)):
            f.put_id(frame, at + g.IDS + 4 * place, self.ids[place])
        return g.write_piece(frame, at, self._head, self._payload, index)

    def sent(self, pause_ms: int, now: int) -> None:
        """The next piece is under way."""
        self.pending &= self.pending - 1
        self._left -= 1
        self.due_at = now
        if not self.pending:
            self._asks = 0
            self.due_at = ticks_add(now, _QUIET * pause_ms << self._silent)

    def begin_round(self) -> None:
        """The pause after a round is over: send what is lacking, or ask what is."""
        self.pending = self._lacking
        self._lacking = 0
        if self.pending:
            self._silent = 0
            return
        self._silent = min(_MOST_DOUBLINGS, self._silent + 1)
        self.is_by_route = self.is_single and not self.is_by_route
        self.ask()

    def ask(self) -> None:
        """Let this round be one piece, the shortest, that asks what is lacking."""
        self.pending = (self.all + 1) >> 1
        if self.receipt.state != DELIVERED:
            self._asks = g.IS_ASKED

    def hear(self, node: int, came: int, pause_ms: int, now: int) -> None:
        """A node reports which pieces came."""
        if self.is_listed and node not in self.ids:
            return
        if came & self.all == self.all:
            self._note(node)
        elif not self.pending:  # else there may be some on the way to it
            if not self._lacking:
                soon = ticks_add(now, _GATHER * pause_ms)
                if ticks_diff(soon, self.due_at) < 0:
                    self.due_at = soon
            self._lacking |= self.all & ~came

    def is_over(self, now: int) -> bool:
        """True if nobody else can lack it, or enough was tried."""
        is_done = self.is_listed and self.receipt.state == DELIVERED
        return is_done or self._left <= 0 or ticks_diff(now, self.ends_at) >= 0

    def _next_index(self):
        index = 0
        while not self.pending >> index & 1:
            index += 1
        return index

    def _note(self, node):
        for at in range(COUNTED):
            if self._heard[at] == node:
                return
            if self._heard[at] == NOBODY:
                self._heard[at] = node
                self.receipt.acknowledged += 1
                break
        if 0 < self.receipt.expected <= self.receipt.acknowledged:
            self.receipt.state = DELIVERED


def check(priority, life_s) -> None:
    """Raises SendError for what no send can have."""
    if type(priority) is not int or not HIGH <= priority <= LOW:
        raise SendError(f"the priority of a send goes from HIGH 1 to LOW 3, not {priority!r}")
    if type(life_s) is not int or not 0 < life_s <= LIFE_MAX_S:
        raise SendError(f"a send lives 1 to {LIFE_MAX_S} seconds, not {life_s!r}")


def ids_of(nodes, own: int) -> tuple:
    """Each of these ids once.  Raises SendError for what names no other nodes."""
    ids = tuple(set(nodes))
    if not 0 < len(ids) <= g.IDS_MAX:
        raise SendError(f"a list names 1 to {g.IDS_MAX} nodes, this one {len(ids)}")
    for node in ids:
        if type(node) is not int or not NOBODY < node <= ID_MAX:
            raise SendError(f"{node!r} is no node's id")
        if node == own:
            raise SendError("a node sends nothing to itself")
    return ids
