"""Whether the others do without this node, as far as it can see: within two hops.

A node is not needed when those of its neighbours that belong to the backbone stay connected
without it, and one of them serves each of its other neighbours.

Source: Wu and Dai's coverage condition ("A generic distributed broadcast scheme in ad hoc
wireless networks", 2003), with the order of leaving in the place of fixed priorities.
"""

from array import array

from micropython import const

from skein import hearing_frame as h
from skein.hearing_frame import is_joined

_SEEN_MAX = const(64)  # nodes of the backbone within two hops


class SelfPruning:
    """What one node sees.  neighbours: the Neighbours.  hearing: the Hearing, with their rows."""

    def __init__(self, neighbours, hearing):
        self._neighbours = neighbours
        self.hearing = hearing
        self._shorts = array("H", bytes(2 * _SEEN_MAX))
        self._parents = bytearray(_SEEN_MAX)
        self._seen = 0

    def is_needed(self) -> bool:
        """True unless the others do without this node, as far as it can see."""
        if self.hearing.is_called() or self.hearing.is_forlorn():
            return True
        rows = len(self._neighbours.ids)
        self._seen = 0
        root = -1
        for row in range(rows):
            if self.is_other_member(row):
                self._join_what_it_hears(row)
        for row in range(rows):
            if self.is_other_member(row):
                found = self._root_of(h.short_of(self._neighbours.ids[row]))
                if found < 0 or (root >= 0 and found != root):
                    return True
                root = found
        if root < 0:
            return True
        return self._is_anyone_unserved(root)

    def is_other_member(self, row: int) -> bool:
        """True if there is a neighbour in this row that passes on what it hears from this node."""
        return (
            self._neighbours.ids[row] != 0
            and self.hearing.passes_on[row] != 0
            and self.hearing.is_both_ways(row)
        )

    def _is_anyone_unserved(self, root):
        for row in range(len(self._neighbours.ids)):  # noqa: SIM110 - a generator takes heap
            if not self._is_served(row, root):
                return True
        return False

    def _is_served(self, row, root):
        """True if the neighbour in this row is none of this node's business, or has another."""
        if not self._neighbours.ids[row]:
            return True
        if not self.hearing.is_known(row):
            return False
        if not self.hearing.is_both_ways(row) or self.hearing.passes_on[row]:
            return True
        index = 0
        entry = self.hearing.entry(row, 0)
        while entry:
            if is_joined(entry) and self._root_of(entry & h.SHORT) == root:
                return True
            index += 1
            entry = self.hearing.entry(row, index)
        return False

    def _join_what_it_hears(self, row):
        one = self._place_of(h.short_of(self._neighbours.ids[row]))
        index = 0
        entry = self.hearing.entry(row, 0)
        while entry and one >= 0:
            if is_joined(entry):
                other = self._place_of(entry & h.SHORT)
                if other >= 0:
                    self._parents[self._top(other)] = self._top(one)
            index += 1
            entry = self.hearing.entry(row, index)

    def _root_of(self, short):
        for place in range(self._seen):
            if self._shorts[place] == short:
                return self._top(place)
        return -1

    def _place_of(self, short):
        """Where this node of the backbone stands in the scratch table; -1 when that is full."""
        for place in range(self._seen):
            if self._shorts[place] == short:
                return place
        if self._seen == _SEEN_MAX:
            return -1
        place = self._seen
        self._seen += 1
        self._shorts[place] = short
        self._parents[place] = place
        return place

    def _top(self, place):
        while self._parents[place] != place:
            place = self._parents[place]
        return place
