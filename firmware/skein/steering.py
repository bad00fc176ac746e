"""Which neighbours are to pass an event on, where few nodes want it and the way to each is known.

A node names as few as lead to all whom it has to care for: the one that is a step towards the
most of them first, of equal ones the one it hears best.  Wishers are told apart by one of 16 bits;
the source mixes their ids so that those it knows differ.  Two that share a bit cost a detour.
"""

from array import array

from micropython import const

from skein import frame as f
from skein import steered_frame as s
from skein.ids import PREFIX

WISHERS_MAX = const(11)  # of more the ways join up to most of the backbone
_SALTS = const(256)


class Steering:
    """Plans for one frame at a time.

    ways: the Ways.  hearing: the Hearing, which tells who hears this node.  neighbours: the
    Neighbours, whose rows are used here.
    count: how many are named.  rows: their rows.  sets: of whom each is to care for.
    """

    def __init__(self, node: int, ways, hearing, neighbours):
        self._node = node
        self._ways = ways
        self._hearing = hearing
        self._neighbours = neighbours
        self.count = 0
        self.rows = bytearray(s.NAMES_MAX)
        self.sets = array("H", bytes(2 * s.NAMES_MAX))
        self._places = bytearray(WISHERS_MAX)  # in the ways, of wishers that are not in reach
        self._marks = array("H", bytes(2 * WISHERS_MAX))
        self._left = 0

    def choose_salt(self, event, interests) -> int:
        """Of 256 the one by which the fewest wishers of an event share a bit."""
        topic = f.get_id(event, f.TOPIC)
        best, fewest = 0, len(interests.nodes)
        for salt in range(_SALTS):
            used = shared = 0
            for row in range(len(interests.nodes)):
                if wants(interests, row, topic):
                    mark = s.mark_of(interests.nodes[row], salt)
                    if used & mark:
                        shared += 1
                    used |= mark
            if shared < fewest:
                best, fewest = salt, shared
            if not shared:
                break
        return best

    def plan(self, event, wishers: int, salt: int, interests) -> bool:
        """Choose whom to name for an event; False when the backbone has to pass it on.

        wishers: whom to care for, as a set.
        """
        self.count = self._left = 0
        topic, origin = f.get_id(event, f.TOPIC), f.get_id(event, f.ORIGIN)
        found = 0
        for row in range(len(interests.nodes)):
            node = interests.nodes[row]
            if node != self._node and node != origin and wants(interests, row, topic):  # noqa: PLR1714
                mark = s.mark_of(node, salt)
                if mark & wishers:
                    found |= mark
                    if not self._care_for(node, mark):
                        return False
        if wishers != s.ALL and found != wishers:  # noqa: PLR1714 - a tuple takes heap
            return False
        while self._left:
            if self.count == s.NAMES_MAX or not self._name_best():
                return False
        return True

    def name_nobody(self) -> None:
        self.count = 0

    def drop(self, index: int) -> None:
        """Do not name this one."""
        self.count -= 1
        self.rows[index] = self.rows[self.count]
        self.sets[index] = self.sets[self.count]

    def write(self, frame, at: int, salt: int) -> int:
        """Name them in an EVENT that is `at` bytes long; returns the STEERED frame's length."""
        for index in range(self.count):
            node = self._neighbours.ids[self.rows[index]]
            at = s.write_name(frame, at, node, self.sets[index])
        return s.write_tail(frame, at, salt, self.count)

    def _care_for(self, wisher, mark):
        """Note a wisher that needs somebody to pass the event on; False if no way is known."""
        row = self._neighbours.find(wisher)
        if row >= 0 and self._hearing.is_both_ways(row):
            return True
        place = self._ways.find(wisher)
        if place < 0 or self._left == WISHERS_MAX:
            return False
        self._places[self._left] = place
        self._marks[self._left] = mark
        self._left += 1
        return True

    def _name_best(self):
        """Name the neighbour that is a step towards the most of those that are left."""
        best, most = -1, 0
        for row in range(len(self._neighbours.ids)):
            if self._neighbours.ids[row] and self._hearing.is_both_ways(row):
                led = self._count_led(row)
                if led > most or (led and led == most and self._is_stronger(row, best)):
                    best, most = row, led
        if best < 0:
            return False
        self.rows[self.count] = best
        self.sets[self.count] = self._take_led(best)
        self.count += 1
        return True

    def _is_stronger(self, row, other):
        return self._neighbours.rssi_dbm[row] > self._neighbours.rssi_dbm[other]

    def _count_led(self, row):
        led = 0
        for index in range(self._left):
            if self._ways.leads(self._places[index], row):
                led += 1
        return led

    def _take_led(self, row):
        marks = 0
        for index in range(self._left - 1, -1, -1):
            if self._ways.leads(self._places[index], row):
                marks |= self._marks[index]
                self._left -= 1
                self._places[index] = self._places[self._left]
                self._marks[index] = self._marks[self._left]
        return marks


def wants(interests, row: int, topic: int) -> bool:
    """True if a row of the InterestTable is held, and is of this topic or of its prefix."""
    wanted = interests.topics[row]
    is_of_topic = wanted == topic or wanted == topic & PREFIX  # noqa: PLR1714 - a tuple takes heap
    return is_of_topic and interests.nodes[row] != 0
