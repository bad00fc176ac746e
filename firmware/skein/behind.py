"""Speaks in a mesh for what lies behind a node: another mesh, or boards that sleep.

To the mesh it is one more node, that only this one hears.
"""

from skein import frame as f
from skein.declaration_pace import DeclarationPace
from skein.ticks import ticks_diff


class Behind:
    """name: the id that it has in the mesh.  node: the one it lies behind.  link: of that one.

    wishes: a Wishes, which it declares.  dice: has randrange(n).
    """

    def __init__(self, name: int, node, link, wishes, dice):
        self.name = name
        self._node = node
        self._wishes = wishes
        self._pace = DeclarationPace(link, dice)
        self._frame = bytearray()  # a declaration, as long as it is
        self._rows = -1
        self.hops = min(node.diffusion.hop_limit + 1, f.HOPS_MAX)  # the first is within this board
        self._sequence = dice.randrange(0x10000)

    def start(self, now: int) -> None:
        self._pace.start(now)
        self._pace.soon(now)

    def declare_soon(self, now: int) -> None:
        """The wishes have changed."""
        self._pace.soon(now)

    def poll(self, now: int) -> bool:
        """Renew the declaration when that is due; True if it was."""
        if not self._pace.is_due(now):
            return False
        rows = 0
        for topic in self._wishes.topics:
            if topic:
                rows += 1
        if rows != self._rows:
            self._rows = rows
            self._frame = bytearray(f.ROWS + rows * f.ROW_LEN)
        f.put_header(self._frame, f.INTEREST, self._node.mesh, self.hops)
        self._wishes.write_rows(self._frame)
        self.say(self._frame, now)
        around = self._node.neighbours.count
        self._pace.renew(max(len(self._node.diffusion.seen), around) + 1, around, now)
        return True

    def say(self, frame, now: int) -> None:
        """Send a message as this node's.  frame: a bytearray with a header and a body."""
        f.put_origin(frame, self.name, self._node.epoch, self._sequence)
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._node.diffusion.hear(frame, -1, now)

    def next_deadline(self, soonest: int) -> int:
        """That instant, or the one of the next declaration if it comes before."""
        due_at = self._pace.due_at
        return due_at if ticks_diff(due_at, soonest) < 0 else soonest
