"""The events that a node keeps, and its answers to who asks for them.

Kept are a node's own events with propagation QUERY or LOCAL and those of class ANOMALY or
COMMAND; and of other nodes the ANOMALYs it hears, so that an alarm outlives its source.  Alarms
lie in a store of their own, where no telemetry pushes them out.  Those of others are told only
by the leader, or by a node that is asked by name: else each member of a cell would tell them.

Bounds.  A node answers and passes on 8 queries at once and then one in two seconds, whoever asks;
to each it answers with at most six frames.  What is asked beyond that is refused and counted.
"""

from micropython import const

from skein import courier as c
from skein import event as e
from skein import event_store as store
from skein import frame as f
from skein import query as q
from skein.answer import Answer
from skein.event_store import EventStore
from skein.ids import NOBODY
from skein.role import LEADER
from skein.ticks import ticks_add, ticks_diff

_BURST = const(8)
_REFILL_PAUSES = const(32)  # of the courier, for one more query: 2 s on ESP-NOW
_PATIENCE_PAUSES = const(80)  # until an answer that finds no way is dropped: 5 s on ESP-NOW
_PENDING = const(3)  # queries under way
_ALARM_SHARE = const(4)  # a quarter of the bytes is for alarms
_LEAST_BYTES = const(2200)  # so that the longest event takes half of the alarms' part
_AGAIN_MS = const(50)
_SPREAD_MS = const(10)  # for each neighbour: until a node begins to answer


class Queries:
    """capacity: bytes of both stores, at least 2200.  dice: an object with randrange(n)."""

    what = c.ANSWER

    def __init__(self, courier, capacity: int, dice):
        self._courier = courier
        self.node = courier.node
        self._dice = dice
        capacity = max(_LEAST_BYTES, capacity)
        self.alarms = EventStore(capacity // _ALARM_SHARE)
        self.others = EventStore(capacity - capacity // _ALARM_SHARE)
        self.asking = None  # an Asking, while this node asks
        self._pending = [Answer(self.node.id, self.alarms, self.others) for _ in range(_PENDING)]
        self._patience_ms = _PATIENCE_PAUSES * courier.pause_ms
        self._refill_ms = _REFILL_PAUSES * courier.pause_ms
        self._budget = _BURST
        self._refilled_at = 0
        self.answered = 0
        self.refused = 0
        self._last_number = -1
        courier.readers.append(self)

    def keep_own(self, topic: int, policy: int, payload, life_s: int, now: int) -> None:
        """An event of this node was emitted: keep it, if it is of a kind that is kept."""
        kind = e.kind_of(policy)
        if kind == e.PRODUCT and e.propagation_of(policy) not in (e.QUERY, e.LOCAL):
            return
        diffusion = self.node.diffusion
        if diffusion.sequence == self._last_number:  # the one before was not sent
            diffusion.sequence = (diffusion.sequence + 1) & 0xFFFF
        self._last_number = diffusion.sequence
        name = diffusion.wishes.name_of(topic).encode()
        events = self.alarms if kind in (e.ANOMALY, e.COMMAND) else self.others
        at = events.open(store.NAME + len(name) + len(payload), life_s, now)
        if at < 0:
            return
        held = events.bytes
        f.put_id(held, at + store.ORIGIN, self.node.id)
        held[at + 4] = self.node.epoch
        f.put_u16(held, at + store.SEQUENCE, diffusion.sequence)
        f.put_id(held, at + store.TOPIC, topic)
        held[at + store.POLICY] = policy
        held[at + store.NAME_LEN] = len(name)
        at += store.NAME
        held[at : at + len(name)] = name
        at += len(name)
        held[at : at + len(payload)] = payload

    def keep(self, frame, now: int) -> None:
        """An event of another node was heard for the first time."""
        if e.kind_of(frame[f.POLICY]) != e.ANOMALY:
            return
        length = len(frame) - f.PAYLOAD
        at = self.alarms.open(store.NAME + length, f.get_u16(frame, f.LIFE_S), now)
        if at >= 0:
            c.copy(self.alarms.bytes, at, frame, f.ORIGIN, store.KEY_LEN)
            c.copy(self.alarms.bytes, at + store.TOPIC, frame, f.TOPIC, 5)  # and the policy
            self.alarms.bytes[at + store.NAME_LEN] = 0
            c.copy(self.alarms.bytes, at + store.NAME, frame, f.PAYLOAD, length)

    def hear(self, frame, now: int) -> bool:
        """A QUERY was heard for the first time; False if it should not be passed on."""
        if not q.is_query(frame) or not self._has_budget(now):
            self.refused += 1
            return False
        if self.is_in_scope(frame):
            self._accept(frame, now)
        return True

    def is_in_scope(self, frame) -> bool:
        """True if this node is among those that a query asks."""
        scope, scope_id = frame[q.SCOPE], f.get_id(frame, q.SCOPE_ID)
        if scope == q.NODE:
            return scope_id == self.node.id
        if scope != q.MESH and scope_id == self.node.id:
            return scope == q.CELL
        if scope == q.MESH or _follows(self.node.election, scope_id):
            return True
        tiers = self.node.cell and self.node.cell.tiers
        return scope == q.SUBORDINATES and bool(tiers) and _follows(tiers.formation, scope_id)

    def receive(self, frame, now: int) -> None:
        """An answer arrived for this node."""
        if self.asking:
            self.asking.receive(frame, now)

    def poll(self, now: int) -> None:
        """Answer what is due, and let go of what has outlived its life."""
        self.alarms.expire(now)
        self.others.expire(now)
        for pending in self._pending:
            if pending.asker and ticks_diff(now, pending.due_at) >= 0:
                self._go_on(pending, now)

    def next_deadline(self, soonest: int) -> int:
        """The instant of the next useful poll, at the latest `soonest`."""
        for pending in self._pending:
            if pending.asker and ticks_diff(pending.due_at, soonest) < 0:
                soonest = pending.due_at
        return soonest

    def _has_budget(self, now):
        elapsed_ms = ticks_diff(now, self._refilled_at)
        if elapsed_ms < 0 or elapsed_ms >= _BURST * self._refill_ms:
            self._budget = _BURST
            self._refilled_at = now
        while self._budget < _BURST and ticks_diff(now, self._refilled_at) >= self._refill_ms:
            self._budget += 1
            self._refilled_at = ticks_add(self._refilled_at, self._refill_ms)
        if self._budget == 0:
            return False
        if self._budget == _BURST:
            self._refilled_at = now
        self._budget -= 1
        return True

    def _accept(self, frame, now):
        for pending in self._pending:
            if not pending.asker:
                self._begin(pending, frame, now)
                return
        self.refused += 1

    def _begin(self, pending, frame, now):
        spread_ms = _SPREAD_MS * (self.node.neighbours.count + 1) * self._courier.pause_ms // 60
        pending.begin(frame, now)
        pending.due_at = ticks_add(now, self._dice.randrange(spread_ms))

    def _go_on(self, pending, now):
        """Send the next piece of an answer, as soon as there is room for it and a way."""
        courier = self._courier
        if not courier.has_room() or courier.routes.step_to(pending.asker, now) == NOBODY:
            pending.due_at = ticks_add(now, _AGAIN_MS)
            if ticks_diff(now, pending.begun_at) > self._patience_ms:
                pending.asker = NOBODY
                self.refused += 1
            return
        asker = pending.asker
        is_leader = self.node.election.role == LEADER
        length = pending.write_piece(courier.draft, is_leader, now)
        if length:
            courier.post(asker, c.ANSWER, length, now)
            self.answered += 1


def _follows(election, leader):
    return election.is_elected and election.leader == leader
