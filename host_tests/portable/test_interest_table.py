from fakes import RING_STARTS
from skein.ids import topic_id
from skein.interest_table import CRITICAL, HIGH, LOW, MEDIUM, NONE, InterestTable
from skein.ticks import ticks_add


def test_the_levels_are_these_on_the_air():
    assert (NONE, LOW, MEDIUM, HIGH, CRITICAL) == (0, 1, 2, 3, 4)


def test_a_topic_is_wanted_while_another_node_says_so():
    table = InterestTable(4, 100)
    table.put(7, 1, HIGH, 0)
    assert table.is_wanted(7, but_for=2)
    assert not table.is_wanted(7, but_for=1)
    assert not table.is_wanted(8, but_for=2)


def test_a_prefix_is_a_wish_for_every_topic_that_begins_with_it():
    table = InterestTable(4, 100)
    table.put(topic_id("telemetry."), 1, HIGH, 0)
    assert table.is_wanted(topic_id("telemetry.heap"), but_for=2)
    assert table.count(topic_id("telemetry.heap"), 2, 0) == 1
    assert not table.is_wanted(topic_id("telemetry.heap"), but_for=1)
    assert not table.is_wanted(topic_id("anomaly.heap"), but_for=2)
    table.put(topic_id("plain"), 1, HIGH, 0)
    assert not table.is_wanted(topic_id("other"), but_for=2)


def test_a_row_is_forgotten_when_its_lifetime_is_over_and_not_before():
    for start in RING_STARTS:
        table = InterestTable(4, 100)
        table.put(7, 1, HIGH, start)
        now = start
        for _ in range(99):
            now = ticks_add(now, 1)
            assert table.expire(now) == 0
        assert table.is_wanted(7, 2)
        assert table.expire(ticks_add(now, 1)) == 1
        assert not table.is_wanted(7, 2)


def test_renewing_a_row_takes_no_extra_room():
    table = InterestTable(4, 100)
    table.put(7, 1, HIGH, 0)
    table.put(7, 1, LOW, 50)
    assert len(table) == 1
    assert table.expire(149) == 0


def test_what_a_declaration_does_not_repeat_is_withdrawn():
    table = InterestTable(4, 100)
    table.put(7, 1, HIGH, 0)
    table.put(8, 1, HIGH, 0)
    table.put(8, 2, HIGH, 0)
    table.put(7, 1, HIGH, 10)
    table.forget_all_but_renewed(1, 10)
    assert table.is_wanted(7, 3)
    assert not table.is_wanted(8, but_for=2)
    assert table.is_wanted(8, but_for=1)


def test_full_table_gives_up_the_lowest_level_and_of_equals_the_one_that_ends_first():
    # From 90 ms earlier the two that end first stand on either side of the ring's turn.
    for start in [ticks_add(turn, lead) for turn in RING_STARTS for lead in (0, -90)]:
        table = InterestTable(3, 100)
        table.put(1, 9, LOW, start)
        table.put(2, 9, LOW, ticks_add(start, 15))
        table.put(3, 9, HIGH, start)
        assert table.put(4, 9, CRITICAL, ticks_add(start, 20))
        wanted = [table.is_wanted(topic, 0) for topic in (1, 2, 3, 4)]
        assert wanted == [False, True, True, True]
        assert table.evicted == 1


def test_a_flood_of_low_interest_cannot_push_out_what_matters():
    table = InterestTable(2, 100)
    table.put(1, 9, HIGH, 0)
    table.put(2, 9, LOW, 0)
    for topic in range(50, 90):
        assert not table.put(topic, 666, LOW, 1)
    assert table.refused == 40
    assert table.is_wanted(1, 0) and table.is_wanted(2, 0)


def test_a_table_that_lost_something_says_so_for_one_lifetime():
    for start in RING_STARTS:
        table = InterestTable(1, 100)
        table.put(1, 9, HIGH, start)
        assert table.is_complete()
        table.put(2, 9, HIGH, start)
        now = start
        for _ in range(99):
            now = ticks_add(now, 1)
            table.expire(now)
            assert not table.is_complete()
        table.expire(ticks_add(now, 1))
        assert table.is_complete()
