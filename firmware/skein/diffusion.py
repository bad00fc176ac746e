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
from skein.event_queue import NORMAL, EventQueue
from skein.interest_table import CRITICAL, InterestTable
from skein.relay import Relay
from skein.seen_table import DUPLICATE, NEW, SeenTable
from skein.ticks import ticks_add, ticks_diff
from skein.wishes import Wishes

PAYLOAD_MAX = const(223)  # what 250 bytes leave beside header, event fields and tag

_FIRST_LIFETIME_MS = const(105000)  # until a declaration has told a better one
_ENOUGH_WANT_IT = const(3)  # nodes, so that one of them may go
_ORIGIN_LIFETIME_MS = const(600000)
_DECLARATION_LIFE_MS = const(10000)


class Diffusion:
    """All messages of one node.  neighbours: the Neighbours in range."""

    def __init__(self, settings, neighbours, link, dice):
        self._node = settings.node
        self._epoch = settings.epoch
        self._mesh = settings.mesh
        self._hop_limit = settings.hop_limit
        self._neighbours = neighbours
        self._link = link
        self.seen = SeenTable(settings.origins, _ORIGIN_LIFETIME_MS)
        self.interests = InterestTable(settings.interests, _FIRST_LIFETIME_MS)
        self.wishes = Wishes(settings.wishes)
        self.queue = EventQueue(settings.queue_slots, f.MTU)
        self.inbox = EventQueue(settings.inbox_slots, f.MTU)
        self.relay = Relay(self.queue, neighbours, link, dice)
        self.duplicates = 0
        self.stale = 0
        self.delivered = 0
        self.emitted = 0
        self.unwanted = 0
        self._draft = bytearray(f.MTU)
        self._sequence = dice.randrange(0x10000)
        self._pace = DeclarationPace(link, dice)
        self._has_declared = False

    def start(self, now: int) -> None:
        """Begin: nothing is known of what others want, so everything is passed on."""
        self.interests.lose(now)
        self._pace.start(now)

    def emit(self, topic: str, payload: bytes, policy: int, life_s: int, now: int) -> bool:
        """Send an event to all who want it; False when the queue refused it.

        payload: at most PAYLOAD_MAX bytes.  policy: of event.policy().  life_s: 1..LIFE_MAX_S or
        LIFE_FOREVER.  Raises EventError for a bad payload or life and ConfigError for a bad topic.
        """
        if not isinstance(payload, (bytes, bytearray)) or len(payload) > PAYLOAD_MAX:
            raise EventError(f"a payload is at most {PAYLOAD_MAX} bytes, this is {_size(payload)}")
        if not 0 < life_s <= f.LIFE_FOREVER:
            raise EventError(f"a life lasts 1 to {f.LIFE_MAX_S} seconds, not {life_s}")
        topic_id = self.wishes.learn(topic)
        self.emitted += 1
        if not self._is_worth_sending(topic_id, policy):
            self.unwanted += 1
            return True
        frame = self._draft
        f.put_header(frame, f.EVENT, self._mesh, self._hop_limit)
        f.put_id(frame, f.TOPIC, topic_id)
        frame[f.POLICY] = policy
        f.put_u16(frame, f.LIFE_S, life_s)
        frame[f.PAYLOAD : f.PAYLOAD + len(payload)] = payload
        return self._queue_own(f.PAYLOAD + len(payload), e.priority_of(policy), now) >= 0

    def declare_soon(self, now: int) -> None:
        """What this node wants has changed: tell the others."""
        self._pace.soon(now)

    def poll(self, now: int) -> None:
        """Renew this node's declaration when that is due."""
        if not self._pace.is_due(now):
            return
        f.put_header(self._draft, f.INTEREST, self._mesh, self._hop_limit)
        length = self.wishes.write_rows(self._draft)
        declares = length > f.ROWS and not self._is_said_by_others()
        if declares or self._has_declared:  # an empty one withdraws; then silence says the same
            slot = self._queue_own(length, NORMAL, now)
            if slot >= 0:
                self.queue.set_life(slot, ticks_add(now, _DECLARATION_LIFE_MS))
                self._has_declared = declares
        nodes = max(len(self.seen), self._neighbours.count) + 1
        self.interests.lifetime_ms = self._pace.renew(nodes, self._neighbours.count, now)

    def expire(self, now: int) -> None:
        """Forget what has outlived its time."""
        self.seen.expire(now)
        self.interests.expire(now)
        self.queue.expire(now)
        self.inbox.expire(now)

    def next_deadline(self) -> int:
        """Instant of the next useful poll."""
        waiting = self.queue.next_deadline() if self._neighbours.count else None
        if waiting is not None and ticks_diff(waiting, self._pace.due_at) < 0:
            return waiting
        return self._pace.due_at

    def hear(self, frame: bytearray, row: int, now: int) -> None:
        """A neighbour transmitted a message.  row: the neighbour's, or -1 if it has none."""
        origin = f.get_id(frame, f.ORIGIN)
        epoch = frame[f.EPOCH]
        sequence = f.get_u16(frame, f.SEQUENCE)
        answer = DUPLICATE
        if origin != self._node:
            answer = self.seen.meet(origin, epoch, sequence, now)
        if answer == NEW:
            self._hear_new(frame, origin, row, now)
        elif answer == DUPLICATE:
            self.duplicates += 1
            slot = self.relay.find(origin, epoch, sequence)
            if slot >= 0:
                self.relay.hear_again(slot, row)
        else:
            self.stale += 1

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
        is_declaration = f.kind_of(frame) == f.INTEREST
        if is_declaration:
            self._hear_declaration(frame, origin, now)
            goes_on = True
        else:
            goes_on = self._hear_event(frame, origin, now)
        if goes_on and f.hops_left(frame):
            self._pass_on(frame, origin, row, now)

    def _hear_declaration(self, frame, origin, now):
        for row in range(frame[f.ROW_COUNT]):
            at = f.ROWS + row * f.ROW_LEN
            level = min(frame[at + 4], CRITICAL)  # a higher one would push out what matters
            if level:
                self.interests.put(f.get_id(frame, at), origin, level, now)
        # An older one that comes late, by another way, must not withdraw what a newer one added.
        if self.seen.is_newest(origin, f.get_u16(frame, f.SEQUENCE)):
            self.interests.forget_all_but_renewed(origin, now)

    def _hear_event(self, frame, origin, now):
        """Hand the event to the application if wanted; True if it should be passed on."""
        life_s = f.get_u16(frame, f.LIFE_S)
        if life_s == 0:
            return False
        topic = f.get_id(frame, f.TOPIC)
        is_wanted_here = self.wishes.level_of(topic) > 0
        if is_wanted_here:
            priority = e.priority_of(frame[f.POLICY])
            slot = self.inbox.push(frame, len(frame), priority, now)
            self._set_life(self.inbox, slot, life_s, now)
        # Whoever wants it passes it on too: that is how its neighbours learn that it has it.
        return is_wanted_here or self._is_wanted_elsewhere(topic, origin)

    def _pass_on(self, frame, origin, row, now):
        is_event = f.kind_of(frame) == f.EVENT
        priority = e.priority_of(frame[f.POLICY]) if is_event else NORMAL
        slot = self.relay.add(frame, len(frame), priority, now)
        if slot < 0:
            return
        f.pass_on(self.queue.slots[slot], self._node)
        if is_event:
            self._set_life(self.queue, slot, f.get_u16(frame, f.LIFE_S), now)
        else:
            self.queue.set_life(slot, ticks_add(now, _DECLARATION_LIFE_MS))
        origin_row = self._neighbours.find(origin)
        if origin_row >= 0:
            self.relay.cover(slot, origin_row)
        if row >= 0:
            self.relay.cover(slot, row)
        self.relay.schedule(slot, row, now)

    def _queue_own(self, length, priority, now):
        f.put_origin(self._draft, self._node, self._epoch, self._sequence)
        slot = self.relay.add(self._draft, length, priority, now)
        if slot >= 0:
            self._sequence = (self._sequence + 1) & 0xFFFF
            if f.kind_of(self._draft) == f.EVENT:
                self._set_life(self.queue, slot, f.get_u16(self._draft, f.LIFE_S), now)
        return slot

    def _set_life(self, queue, slot, life_s, now):
        if slot >= 0 and life_s != f.LIFE_FOREVER:
            queue.set_life(slot, ticks_add(now, life_s * 1000))

    def _is_worth_sending(self, topic, policy):
        propagation = e.propagation_of(policy)
        return propagation != e.LOCAL and self._is_wanted_elsewhere(topic, self._node)

    def _is_wanted_elsewhere(self, topic, origin):
        return not self.interests.is_complete() or self.interests.is_wanted(topic, origin)

    def _is_said_by_others(self):
        """On a slow link it is enough that some want a topic: an event goes to all or to none."""
        if not self._link.is_slow:
            return False
        for topic in self.wishes.topics:
            if topic and self.interests.count(topic, self._node) < _ENOUGH_WANT_IT:
                return False
        return True


def _size(payload):
    return len(payload) if isinstance(payload, (bytes, bytearray)) else type(payload).__name__
