"""A board that sleeps most of the time, and the few moments when it does not.

It runs no Node.  When it wakes it sends what it has emitted, and calls its keeper; the keeper
tells what it took, and gives what it held.  They go on in rounds until nothing is left on either
side, then it sleeps.  A keeper that did not answer in three wakes is given up, and the next call
goes to any.
"""

from micropython import const

from skein import event as e
from skein import frame as f
from skein import sleep_frame as s
from skein.diffusion import PAYLOAD_MAX
from skein.event_queue import EventQueue
from skein.ids import NOBODY
from skein.interest_table import NONE
from skein.ticks import ticks_add, ticks_diff
from skein.wishes import Wishes

_ANSWER_MS = const(60)  # within which a keeper should have answered
_TRIES = const(3)  # calls without an answer in one wake
_MISSES = const(3)  # wakes without an answer
_ROUNDS = const(8)  # in one wake
_AT_ONCE = const(4)  # own events sent before a call
_SLOTS = const(6)  # of events in either direction
_RECENT = const(16)  # events from the mesh that would be known again


class Sleeper:
    """node: its id.  mesh: 0..255.  epoch: its boot, which a wake from deep sleep does not count.

    period_ms: from one wake to the next.  dice: has randrange(n).
    """

    def __init__(self, node: int, mesh: int, epoch: int, period_ms: int, dice):
        self.id = node
        self.mesh = mesh
        self.epoch = epoch
        self.period_ms = period_ms
        self._dice = dice
        self.wishes = Wishes(s.TOPICS_MAX)
        self.queue = EventQueue(_SLOTS, f.MTU)
        self.inbox = EventQueue(_SLOTS, f.MTU)
        self.sequence = dice.randrange(0x10000)
        self.keeper = NOBODY
        self.misses = 0  # wakes in a row without an answer
        self._call = bytearray(s.LONGEST)
        self.recent = bytearray(_RECENT * s.MARK_LEN)
        self.newest = 0
        self.is_awake = False
        self._is_call_due = False
        self._offers = self._tries = self._rounds = self._marks_told = 0
        self._until = self._now = 0
        self._taken = bytearray(_SLOTS)
        self.emitted = self.delivered = self.wakes = 0
        self.frames_in = self.frames_out = 0

    def want(self, topic: str, level: int) -> None:
        """As Wishes.want."""
        self.wishes.want(topic, level)

    def emit(self, topic: str, payload: bytes, policy: int, life_s: int, now: int) -> bool:
        """Keep an event for the next wake; False when there is no room.

        Raises EventError and ConfigError as Diffusion.emit does.  IN_ORDER and CONFIRMED count as
        PLAIN.
        """
        e.check(payload, PAYLOAD_MAX, policy, life_s)
        if policy & f.TRAILED:
            policy &= 0x3F
        frame = bytearray(f.PAYLOAD + len(payload))
        f.put_header(frame, f.EVENT, self.mesh, 0)
        f.put_origin(frame, self.id, self.epoch, self.sequence)
        length = e.write(frame, self.wishes.learn(topic), policy, life_s, payload)
        self.sequence = (self.sequence + 1) & 0xFFFF
        self.emitted += 1
        if e.propagation_of(policy) == e.LOCAL:
            is_wanted = self.wishes.level_of(f.get_id(frame, f.TOPIC)) > NONE
            return not is_wanted or e.put(self.inbox, frame, length, now) >= 0
        return e.put(self.queue, frame, length, now) >= 0

    def wake(self, now: int) -> None:
        """The radio is on: begin to talk with the keeper."""
        self.is_awake = True
        self.wakes += 1
        self._tries = self._rounds = 0
        self._call[s.COUNT] = 0
        self.queue.expire(now)
        self._begin_round(now)

    def poll(self, now: int) -> None:
        """Do what is due."""
        if not self.is_awake or ticks_diff(now, self._until) < 0:
            return
        self._tries += 1
        if self._tries < _TRIES:
            self._begin_round(now)
            return
        self.is_awake = False
        self.misses += 1
        if self.misses >= _MISSES:
            self.keeper = NOBODY

    def next_deadline(self) -> int:
        """When to poll, while it is awake."""
        return self._until

    def take_frame(self, out) -> bool:
        """Fill `out` with the next frame to transmit; False when there is none."""
        if not self.is_awake or not self._is_call_due:
            return False
        self.frames_out += 1
        if self.keeper and self._offers < _AT_ONCE:
            slot = self.queue.take(self._now)
            if slot >= 0:
                self._offers += 1
                self._taken[slot] = 1
                out.copy(self.queue.slots[slot], self.queue.lengths[slot])
                life_ms = self.queue.life_ms(slot, self._now)
                if life_ms >= 0:
                    f.put_u16(out.buffer, f.LIFE_S, (life_ms + 999) // 1000)
                s.dress(out.buffer, s.UP, self.id)
                return True
        self._is_call_due = False
        self._write_call(out)
        return True

    def receive(self, frame, now: int) -> None:
        """A frame arrived, of whatever kind."""
        self.frames_in += 1
        if not self.is_awake or not s.is_one(frame) or not s.check(frame, self.mesh):
            return
        sender = f.get_id(frame, f.SENDER)
        if frame[s.WHAT] == s.ANSWER and f.get_id(frame, s.TO) == self.id:
            self._hear_answer(frame, sender, now)
        elif frame[s.WHAT] == s.DOWN and sender == self.keeper:
            self._hear_event(frame, now)

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

    def _begin_round(self, now):
        self._now = now
        self._offers = 0
        self._is_call_due = True
        for slot in range(self.queue.capacity):
            if self._taken[slot]:
                self._taken[slot] = 0
                if self.queue.is_held(slot):
                    self.queue.failed(slot, now)
        self._until = ticks_add(now, _ANSWER_MS + self._dice.randrange(_ANSWER_MS // 2))

    def _write_call(self, out):
        frame = out.buffer
        call = self._call
        s.put_header(call, s.CALL, self.mesh)
        f.put_origin(call, self.id, self.epoch, 0)
        f.put_id(call, s.TO, self.keeper)
        f.put_period(call, s.PERIOD, self.period_ms)
        self._marks_told = call[s.COUNT]
        at = s.topics_at(call)
        for place in range(at):
            frame[place] = call[place]
        frame[at] = 0
        out.length = at + 1
        for topic in self.wishes.topics:
            if topic:
                f.put_id(frame, out.length, topic)
                frame[at] += 1
                out.length += s.TOPIC_LEN

    def _hear_answer(self, frame, sender, now):
        if self.keeper != NOBODY and sender != self.keeper:
            return
        self._tries = 0
        self.misses = 0
        was_seeking = self.keeper == NOBODY
        self.keeper = sender
        for slot in range(self.queue.capacity):
            if self.queue.is_held(slot) and s.is_marked(frame, self.queue.slots[slot]):
                self.queue.sent(slot)
        self._forget_marks()
        self._rounds += 1
        has_more = was_seeking or len(self.queue) or frame[s.LEFT]
        if has_more and self._rounds < _ROUNDS:
            self._begin_round(now)
        else:
            self.is_awake = False

    def _forget_marks(self):
        """The keeper has read those of the last call; others came since."""
        call, told = self._call, self._marks_told
        end = s.topics_at(call)
        for at in range(s.MARKS + told * s.MARK_LEN, end):
            call[at - told * s.MARK_LEN] = call[at]
        call[s.COUNT] -= told
        self._marks_told = 0

    def _hear_event(self, frame, now):
        is_own = f.get_id(frame, f.ORIGIN) == self.id  # another one's keeper has it for others
        if is_own or self.wishes.level_of(f.get_id(frame, f.TOPIC)) == NONE:
            return
        call = self._call
        if not s.is_marked(call, frame):
            if call[s.COUNT] == s.MARKS_MAX:
                return
            if not self._is_known(frame):
                event = bytearray(frame)
                s.undress(event, 0)
                if e.put(self.inbox, event, len(event), now) < 0:
                    return  # the keeper holds it until there is room
                self._remember(frame)
            s.mark(call, s.MARKS + call[s.COUNT] * s.MARK_LEN, frame)
            call[s.COUNT] += 1

    def _is_known(self, frame):
        for number in range(_RECENT):
            at = number * s.MARK_LEN
            if (
                self.recent[at] == frame[f.ORIGIN]
                and self.recent[at + 1] == frame[f.ORIGIN + 1]
                and self.recent[at + 2] == frame[f.SEQUENCE]
                and self.recent[at + 3] == frame[f.SEQUENCE + 1]
            ):
                return True
        return False

    def _remember(self, frame):
        s.mark(self.recent, self.newest * s.MARK_LEN, frame)
        self.newest = (self.newest + 1) % _RECENT
