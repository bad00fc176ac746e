from fakes import RING_STARTS
from skein.channel_share import ChannelShare
from skein.ticks import ticks_add
from skein.turns import CRITICAL, HIGH, LOW


class Radio:
    def airtime_us(self, length):
        return length * 1000 - 1


def busy(permille, start=0, steps=40):
    """A channel that was used so much for a while; when that was."""
    share = ChannelShare(Radio())
    share.start(start)
    now = start
    for _ in range(steps):
        now = ticks_add(now, 4000)
        share.use(4 * permille)
        share.poll(now)
    return share, now


def test_what_is_used_is_known_to_within_a_hundredth():
    for start in RING_STARTS:
        for permille in (0, 250, 990):
            share, _ = busy(permille, start)
            assert abs(share.permille - permille) <= 10


def test_polling_more_often_changes_nothing():
    share = ChannelShare(Radio())
    share.start(0)
    for elapsed in range(160000):
        if elapsed % 1000 == 999:
            share.use(500)
        share.poll(elapsed)
    assert abs(share.permille - 500) <= 10


def test_a_late_poll_is_reckoned_with_the_time_that_has_passed():
    share = ChannelShare(Radio())
    share.start(0)
    for step in range(40):
        share.use(4000)
        share.poll(40000 * (step + 1))
    assert share.permille <= 110


def test_what_is_critical_never_gives_way():
    share, _ = busy(1000)
    assert share.admits(CRITICAL, False)
    assert not share.admits(HIGH, True) and not share.admits(LOW, True)
    assert share.gave_way == 2


def test_a_channel_that_is_not_crowded_is_open_to_all():
    share, _ = busy(500)
    assert share.admits(LOW, True) and share.admits(LOW, False)


def test_while_alarms_are_about_all_else_is_left_to_the_backbone_and_has_to_serve_two():
    for start in RING_STARTS:
        share, now = busy(500, start)
        assert share.least_gain(LOW, True) == 1
        assert share.admits(CRITICAL, True)
        for _ in range(30):
            assert not share.admits(HIGH, False)
            assert share.admits(HIGH, True)
            assert (share.least_gain(HIGH, True), share.least_gain(CRITICAL, True)) == (2, 1)
            now = ticks_add(now, 4000)
            share.use(2000)
            share.poll(now)
        assert share.admits(HIGH, False)
        assert share.least_gain(HIGH, True) == 1


def test_on_a_channel_hardly_used_nothing_yields_to_alarms():
    share, _ = busy(130)
    share.admits(CRITICAL, True)
    assert share.admits(HIGH, False) and share.may_repeat(HIGH)
    assert share.least_gain(HIGH, True) == 1


def test_beside_the_backbone_an_alarm_has_to_serve_the_more_the_more_is_used():
    for permille, least in ((0, 1), (230, 1), (260, 2), (500, 3), (990, 5)):
        assert busy(permille)[0].least_gain(CRITICAL, False) == least


def test_only_alarms_are_repeated_on_a_crowded_channel_and_while_they_are_about():
    share, now = busy(500)
    assert share.may_repeat(LOW)
    assert not busy(700)[0].may_repeat(LOW) and busy(700)[0].may_repeat(CRITICAL)
    share.admits(CRITICAL, True)
    for _ in range(30):
        assert not share.may_repeat(HIGH) and share.may_repeat(CRITICAL)
        now = ticks_add(now, 4000)
        share.use(2000)
        share.poll(now)
    assert share.may_repeat(HIGH)


def test_more_than_all_the_time_counts_as_all_of_it():
    share, _ = busy(5000)
    assert 900 <= share.permille <= 1000


def test_the_more_is_used_the_longer_copies_are_spread_but_not_while_alarms_are_about():
    share, now = busy(500)
    assert (busy(0)[0].more_airtimes(), share.more_airtimes()) == (0, 12)
    share.admits(CRITICAL, True)
    assert share.more_airtimes() == 0
    for _ in range(30):
        now = ticks_add(now, 4000)
        share.use(2000)
        share.poll(now)
    assert share.more_airtimes() == 12
