"""Keeps the state of all nodes of a mesh the same: tells neighbours, and finds what they lack.

Push.  A row that is new to this node is told to its neighbours once, after a random wait, unless
two of them were heard to tell it meanwhile.  Repair.  Digests, paced by Trickle (RFC 6206), tell
whether two neighbours hold the same; where they do not, one sends a vector, and both tell what the
other has not, or has in an older form.  A neighbour that appears makes the pace quick again, and
so parts that meet, and nodes that boot late, are brought up to date.

Bounds.  Whatever is asked for, a node sends one frame of state in a wait that follows the airtime
of its link and the number of its neighbours, and vectors that bring no news ever more seldom.
"""

from micropython import const

from skein import frame as f
from skein import shares
from skein import state_frame as s
from skein.state_table import StateError, StateTable
from skein.ticks import ticks_add, ticks_diff
from skein.trickle import Trickle

_COPIES = const(2)  # heard from others, and this node need not tell it as well
_REDUNDANCY = const(2)  # k of Trickle
_LEAST_MS = const(500)
_LEAST_AIRTIMES = const(64)  # of a digest
_DOUBLINGS = const(128)  # the longest interval in shortest ones: a minute on ESP-NOW
_WAIT_AIRTIMES = const(4)  # of a whole frame, for each node around
_MOST_BACK_OFF = const(6)
_NEVER = const(-1)


