"""The leader's choice of who passes messages on: few, connected, and next to everybody.

All that are known begin as part of it.  One after the other is taken out if the rest stay
connected and serve all others without it.  First those go that have hardly any power left, of
equals those that did not belong to the last plan, so that a plan changes no more than it must,
and of these those with the fewest links.  One such step takes a bounded time.

Source: the pruning of a connected dominating set, as in Rule k of Dai and Wu ("An extended
localized algorithm for connected dominating set formation in ad hoc wireless networks", 2004),
with the whole mesh in view.
"""

from array import array

from skein.link_table import BITS


class Planner:
    """Plans on a LinkTable."""

    def __init__(self, table):
        capacity, words = table.capacity, table.words
        self.table = table
        self._words = words
        self._links = array("i", bytes(4 * capacity * words))  # that carry both ways
        self._reached = array("i", bytes(4 * words))
        self._is_in = bytearray(capacity)  # 1: belongs to it so far
        self._weight = array("H", bytes(2 * capacity))  # the least goes first
        self._left = bytearray(capacity)  # 1: not tried yet
        self._stack = bytearray(capacity)
        self._root = 0
        self._next = 0  # whose links are to be looked at

    def begin(self, root: int) -> None:
        """root: the leader's place."""
        self._root = root
        self._next = 0

    def step(self, last) -> bool:
        """Do a part of the work; True when it is done.  last: has names(short), the last plan."""
        count = self.table.count
        if self._next < count:
            self._look_at_links(self._next, last)
            self._next += 1
            if self._next == count:
                self._take_all()
            return False
        place = self._first_left()
        if place < 0:
            return True
        self._left[place] = 0
        if not self._is_needed(place):
            self._is_in[place] = 0
        return False

    def is_in(self, place: int) -> bool:
        """After the last step: True if this one is to pass messages on."""
        return self._is_in[place] != 0

    def _look_at_links(self, place, last):
        table = self.table
        start = place * self._words
        links = 0
        for word in range(start, start + self._words):
            self._links[word] = 0
        for other in range(table.count):
            if table.is_linked(place, other):
                self._links[start + other // BITS] |= 1 << other % BITS
                links += 1
        weight = table.stamina[place] << 9 | min(255, links)
        if last.names(table.shorts[place]):
            weight |= 1 << 8
        self._weight[place] = weight | table.has_said[place] << 11

    def _take_all(self):
        """All that are connected to the leader begin as part of it."""
        for place in range(self.table.count):
            self._is_in[place] = 1
        self._reach_from(self._root, -1)
        for place in range(self.table.count):
            is_reached = self._has(place)
            self._is_in[place] = is_reached
            self._left[place] = is_reached

    def _first_left(self):
        best = -1
        for place in range(self.table.count):
            if self._left[place] and (best < 0 or self._weight[place] < self._weight[best]):
                best = place
        return best

    def _is_needed(self, place):
        """True unless the others that belong to it stay connected and serve all around."""
        start = place * self._words
        first = -1
        for other in range(self.table.count):
            if self._links[start + other // BITS] >> other % BITS & 1 and self._is_in[other]:
                first = other
                break
        if first < 0:
            return True
        self._reach_from(first, place)
        for other in range(self.table.count):
            is_linked = self._links[start + other // BITS] >> other % BITS & 1
            if is_linked and not self._is_cared_for(other):
                return True
        return False

    def _is_cared_for(self, place):
        return self._has(place) if self._is_in[place] else self._is_served(place)

    def _is_served(self, place):
        start = place * self._words
        for word in range(self._words):  # noqa: SIM110 - a generator takes heap
            if self._links[start + word] & self._reached[word]:
                return True
        return False

    def _reach_from(self, first, without):
        """Collect who is reached over those that belong to it, but for one."""
        words, reached, stack = self._words, self._reached, self._stack
        for word in range(words):
            reached[word] = 0
        reached[first // BITS] = 1 << first % BITS
        stack[0] = first
        depth = 1
        while depth:
            depth -= 1
            start = stack[depth] * words
            for word in range(words):
                fresh = self._links[start + word] & ~reached[word]
                place = word * BITS
                while fresh:
                    if fresh & 1 and self._is_in[place] and place != without:
                        reached[word] |= 1 << place % BITS
                        stack[depth] = place
                        depth += 1
                    fresh >>= 1
                    place += 1

    def _has(self, place):
        return self._reached[place // BITS] >> place % BITS & 1
