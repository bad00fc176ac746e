"""Passes events on until every neighbour is known to have them.

A radio frame is heard by all around, so hearing a neighbour transmit an event proves that it
has it.

Each node transmits an event once, after a random moment; this is at the same time its
acknowledgement to those who had it before.  Then it waits until it has heard enough neighbours do
the same, and repeats itself, each time after a longer wait, for those who stayed silent.  A
neighbour that has gone is noticed by its beacons, and not here.

Enough are all those that lately had nothing before this node spoke, since they may depend on it,
and so many of the others that these serve each other: four, and up to eight where much is lost.
How much that is shows in how often enough are heard without a repetition.  Where little is lost
there are two repetitions at most, where half is lost seven.

This is the rule of fast links, which the settings can tune; that of slow ones is in
backbone_relay.
"""

from array import array

from micropython import const

from skein import event as e
from skein import frame as f
from skein.event_queue import EventQueue
from skein.fair_shares import FairShares
from skein.ticks import ticks_add
from skein.turns import NORMAL

TRIES = const(3)  # transmissions at 10 % loss: they leave one link in a thousand unserved
MOST_TRIES = const(8)
INITIAL_FANOUT = const(4)  # neighbours that have it serve the others
MAX_FANOUT = const(8)

_DECLARATION_LIFE_MS = const(10000)
_SLOTS_PER_NEIGHBOUR = const(2)  # of airtime, to spread those who pass on the same event
_DOUBLINGS = const(3)  # of the wait
_SMOOTHING = const(8)  # a message weighs 1/8 in what is known of the loss
LITTLE = const(24)  # of 256: so much loss asks for no more tries
PER_TRY = const(12)  # and so much beyond it for one more
PER_FANOUT = const(24)  # of 256: so much loss asks for one neighbour more
_CROWDED = const(4)  # one slot in so many is taken
_SERVED = const(16)  # messages until a sign that others serve a neighbour has lost its worth


