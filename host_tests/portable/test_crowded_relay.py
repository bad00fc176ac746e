"""What a node on a slow link does where the channel is much used, and with alarms."""

from fakes import RING_STARTS, LowestRoll
from hearing_lists import LINK, ME, told
from skein import frame as f
from slow_relay import (
    AIRTIME_MS,
    critical,
    event,
    hear,
    heard_by,
    relay,
    sendings,
)


def test_on_a_crowded_channel_only_what_is_critical_is_passed_on():
    made = relay()
    made.share.permille = 1000
    assert not made.takes(event(), 0, 0)
    assert made.takes(critical(), 0, 0)
    assert made.share.gave_way == 1


def test_what_is_critical_is_repeated_once_while_nobody_who_should_passes_it_on():
    for start in RING_STARTS:
        made = relay(2)
        made.backbone.hear(told((ME, LINK), (55, LINK)), 1, start)
        for frame, times in ((event(1), 1), (critical(2), 2)):
            slot = made.add(frame, len(frame), start)
            f.pass_on(made.queue.slots[slot], ME)
            made.cover(slot, 0)
            made.schedule(slot, 0, start)
            assert len(sendings(made, start, 2000)) == times


def test_what_is_heard_counts_as_use_of_the_channel():
    made = relay()
    made.start(0)
    for _ in range(2):
        made.hear_frame(event(2), 0, 100)
    made.poll(4000)
    assert made.share.permille == 1000 * 2 * AIRTIME_MS // 4000 // 4


def test_on_a_crowded_channel_its_own_event_is_sent_once_but_an_alarm_three_times():
    made = relay(1)
    made.backbone.hear(told((ME, LINK), (55, LINK)), 0, 0)
    made.share.permille = 1000
    for frame, times in ((event(1), 1), (critical(2), 3)):
        f.put_id(frame, f.ORIGIN, ME)
        made.add(frame, len(frame), 0)
        assert len(sendings(made, 0, 2000)) == times


class HighestRoll(LowestRoll):
    def randrange(self, n):
        return n - 1


def test_on_a_used_channel_what_is_not_critical_is_spread_over_more_airtimes():
    for permille, airtimes in ((0, 4), (300, 11)):
        made = relay()
        made._dice = HighestRoll()
        made.share.permille = permille
        hear(made, 0)
        assert sendings(made, 0, 9000) == [airtimes * AIRTIME_MS - 1]
    slot = made.add(critical(2), f.PAYLOAD, 0)
    made.schedule(slot, 0, 0)
    assert sendings(made, 0, 9000)[0] == 4 * AIRTIME_MS - 1


def test_a_reserve_passes_on_while_the_channel_is_busy_and_not_full():
    for permille, is_on_duty in ((0, False), (59, False), (60, True), (399, True), (400, False)):
        made = relay(2)
        heard_by(made, 0, 1)
        made.backbone.is_member = False
        made.share.permille = permille
        assert not made.takes(event(1), 0, 0)  # who left by its own judgement is no reserve
        made.backbone.is_reserve = True
        assert made.takes(event(2), 0, 0) == is_on_duty
