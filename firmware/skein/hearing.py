"""Who around hears whom, as the neighbours say it, where every transmission is dear.

Each node tells now and then whom it hears.  So a node knows which of its links carry both ways,
who else had a copy that it overheard, and which of its neighbours pass messages on.

A node that hears some, but of the backbone nobody who hears it too, calls for one of them.  Who
hears the call repeats it in its own list, for the one that is called cannot hear it itself.

An id is cut to 14 bits here.  Of 40 nodes within two hops any two share them once in 20 cases; a
node then may think that somebody is served who is not, until one of the two is out of reach.
"""

from array import array

from micropython import const

from skein import frame as f
from skein import hearing_frame as h
from skein.hearing_frame import is_joined, short_of

_LISTED = const(16)  # of those whom a neighbour hears, only who passes on is of use here

_STRONGER_DB = const(6)  # by less nobody is preferred, so that a call stays

_UNKNOWN = const(0)  # whether a neighbour hears this node
_DEAF = const(1)
_HEARS = const(2)


class Hearing:
    """What each neighbour has told.  neighbours: the Neighbours, whose rows are used here.

    passes_on: by row, 1 for who belongs to the backbone.
    refused: how many entries of lists found no room; who is missing counts as not there.
    """

    def __init__(self, node: int, neighbours):
        rows = len(neighbours.ids)
        self._short = short_of(node)
        self.neighbours = neighbours
        self.row_bytes = (rows + 7) // 8
        self.hearers = bytearray(rows * self.row_bytes)  # a bit for each row that hears this row
        self.passes_on = bytearray(rows)
        self._answers = bytearray(rows)
        self._lists = array("H", bytes(2 * _LISTED * rows))
        self._counts = bytearray(rows)
        self._calls = array("H", bytes(2 * rows))  # for whom the neighbour calls, 0 for nobody
        self._is_called_by = bytearray(rows)
        self.refused = 0

    def is_known(self, row: int) -> bool:
        """True if the neighbour has told whom it hears."""
        return self._answers[row] != _UNKNOWN

    def is_both_ways(self, row: int) -> bool:
        """True if the neighbour is known to hear this node."""
        return self._answers[row] == _HEARS

    def count_both_ways(self) -> int:
        """How many neighbours are known to hear this node."""
        count = 0
        ids = self.neighbours.ids
        for row in range(len(ids)):
            if ids[row] and self._answers[row] == _HEARS:
                count += 1
        return count

    def may_hear(self, row: int) -> bool:
        """False if nobody is in this row, or one that is known not to hear this node."""
        return self.neighbours.ids[row] != 0 and self._answers[row] != _DEAF

    def forget_row(self, row: int) -> None:
        """A new neighbour took this row."""
        self.passes_on[row] = 1  # so is every node when it starts
        self._answers[row] = _UNKNOWN
        self._counts[row] = 0
        self._calls[row] = 0
        self._is_called_by[row] = 0
        for at in range(row * self.row_bytes, (row + 1) * self.row_bytes):
            self.hearers[at] = 0
        self._set_hearer(row, -1)

    def hear(self, frame, row: int) -> bool:
        """The neighbour in `row` told whom it hears.  frame: a HEARING that passed frame.check.

        True if it does not know that this node hears it, too.
        """
        self.note_role(row, frame[h.PLACE] & h.PASSES_ON)
        self._hear_calls(frame, row)
        self._answers[row] = _DEAF
        self._counts[row] = 0
        self._set_hearer(row, -1)
        is_unsure = False
        for at in range(h.HEARD, h.HEARD + 2 * frame[h.HEARD_COUNT], 2):
            entry = f.get_u16(frame, at)
            short = entry & h.SHORT
            if short == self._short:
                self._answers[row] = _HEARS
                is_unsure = not entry & h.BOTH_WAYS
                continue
            known = self.find(short)
            if known >= 0:
                self._set_hearer(row, known)
            if entry & h.ON_BACKBONE:
                self._keep(row, entry)
        return is_unsure

    def entry(self, row: int, index: int) -> int:
        """Of the nodes on the backbone that the neighbour hears, one; 0 when there are no more."""
        return self._lists[row * _LISTED + index] if index < self._counts[row] else 0

    def has_more(self, row: int) -> bool:
        """True if the neighbour is joined to the backbone by another that is out of reach here."""
        for index in range(self._counts[row]):
            entry = self._lists[row * _LISTED + index]
            if is_joined(entry):
                known = self.find(entry & h.SHORT)
                if known < 0 or not self.is_both_ways(known):
                    return True
        return False

    def is_forlorn(self) -> bool:
        """True if nobody joins this node to the backbone both ways, but some are heard."""
        return self._own_call() != 0

    def is_called(self) -> bool:
        """True if somebody hears only this node, which cannot hear it."""
        for row in range(len(self._is_called_by)):
            if self._is_called_by[row] and self.neighbours.ids[row]:
                return True
        return False

    def write(self, frame) -> int:
        """Fill the body of a HEARING but for the role; returns the frame's length."""
        at = h.HEARD
        ids = self.neighbours.ids
        for row in range(len(ids)):
            if ids[row] and at < h.HEARD + 2 * h.HEARD_MAX:
                f.put_u16(frame, at, self._entry_for(row))
                at += 2
        frame[h.HEARD_COUNT] = (at - h.HEARD) // 2
        return self._write_calls(frame, at)

    def digest(self) -> int:
        """A number that changes with what `write` would write."""
        total = self._own_call()
        ids = self.neighbours.ids
        for row in range(len(ids)):
            if ids[row]:
                total = (total * 31 + self._entry_for(row)) & 0xFFFFFF
                if self._is_repeated(row):
                    total = (total * 31 + self._calls[row]) & 0xFFFFFF
        return total

    def _write_calls(self, frame, at):
        own = self._own_call()
        frame[h.PLACE] = h.CALLS if own else 0
        calls = 0
        if own:
            f.put_u16(frame, at, own)
            calls = 1
        for row in range(len(self._calls)):
            if calls < h.CALLS_MAX and self._is_repeated(row):
                f.put_u16(frame, at + 2 * calls, self._calls[row])
                calls += 1
        frame[h.PLACE] |= calls << 4
        return at + 2 * calls

    def _hear_calls(self, frame, row):
        at = h.HEARD + 2 * frame[h.HEARD_COUNT]
        self._calls[row] = f.get_u16(frame, at) if frame[h.PLACE] & h.CALLS else 0
        self._is_called_by[row] = 0
        for index in range(frame[h.PLACE] >> 4):
            if f.get_u16(frame, at + 2 * index) == self._short:
                self._is_called_by[row] = 1

    def _is_repeated(self, row):
        """True if the neighbour in this row calls for one that hears this node."""
        if not self._calls[row] or not self.neighbours.ids[row]:
            return False
        called = self.find(self._calls[row])
        return called >= 0 and self.is_both_ways(called)

    def _own_call(self):
        """Whom this node calls for: the strongest of those that do not hear it; 0 for nobody."""
        ids = self.neighbours.ids
        best = -1
        for row in range(len(ids)):
            if ids[row] and self._answers[row] != _DEAF:
                if self._answers[row] == _UNKNOWN:
                    return 0
                if self.passes_on[row] and self._is_joined_elsewhere(row):
                    return 0
            elif ids[row] and (best < 0 or self._is_stronger(row, best)):
                best = row
        return short_of(ids[best]) if best >= 0 else 0

    def _is_joined_elsewhere(self, row):
        """True if the neighbour is joined to the backbone by another than this node."""
        for index in range(self._counts[row]):  # noqa: SIM110 - a generator takes heap
            if is_joined(self._lists[row * _LISTED + index]):
                return True
        return False

    def _is_stronger(self, row, other):
        return self.neighbours.rssi_dbm[row] > self.neighbours.rssi_dbm[other] + _STRONGER_DB

    def _entry_for(self, row):
        entry = short_of(self.neighbours.ids[row])
        if self._answers[row] == _HEARS:
            entry |= h.BOTH_WAYS
        return entry | h.ON_BACKBONE if self.passes_on[row] else entry

    def note_role(self, row, passes_on):
        """What others told of this neighbour before is out of date."""
        self.passes_on[row] = passes_on
        short = short_of(self.neighbours.ids[row])
        for at in range(len(self._lists)):
            if self._lists[at] & h.SHORT == short:
                if passes_on:
                    self._lists[at] |= h.ON_BACKBONE
                else:
                    self._lists[at] &= ~h.ON_BACKBONE & 0xFFFF

    def _keep(self, row, entry):
        short = entry & h.SHORT
        known = self.find(short)
        if known >= 0 and not self.passes_on[known]:
            return
        if self._counts[row] == _LISTED:
            self.refused += 1
            return
        self._lists[row * _LISTED + self._counts[row]] = entry
        self._counts[row] += 1

    def _set_hearer(self, row, of_row):
        """The neighbour in `row` hears the one in `of_row`; -1: it hears none."""
        mask = 1 << (row & 7)
        if of_row >= 0:
            self.hearers[of_row * self.row_bytes + (row >> 3)] |= mask
            return
        for other in range(len(self._counts)):
            self.hearers[other * self.row_bytes + (row >> 3)] &= ~mask

    def find(self, short):
        ids = self.neighbours.ids
        for row in range(len(ids)):
            if ids[row] and short_of(ids[row]) == short:
                return row
        return -1
