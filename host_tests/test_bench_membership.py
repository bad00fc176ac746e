"""The benchmark of members and tiers: one small run of each kind."""

from tools.bench.membership_runs import members_of, tiers_of


def test_all_come_to_know_all_and_learn_of_a_death_and_a_goodbye():
    one, two = members_of(4, 10, 3), members_of(4, 10, 3)
    assert one == two
    assert 0 < one.known_ms < 30_000
    assert 5_000 < one.death_ms < 60_000
    assert one.goodbye_ms < one.death_ms
    assert one.losses == 0
    assert 35 <= one.load.beacon_bytes <= 83
    assert 0 < one.load.channel_percent < 5


def test_a_formation_has_a_leader_and_another_one_after_it():
    outcome = tiers_of(8, 0, 3)
    assert 0 < outcome.cells_ms < outcome.formation_ms < 30_000
    assert 0 < outcome.again_ms < 60_000
    assert 65 <= outcome.load.beacon_bytes <= 113


def test_without_a_link_nobody_is_known():
    assert members_of(3, 100, 3).known_ms is None
    assert tiers_of(8, 100, 3).formation_ms is None
