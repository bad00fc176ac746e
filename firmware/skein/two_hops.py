"""Lets a node of a fast link stay silent where others bring everybody around what it would repeat.

Each node tells now and then whom it hears, as on slow links (hearing_frame).  Whoever transmits an
event then brings it, as far as is known, to all who said that they hear that neighbour.  A node
whose neighbours all have it so does not pass it on, and one that has does not wait for them.  On
little power it waits longer, so that others come first.  A copy that was lost is missed by nobody
here: that is left to the repair of missed events.
"""

from micropython import const

from skein import frame as f
from skein import hearing_frame as h
from skein.hearing import Hearing
from skein.path_relay import WIDE, PathRelay
from skein.ticks import ticks_add, ticks_diff
from skein.trickle import Trickle

MAINS = const(3)  # stamina
_LOOK_MS = const(1000)
_LEAST_MS = const(2000)
_DOUBLINGS = const(6)


class TwoHops:
    """What this node knows of who hears whom around it; one of the parts of a Node.

    stamina: 0 for a node whose battery is nearly empty, to MAINS.
    """

    def __init__(self, node, link, dice):
        self._node = node
        self.hearing = Hearing(node.id, node.neighbours)
        self.stamina = MAINS
        self._tell = Trickle(dice)
        self._told = -1
        self._look_at = 0
        self._count = 0
        diffusion = node.diffusion
        self.relay = PruningRelay(diffusion.queue, node.neighbours, link, dice, self)
        self.relay.tuning = diffusion.relay.tuning
        diffusion.relay = self.relay

    def start(self, now: int) -> None:
        self._look_at = now
        self._tell.start(_LEAST_MS, _LEAST_MS << _DOUBLINGS, now)

    def hear_frame(self, frame, row: int, now: int) -> None:
        """A frame arrived that passed `frame.check`, of whatever kind.  row: the sender's."""
        is_list = f.kind_of(frame) == f.HEARING and row >= 0 and h.is_whole(frame)
        if is_list and self.hearing.hear(frame, row):
            self._tell_soon(now)

    def poll(self, now: int) -> None:
        """Look now and then whether there is something new to tell."""
        if ticks_diff(now, self._look_at) >= 0:
            self._look_at = ticks_add(now, _LOOK_MS)
            if self._told != self.hearing.digest():
                self._tell_soon(now)

    def take(self, out, now: int) -> bool:
        """Fill `out` with the list of whom this node hears, if that is due."""
        if not self._tell.poll(now) or not self._node.neighbours.count:
            return False
        frame = out.buffer
        f.put_header(frame, f.HEARING, self._node.mesh, 0)
        f.put_origin(frame, self._node.id, self._node.epoch, self._count)
        self._count = (self._count + 1) & 0xFFFF
        out.length = self.hearing.write(frame)
        frame[h.TOLD] = 0
        self._told = self.hearing.digest()
        return True

    def next_deadline(self, soonest: int) -> int:
        """The instant of the next useful poll, at the latest `soonest`."""
        if ticks_diff(self._look_at, soonest) < 0:
            soonest = self._look_at
        due_at = self._tell.due_at
        return due_at if ticks_diff(due_at, soonest) < 0 else soonest

    def status(self, _now: int) -> dict:
        """What is known, for people."""
        return {
            "both_ways": self.hearing.count_both_ways(),
            "stamina": self.stamina,
            "left_to_others": self.relay.needless,
        }

    def _tell_soon(self, now):
        self._tell.hear_news(_LEAST_MS, _LEAST_MS << _DOUBLINGS, now)


class PruningRelay(PathRelay):
    """The events under way.  two_hops: a TwoHops; the others as for Relay.

    needless: how many events were not passed on since all around had them from others.
    """

    def __init__(self, queue, neighbours, link, dice, two_hops):
        super().__init__(queue, neighbours, link, dice)
        self._two_hops = two_hops
        self.needless = 0

    def cover(self, slot: int, row: int) -> None:
        hearing = self._two_hops.hearing
        start = slot * self._row_bytes
        for at in range(self._row_bytes):
            self._covered[start + at] |= hearing.hearers[row * self._row_bytes + at]
        super().cover(slot, row)

    def schedule(self, slot: int, row: int, now: int) -> None:
        super().schedule(slot, row, now)
        weary = MAINS - self._two_hops.stamina
        if weary:
            wait_ms = weary * self.spread_ms()
            self.queue.set_due(slot, ticks_add(self.queue.due_at[slot], wait_ms))

    def hear_again(self, slot: int, row: int) -> None:
        super().hear_again(slot, row)
        self._leave_if_needless(slot)

    def forget_row(self, row: int) -> None:
        super().forget_row(row)
        self._two_hops.hearing.forget_row(row)

    def _leave_if_needless(self, slot):
        """Pass on no event that all around have from others, if two copies of it were heard.

        Of a single copy its sender does not know yet that it was heard.
        """
        frame = self.queue.slots[slot]
        is_open = self.queue.is_held(slot) and self._others[slot] == WIDE and not self._tries[slot]
        is_event = f.kind_of(frame) == f.EVENT and f.hops_travelled(frame) > 0
        if is_open and is_event and not self._uncovered(slot):
            self.needless += 1
            self.queue.sent(slot)