class Replica:
    """capacity: rows, at most 36.  node: whose state this is.  link, dice: as for a Node.

    changes: how often a row changed, by this node or others; `next_change` tells which.
    refused: entries and frames that no honest node sends, or for which there was no room.
    """

    def __init__(self, capacity: int, node, link, dice):
        self.table = StateTable(capacity)
        self._node = node
        self._link = link
        self._dice = dice
        self._trickle = Trickle(dice, _REDUNDANCY)
        self._is_untold = bytearray(capacity)
        self._copies = bytearray(capacity)  # heard while the row is untold
        self._is_own = bytearray(capacity)  # written by this node since it booted
        self._has_changed = bytearray(capacity)
        self._push_at = _NEVER
        self._vector_at = _NEVER
        self._back_off = 0
        self._around = 0
        self._sequence = 0
        self.changes = 0
        self.refused = 0

    def start(self, now: int) -> None:
        self._trickle.start(self._least_ms(), self._least_ms() * _DOUBLINGS, now)

    def set(self, name: bytes, value, now: int) -> None:
        """Write a register; None deletes it.  Raises StateError."""
        if shares.total(self.table, name) is not None:
            raise StateError(f"{name!r} is a counter")
        row = self.table.write(name, value, self._node.id)
        self._is_own[row] = 1
        self._note(row, now)
        self.table.bury()

    def count(self, name: bytes, amount: int, now: int) -> None:
        """Add to a counter, or take from it.  Raises StateError."""
        if self.table.value(name) is not None:
            raise StateError(f"{name!r} is no counter")
        row = shares.count(self.table, name, amount, self._node.id, self._node.epoch)
        self._note(row, now)

    def get(self, name: bytes):
        """The bytes of a register, the number of a counter, or None."""
        value = self.table.value(name)
        return shares.total(self.table, name) if value is None else value

    def next_change(self) -> int:
        """A row that changed since it was last named here, or -1."""
        for row in range(len(self._has_changed)):
            if self._has_changed[row]:
                self._has_changed[row] = 0
                return row
        return -1

    def hear_frame(self, frame, _row: int, now: int) -> None:
        """A frame arrived that passed `frame.check`, of whatever kind."""
        if f.kind_of(frame) != f.STATE:
            return
        if not s.is_state(frame):
            self.refused += 1
        elif frame[s.WHAT] == s.DIGEST:
            self._hear_digest(frame, now)
        elif frame[s.WHAT] == s.VECTOR:
            self._hear_vector(frame, now)
        else:
            self._hear_entries(frame, now)

    def poll(self, now: int) -> None:
        if self._node.neighbours.count > self._around:
            self._hurry(now)
        self._around = self._node.neighbours.count

    def take(self, out, now: int) -> bool:
        """Fill `out` with the next frame, if one is due."""
        if _is_due(self._vector_at, now):
            self._vector_at = _NEVER
            out.length = s.write_vector(out.buffer, self.table)
        elif _is_due(self._push_at, now) and self._write_entries(out, now):
            pass
        elif self._trickle.poll(now):
            out.length = s.write_digest(out.buffer, self.table)
        else:
            return False
        f.put_header(out.buffer, f.STATE, self._node.mesh, 0)
        f.put_origin(out.buffer, self._node.id, self._node.epoch, self._sequence)
        self._sequence = (self._sequence + 1) & 0xFFFF
        return True

    def next_deadline(self, soonest: int) -> int:
        """The instant of the next useful poll, at the latest `soonest`."""
        if ticks_diff(self._trickle.due_at, soonest) < 0:
            soonest = self._trickle.due_at
        return _sooner(self._push_at, _sooner(self._vector_at, soonest))

    def _note(self, row, now):
        """A row changed: the application hears of it, and the neighbours."""
        self.changes += 1
        self._has_changed[row] = 1
        self._back_off = 0
        self._tell(row, now)
        self._hurry(now)

    def _tell(self, row, now):
        if not self._is_untold[row]:
            self._is_untold[row] = 1
            self._copies[row] = 0
        if self._push_at == _NEVER:
            self._push_at = ticks_add(now, self._wait_ms())

    def _hear_digest(self, frame, now):
        table = self.table
        table.clock = max(table.clock, f.get_id(frame, s.CLOCK))
        if f.get_id(frame, s.SUM) == table.sum():
            self._trickle.hear_consistent()
            return
        self._hurry(now)
        self._ask(now)

    def _hear_vector(self, frame, now):
        is_behind = s.lacks(frame, self.table)
        for row in range(len(self.table.keys)):
            if self.table.kinds[row]:
                found = s.compare(frame, self.table, row)
                if found == s.OLDER:
                    self._tell(row, now)
                elif found == s.NEWER:
                    is_behind = True
        if is_behind:
            self._ask(now)
        else:
            self._vector_at = _NEVER  # they know what this node would have asked for

    def _hear_entries(self, frame, now):
        at = s.FIRST_ENTRY
        while at < len(frame):
            length = s.entry_len(frame, at)
            if not length:
                self.refused += 1
                return
            self._hear_entry(frame, at, now)
            at += length
        shares.drop_folded(self.table)
        self.table.bury()

    def _hear_entry(self, frame, at, now):
        table = self.table
        row = s.row_of(frame, at, table)
        if row >= 0 and self._is_own[row] and s.writer_of(frame, at) == self._node.id:
            self._outdo(frame, at, row, now)
            return
        found = s.take_entry(frame, at, table)
        row = s.row_of(frame, at, table)
        if found == s.NEWER and shares.drop_if_folded(table, row):
            self._hurry(now)  # they lack the share of which it is a part
        elif found == s.NEWER:
            self._is_own[row] = self._is_untold[row] = 0
            self._note(shares.fold(table, row, self._node.id, self._node.epoch), now)
        elif found == s.OLDER:
            self._tell(row, now)
        elif found == s.REFUSED:
            self.refused += 1
        elif self._is_untold[row]:
            self._copies[row] = min(255, self._copies[row] + 1)

    def _outdo(self, frame, at, row, now):
        """An own write from before a boot must not beat the one after it."""
        if s.is_later(frame, at, self.table, row):
            self.table.clock += 1
            self.table.stamp(row, self.table.clock, self._node.id)
            self._note(row, now)

    def _write_entries(self, out, now):
        """Put the untold rows on a frame; what does not fit waits for the next."""
        self._push_at = _NEVER
        out.buffer[s.WHAT] = s.ENTRIES
        out.length = s.FIRST_ENTRY
        for row in range(len(self._is_untold)):
            if not self._is_untold[row]:
                continue
            if not self.table.kinds[row] or self._copies[row] >= _COPIES:
                self._is_untold[row] = 0
                continue
            length = s.write_entry(out.buffer, out.length, self.table, row)
            if length:
                out.length = length
                self._is_untold[row] = 0
            else:
                self._push_at = ticks_add(now, self._wait_ms())
        return out.length > s.FIRST_ENTRY

    def _hurry(self, now):
        least_ms = self._least_ms()
        self._trickle.hear_news(least_ms, least_ms * _DOUBLINGS, now)

    def _ask(self, now):
        if self._vector_at == _NEVER:
            self._vector_at = ticks_add(now, self._wait_ms() << self._back_off)
            self._back_off = min(_MOST_BACK_OFF, self._back_off + 1)

    def _wait_ms(self):
        airtime_ms = self._link.airtime_us(f.MTU) // 1000 + 1
        return self._dice.randrange(
            _WAIT_AIRTIMES * (self._node.neighbours.count + 1) * airtime_ms
        )

    def _least_ms(self):
        airtime_ms = self._link.airtime_us(s.DIGEST_LEN) // 1000 + 1
        return max(_LEAST_MS, _LEAST_AIRTIMES * airtime_ms)


def _is_due(instant, now):
    return instant != _NEVER and ticks_diff(now, instant) >= 0


def _sooner(instant, other):
    return instant if instant != _NEVER and ticks_diff(instant, other) < 0 else other
