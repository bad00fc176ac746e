"""Which neighbours are a step nearer to each node that declared what it wants.

Nothing is sent to learn it.  A declaration goes everywhere and counts its hops, and each copy is
heard by all around: who transmitted one with the fewest is a step back to its origin.  There may
be several such neighbours; of two wishers that share one of them both are reached by it.

A copy may have come by a link that carries one way only.  So whoever passes one on says in it how
far the way back is, which may be farther; who knows none says so, and is no step for anybody.
"""

from array import array

from micropython import const

from skein import frame as f

_FAR = const(0xFF)  # hops of which nothing is known
_LOST_AT = const(19)  # in a declaration, beside the level of the first row
_LOST = const(0x80)  # a flag there: its sender knows no way back


class Ways:
    """For at most `capacity` nodes; one more takes the place of the one that came first.

    node: this one's id.  hearing: the Hearing, which tells who hears this node.
    """

    def __init__(self, capacity: int, node: int, hearing):
        self._node = node
        self._hearing = hearing
        self._row_bytes = hearing.row_bytes
        self._nodes = array("i", bytes(4 * capacity))
        self._numbers = array("H", bytes(2 * capacity))
        self._is_old = bytearray(capacity)  # 1: nothing is known from the last declaration
        self._hops = bytearray(capacity)
        self._steps = bytearray(capacity * self._row_bytes)
        self._next = 0

    def hear(self, declaration, row: int) -> None:
        """The neighbour in `row`, or -1, transmitted an INTEREST that passed frame.check.

        Until a step back was heard transmitting it those of the one before are kept.
        """
        if not declaration[f.ROW_COUNT]:
            return
        is_step = row >= 0 and self._hearing.may_hear(row) and not declaration[_LOST_AT] & _LOST
        origin = f.get_id(declaration, f.ORIGIN)
        if origin == self._node:
            return
        place = self._place_for(origin)
        number = f.get_u16(declaration, f.SEQUENCE)
        if number != self._numbers[place]:
            if (number - self._numbers[place]) & 0x8000 and self._hops[place] != _FAR:
                return  # an older one that comes late
            self._numbers[place] = number
            self._is_old[place] = 1
        if is_step:
            self._add(place, row, f.hops_travelled(declaration))

    def tell(self, declaration) -> None:
        """Put into an INTEREST of another node, now sent, how far the way back to it is."""
        origin = f.get_id(declaration, f.ORIGIN)
        if origin == self._node or not declaration[f.ROW_COUNT]:
            return
        declaration[_LOST_AT] &= ~_LOST & 0xFF
        hops = self.hops_to(origin)
        if not hops:
            declaration[_LOST_AT] |= _LOST
        elif f.hops_travelled(declaration) < hops <= f.HOPS_MAX:
            left = min(f.hops_left(declaration), f.HOPS_MAX - hops)
            declaration[f.HOPS] = left << 4 | hops

    def find(self, node: int) -> int:
        """The place of a node that declared something, or -1."""
        for place in range(len(self._nodes)):
            if self._nodes[place] == node:
                return place
        return -1

    def hops_to(self, node: int) -> int:
        """How many hops the way to a node has, by its last declaration; 0 if it told none."""
        place = self.find(node)
        if place < 0 or self._is_old[place] or not self._is_passable(place):
            return 0
        return self._hops[place] + 1

    def leads(self, place: int, row: int) -> bool:
        """True if the neighbour in `row` is a step towards the node in `place`."""
        return self._steps[place * self._row_bytes + (row >> 3)] & 1 << (row & 7) != 0

    def forget_row(self, row: int) -> None:
        """A new neighbour took this row."""
        for place in range(len(self._nodes)):
            self._steps[place * self._row_bytes + (row >> 3)] &= ~(1 << (row & 7))

    def shun(self, row: int) -> None:
        """The neighbour in `row` led nowhere: take another step wherever one is known."""
        for place in range(len(self._nodes)):
            if self.leads(place, row):
                self._turn_bit(place, row)
                if not self._is_passable(place):
                    self._turn_bit(place, row)

    def _add(self, place, row, hops):
        if self._is_old[place]:
            self._is_old[place] = 0
            self._hops[place] = _FAR
        is_passable = self._hops[place] != _FAR and self._is_passable(place)
        if not self._hearing.is_both_ways(row):
            if is_passable:
                return
        elif not is_passable:
            self._hops[place] = _FAR
        if hops > self._hops[place]:
            return
        if hops < self._hops[place]:
            self._hops[place] = hops
            self._forget(place)
        if not self.leads(place, row):
            self._turn_bit(place, row)

    def _is_passable(self, place):
        """True if one of the steps is known to hear this node."""
        for row in range(len(self._hearing.passes_on)):
            if self.leads(place, row) and self._hearing.is_both_ways(row):
                return True
        return False

    def _turn_bit(self, place, row):
        self._steps[place * self._row_bytes + (row >> 3)] ^= 1 << (row & 7)

    def _place_for(self, node):
        place = self.find(node)
        if place < 0:
            place = self._next
            self._next = (place + 1) % len(self._nodes)
            self._nodes[place] = node
            self._hops[place] = _FAR
            self._is_old[place] = 1
            self._forget(place)
        return place

    def _forget(self, place):
        for at in range(place * self._row_bytes, (place + 1) * self._row_bytes):
            self._steps[at] = 0
