"""Which level's turn it is, also under floods and after long waits."""

from fakes import RING_STARTS
from queueing import push, queue, take_all
from skein.ticks import ticks_add
from skein.turns import CRITICAL, HIGH, LOW, NORMAL


def test_the_most_urgent_goes_first_also_when_asked_for_one():
    q = queue()
    for priority in (LOW, NORMAL, HIGH, CRITICAL):
        push(q, priority)
    assert [priority for priority, _ in take_all(q)] == [CRITICAL, HIGH, NORMAL, LOW]


def test_every_level_alone_gets_the_whole_link():
    for priority in (CRITICAL, HIGH, NORMAL, LOW):
        q = queue()
        for _ in range(8):
            push(q, priority, length=250)
        assert len(take_all(q)) == 8


def test_shares_under_overload_are_by_bytes():
    q = queue(12)
    sizes = {HIGH: 250, NORMAL: 100, LOW: 25}
    served = {HIGH: 0, NORMAL: 0, LOW: 0}
    for priority, size in sizes.items():
        for _ in range(4):
            push(q, priority, length=size)
    for _ in range(6000):
        slot = q.take(0)
        priority = q.priorities[slot]
        served[priority] += q.lengths[slot]
        q.sent(slot)
        push(q, priority, length=sizes[priority])
    total = sum(served.values())
    for priority, share in ((HIGH, 50), (NORMAL, 35), (LOW, 15)):
        assert abs(100 * served[priority] / total - share) < 2


def test_a_level_that_was_idle_has_saved_nothing_up():
    q = queue(12)
    low = 0
    for turn in range(400):
        while list(q.priorities).count(HIGH) < 2:
            push(q, HIGH, length=100)
        while turn >= 300 and list(q.priorities).count(LOW) < 8:
            push(q, LOW, length=100)
        slot = q.take(0)
        low += q.priorities[slot] == LOW
        q.sent(slot)
    assert 18 <= low <= 28  # 15 of 65 parts of a hundred turns


def test_after_a_lull_the_most_urgent_goes_first():
    q = queue()
    for _ in range(50):
        push(q, HIGH)
        take_all(q)
    for priority in (LOW, LOW, HIGH):
        push(q, priority)
    assert take_all(q)[0][0] == HIGH


def test_a_flood_of_critical_leaves_every_ninth_turn_to_the_others():
    q = queue(10)
    push(q, LOW)
    order = []
    for _ in range(20):
        push(q, CRITICAL)
        slot = q.take(0)
        order.append(q.priorities[slot])
        q.sent(slot)
        if LOW in order:
            break
    assert order == [CRITICAL] * 8 + [LOW]


def test_low_goes_soon_when_it_has_waited_for_long_under_any_flood():
    for start in RING_STARTS:
        q = queue(20)
        push(q, LOW, length=200, due_at=start)
        now = ticks_add(start, 30000)
        order = []
        for _ in range(100):
            while len(q) < 18:
                for priority in (CRITICAL, HIGH, NORMAL):
                    push(q, priority, length=21, due_at=now)
            slot = q.take(now)
            order.append(q.priorities[slot])
            q.sent(slot)
        assert LOW in order[:72]


def test_ageing_takes_no_more_than_the_share_of_the_level():
    q = queue(12)
    served = {HIGH: 0, NORMAL: 0, LOW: 0}
    sizes = {HIGH: 30, NORMAL: 60, LOW: 240}
    for _ in range(4):
        for priority, size in sizes.items():
            push(q, priority, length=size)
    for _ in range(6000):
        slot = q.take(40000)  # all have waited for longer than patience lasts
        priority = q.priorities[slot]
        served[priority] += q.lengths[slot]
        q.sent(slot)
        push(q, priority, length=sizes[priority])
    total = sum(served.values())
    for priority, share in ((HIGH, 50), (NORMAL, 35), (LOW, 15)):
        assert abs(100 * served[priority] / total - share) < 2


def test_the_oldest_of_a_level_that_waited_for_long_gives_way_only_to_critical():
    for start in RING_STARTS:
        q = queue(2)
        push(q, LOW, 1, due_at=start)
        push(q, LOW, 2, due_at=ticks_add(start, 1))
        now = ticks_add(start, 30000)
        assert push(q, HIGH, 3, due_at=now) >= 0  # in the place of 2
        assert push(q, NORMAL, 4, due_at=now) == -1
        assert push(q, CRITICAL, 5, due_at=now) >= 0
        assert sorted(mark for _, mark in take_all(q, now)) == [3, 5]
