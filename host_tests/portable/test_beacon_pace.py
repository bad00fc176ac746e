from fakes import RING_STARTS, LowestRoll
from skein.beacon_pace import BeaconPace
from skein.ticks import ticks_add, ticks_diff


class HighestRoll:
    """Dice that always show the highest side."""

    def randrange(self, n):
        return n - 1


def pace(start, dice=None):
    made = BeaconPace(dice or HighestRoll())
    made.start(start)
    return made


def spoken(beacons, start, ms, news):
    """How many beacons go out while `news` is called once a millisecond."""
    now = start
    count = 0
    for _ in range(ms):
        now = ticks_add(now, 1)
        news(now)
        if beacons.is_due(now):
            beacons.spoke(now, 5000)
            count += 1
    return count


def test_the_first_beacon_is_due_within_the_spread():
    for start in RING_STARTS:
        for dice, wait_ms in ((LowestRoll(), 0), (HighestRoll(), 19)):
            beacons = pace(start, dice)
            assert ticks_diff(beacons.due_at, start) == wait_ms
            assert not beacons.is_due(ticks_add(start, wait_ms - 1))
            assert beacons.is_due(ticks_add(start, wait_ms))


def test_without_news_the_next_beacon_follows_after_the_silence():
    for start in RING_STARTS:
        beacons = pace(start)
        beacons.spoke(start, 300)
        assert not beacons.is_due(ticks_add(start, 299))
        assert beacons.is_due(ticks_add(start, 300))


def test_news_is_passed_on_within_the_spread_and_never_puts_a_beacon_off():
    for start in RING_STARTS:
        beacons = pace(start)
        beacons.spoke(start, 300)
        beacons.pass_on(start)
        assert ticks_diff(beacons.due_at, start) == 19
        beacons.pass_on(ticks_add(start, 10))
        assert ticks_diff(beacons.due_at, start) == 19
        beacons.speak_now(ticks_add(start, 12))
        assert ticks_diff(beacons.due_at, start) == 12


def test_an_answer_waits_until_a_sixteenth_of_a_period_after_the_last_beacon():
    for start in RING_STARTS:
        beacons = pace(start)
        beacons.answer(start)
        assert ticks_diff(beacons.due_at, start) == 19  # it has said nothing yet
        beacons.spoke(start, 2500)
        beacons.answer(ticks_add(start, 30))
        assert ticks_diff(beacons.due_at, start) == 2000 // 16


def test_no_news_true_or_invented_makes_a_node_speak_more_than_sixteen_times_a_period():
    for start in RING_STARTS:
        for verb in ("speak_now", "pass_on"):
            beacons = pace(start)
            news = getattr(beacons, verb)
            assert 14 <= spoken(beacons, start, 1999, news) <= 16
            assert 14 <= spoken(beacons, ticks_add(start, 1999), 2000, news) <= 17


def test_what_was_held_back_is_said_when_the_period_is_over():
    for start in RING_STARTS:
        beacons = pace(start)
        spoken(beacons, start, 1000, beacons.speak_now)
        assert ticks_diff(beacons.due_at, start) == 2000


def test_a_beat_is_passed_on_no_sooner_than_half_a_period_after_the_last_beacon():
    for start in RING_STARTS:
        made = pace(start)
        made.beat_ms = 8000
        made.spoke(start, 10000)
        made.pass_on_beat(ticks_add(start, 100))
        assert ticks_diff(made.due_at, start) == 4000
        made.spoke(start, 10000)
        made.pass_on_beat(ticks_add(start, 4500))
        assert ticks_diff(made.due_at, start) == 4500 + made.spread_ms - 1


def test_a_pace_that_may_say_little_says_little_in_a_period():
    made = pace(0)
    made.most_in_a_period = 2
    assert spoken(made, 0, made.beat_ms, made.speak_now) <= 2 + 1


def test_who_asks_for_ever_is_answered_with_a_quarter_of_what_may_be_said():
    for start in RING_STARTS:
        beacons = pace(start)
        assert spoken(beacons, start, 20000, beacons.answer) <= 10 * (16 // 4 + 1)
