"""Passes events on where airtime is dear: once, by the backbone, and only to reach somebody.

A node of the backbone waits for a random moment and stays silent if by then each neighbour that
can hear it has the event from somebody else: it knows who hears whom.  A node beside the backbone
leaves it to the others, but for what came from somebody who may not be heard by them: then it
steps in, unless it hears a copy.  It also steps in with what is CRITICAL while neighbours lack
it: the fewer do the longer it waits, and anew with each copy that it hears.  Whoever made the
event repeats it, at most twice, while nobody is heard to pass it on although a neighbour should;
what is CRITICAL each node of the backbone repeats so, once.  What is lost after that is repaired.
"""

from micropython import const

from skein import event as e
from skein import frame as f
from skein.backbone import Backbone
from skein.channel_share import ChannelShare
from skein.coverage import CoverageRelay
from skein.repair import Repair
from skein.ticks import ticks_add, ticks_diff
from skein.turns import CRITICAL

_OWN_TRIES = const(3)
_ALARM_TRIES = const(2)
_PATIENCE = const(2)  # so often must a node beside the backbone hear that something is missed
_WINDOW_AIRTIMES = const(4)  # within which the nodes around spread one event's copies
_STEP_IN_AIRTIMES = const(2)  # a node beside the backbone waits for so much longer
_SHARED_AIRTIMES = const(12)  # and for this, divided by how many neighbours lack the event
_STEP_IN_WINDOW_AIRTIMES = const(6)
_BUSY_PERMILLE = const(60)  # of the channel; a backbone without reserves loses much from here on
_FULL_PERMILLE = const(400)  # and with them from here on
_HEAR_AIRTIMES = const(6)  # until a copy should have been heard


