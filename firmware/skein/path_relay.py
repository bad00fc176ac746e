"""Passes on what a single node wants along the ways that lead to it, and nowhere else.

Who declares what it wants says so when it knows nobody else who wants it, and the declaration
shows how many hops off it is.  Each copy of an event for it says how far its sender is, in the
hops that it has left.  Who is nearer passes it on; who is as near does so a little later.  Both
leave it to others who are heard to have done so, and whoever is farther off leaves it at once.
Who has transmitted it repeats itself until somebody nearer does.  What several want, or one at an
unknown distance, goes to all, as Relay does it.
"""

from micropython import const

from skein import frame as f
from skein.relay import Relay
from skein.ticks import ticks_add

_ENOUGH = const(2)  # as near as this node, that took the event over
_MOST_NEARER = const(2)  # a copy with more hops left is one that goes to all
_MORE_TRIES = const(2)  # than for what goes to all: whoever is silent may be the only way
_DOUBLINGS = const(3)  # of the wait

WIDE = const(255)  # instead of how many took it over: it goes to all
_ENDS_HERE = const(254)


class PathRelay(Relay):
    """The events under way on a fast link.  Arguments as for Relay.

    left_to_others: how many events this node did not pass on since they led away from it.
    """

    def __init__(self, queue, neighbours, link, dice):
        super().__init__(queue, neighbours, link, dice)
        self._others = bytearray(queue.capacity)
        self._hops = bytearray(queue.capacity)  # to the wisher
        self.left_to_others = 0

    def join(self, diffusion) -> None:
        """diffusion: what this is the relay of; it is there later than its relay."""
        self._diffusion = diffusion

    def add(self, frame, length: int, now: int) -> int:
        slot = super().add(frame, length, now)
        if slot < 0:
            return slot
        hops = self._hops_to_wisher(frame)
        left = f.hops_left(frame)
        is_own = f.get_id(frame, f.ORIGIN) == self._diffusion.node
        self._others[slot] = WIDE
        if f.kind_of(frame) == f.INTEREST:
            if is_own:
                self._mark_alone(self.queue.slots[slot])
        elif hops < 0:
            if left <= _MOST_NEARER:
                self._others[slot] = _ENDS_HERE
                self._hops[slot] = 0
        elif 0 < hops < left and (is_own or left <= hops + _MOST_NEARER):
            self._others[slot] = 0
            self._hops[slot] = hops
            if is_own:
                self._tell_hops(slot)
        return slot

    def takes(self, frame, row: int, now: int) -> bool:
        if self._hops_to_wisher(frame) < f.hops_left(frame):
            return True
        self.left_to_others += 1
        return False

    def schedule(self, slot: int, row: int, now: int) -> None:
        super().schedule(slot, row, now)
        if self._others[slot] == WIDE:
            return
        is_nearer = f.hops_left(self.queue.slots[slot]) > self._hops[slot]
        self._tell_hops(slot)
        if self._others[slot] == _ENDS_HERE:
            self.queue.set_due(slot, now)
        elif not is_nearer:
            self.queue.set_due(slot, ticks_add(self.queue.due_at[slot], self.spread_ms()))

    def hear_again(self, slot: int, row: int) -> None:
        if self._others[slot] >= _ENDS_HERE:
            super().hear_again(slot, row)
            return
        hops = self.hops_heard_left - 1
        if hops == self._hops[slot] and not self._tries[slot]:
            self._others[slot] += 1
        if hops < self._hops[slot] or self._others[slot] >= _ENOUGH:
            self.cancelled += not self._tries[slot]
            self.queue.sent(slot)

    def after_send(self, slot: int, now: int) -> None:
        if self._others[slot] == WIDE:
            super().after_send(slot, now)
            return
        self._tries[slot] += 1
        tries = self._tries[slot]
        if tries > 1:
            self.retries += 1
        if self._others[slot] == _ENDS_HERE:
            self.queue.sent(slot)
        elif tries >= self._most_tries() + _MORE_TRIES:
            self.gave_up += 1
            self.queue.sent(slot)
        else:
            wait_ms = self.spread_ms() << min(tries, _DOUBLINGS)
            self.queue.failed(slot, ticks_add(now, wait_ms + self._dice.randrange(wait_ms)))

    def _mark_alone(self, declaration):
        """Say of which topics this node knows no other wisher."""
        interests = self._diffusion.interests
        if not interests.is_complete():
            return
        for row in range(declaration[f.ROW_COUNT]):
            at = f.ROWS + row * f.ROW_LEN
            if not interests.is_wanted(f.get_id(declaration, at), self._diffusion.node):
                declaration[at + 4] |= f.ALONE

    def _tell_hops(self, slot):
        frame = self.queue.slots[slot]
        travelled = f.hops_travelled(frame)
        frame[f.HOPS] = travelled | min(self._hops[slot] + 1, f.HOPS_MAX - travelled) << 4

    def _hops_to_wisher(self, frame):
        """Of the only one that wants an event; 0 if that is not known, -1 if it is this node."""
        diffusion = self._diffusion
        interests = diffusion.interests
        if f.kind_of(frame) != f.EVENT or not interests.is_complete():
            return 0
        topic, origin = f.get_id(frame, f.TOPIC), f.get_id(frame, f.ORIGIN)
        if not diffusion.wishes.level_of(topic):
            return interests.hops_to_only(topic, origin)
        return 0 if interests.is_wanted(topic, origin) else -1
