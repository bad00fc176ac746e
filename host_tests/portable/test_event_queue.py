from fakes import RING_STARTS
from skein.event_queue import EventQueue
from skein.ticks import ticks_add, ticks_diff
from skein.turns import CRITICAL, HIGH, LOW, NORMAL


def queue(capacity=8):
    return EventQueue(capacity, 250)


def push(q, priority, mark=0, length=50, **times):
    times.setdefault("due_at", 0)
    return q.push(bytearray([mark] * length), length, priority, **times)


def take_all(q, now=0):
    """(priority, mark) of everything that is ready, in the order of its turn."""
    taken = []
    slot = q.take(now)
    while slot >= 0:
        taken.append((q.priorities[slot], q.slots[slot][0]))
        q.sent(slot)
        slot = q.take(now)
    return taken


def test_within_a_level_the_oldest_goes_first():
    for priority in (CRITICAL, HIGH, NORMAL, LOW):
        q = queue()
        for mark in range(8):
            push(q, priority, mark)
        assert [mark for _, mark in take_all(q)] == list(range(8))


def test_arrival_order_survives_a_slot_being_used_again():
    q = queue(3)
    for mark in (1, 2, 3):
        push(q, LOW, mark)
    q.sent(q.take(0))
    push(q, LOW, 4)
    assert [mark for _, mark in take_all(q)] == [2, 3, 4]


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


def test_an_event_is_not_ready_before_it_is_due():
    for start in RING_STARTS:
        q = queue()
        push(q, HIGH, due_at=ticks_add(start, 40))
        now = start
        for _ in range(39):
            now = ticks_add(now, 1)
            assert q.take(now) == -1
        assert q.next_deadline() == ticks_add(now, 1)
        assert q.take(ticks_add(now, 1)) >= 0


def test_a_taken_event_stays_until_it_is_sent():
    q = queue()
    push(q, HIGH, 1)
    slot = q.take(0)
    assert q.is_held(slot) and len(q) == 1
    assert q.take(0) == -1
    q.sent(slot)
    assert len(q) == 0


def test_a_failed_event_returns_to_its_old_place():
    q = queue()
    push(q, HIGH, 1)
    push(q, HIGH, 2)
    q.failed(q.take(0), 10)
    assert [mark for _, mark in take_all(q, 0)] == [2]
    push(q, HIGH, 3)
    assert [mark for _, mark in take_all(q, 10)] == [1, 3]


def test_a_full_queue_gives_up_the_oldest_of_the_lowest_level():
    q = queue(4)
    for priority, mark in ((NORMAL, 1), (LOW, 2), (LOW, 3), (HIGH, 4)):
        push(q, priority, mark)
    assert push(q, NORMAL, 5) >= 0
    assert sorted(mark for _, mark in take_all(q)) == [1, 3, 4, 5]
    assert q.displaced[LOW] == 1


def test_a_full_queue_refuses_what_is_not_above_anything_in_it():
    q = queue(2)
    push(q, LOW)
    push(q, LOW)
    assert push(q, LOW) == -1
    assert q.refused[LOW] == 1
    assert len(q) == 2


def test_critical_is_never_a_victim_and_a_full_queue_of_it_refuses_aloud():
    q = queue(2)
    push(q, CRITICAL, 1)
    push(q, CRITICAL, 2)
    for priority in (CRITICAL, HIGH, NORMAL, LOW):
        assert push(q, priority, 9) == -1
    assert [mark for _, mark in take_all(q)] == [1, 2]
    assert list(q.refused) == [1, 1, 1, 1]


def test_an_event_expires_at_the_end_of_its_life_and_not_before():
    for start in RING_STARTS:
        q = queue()
        push(q, HIGH, ends_at=ticks_add(start, 100))
        now = start
        for left in range(99, 0, -1):
            now = ticks_add(now, 1)
            assert q.expire(now) == 0
            assert q.life_ms(0, now) == left
        assert q.expire(ticks_add(now, 1)) == 1
        assert (len(q), q.expired[HIGH]) == (0, 1)


def test_an_event_without_a_life_never_expires():
    for start in RING_STARTS:
        q = queue()
        slot = push(q, HIGH)
        assert q.life_ms(slot, start) == -1
        assert q.expire(ticks_add(start, 0x1FFFFFFF)) == 0


def test_a_slot_used_again_does_not_inherit_a_life():
    q = queue(1)
    push(q, LOW, ends_at=10)
    q.sent(q.take(0))
    push(q, LOW)
    assert q.expire(1000) == 0


def test_an_event_that_waits_for_weeks_is_ready_all_the_time():
    day_ms = 86400000
    for start in RING_STARTS:
        q = queue()
        push(q, LOW, due_at=start)
        now = start
        for _ in range(20):
            now = ticks_add(now, day_ms)
            q.expire(now)
            assert ticks_diff(q.next_deadline(), now) <= 0
        assert q.take(now) >= 0


def test_the_next_deadline_is_that_of_the_soonest_that_still_waits():
    for start in RING_STARTS:
        q = queue()
        slots = [
            push(q, priority, due_at=ticks_add(start, 10 + priority)) for priority in range(4)
        ]
        assert q.next_deadline() == ticks_add(start, 10)
        q.sent(slots[CRITICAL])
        assert q.next_deadline() == ticks_add(start, 11)
        q.set_due(slots[HIGH], ticks_add(start, 99))
        assert q.next_deadline() == ticks_add(start, 12)
        q.failed(q.take(ticks_add(start, 12)), ticks_add(start, 5))
        assert q.next_deadline() == ticks_add(start, 5)
        for slot in slots:
            q.sent(slot)
        assert q.next_deadline() is None


def test_a_queue_of_250_slots_keeps_its_order():
    q = EventQueue(250, 1)
    for mark in range(250):
        push(q, LOW if mark & 1 else HIGH, mark, 1)
    assert push(q, LOW) == -1
    taken = take_all(q)
    for level in (HIGH, LOW):
        marks = [mark for priority, mark in taken if priority == level]
        assert marks == sorted(marks) and len(marks) == 125


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


def test_how_long_each_level_waited_is_told():
    for start in RING_STARTS:
        q = queue()
        for wait_ms in (80, 160, 8):
            push(q, LOW, due_at=start)
            q.sent(q.take(ticks_add(start, wait_ms)))
        assert (q.longest_wait_ms[LOW], q.longest_wait_ms[HIGH]) == (160, 0)
        assert 8 < q.mean_wait_ms[LOW] < 160


def test_one_that_takes_the_place_of_another_goes_when_that_would_have_gone():
    q = queue()
    slots = [push(q, NORMAL, mark) for mark in (1, 2, 3)]
    q.replace(slots[0], bytearray([9] * 20), 20, 0, 500)
    assert (q.lengths[slots[0]], q.life_ms(slots[0], 100), q.superseded) == (20, 400, 1)
    assert [mark for _, mark in take_all(q)] == [9, 2, 3]
