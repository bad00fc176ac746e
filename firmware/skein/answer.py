"""One query that is being answered, piece by piece, the newest event first."""

from micropython import const

from skein import courier as c
from skein import event as e
from skein import event_store as store
from skein import frame as f
from skein import query as q
from skein.ids import NOBODY

_PIECES = const(6)
_END = const(244)  # c.BODY + c.BODY_MAX: where a piece ends at the latest


class Answer:
    """asker: who gets it; NOBODY while no query is being answered.

    node: who answers.  alarms and others: the stores.
    """

    def __init__(self, node: int, alarms, others):
        self._node = node
        self._alarms = alarms
        self._others = others
        self._query = bytearray(q.PREFIX + q.PREFIX_MAX)
        self.asker = NOBODY
        self.due_at = 0
        self.begun_at = 0
        self._next_alarm = 0  # the numbers to look at next, downwards
        self._next_other = 0
        self._left = 0
        self._piece = 0
        self._own_total = 0

    def begin(self, query, now: int) -> None:
        """Take a query, and count what matches it."""
        c.copy(self._query, 0, query, 0, len(query))
        self.asker = f.get_id(query, f.ORIGIN)
        self.begun_at = now
        self._next_alarm = self._alarms.end - 1
        self._next_other = self._others.end - 1
        self._left = query[q.NEWEST]
        self._piece = 0
        self._own_total = self._count(self._alarms, now) + self._count(self._others, now)

    def write_piece(self, frame, is_leader: bool, now: int) -> int:
        """Fill the body of the next piece; the frame's length, 0 when there is nothing to say.

        After the last piece the asker is NOBODY.
        """
        tells_all = is_leader or self._query[q.SCOPE] == q.NODE
        length = self._write_entries(frame, tells_all, now)
        is_empty = length == q.ENTRIES and self._own_total == 0
        frame[q.PIECE] = self._piece
        f.put_u16(frame, q.QUERY_NUMBER, f.get_u16(self._query, f.SEQUENCE))
        f.put_u16(frame, q.OWN_TOTAL, min(0xFFFF, self._own_total))
        self._piece += 1
        if self._left == 0 or self._piece == _PIECES:
            frame[q.PIECE] |= q.LAST_PIECE
            self.asker = NOBODY
        return 0 if is_empty and self._query[q.SCOPE] != q.NODE else length

    def _write_entries(self, frame, tells_all, now):
        at = q.ENTRIES
        while self._left:
            self._next_alarm = self._find(self._alarms, self._next_alarm, tells_all, now)
            self._next_other = self._find(self._others, self._next_other, tells_all, now)
            if self._next_alarm < 0 and self._next_other < 0:
                self._left = 0
                break
            is_alarm = self._is_alarm_next(now)
            events = self._alarms if is_alarm else self._others
            number = self._next_alarm if is_alarm else self._next_other
            if at > q.ENTRIES and at + q.ENTRY_EVENT + events.length(number) > _END:
                break
            at = _write_entry(frame, at, events, number, now)
            self._left -= 1
            if is_alarm:
                self._next_alarm -= 1
            else:
                self._next_other -= 1
        return at

    def _is_alarm_next(self, now):
        if self._next_alarm < 0 or self._next_other < 0:
            return self._next_other < 0
        other_ms = self._others.age_ms(self._next_other, now)
        return self._alarms.age_ms(self._next_alarm, now) <= other_ms

    def _find(self, events, number, tells_all, now):
        """The newest match from `number` downwards, or -1."""
        while number >= events.first:
            is_told = tells_all or self._is_own(events, number)
            if is_told and self._matches(events, number, now):
                return number
            number -= 1
        return -1

    def _count(self, events, now):
        count = 0
        for number in range(events.first, events.end):
            if self._is_own(events, number) and self._matches(events, number, now):
                count += 1
        return count

    def _matches(self, events, number, now):
        """LOCAL events match for this node's own application only."""
        policy = events.bytes[events.offset(number) + store.POLICY]
        if e.propagation_of(policy) == e.LOCAL and self.asker != self._node:
            return False
        return q.matches(self._query, events, number, now)

    def _is_own(self, events, number):
        return f.get_id(events.bytes, events.offset(number)) == self._node


def _write_entry(frame, at, events, number, now):
    """Copy one event; what does not find room is cut off its payload, and that is told."""
    offset, length = events.offset(number), events.length(number)
    room = _END - at - q.ENTRY_EVENT
    f.put_id(frame, at + q.ENTRY_AGE_MS, events.age_ms(number, now))
    f.put_u16(frame, at + q.ENTRY_LIFE_S, events.life_s(number, now))
    c.copy(frame, at + q.ENTRY_EVENT, events.bytes, offset, min(length, room))
    if length > room:
        frame[at + q.ENTRY_EVENT + store.NAME_LEN] |= q.CUT
        length = room
    frame[at + q.LENGTH] = q.ENTRY_EVENT + length
    return at + q.ENTRY_EVENT + length
