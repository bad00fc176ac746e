from fakes import RING_STARTS
from skein.merge_guard import MergeGuard
from skein.ticks import ticks_add

PERIOD_MS = 2000


def test_a_link_is_trusted_by_which_two_of_the_last_three_beacons_came():
    guard = MergeGuard()
    for history in (0b11, 0b101, 0b111):
        assert guard.trusts(history)
    for history in (0b1, 0b1001, 0b11111001):
        assert not guard.trusts(history)


def test_each_leader_that_is_lost_soon_after_a_merge_makes_the_next_one_harder():
    guard = MergeGuard()
    asked = []
    for _ in range(6):
        guard.merged(0)
        guard.lost()
        asked.append(guard.needed)
    assert asked == [2, 3, 4, 4, 4, 4]
    assert guard.trusts(0b11111) and not guard.trusts(0b11101111)


def test_a_leader_that_is_lost_without_a_merge_makes_nothing_harder():
    guard = MergeGuard()
    guard.lost()
    assert guard.needed == 1


def test_thirty_two_periods_with_the_leader_take_one_back():
    for start in RING_STARTS:
        guard = MergeGuard()
        for _ in range(2):
            guard.merged(start)
            guard.lost()
        for periods, needed in ((31, 3), (32, 2), (63, 2), (64, 1)):
            guard.heard_beat(PERIOD_MS, ticks_add(start, periods * PERIOD_MS))
            assert guard.needed == needed
        guard.lost()
        assert guard.needed == 1  # its trial is over
