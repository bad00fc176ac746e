"""The election's benchmark: when a mesh agrees, and what it takes for that."""

from tools.bench import election
from tools.bench.election import agreed_ms, following, outcome_of

ALL = frozenset((0, 1, 2))
FOLLOWS = [(1_000, 0, 0), (2_000, 1, 0), (4_000, 2, 2), (7_000, 2, 0), (9_000, 0, None)]


def test_agreement_is_the_first_instant_at_which_all_follow_one():
    assert agreed_ms(FOLLOWS, ALL, (0, 20_000)) == 7.0
    assert agreed_ms(FOLLOWS, ALL, (3_000, 20_000)) == 4.0


def test_no_agreement_within_the_time_is_none():
    assert agreed_ms(FOLLOWS, ALL, (0, 6_000)) is None
    assert agreed_ms(FOLLOWS, ALL, (9_500, 20_000)) is None


def test_following_a_dead_leader_is_no_agreement():
    assert agreed_ms(FOLLOWS, frozenset((1, 2)), (7_500, 20_000)) is None


def test_whom_each_follows_is_known_for_any_instant():
    assert following(FOLLOWS, 4_000) == {0: 0, 1: 0, 2: 2}


def test_a_mesh_elects_and_elects_again_and_the_same_seed_gives_the_same():
    one, two = outcome_of(3, 10, 4), outcome_of(3, 10, 4)
    assert one == two
    assert 0 < one.leader_ms < 10_000
    assert 0 < one.next_leader_ms < 20_000
    assert one.frames_per_node_s > 0


def test_without_a_link_nobody_agrees():
    outcome = outcome_of(3, 100, 4)
    assert outcome.leader_ms is None
    assert outcome.next_leader_ms is None


def test_a_run_that_never_agreed_is_a_dash_and_counts_as_the_worst():
    assert election._spread([3.0, None, 1.0, 2.0]) == ["2", "–"]
    assert election._spread([float(number) for number in range(1, 101)]) == ["50", "99"]