class Relay(FairShares):
    """The events under way on one link.

    neighbours: the Neighbours in range.  link: `airtime_us(length)`, the time on the air of a
    frame.  dice: an object with randrange(n).  tuning: a Tuning, where the settings ask for one.
    """

    tuning = None

    def __init__(self, queue: EventQueue, neighbours, link, dice):
        super().__init__(neighbours, link)
        self.queue = queue
        self._dice = dice
        self._row_bytes = (len(neighbours.ids) + 7) // 8
        self._covered = bytearray(queue.capacity * self._row_bytes)
        self._tries = bytearray(queue.capacity)
        self._sequences = array("H", bytes(2 * queue.capacity))
        self._served = bytearray(len(neighbours.ids))  # more than 0: others serve it, too
        self.loss = 0  # of 256
        self.hops_heard_left = 0  # of the copy at hand
        self.cancelled = 0
        self.gave_up = 0
        self.retries = 0

    def add(self, frame, length: int, now: int) -> int:
        """Queue a message that no neighbour is known to have; its slot, or -1 when refused."""
        if f.kind_of(frame) == f.EVENT:
            slot = e.put(self.queue, frame, length, now)
        else:
            ends_at = ticks_add(now, _DECLARATION_LIFE_MS)
            slot = self.queue.push(frame, length, NORMAL, now, ends_at)
        if slot >= 0:
            self._tries[slot] = 0
            self._sequences[slot] = f.get_u16(frame, f.SEQUENCE)
            for at in range(slot * self._row_bytes, (slot + 1) * self._row_bytes):
                self._covered[at] = 0
        return slot

    def find(self, origin: int, epoch: int, sequence: int) -> int:
        """The slot that holds this message, or -1."""
        if not len(self.queue):
            return -1
        for slot in range(len(self._sequences)):
            if self._sequences[slot] == sequence and self.queue.is_held(slot):
                frame = self.queue.slots[slot]
                if frame[f.EPOCH] == epoch and f.get_id(frame, f.ORIGIN) == origin:
                    return slot
        return -1

    def cover(self, slot: int, row: int) -> None:
        """The neighbour in `row` has the event in `slot`: it was heard transmitting it."""
        self._covered[slot * self._row_bytes + (row >> 3)] |= 1 << (row & 7)
        if self._tries[slot] and self._is_enough(slot):
            self._settle(slot)

    def schedule(self, slot: int, row: int, now: int) -> None:
        """Set the moment for passing on what the neighbour in `row`, or -1, was heard with."""
        if row >= 0 and self._neighbours.ids[row] != f.get_id(self.queue.slots[slot], f.ORIGIN):
            self._served[row] = _SERVED
        self.queue.set_due(slot, ticks_add(now, self._dice.randrange(self.spread_ms())))

    def takes(self, frame, row: int, now: int) -> bool:
        """True if this node should pass on what the neighbour in `row`, or -1, was heard with."""
        return True

    def hear_again(self, slot: int, row: int) -> None:
        """A copy of the event in `slot` was overheard.  row: its sender's, or -1."""
        if row >= 0:
            if not self._tries[slot] and not self._has(slot, row):
                self._served[row] = _SERVED
            self.cover(slot, row)

    def forget_row(self, row: int) -> None:
        """A new neighbour took this row: nothing is known of what it has."""
        self._served[row] = 0
        for slot in range(self.queue.capacity):
            self._covered[slot * self._row_bytes + (row >> 3)] &= ~(1 << (row & 7))

    def after_send(self, slot: int, now: int) -> None:
        """The event in `slot` was handed to the radio: done, or due again."""
        self._tries[slot] += 1
        tries = self._tries[slot]
        if tries == 1:
            self._age_signs(slot)
        else:
            self.retries += 1
        if tries == 2:
            self._learn(256 * self._uncovered(slot) // max(1, self._neighbours.count))
        if self._is_enough(slot):
            self._settle(slot)
        elif tries >= self._most_tries():
            self.gave_up += 1
            self.queue.sent(slot)
        else:
            wait_ms = self.spread_ms() << min(tries, _DOUBLINGS)
            self.queue.failed(slot, ticks_add(now, wait_ms + self._dice.randrange(wait_ms)))

    def _most_tries(self) -> int:
        """How often a message is transmitted at most, by what is known of the loss.

        Not more than at little loss while much waits: that may be a flood, and no loss.
        """
        if len(self.queue) * _CROWDED > self.queue.capacity:
            return TRIES
        if self.tuning:
            return self.tuning.most_tries(self.loss)
        return min(MOST_TRIES, TRIES + max(0, self.loss - LITTLE) // PER_TRY)

    def _fanout(self) -> int:
        """How many neighbours that have a message serve those around that others serve, too."""
        if self.tuning:
            return self.tuning.fanout(self.loss)
        return min(MAX_FANOUT, INITIAL_FANOUT + self.loss // PER_FANOUT)

    def spread_ms(self) -> int:
        """Within how many milliseconds the nodes around should spread one event's copies."""
        frames = (self._neighbours.count + 1) * _SLOTS_PER_NEIGHBOUR
        return max(4, frames * self._link.airtime_us(f.MTU // 2) // 1000)

    def _settle(self, slot):
        if self._tries[slot] == 1:
            self._learn(0)
        self.queue.sent(slot)

    def _learn(self, missing):
        self.loss += (missing - self.loss) // _SMOOTHING

    def _is_enough(self, slot):
        if self.tuning and self._tries[slot] < self.tuning.copies(self._sequences[slot]):
            return False
        ids = self._neighbours.ids
        start = slot * self._row_bytes
        covered = uncovered = 0
        for row in range(len(ids)):
            if ids[row] and self._neighbours.histories[row]:
                if self._covered[start + (row >> 3)] & 1 << (row & 7):
                    covered += 1
                elif self._served[row]:
                    uncovered += 1
                else:
                    return False
        return not uncovered or covered >= self._fanout()

    def _uncovered(self, slot):
        count = 0
        for row in range(len(self._served)):
            is_known = self._neighbours.ids[row] and self._neighbours.histories[row]
            if is_known and not self._has(slot, row):
                count += 1
        return count

    def _age_signs(self, slot):
        for row in range(len(self._served)):
            if self._served[row] and not self._has(slot, row):
                self._served[row] -= 1

    def _has(self, slot, row):
        return self._covered[slot * self._row_bytes + (row >> 3)] & 1 << (row & 7)


def relay_for(settings, queue, neighbours, link, dice):
    """The relay that suits the link.  settings: of the node; the others as for Relay."""
    if not link.is_slow:
        from skein.path_relay import PathRelay  # noqa: PLC0415 - it builds on this module

        relay = PathRelay(queue, neighbours, link, dice)
        if settings.relay:
            from skein.tuning import Tuning  # noqa: PLC0415 - here and below: its code takes heap

            relay.tuning = Tuning(settings.relay)  # type: ignore[assignment]
        return relay
    from skein.packing_relay import PackingRelay  # noqa: PLC0415

    return PackingRelay(settings, queue, neighbours, link, dice)
