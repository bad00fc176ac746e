"""Leadership summed up from who followed whom."""

from tools.simulator.leaders import leadership_of


def test_without_leaders_there_is_nothing_to_say():
    assert leadership_of([], 3, 10) == {}


def test_time_to_leader_ends_when_all_agree():
    follows = [(1_000, 0, 0), (2_000, 1, 1), (3_000, 1, 0)]
    assert leadership_of(follows, 2, 9_000) == {
        "time_to_leader_ms": 3.0,
        "split_ms": 0.0,
        "changes": 0,
    }


def test_nobody_agrees_for_good_gives_no_time():
    assert leadership_of([(1_000, 0, 0)], 2, 9_000)["time_to_leader_ms"] is None


def test_a_split_lasts_until_it_is_healed():
    agreed = [(0, 0, 0), (0, 1, 0), (0, 2, 0)]
    split = [(5_000, 2, 2), (8_000, 2, 0)]
    result = leadership_of(agreed + split, 3, 20_000)
    assert result["split_ms"] == 3.0
    assert result["changes"] == 2


def test_a_split_still_open_counts_to_the_end():
    follows = [(0, 0, 0), (0, 1, 0), (5_000, 1, 1)]
    assert leadership_of(follows, 2, 20_000)["split_ms"] == 15.0


def test_a_dead_leader_leaves_no_split_behind():
    follows = [(0, 0, 0), (0, 1, 0), (0, 2, 0), (1_000, 0, None), (2_000, 1, 1), (3_000, 2, 1)]
    result = leadership_of(follows, 3, 9_000)
    assert result["split_ms"] == 1.0
    assert result["changes"] == 2


def test_a_change_of_leader_counts_after_a_time_with_none_too():
    agreed = [(0, 0, 1), (0, 1, 1), (0, 2, 1)]
    lost = [(1_000, 0, None), (1_000, 1, None), (1_000, 2, None)]
    found = [(2_000, 0, 0), (2_000, 2, 0), (3_000, 1, 1)]
    assert leadership_of(agreed + lost + found, 3, 9_000)["changes"] == 2
