"""The heaps that the queue is compared with do the same work."""

import random

import pytest

from fakes import RING_STARTS
from skein.event_queue import NEVER, EventQueue
from skein.ticks import ticks_add
from skein.turns import LEVELS
from tools.bench.vm.heap_queues import FairHeapQueue

_CAPACITY = 9


class Twins:
    """A queue and its heaps, both asked the same."""

    def __init__(self, dice, start):
        self.queue = EventQueue(_CAPACITY, 250)
        self.heaps = FairHeapQueue(_CAPACITY)
        self.dice = dice
        self.now = start
        self.taken = []  # (slot, entry)

    def push(self, number):
        frame = number.to_bytes(2, "big") + bytes(self.dice.randrange(200))
        due_at = ticks_add(self.now, self.dice.choice((0, 0, self.dice.randrange(400))))
        lives = self.dice.randrange(2)
        ends_at = ticks_add(self.now, self.dice.randrange(60000)) if lives else NEVER
        event = (frame, len(frame), self.dice.randrange(LEVELS), due_at, ends_at)
        assert (self.queue.push(*event) >= 0) == self.heaps.push(*event)

    def take(self):
        slot, entry = self.queue.take(self.now), self.heaps.take(self.now)
        assert (slot < 0) == (entry is None)
        if entry:
            assert bytes(self.queue.slots[slot][: self.queue.lengths[slot]]) == entry[-1]
            self.taken.append((slot, entry))
        return entry is not None

    def finish(self):
        """What was taken is sent or has failed, unless it was given up meanwhile."""
        for slot, entry in self.taken:
            if entry not in self.heaps._taken:
                continue
            if self.dice.randrange(4):
                self.queue.sent(slot)
                self.heaps.sent(entry)
            else:
                due_at = ticks_add(self.now, self.dice.randrange(300))
                self.queue.failed(slot, due_at)
                self.heaps.failed(entry, due_at)
        self.taken.clear()


@pytest.mark.parametrize("start", RING_STARTS)
def test_the_heaps_give_out_what_the_queue_does_in_its_order_and_lose_the_same(start):
    dice = random.Random(start)
    twins = Twins(dice, start)
    given = 0
    for step in range(6000):
        twins.now = ticks_add(twins.now, dice.choice((0, 1, 40, 40, 6000)))
        for _ in range(dice.randrange(4)):
            twins.push(step)
        for _ in range(dice.randrange(3)):
            given += twins.take()
        if dice.randrange(5) == 0:
            twins.queue.expire(twins.now)
            twins.heaps.expire(twins.now)
        assert twins.queue.next_deadline() == twins.heaps.next_deadline()
        twins.finish()
        assert len(twins.queue) == twins.heaps._held
        for counts in ("refused", "displaced", "expired", "longest_wait_ms", "mean_wait_ms"):
            assert getattr(twins.queue, counts) == getattr(twins.heaps, counts), counts
    counters = (twins.queue.refused, twins.queue.displaced, twins.queue.expired)
    assert given > 3000 and all(sum(counts) > 50 for counts in counters)
