"""The queue's benchmark: the source's rule as its description has it, and honest shares."""

import pytest

from skein.turns import CRITICAL, HIGH, LEVELS, LOW, NORMAL
from tools.bench.queue_shares import (
    CAPACITY,
    SkeinQueue,
    SourceQueue,
    losses,
    served_events,
    shares_percent,
)

# What the description of the source's rule says that n events are, all levels deep.
DESCRIBED = {1: (0, 0, 1), 2: (1, 0, 1), 3: (1, 1, 1), 5: (2, 1, 2), 10: (5, 3, 2), 20: (10, 7, 3)}


@pytest.mark.parametrize("asked", DESCRIBED)
def test_the_sources_rule_is_restated_as_described(asked):
    queue = SourceQueue(0)
    for level in (HIGH, NORMAL, LOW):
        for _ in range(20):
            queue.push(level, 60)
    taken = [level for level, _ in queue.take(asked)]
    assert tuple(taken.count(level) for level in (HIGH, NORMAL, LOW)) == DESCRIBED[asked]


@pytest.mark.parametrize(("asked", "served"), [(1, 0), (2, 1), (3, 1), (10, 5), (20, 10)])
def test_the_sources_rule_leaves_a_link_half_idle_when_only_high_waits(asked, served):
    assert served_events(SourceQueue, HIGH, asked) == served


def test_the_sources_rule_drains_all_that_is_critical():
    queue = SourceQueue(0)
    for _ in range(7):
        queue.push(CRITICAL, 60)
    assert len(queue.take(2)) == 7


@pytest.mark.parametrize("batch", [1, 10])
def test_skein_shares_by_bytes_whatever_the_sizes(batch):
    shares = shares_percent(SkeinQueue, {HIGH: 30, NORMAL: 100, LOW: 240}, batch)
    assert shares == pytest.approx({HIGH: 50, NORMAL: 35, LOW: 15}, abs=1)


def test_a_queue_of_another_rule_shows_other_shares():
    class Strict(SkeinQueue):
        """Serves in the order of arrival."""

        def take(self, count):
            levels = [level for level in range(LEVELS) if self.waiting(level)]
            slots = self._queue
            taken = []
            for slot in range(slots.capacity):
                if slots.is_held(slot) and slots.priorities[slot] == levels[0]:
                    slots.sent(slot)
                    taken.append((levels[0], slots.lengths[slot]))
                    break
            return taken

    assert shares_percent(Strict, {HIGH: 60, NORMAL: 60, LOW: 60}, 1)[HIGH] == 100


def test_every_event_is_either_held_or_counted_as_lost():
    lost, most = losses(SkeinQueue, 12)
    assert most == CAPACITY
    assert sum(lost.values()) == 12 * LEVELS - CAPACITY
    assert lost[CRITICAL] == 0
    assert losses(SourceQueue, 12) == (dict.fromkeys(range(LEVELS), 0), 12 * LEVELS)