class BackboneRelay(CoverageRelay):
    """The events under way on a slow link.  settings: of the node; the others as for Relay."""

    def __init__(self, settings, queue, neighbours, link, dice):
        backbone = Backbone(settings, neighbours, link, dice)
        super().__init__(backbone, queue, neighbours, link, dice)
        self.repair = Repair(link, dice)
        self.share = ChannelShare(link)
        self._node = settings.node
        self._heard_at = 0
        self.left_to_others = 0

    def start(self, now: int) -> None:
        self.backbone.start(now)
        self.share.start(now)

    def hear_frame(self, frame, row: int, now: int) -> None:
        """A frame of whatever kind that passed frame.check; those of its own kinds are read."""
        self.share.use(len(frame))
        self._heard_at = now
        if row < 0:
            return
        self.backbone.plan.silence.heard(row)
        if f.kind_of(frame) == f.HEARING:
            self.backbone.hear(frame, row, now)
        elif f.kind_of(frame) == f.BEACON:
            self.backbone.carrier.hear_beacon(frame, row)
            self._hear_digest(frame, row, now)

    def poll(self, now: int) -> None:
        """Do what is due."""
        self.backbone.poll(now)
        self.share.poll(now)
        self.repair.expire(now)

    def take(self, out, now: int) -> bool:
        """Fill `out` with what this node tells of its neighbours; False when that is nothing."""
        return self.backbone.take(out, now)

    def next_deadline(self, soonest: int) -> int:
        """That instant, or the one of the next useful poll if it comes before."""
        due_at = self.backbone.next_deadline()
        return due_at if ticks_diff(due_at, soonest) < 0 else soonest

    def add(self, frame, length: int, now: int) -> int:
        slot = super().add(frame, length, now)
        if slot >= 0:
            self._is_repair[slot] = 0
            if f.get_id(frame, f.ORIGIN) == self._node and is_worth_keeping(frame):
                self.repair.keep(frame, length, now)
        return slot

    def takes(self, frame, row: int, now: int) -> bool:
        if is_worth_keeping(frame):
            kept = self.repair.keep(frame, len(frame), now)
            if f.hops_left(frame):
                f.pass_on(kept, self._node)
            else:
                f.put_id(kept, f.SENDER, self._node)
        if f.kind_of(frame) == f.EVENT:
            priority = e.priority_of(frame[f.POLICY])
            if not self.share.admits(priority, self._is_on_duty() or row < 0):
                return False
            if priority == CRITICAL:
                return True
        if self._passes_on_from(row):
            return True
        self.left_to_others += 1
        return False

    def schedule(self, slot: int, row: int, now: int) -> None:
        is_standing_in = not self._is_on_duty() and self._passes_on_from(row)
        if self._is_all_covered(slot) or (not is_standing_in and self._is_needless(slot)):
            self._cancel(slot)
        else:
            self._wait(slot, now)

    def hear_again(self, slot: int, row: int) -> None:
        if row >= 0:
            self.cover(slot, row)
        if not self.queue.is_held(slot):
            return
        if self._tries[slot]:
            self.queue.sent(slot)
        elif self._is_repair[slot]:
            if self._is_all_covered(slot):
                self._cancel(slot)
        elif not self._is_own(slot):
            if self._is_needless(slot):
                self._cancel(slot)
            elif not self._is_on_duty():
                self._wait(slot, self._heard_at)

    def after_send(self, slot: int, now: int) -> None:
        self._tries[slot] += 1
        if self._tries[slot] > 1:
            self.retries += 1
        tries = self._tries_for(slot)
        if tries == 1 or not self._is_anyone_expected(slot):
            self.queue.sent(slot)
        elif self._tries[slot] >= tries:
            self.gave_up += 1
            self.queue.sent(slot)
        else:
            airtime_ms = self._link.airtime_us(self.queue.lengths[slot]) // 1000 + 1
            wait_ms = (_HEAR_AIRTIMES << (self._tries[slot] - 1)) * airtime_ms
            self.queue.failed(slot, ticks_add(now, wait_ms + self._dice.randrange(wait_ms // 2)))

    def _hear_digest(self, beacon, row, now):
        """A beacon told which of the young events the neighbour in `row` has."""
        if not self.backbone.hearing.is_both_ways(row):
            return
        for back in range(self.repair.covered_by(beacon)):
            place = self.repair.place(back)
            if self.repair.lacks(beacon, place, now) and self._is_owed(place, row):
                self._hear_lacking(place, row, now)

    def _hear_lacking(self, place, row, now):
        priority = e.priority_of(self.repair.peek(place)[f.POLICY])
        if priority != CRITICAL and self.share.is_for_alarms():
            return
        asked = self.repair.note_asked(place)
        if self._is_on_duty() or asked >= _PATIENCE:
            self._send_again(place, row, now)

    def _passes_on_from(self, row):
        return self._is_on_duty() or row < 0 or not self.backbone.hearing.is_both_ways(row)

    def _is_on_duty(self):
        """True for one of the backbone, and for a reserve on a busy channel that is not full."""
        backbone = self.backbone
        if backbone.is_member or not backbone.is_reserve:
            return backbone.is_member
        return _BUSY_PERMILLE <= self.share.permille < _FULL_PERMILLE

    def _is_owed(self, place, row):
        """True if the neighbour in `row` should get this event although nobody passed it on."""
        return True

    def _send_again(self, place, row, now):
        """Queue a kept event for the neighbour in `row`, who lacks it."""
        frame = self.repair.frame(place, now)
        slot = self.find(f.get_id(frame, f.ORIGIN), frame[f.EPOCH], f.get_u16(frame, f.SEQUENCE))
        if slot < 0:
            if not self.repair.may_send(place, self._neighbours.count, now):
                return
            slot = super().add(frame, self.repair.length(place), now)
            if slot < 0:
                return
            self._is_repair[slot] = 1
            self.queue.set_due(slot, ticks_add(now, self.repair.wait_ms(place)))
            for at in range(slot * self._row_bytes, (slot + 1) * self._row_bytes):
                self._covered[at] = 0xFF
        if self._is_repair[slot]:
            self._covered[slot * self._row_bytes + (row >> 3)] &= ~(1 << (row & 7))

    def _cancel(self, slot):
        self.cancelled += 1
        self.queue.sent(slot)

    def _wait(self, slot, now):
        """Set the moment for passing on an event that some neighbours lack."""
        wait, window = 0, _WINDOW_AIRTIMES
        if not self._is_on_duty():
            wait = _STEP_IN_AIRTIMES + _SHARED_AIRTIMES // self._gain(slot)
            window = _STEP_IN_WINDOW_AIRTIMES
        elif self.queue.priorities[slot] != CRITICAL:
            window += self.share.more_airtimes()
        airtime_ms = self._link.airtime_us(self.queue.lengths[slot]) // 1000 + 1
        wait_ms = wait * airtime_ms + self._dice.randrange(window * airtime_ms)
        self.queue.set_due(slot, ticks_add(now, wait_ms))

    def _tries_for(self, slot):
        priority = self.queue.priorities[slot]
        if self._is_repair[slot] or not self.share.may_repeat(priority):
            return 1
        if self._is_own(slot):
            return _OWN_TRIES
        return _ALARM_TRIES if priority == CRITICAL and self._is_on_duty() else 1

    def _is_needless(self, slot):
        """True if too few neighbours lack the event to spend a transmission on it."""
        priority = self.queue.priorities[slot]
        is_member = self._is_on_duty()
        if priority != CRITICAL and not is_member:
            return True  # somebody passed it on
        return self._gain(slot) < self.share.least_gain(priority, is_member)

    def _is_own(self, slot):
        return f.get_id(self.queue.slots[slot], f.ORIGIN) == self._node


def is_worth_keeping(frame) -> bool:
    """False for what its source repeats in another way."""
    return f.kind_of(frame) == f.EVENT and e.delivery_of(frame[f.POLICY]) != e.LATEST
