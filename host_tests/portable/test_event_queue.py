from fakes import RING_STARTS
from queueing import push, queue, take_all
from skein.event_queue import EventQueue
from skein.ticks import ticks_add, ticks_diff
from skein.turns import CRITICAL, HIGH, LOW, NORMAL


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
