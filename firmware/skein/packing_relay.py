"""Lets events that wait go along with one that is sent: a frame's head is as dear as 30 bytes.

What is due soon rides, unless it waits only to be made needless by others: so does a repetition
or a repair before it is due, and all that a node beside the backbone would step in with.  A
frame with something CRITICAL carries nothing else.  For all the rules of the relay each event
of a frame counts as if it had been sent and heard alone.
"""

from micropython import const

from skein import event as e
from skein import frame as f
from skein import packed_frame as p
from skein.frame_digest import TOLD_MAX, FrameDigest
from skein.steered_relay import SteeredRelay
from skein.ticks import ticks_add, ticks_diff
from skein.turns import CRITICAL

_MOST_BYTES = const(244)  # f.MTU - f.TAG_LEN
_SOON_AIRTIMES = const(16)
_AGAIN_AIRTIMES = const(6)  # within which what was missed is sent again


class PackingRelay(SteeredRelay):
    """The events under way on a slow link.  settings: of the node; the others as for Relay.

    riders: how many events went along with others.  malformed: frames that were not read whole.
    """

    def __init__(self, settings, queue, neighbours, link, dice):
        super().__init__(settings, queue, neighbours, link, dice)
        self._chosen = bytearray(p.RECORDS_MAX - 1)
        self._digest = FrameDigest(self.repair)
        self.riders = 0
        self.malformed = 0

    def hear_frame(self, frame, row: int, now: int) -> None:
        super().hear_frame(frame, row, now)
        if f.kind_of(frame) == f.PACKED:
            self._hear_packed(frame, row, now)

    def finish(self, out, now: int) -> None:
        super().finish(out, now)
        kind = f.kind_of(out.buffer)
        if kind == f.EVENT:
            self._pack(out, now)
            if out.length <= _MOST_BYTES - TOLD_MAX - 1:
                out.length = self._digest.write(out.buffer, out.length, now)
        elif kind == f.STEERED:
            code = p.life_code(f.get_u16(out.buffer, f.LIFE_S), self._dice)
            out.length = p.squeeze(out.buffer, out.length, code)
        self.share.use(out.length)

    def _hear_packed(self, frame, row, now):
        unpacking, digest = self._unpacking, self._digest
        end = p.end_of_events(frame)
        is_of_alarms = end < len(frame) and frame[len(frame) - 1] & p.ALARMS != 0
        digest.begin(is_of_alarms or self.share.is_for_alarms())
        is_event = unpacking.begin(frame, end)
        while is_event:
            digest.carry(unpacking.event)
            self._hear_open(unpacking.event, row, now)
            self._hear_event(row, now)
            is_event = unpacking.follow(frame, end)
        self.malformed += unpacking.is_bad
        if end < len(frame) and row >= 0 and self.backbone.hearing.is_both_ways(row):
            self._hear_told(frame, end, row, now)

    def _hear_told(self, frame, end, row, now):
        """A frame told which of the latest events the neighbour in `row` has."""
        for back in range(self._digest.covered(frame, end)):
            place = self.repair.place(back)
            if self._digest.lacks(frame, end, place, now) and self._is_owed(place, row):
                self._hear_missed(place, row, now)

    def _hear_missed(self, place, row, now):
        """The neighbour in `row` lacks what should have reached it just now: send it soon."""
        was_waiting = self._slot_of(place) >= 0
        self._hear_lacking(place, row, now)
        slot = self._slot_of(place)
        if slot >= 0 and not was_waiting:
            wait_ms = self._dice.randrange(_AGAIN_AIRTIMES * self._airtime_ms(slot))
            self.queue.set_due(slot, ticks_add(now, wait_ms))

    def _pack(self, out, now):
        frame = out.buffer
        self._digest.begin(self.share.is_for_alarms())
        self._digest.carry(frame)
        self.repair.note_sent(frame, now)
        frame[f.KIND] ^= f.EVENT ^ f.PACKED
        code = p.life_code(f.get_u16(frame, f.LIFE_S), self._dice)
        count = self._choose(out, now)
        if not count:
            out.length = p.squeeze(frame, out.length, code)
            return
        self.riders += count
        p.begin(frame, out.length, code)
        before = frame
        for index in range(count):
            slot = self._chosen[index]
            event = self.queue.slots[slot]
            event[p.LIFE] = self._life_code(slot, before[p.LIFE], now)  # the queue knows it, too
            flags = p.MORE if index + 1 < count else 0
            if _is_alike(before, event):
                flags |= p.SAME
            out.length = p.append(frame, out.length, event, self.queue.lengths[slot], flags)
            before = event
            self._digest.carry(event)
            self.repair.note_sent(event, now)
        for index in range(count):
            self.after_send(self._chosen[index], now)

    def _life_code(self, slot, wanted, now):
        life_ms = self.queue.life_ms(slot, now)
        if life_ms < 0:
            return p.FOREVER
        return p.life_code((life_ms + 999) // 1000, self._dice, wanted)

    def _choose(self, out, now):
        """Note who rides, those that are due first; returns how many."""
        count = 0
        priority = e.priority_of(out.buffer[f.POLICY])
        room = _MOST_BYTES - out.length
        while count < len(self._chosen):
            slot = self._next_rider(count, priority, room, now)
            if slot < 0:
                break
            self._chosen[count] = slot
            room -= p.RECORD_LEN + self.queue.lengths[slot] - f.PAYLOAD
            count += 1
        return count

    def _next_rider(self, count, priority, room, now):
        queue = self.queue
        best = -1
        if not len(queue):
            return best
        for slot in range(queue.capacity):
            if not queue.is_held(slot) or (
                best >= 0 and ticks_diff(queue.due_at[slot], queue.due_at[best]) >= 0
            ):
                continue
            if p.RECORD_LEN + queue.lengths[slot] - f.PAYLOAD > room:
                continue
            if self._may_ride(slot, priority, now) and not self._is_chosen(slot, count):
                best = slot
        return best

    def _is_chosen(self, slot, count):
        for index in range(count):  # noqa: SIM110 - a generator takes heap
            if self._chosen[index] == slot:
                return True
        return False

    def _may_ride(self, slot, priority, now):
        """priority: of the event that is sent."""
        queue = self.queue
        if f.kind_of(queue.slots[slot]) != f.EVENT or self._is_steered[slot]:
            return False
        own_priority = queue.priorities[slot]
        if own_priority > queue.lowest or (priority == CRITICAL and own_priority != CRITICAL):
            return False
        ahead_ms = ticks_diff(queue.due_at[slot], now)
        if ahead_ms <= 0:
            return queue.life_ms(slot, now) != 0
        if self._tries[slot] or self._is_repair[slot]:
            return False
        if not self._is_on_duty() and not self._is_own(slot):
            return False
        return ahead_ms <= _SOON_AIRTIMES * self._airtime_ms(slot)


def _is_alike(event, other):
    """True if two events have one topic and policy, and one code of their lives."""
    if event[f.POLICY] != other[f.POLICY] or event[p.LIFE] != other[p.LIFE]:
        return False
    return f.get_id(event, f.TOPIC) == f.get_id(other, f.TOPIC)
