"""A query from the side of the node that asks: answers are gathered until its time is over."""

from array import array

from micropython import const

from skein import courier as c
from skein import event as e
from skein import event_store as store
from skein import frame as f
from skein import query as q
from skein.answer import Answer
from skein.errors import EventError
from skein.ids import NOBODY
from skein.role import LEADER
from skein.ticks import ticks_add, ticks_diff

_NODES = const(64)  # whose answers are told apart; those of others are not counted in the total


class Asking:
    """Room for the `newest` events, 1 to 20; older ones give way, and that is told.

    number: of the query.  only: the node that is asked, or NOBODY for several.  ends_at: the
    instant at which no more answers are awaited.
    """

    def __init__(self, number: int, newest: int, only: int, ends_at: int):
        self._number = number
        self._only = only
        self._ends_at = ends_at
        self._events = [bytearray(f.MTU) for _ in range(newest)]
        self._lengths = bytearray(newest)
        self._names = [bytearray(q.PREFIX_MAX) for _ in range(newest)]
        self._name_lens = bytearray(newest)
        self._is_cut = bytearray(newest)
        self._born_at = array("i", bytes(4 * newest))
        self._nodes = array("i", bytes(4 * _NODES))
        self._pieces = bytearray(_NODES)
        self._is_short = False
        self.node_count = 0
        self.count = 0
        self.total = 0
        self.is_complete = False

    def is_over(self, now: int) -> bool:
        """True when the one that was asked has told all, or the time is over."""
        return self.is_complete or ticks_diff(now, self._ends_at) >= 0

    def receive(self, frame, now: int) -> None:
        """A piece of an answer arrived."""
        if len(frame) < q.ENTRIES or f.get_u16(frame, q.QUERY_NUMBER) != self._number:
            return
        origin = f.get_id(frame, f.ORIGIN)
        is_asked = self._only == NOBODY or self._only == origin  # noqa: PLR1714 - a tuple takes heap
        if not is_asked or not self._note_piece(frame, origin):
            return
        at = q.ENTRIES
        while q.is_entry(frame, at, len(frame)):
            self.take(frame, at, ticks_add(now, -10 * f.get_u16(frame, c.AGE_CS)))
            at += frame[at + q.LENGTH]

    def take(self, frame, at: int, told_at: int) -> None:
        """An event of an answer that was given at `told_at`."""
        event_at = at + q.ENTRY_EVENT
        for slot in range(self.count):
            if store.is_same(self._events[slot], f.ORIGIN, frame, event_at):
                return
        born_at = ticks_add(told_at, -f.get_id(frame, at + q.ENTRY_AGE_MS))
        slot = self._slot_for(born_at)
        if slot >= 0:
            self._born_at[slot] = born_at
            self._fill(slot, frame, at)

    def results(self, wishes, now: int) -> "list[e.Event]":
        """The events, the newest first; each also has age_s and is_cut."""
        slots = list(range(self.count))
        # Of one age those first that were told first, on interpreters without a stable sort too.
        slots.sort(key=lambda slot: ticks_diff(now, self._born_at[slot]) * self.count + slot)
        return [self._event(slot, wishes, now) for slot in slots]

    def is_truncated(self) -> bool:
        """True if there are, or may be, more events that match."""
        return self._is_short or self.total > self.count

    def _note_piece(self, frame, origin):
        """Count what the first piece of a node tells; False for a piece that was met."""
        row = 0
        while row < self.node_count and self._nodes[row] != origin:
            row += 1
        if row == _NODES:
            self._is_short = True
            return True
        if row == self.node_count:
            self._nodes[row] = origin
            self.node_count += 1
            self.total += f.get_u16(frame, q.OWN_TOTAL)
        piece = frame[q.PIECE] & 7
        if self._pieces[row] >> piece & 1:
            return False
        self._pieces[row] |= 1 << piece
        if frame[q.PIECE] & q.LAST_PIECE:
            self._pieces[row] |= (0xFE << piece) & 0xFF  # those behind the last are not awaited
        self.is_complete = self._only == origin and self._pieces[row] == 0xFF
        return True

    def _slot_for(self, born_at):
        if self.count < len(self._events):
            self.count += 1
            return self.count - 1
        self._is_short = True
        oldest = 0
        for slot in range(1, self.count):
            if ticks_diff(self._born_at[slot], self._born_at[oldest]) < 0:
                oldest = slot
        return oldest if ticks_diff(born_at, self._born_at[oldest]) > 0 else -1

    def _fill(self, slot, frame, at):
        """Lay the event out as in a frame of kind EVENT."""
        event, event_at = self._events[slot], at + q.ENTRY_EVENT
        c.copy(event, f.ORIGIN, frame, event_at, store.KEY_LEN)
        c.copy(event, f.TOPIC, frame, event_at + store.TOPIC, 5)
        c.copy(event, f.LIFE_S, frame, at + q.ENTRY_LIFE_S, 2)
        event[f.HOPS] = frame[f.HOPS]
        self._is_cut[slot] = frame[event_at + store.NAME_LEN] & q.CUT
        name_len = min(q.PREFIX_MAX, frame[event_at + store.NAME_LEN] & q.NAME_BITS)
        c.copy(self._names[slot], 0, frame, event_at + store.NAME, name_len)
        self._name_lens[slot] = name_len
        payload_at = event_at + store.NAME + name_len
        payload_len = at + frame[at + q.LENGTH] - payload_at
        c.copy(event, f.PAYLOAD, frame, payload_at, payload_len)
        self._lengths[slot] = f.PAYLOAD + payload_len

    def _event(self, slot, wishes, now):
        frame = self._events[slot]
        topic = wishes.name_of(f.get_id(frame, f.TOPIC))
        if self._name_lens[slot]:
            topic = _text(bytes(self._names[slot][: self._name_lens[slot]])) or topic
        event = FoundEvent(topic, frame, self._lengths[slot])
        event.age_s = max(0, ticks_diff(now, self._born_at[slot])) // 1000
        event.is_cut = bool(self._is_cut[slot])
        return event


