"""Events and declarations of interest, from who made them to who wants them.

Both are messages: numbered by their origin, met once by each node, and passed on until all
neighbours have them.  A declaration goes everywhere.  An event goes on only while somebody
beyond its origin is known to want it, or while that cannot be known.
"""

from micropython import const

from skein import event as e
from skein import frame as f
from skein.declaration_pace import DeclarationPace
from skein.errors import EventError
from skein.event_queue import EventQueue
from skein.ids import NOBODY
from skein.interest_table import InterestTable
from skein.relay import relay_for
from skein.seen_table import DUPLICATE, NEW, SeenTable
from skein.ticks import ticks_diff
from skein.wishes import Wishes

PAYLOAD_MAX = const(223)  # what 250 bytes leave beside header, event fields and tag

_FIRST_LIFETIME_MS = const(105000)  # until a declaration has told a better one
_ORIGIN_LIFETIME_MS = const(600000)


class Diffusion:
    """All messages of one node.  neighbours: the Neighbours in range."""

    def __init__(self, settings, neighbours, link, dice):
        self.node = settings.node
        self._epoch = settings.epoch
        self._mesh = settings.mesh
        self.hop_limit = settings.hop_limit
        self._neighbours = neighbours
        self.seen = SeenTable(settings.origins, _ORIGIN_LIFETIME_MS)
        self.interests = InterestTable(settings.interests, _FIRST_LIFETIME_MS)
        self.wishes = Wishes(settings.wishes)
        self.queue = EventQueue(settings.queue_slots, f.MTU)
        self.inbox = EventQueue(settings.inbox_slots, f.MTU)
        self.relay = relay_for(settings, self.queue, neighbours, link, dice)
        self.duplicates = 0
        self.stale = 0
        self.delivered = 0
        self.emitted = 0
        self.unwanted = 0
        self.summaries = self.queries = None  # where the settings ask for them
        self.assurances = [None, None, None, None]  # by delivery
        self.draft = bytearray(f.MTU)
        self.sequence = dice.randrange(0x10000)
        self._pace = DeclarationPace(link, dice)
        self._has_declared = False

    def start(self, now: int) -> None:
        """Begin: nothing is known of what others want, so everything is passed on."""
        self.interests.lose(now)
        self._pace.start(now)

    def emit(self, topic: str, payload: bytes, policy: int, life_s: int, now: int) -> bool:
        """Send an event to all who want it; False when the queue refused it.

        A LOCAL one goes to this node's own application only, if that wants it.
        payload: at most PAYLOAD_MAX bytes.  policy: of event.policy().  life_s: 1..LIFE_MAX_S or
        LIFE_FOREVER.  Raises EventError for what no event can have, ConfigError for a bad topic.
        """
        e.check(payload, PAYLOAD_MAX, policy, life_s)
        assurance = self.assurances[e.delivery_of(policy)] if policy & f.TRAILED else None
        if policy & f.TRAILED and not assurance:
            raise EventError("'ordered' and 'confirmed' in the settings switch such deliveries on")
        topic_id = self.wishes.learn(topic)
        self.emitted += 1
        propagation = e.propagation_of(policy)
        if propagation == e.SUMMARY and self.summaries:
            return self.summaries.add(topic_id, payload, e.priority_of(policy), now)
        if self.queries:
            self.queries.keep_own(topic_id, policy, payload, life_s, now)
        is_local = propagation == e.LOCAL
        wants = self.wishes.level_of if is_local else self._is_wanted_elsewhere
        if not wants(topic_id):
            self.unwanted += 1
            return True
        frame = self.draft
        f.put_header(frame, f.EVENT, self._mesh, self.hop_limit)
        length = e.write(frame, topic_id, policy, life_s, payload)
        if assurance:
            mark = assurance.mark(topic_id)
            if mark < 0:
                return False
            frame[length - 1] = mark
        if is_local:
            f.put_origin(frame, self.node, self._epoch, self.sequence)
            return e.put(self.inbox, frame, length, now) >= 0
        is_queued = self.send_draft(length, now) >= 0
        if is_queued and assurance:
            assurance.sent(topic_id, length, now)
        return is_queued

    def declare_soon(self, now: int) -> None:
        """What this node wants has changed: tell the others."""
        self._pace.soon(now)

    def poll(self, now: int) -> None:
        """Renew this node's declaration when that is due."""
        ordering = self.assurances[e.IN_ORDER]
        if ordering:
            ordering.poll(now)
        if not self._pace.is_due(now):
            return
        f.put_header(self.draft, f.INTEREST, self._mesh, self.hop_limit)
        length = self.wishes.write_rows(self.draft)
        declares = length > f.ROWS and not self.wishes.are_shared(self.interests, self.node, now)
        is_due = declares or self._has_declared  # an empty one withdraws; then silence says it
        if is_due and self.send_draft(length, now) >= 0:
            self._has_declared = declares
        around = self._neighbours.count
        self.interests.lifetime_ms = self._pace.renew(max(len(self.seen), around) + 1, around, now)

    def expire(self, now: int) -> None:
        """Forget what has outlived its time."""
        self.seen.expire(now)
        self.interests.expire(now)
        self.queue.expire(now)
        self.inbox.expire(now)
        self.relay.expire()

    def next_deadline(self) -> int:
        """Instant of the next useful poll."""
        soonest = self._pace.due_at
        waiting = self.queue.next_deadline() if self._neighbours.count else None
        if waiting is not None and ticks_diff(waiting, soonest) < 0:
            soonest = waiting
        ordering = self.assurances[e.IN_ORDER]
        return ordering.next_deadline(soonest) if ordering else soonest

    def hear(self, frame: bytearray, row: int, now: int) -> None:
        """A neighbour transmitted a message.  row: the neighbour's, or -1 if it has none."""
        origin = f.get_id(frame, f.ORIGIN)
        epoch = frame[f.EPOCH]
        sequence = f.get_u16(frame, f.SEQUENCE)
        answer = DUPLICATE
        if origin != self.node and self.relay.hear(row, origin + sequence):
            answer = self.seen.meet(origin, epoch, sequence, now)
        if answer == NEW:
            self._hear_new(frame, origin, row, now)
        elif answer != DUPLICATE:
            self.stale += 1
        else:
            self.duplicates += 1
            if f.kind_of(frame) == f.INTEREST:
                self.interests.come_closer(origin, f.hops_travelled(frame) + 1)
            slot = self.relay.find(origin, epoch, sequence)
            if slot >= 0:
                self.relay.hops_heard_left = f.hops_left(frame)
                self.relay.hear_again(slot, row)

    def take(self, out, now: int) -> bool:
        """Fill `out` with the next message to transmit; False when none is ready."""
        if self._neighbours.count == 0:
            return False  # what waits is kept for whoever comes into range
        slot = self.queue.take(now)
        if slot < 0:
            return False
        frame = self.queue.slots[slot]
        life_ms = self.queue.life_ms(slot, now)
        if f.kind_of(frame) == f.EVENT and life_ms >= 0:
            f.put_u16(frame, f.LIFE_S, (life_ms + 999) // 1000)
        out.copy(frame, self.queue.lengths[slot])
        self.relay.after_send(slot, now)
        return True

    def next_event(self, now: int) -> "e.Event | None":
        """The next event for the application, the most urgent first, or None."""
        slot = self.inbox.take(now)
        if slot < 0:
            return None
        frame = self.inbox.slots[slot]
        name = self.wishes.name_of(f.get_id(frame, f.TOPIC))
        event = e.Event(name, frame, self.inbox.lengths[slot])
        self.inbox.sent(slot)
        self.delivered += 1
        return event

    def _hear_new(self, frame, origin, row, now):
        self.relay.admit(row)
        goes_on = True
        kind = f.kind_of(frame)
        if kind == f.INTEREST:
            self._hear_declaration(frame, origin, now)
        elif kind == f.EVENT:
            goes_on = self._hear_event(frame, origin, now)
        elif self.queries:
            goes_on = self.queries.hear(frame, now)
        if goes_on and self.relay.takes(frame, row, now) and f.hops_left(frame):
            self._pass_on(frame, origin, row, now)

    def _hear_declaration(self, frame, origin, now):
        for row in range(frame[f.ROW_COUNT]):
            at = f.ROWS + row * f.ROW_LEN
            level = frame[at + 4] & f.LEVEL
            if level:
                hops = f.hops_travelled(frame) + 1 if frame[at + 4] & f.ALONE else 0
                self.interests.put(f.get_id(frame, at), origin, level, now, hops)
        # An older one that comes late, by another way, must not withdraw what a newer one added.
        if self.seen.is_newest(origin, f.get_u16(frame, f.SEQUENCE)):
            self.interests.forget_all_but_renewed(origin, now)

    def _hear_event(self, frame, origin, now):
        """Hand the event to the application if wanted; True if it should be passed on."""
        if f.get_u16(frame, f.LIFE_S) == 0 or e.propagation_of(frame[f.POLICY]) == e.LOCAL:
            return False
        if self.queries:
            self.queries.keep(frame, now)
        topic = f.get_id(frame, f.TOPIC)
        is_wanted_here = self.wishes.level_of(topic) > 0
        if is_wanted_here:
            self._deliver(frame, now)
        # Whoever wants it passes it on too: that is how its neighbours learn that it has it.
        return is_wanted_here or self._is_wanted_elsewhere(topic, origin)

    def _deliver(self, frame, now):
        assurance = self.assurances[e.delivery_of(frame[f.POLICY])]
        if assurance:
            assurance.hear(frame, now)
        elif not e.is_repeat(frame, self.seen, now):
            e.put(self.inbox, frame, len(frame), now)

    def _pass_on(self, frame, origin, row, now):
        slot = self.relay.add(frame, len(frame), now)
        if slot < 0:
            return
        f.pass_on(self.queue.slots[slot], self.node)
        origin_row = self._neighbours.find(origin)
        if origin_row >= 0:
            self.relay.cover(slot, origin_row)
        if row >= 0:
            self.relay.cover(slot, row)
        self.relay.schedule(slot, row, now)

    def send_draft(self, length: int, now: int) -> int:
        """Queue the message in `draft` as the next one of this node; its slot, or -1."""
        f.put_origin(self.draft, self.node, self._epoch, self.sequence)
        slot = self.relay.add(self.draft, length, now)
        if slot >= 0:
            self.sequence = (self.sequence + 1) & 0xFFFF
        return slot

    def _is_wanted_elsewhere(self, topic, origin=NOBODY):
        but_for = origin or self.node
        return not self.interests.is_complete() or self.interests.is_wanted(topic, but_for)
