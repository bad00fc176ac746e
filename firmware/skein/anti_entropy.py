"""Brings events to nodes that missed them: by loss, in another part of the mesh, or switched off.

A node keeps the last events that somebody wants.  Offers, paced by Trickle (RFC 6206), name those
that it keeps; who has not met one of them asks for it, and who was asked sends it again, once.
Both wait at random: an ask that somebody else is heard to say is not said as well, since all hear
the answer, and of several that offer an event the one that is heard best is asked.  A neighbour
that appears makes the pace quick again, so that parts that meet, and nodes that boot late, are
brought up to date.

What is sent again goes on as any event does, while it has hops left; with a hop limit of 0 events
spread by offers alone.  Repairs of all nodes around fill a sixteenth of the channel at most.
"""

from micropython import const

from skein import frame as f
from skein import offer_frame as o
from skein.ids import NOBODY
from skein.kept_events import KeptEvents
from skein.missed import Missed
from skein.ticks import ticks_add, ticks_diff
from skein.trickle import Trickle

_REDUNDANCY = const(2)  # k of Trickle
_LEAST_MS = const(500)
_LEAST_AIRTIMES = const(128)  # of a whole frame
_DOUBLINGS = const(128)  # the longest interval in shortest ones: a minute on ESP-NOW
_WAIT_AIRTIMES = const(4)  # of a whole frame, for each node around
_SHARE = const(16)
_HURRIES = const(3)  # so often does one event that a neighbour does not offer make the pace quick
_DECLARATIONS = const(2)  # may have taken numbers between two events
_NOT = const(-1)


