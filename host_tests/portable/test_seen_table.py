from fakes import RING_STARTS
from skein.seen_table import DUPLICATE, NEW, STALE, WINDOW, SeenTable
from skein.ticks import ticks_add


def table(capacity=4, lifetime_ms=1000):
    return SeenTable(capacity, lifetime_ms)


def test_a_message_is_new_once():
    seen = table()
    assert seen.meet(7, 0, 100, 0) == NEW
    assert seen.meet(7, 0, 100, 0) == DUPLICATE


def test_messages_may_arrive_in_any_order_within_the_window():
    seen = table()
    for sequence in (200, 100, 150, 73):
        assert seen.meet(7, 0, sequence, 0) == NEW
    for sequence in (73, 100, 150, 200):
        assert seen.meet(7, 0, sequence, 0) == DUPLICATE


def test_a_message_older_than_the_window_is_stale():
    seen = table()
    seen.meet(7, 0, 1000, 0)
    assert seen.meet(7, 0, 1000 - WINDOW + 1, 0) == NEW
    assert seen.meet(7, 0, 1000 - WINDOW, 0) == STALE


def test_numbers_wrap_without_a_break():
    seen = table()
    for sequence in range(65500, 65536):
        assert seen.meet(7, 0, sequence, 0) == NEW
    for sequence in range(40):
        assert seen.meet(7, 0, sequence, 0) == NEW
    assert seen.meet(7, 0, 65530, 0) == DUPLICATE


def test_a_jump_ahead_forgets_no_more_than_the_window():
    seen = table()
    for sequence in (0, 5000, 5000 + WINDOW + 3):
        assert seen.meet(7, 0, sequence, 0) == NEW
    assert seen.meet(7, 0, 5000 + 10, 0) == NEW
    assert seen.meet(7, 0, 5000, 0) == STALE


def test_a_rebooted_origin_starts_anew_and_its_former_self_is_stale():
    seen = table()
    seen.meet(7, 255, 500, 0)
    assert seen.meet(7, 0, 3, 0) == NEW
    assert seen.meet(7, 255, 501, 0) == STALE
    assert seen.meet(7, 0, 3, 0) == DUPLICATE


def test_an_origin_is_forgotten_after_its_lifetime_and_not_before():
    for start in RING_STARTS:
        seen = table()
        seen.meet(7, 0, 1, start)
        now = start
        for _ in range(999):
            now = ticks_add(now, 1)
            assert seen.expire(now) == 0
        assert seen.meet(7, 0, 1, now) == DUPLICATE
        assert seen.expire(ticks_add(now, 1)) == 1
        assert len(seen) == 0


def test_a_full_table_gives_up_the_origin_that_was_quiet_for_longest():
    for start in RING_STARTS:
        seen = table(capacity=3)
        for at, origin in ((0, 1), (30, 2), (40, 3), (50, 1)):
            seen.meet(origin, 0, 10 + at, ticks_add(start, at))
        assert seen.meet(4, 0, 1, ticks_add(start, 60)) == NEW
        assert seen.evicted == 1
        assert seen.meet(1, 0, 60, ticks_add(start, 60)) == DUPLICATE
        assert seen.meet(3, 0, 50, ticks_add(start, 60)) == DUPLICATE
        assert seen.meet(2, 0, 41, ticks_add(start, 60)) == NEW


def test_an_origin_that_lost_its_row_is_not_heard_twice():
    for start in RING_STARTS:
        seen = table(capacity=2)
        for origin in (1, 2, 3, 4):
            assert seen.meet(origin, 5, 100, ticks_add(start, origin)) == NEW
        for origin in (1, 2):
            assert seen.meet(origin, 5, 100, ticks_add(start, 9)) == STALE
            assert seen.meet(origin, 4, 200, ticks_add(start, 9)) == STALE
        assert seen.evicted == 2  # a replay pushes nobody out
        assert seen.meet(1, 5, 103, ticks_add(start, 10)) == NEW
        assert seen.meet(1, 5, 99, ticks_add(start, 10)) == DUPLICATE
        assert seen.meet(1, 5, 102, ticks_add(start, 10)) == NEW


def test_a_late_copy_is_known_until_twice_as_many_other_origins_as_rows_came_between():
    for others in range(1, 12):
        seen = table(capacity=4)
        seen.meet(1, 0, 7, 0)
        for number in range(others):
            assert seen.meet(100 + number, 0, 7, 1 + number) == NEW
        answer = seen.meet(1, 0, 7, 50)
        assert answer == (DUPLICATE if others < 4 else STALE if others < 8 else NEW)


def test_a_replay_after_the_origin_fell_silent_is_no_news_for_hours():
    for start in RING_STARTS:
        seen = table()
        seen.meet(1, 0, 7, start)
        now = start
        for _ in range(3 * 3600):
            now = ticks_add(now, 1000)
            seen.expire(now)
        assert len(seen) == 0
        assert seen.meet(1, 0, 7, now) == STALE
        assert seen.meet(1, 1, 7, now) == NEW


def test_one_that_left_is_forgotten_in_the_end():
    seen = table(capacity=2)
    seen.meet(1, 200, 7, 0)
    now = 0
    for _ in range(4):
        now = ticks_add(now, 3600000)
        seen.expire(now)
    assert seen.meet(1, 100, 7, now) == NEW


def test_a_flood_from_one_origin_costs_no_other_origin_its_row():
    seen = table()
    seen.meet(1, 0, 1, 0)
    for sequence in range(3000):
        seen.meet(2, 0, sequence, 1)
    assert seen.meet(1, 0, 1, 1) == DUPLICATE
    assert seen.evicted == 0


def test_numbers_that_were_skipped_are_new_when_they_come_late():
    seen = table()
    for sequence in range(WINDOW):
        seen.meet(7, 0, sequence, 0)
    assert seen.meet(7, 0, WINDOW + 3, 0) == NEW
    for sequence in range(WINDOW, WINDOW + 3):
        assert seen.meet(7, 0, sequence, 0) == NEW
    assert seen.meet(7, 0, WINDOW - 1, 0) == DUPLICATE


def test_the_newest_message_of_an_origin_is_known():
    seen = table()
    assert not seen.is_newest(7, 0)
    seen.meet(7, 0, 0xFFFF, 0)
    assert seen.is_newest(7, 0xFFFF)
    seen.meet(7, 0, 1, 0)
    seen.meet(7, 0, 0, 0)
    assert seen.is_newest(7, 1) and not seen.is_newest(7, 0)
    assert not seen.is_newest(8, 1)