class FoundEvent(e.Event):
    """An Event that was asked for.

    age_s: seconds since it was emitted; of an alarm that another node tells, since that heard it.
    is_cut: True if the end of the payload found no room in an answer.
    """

    age_s = 0
    is_cut = False


def ask(queries, query: tuple, timeout_ms: int, now: int) -> Asking:
    """Send a query; what this node itself keeps is among the answers at once.

    query: what q.write takes behind the frame.  Raises EventError when another query of this node
    is under way, or the queue refused this one.
    """
    if queries.asking and not queries.asking.is_over(now):
        raise EventError("one query at a time: another one of this node still awaits answers")
    diffusion = queries.node.diffusion
    frame = diffusion.draft
    f.put_header(frame, f.QUERY, queries.node.mesh, diffusion.hop_limit)
    length = q.write(frame, *query)
    number = diffusion.sequence
    f.put_origin(frame, queries.node.id, queries.node.epoch, number)
    scope_id = f.get_id(frame, q.SCOPE_ID)
    only = scope_id if frame[q.SCOPE] == q.NODE else NOBODY
    asking = Asking(number, frame[q.NEWEST], only, ticks_add(now, timeout_ms))
    if queries.is_in_scope(frame):
        _ask_oneself(queries, bytes(frame[:length]), asking, now)
    if only != queries.node.id and diffusion.send_draft(length, now) < 0:
        raise EventError("the queue is full of what matters as much: the query was not sent")
    queries.asking = asking
    return asking


def _ask_oneself(queries, query, asking, now):
    answer = Answer(queries.node.id, queries.alarms, queries.others)
    answer.begin(query, now)
    while answer.asker:
        piece = bytearray(f.MTU)
        length = answer.write_piece(piece, queries.node.election.role == LEADER, now)
        f.put_id(piece, f.ORIGIN, queries.node.id)
        asking.receive(piece[:length], now)


def _text(name):
    try:
        return str(name, "utf-8")
    except UnicodeError:
        return ""