class AntiEntropy:
    """capacity: events, at most 32.  node: whose events.  link, dice: as for a Node.

    asked, repaired: events that this node asked for, and that it sent again.
    """

    def __init__(self, capacity: int, node, link, dice):
        self._node = node
        self._link = link
        self._dice = dice
        self._trickle = Trickle(dice, _REDUNDANCY)
        self.kept = KeptEvents(capacity)
        self._hurries = bytearray(capacity)
        self._is_due = bytearray(capacity)  # to be sent again
        self._missed = Missed()
        self._ask_at = self._send_at = _NOT
        self._emitted = 0
        self._around = 0
        self._sequence = 0
        self.asked = self.repaired = 0

    def start(self, now: int) -> None:
        self._trickle.start(self._least_ms(), self._least_ms() * _DOUBLINGS, now)

    def hear_frame(self, frame, row: int, now: int) -> None:
        """A frame arrived that passed `frame.check`, of whatever kind.  row: the sender's."""
        kind = f.kind_of(frame)
        if kind == f.EVENT:
            self._hear_event(frame, row, now)
        elif kind == f.OFFER and row >= 0 and o.is_whole(frame):
            if f.get_id(frame, o.ASKED) == NOBODY:
                self._hear_offer(frame, row, now)
            else:
                self._hear_ask(frame, now)

    def poll(self, now: int) -> None:
        """Do what is due."""
        if self._node.neighbours.count > self._around:
            self._hurry(now)
        self._around = self._node.neighbours.count
        if self._node.diffusion.emitted != self._emitted:
            self._keep_own(now)

    def take(self, out, now: int) -> bool:
        """Fill `out` with the next frame, if one is due."""
        if _is_due(self._send_at, now) and self._write_event(out, now):
            return True
        if _is_due(self._ask_at, now):
            self._ask_at = _NOT
            out.length = self._missed.write_ask(out.buffer)
            self.asked += (out.length - o.FIRST) // o.NAME_LEN
        elif self._trickle.poll(now):
            out.length = self._write_offer(out.buffer, now)
        else:
            return False
        if out.length == o.FIRST:
            return False
        f.put_header(out.buffer, f.OFFER, self._node.mesh, 0)
        f.put_origin(out.buffer, self._node.id, self._node.epoch, self._sequence)
        self._sequence = (self._sequence + 1) & 0xFFFF
        return True

    def next_deadline(self, soonest: int) -> int:
        """The instant of the next useful poll, at the latest `soonest`."""
        soonest = _sooner(self._ask_at, _sooner(self._send_at, soonest))
        return _sooner(self._trickle.due_at, soonest)

    def _keep_own(self, now):
        """Take what this node emitted from the queue, where it waits for its neighbours."""
        diffusion = self._node.diffusion
        queue = diffusion.queue
        before, self._emitted = self._emitted, diffusion.emitted
        for slot in range(queue.capacity):
            frame = queue.slots[slot]
            is_own = queue.is_held(slot) and f.kind_of(frame) == f.EVENT
            is_own = is_own and f.get_id(frame, f.ORIGIN) == self._node.id
            back = (diffusion.sequence - f.get_u16(frame, f.SEQUENCE)) & 0xFFFF
            is_new = back <= self._emitted - before + _DECLARATIONS
            if is_own and is_new and self.kept.find(frame, f.ORIGIN, now) < 0:
                self._keep(frame, queue.lengths[slot], now)

    def _hear_event(self, frame, row, now):
        """Keep it at the first meeting, if somebody wants it."""
        self._missed.forget(frame, f.ORIGIN)
        place = self.kept.find(frame, f.ORIGIN, now)
        if place >= 0:
            self._is_due[place] = 0  # somebody else has sent it
            return
        seen, origin = self._node.diffusion.seen, f.get_id(frame, f.ORIGIN)
        number = f.get_u16(frame, f.SEQUENCE)
        if origin == self._node.id or seen.has_met(origin, frame[f.EPOCH], number):
            return
        is_taken = self._node.diffusion.relay.is_taken(row, origin + number)
        if is_taken and f.get_u16(frame, f.LIFE_S):
            self._keep(frame, len(frame), now)

    def _keep(self, frame, length, now):
        place = self.kept.keep(frame, length, now) if self._is_wanted(frame) else -1
        if place < 0:
            return
        kept = self.kept.frames[place]
        if f.get_id(frame, f.ORIGIN) != self._node.id and f.hops_left(frame):
            f.pass_on(kept, self._node.id)
        f.put_id(kept, f.SENDER, self._node.id)
        self._hurries[place] = _HURRIES
        self._is_due[place] = 0
        self._hurry(now)

    def _is_wanted(self, frame):
        diffusion, topic = self._node.diffusion, f.get_id(frame, f.TOPIC)
        table = diffusion.interests
        if diffusion.wishes.level_of(topic) or not table.is_complete():
            return True
        return table.is_wanted(topic, f.get_id(frame, f.ORIGIN))

    def _hear_offer(self, frame, row, now):
        seen, neighbours = self._node.diffusion.seen, self._node.neighbours
        is_news = False
        at = o.FIRST
        while at < len(frame):  # here and below: a range with a step takes heap
            origin, number = f.get_id(frame, at), f.get_u16(frame, at + 5)
            if origin != self._node.id and not seen.has_met(origin, frame[at + 4], number):
                self._missed.note(frame, at, neighbours.ids[row], neighbours.rssi_dbm[row])
                is_news = True
            at += o.NAME_LEN
        if is_news and self._ask_at == _NOT:
            self._ask_at = ticks_add(now, self._wait_ms())
        if self._lacks_ours(frame, now) or is_news:
            self._hurry(now)
        else:
            self._trickle.hear_consistent()

    def _lacks_ours(self, offer, now):
        """True if something is not named that this node keeps; of each event only so often."""
        is_lacking = False
        for place in range(len(self._hurries)):
            is_told = self._hurries[place] and self.kept.is_alive(place, now)
            if is_told and not o.names(offer, self.kept.frames[place]):
                self._hurries[place] -= 1
                is_lacking = True
        return is_lacking

    def _hear_ask(self, frame, now):
        is_asked = f.get_id(frame, o.ASKED) == self._node.id
        at = o.FIRST
        while at < len(frame):
            self._missed.forget(frame, at)  # the answer will be heard here, too
            place = self.kept.find(frame, at, now) if is_asked else -1
            if place >= 0:
                self._is_due[place] = 1
                if self._send_at == _NOT:
                    self._send_at = now
            at += o.NAME_LEN

    def _write_offer(self, buffer, now):
        f.put_id(buffer, o.ASKED, NOBODY)
        length = o.FIRST
        for place in range(len(self._hurries)):
            if self.kept.is_alive(place, now):
                length = o.copy(buffer, length, self.kept.frames[place], f.ORIGIN)
        return length

    def _write_event(self, out, now):
        """Send one event again; the next one when its share of the channel allows it."""
        self._send_at = _NOT
        for place in range(len(self._is_due)):
            if not self._is_due[place]:
                continue
            self._is_due[place] = 0
            if self.kept.is_alive(place, now):
                out.copy(self.kept.frame(place, now), self.kept.lengths[place])
                self.repaired += 1
                step_us = _SHARE * (self._around + 1) * self._link.airtime_us(out.length)
                self._send_at = ticks_add(now, step_us // 1000 + 1)
                return True
        return False

    def _hurry(self, now):
        least_ms = self._least_ms()
        self._trickle.hear_news(least_ms, least_ms * _DOUBLINGS, now)

    def _wait_ms(self):
        airtime_ms = self._link.airtime_us(f.MTU) // 1000 + 1
        return self._dice.randrange(_WAIT_AIRTIMES * (self._around + 1) * airtime_ms)

    def _least_ms(self):
        return max(_LEAST_MS, _LEAST_AIRTIMES * (self._link.airtime_us(f.MTU) // 1000 + 1))


def _is_due(instant, now):
    return instant != _NOT and ticks_diff(now, instant) >= 0


def _sooner(instant, other):
    return instant if instant != _NOT and ticks_diff(instant, other) < 0 else other
