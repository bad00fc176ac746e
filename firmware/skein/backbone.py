"""Which nodes pass messages on for all the others, where airtime is too dear for all to do it.

Every node begins as part of the backbone.  It leaves when those of its neighbours that belong to
it stay connected without this node, as far as can be seen within two hops, and one of them serves
each of its other neighbours.  It joins again as soon as that is no longer so, and it stays while
it does not know enough.  Who has few neighbours leaves first, and tells it at once: so the nodes
that reach many are left, and two do not leave because of each other.

Source: Wu and Dai's coverage condition ("A generic distributed broadcast scheme in ad hoc
wireless networks", 2003), with the order of leaving in the place of fixed priorities.
"""

from array import array

from micropython import const

from skein import frame as f
from skein import hearing_frame as h
from skein.hearing import Hearing
from skein.hearing_frame import is_joined
from skein.ticks import ticks_add, ticks_diff
from skein.trickle import Trickle

_SEEN_MAX = const(64)  # nodes of the backbone within two hops
_LOOK_MS = const(2000)
_TELL_AIRTIMES = const(24)  # of each node around, in the shortest interval
_TELL_DOUBLINGS = const(6)
_SETTLED_AIRTIMES = const(240)  # until the lists of all around should have come
_STEP_AIRTIMES = const(24)  # between nodes of which one reaches one more than the other
_JOIN_AIRTIMES = const(4)
_FEW = const(5)  # nodes around that are reckoned with before they are known
_MANY = const(24)


class Backbone:
    """This node's place in it.  is_member: it passes on what it hears.

    settings: node, epoch, mesh.  neighbours: the Neighbours.  link: airtime_us(length).
    dice: an object with randrange(n).
    """

    def __init__(self, settings, neighbours, link, dice):
        self._node = settings.node
        self._epoch = settings.epoch
        self._mesh = settings.mesh
        self._neighbours = neighbours
        self._link = link
        self._dice = dice
        self.hearing = Hearing(settings.node, neighbours)
        self.is_member = True
        self.changes = 0
        self._tell = Trickle(dice)
        self._is_telling = False
        self._told = -1
        self._count = 0
        self._look_at = 0
        self._turn_at = 0
        self._has_turn = False
        self._shorts = array("H", bytes(2 * _SEEN_MAX))
        self._parents = bytearray(_SEEN_MAX)
        self._seen = 0

    def start(self, now: int) -> None:
        self._look_at = now
        self._tell.start(self._least_ms(), self._least_ms() << _TELL_DOUBLINGS, now)

    def hear(self, frame, row: int, now: int) -> None:
        """A neighbour told whom it hears.  row: the neighbour's."""
        if self.hearing.hear(frame, row):
            self._tell_soon(now)

    def poll(self, now: int) -> None:
        """Do what is due."""
        if ticks_diff(now, self._look_at) >= 0:
            self._look(now)
        if self._tell.poll(now):
            self._is_telling = True

    def next_deadline(self) -> int:
        """Instant of the next useful poll."""
        due_at = self._tell.due_at
        return self._look_at if ticks_diff(self._look_at, due_at) < 0 else due_at

    def take(self, out) -> bool:
        """Fill `out` with what this node has to tell; False when that is nothing."""
        if not self._is_telling:
            return False
        self._is_telling = False
        frame = out.buffer
        f.put_header(frame, f.HEARING, self._mesh, 0)
        f.put_origin(frame, self._node, self._epoch, self._count)
        self._count = (self._count + 1) & 0xFFFF
        out.length = self.hearing.write(frame)
        frame[h.PLACE] |= self.is_member
        self._told = self.hearing.digest()
        return True

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

    def _look(self, now):
        """Leave or join when that has been due for a while; tell what has changed."""
        self._look_at = ticks_add(now, _LOOK_MS)
        if self.is_needed() == self.is_member:
            self._has_turn = False
        elif not self._has_turn:
            self._has_turn = True
            self._turn_at = ticks_add(now, self._turn_ms())
        elif ticks_diff(now, self._turn_at) >= 0:
            self._has_turn = False
            self.is_member = not self.is_member
            self.changes += 1
            self._is_telling = True
        if self._told != self.hearing.digest():
            self._tell_soon(now)

    def _tell_soon(self, now):
        least_ms = self._least_ms()
        self._tell.hear_news(least_ms, least_ms << _TELL_DOUBLINGS, now)

    def _least_ms(self):
        around = max(_FEW, self._neighbours.count) + 1
        return _TELL_AIRTIMES * around * self._airtime_ms()

    def _turn_ms(self):
        """Who reaches few leaves soon, who reaches many joins soon."""
        reached = self.hearing.count_both_ways()
        if self.is_member:
            step_ms = _STEP_AIRTIMES * self._airtime_ms()
            wait_ms = _SETTLED_AIRTIMES * self._airtime_ms() + reached * step_ms
        else:
            step_ms = _JOIN_AIRTIMES * self._airtime_ms()
            wait_ms = max(1, _MANY - reached) * step_ms
        return wait_ms + self._dice.randrange(step_ms)

    def _airtime_ms(self):
        return self._link.airtime_us(h.HEARD + 2 * self._neighbours.count) // 1000 + 1

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
