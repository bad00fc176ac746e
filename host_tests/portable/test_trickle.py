from fakes import RING_STARTS, Dice, LowestRoll
from skein.ticks import ticks_add, ticks_diff
from skein.trickle import Trickle


class HighestRoll:
    def randrange(self, n):
        return n - 1


def spoken(trickle, start, ms):
    """After how many milliseconds it was time to speak."""
    return [at for at in range(ms) if trickle.poll(ticks_add(start, at))]


def test_each_interval_is_twice_the_last_up_to_the_longest():
    for start in RING_STARTS:
        trickle = Trickle(LowestRoll())
        trickle.start(100, 400, start)
        assert spoken(trickle, start, 1800) == [50, 200, 500, 900, 1300, 1700]


def test_the_moment_lies_in_the_second_half_of_the_interval():
    for dice in (LowestRoll(), HighestRoll(), Dice(3)):
        trickle = Trickle(dice)
        trickle.start(100, 100, 0)
        assert 50 <= ticks_diff(trickle.due_at, 0) < 100


def test_news_begins_the_shortest_interval_and_more_news_in_it_changes_nothing():
    for start in RING_STARTS:
        trickle = Trickle(LowestRoll())
        trickle.start(100, 1600, start)
        assert spoken(trickle, start, 1200) == [50, 200, 500, 1100]
        news_at = ticks_add(start, 1200)
        trickle.hear_news(100, 1600, news_at)
        trickle.hear_news(100, 1600, ticks_add(news_at, 30))
        assert spoken(trickle, news_at, 100) == [50]


def test_redundancy_0_is_never_silenced():
    trickle = Trickle(LowestRoll(), 0)
    trickle.start(100, 100, 0)
    for _ in range(300):
        trickle.hear_consistent()
    assert spoken(trickle, 0, 100) == [50]


def test_who_has_heard_enough_of_the_same_stays_silent_for_that_interval():
    trickle = Trickle(LowestRoll(), 2)
    trickle.start(100, 400, 0)
    trickle.hear_consistent()
    trickle.hear_consistent()
    assert spoken(trickle, 0, 300) == [200]  # the count begins anew with the interval
