"""When a node on a slow link passes on what others would, and when an event is not worth it."""

from fakes import RING_STARTS
from hearing_lists import LINK, ME, told
from skein import frame as f
from slow_relay import AIRTIME_MS, critical, event, hear, heard_by, relay, sendings


def critical_slot(made, row=0, now=0):
    """Hear something CRITICAL; its slot."""
    frame = critical()
    assert made.takes(frame, row, now)
    slot = made.add(frame, len(frame), now)
    made.cover(slot, row)
    made.schedule(slot, row, now)
    return slot


def busy_with_alarms(neighbours):
    """A relay whose channel is used, by an alarm among others."""
    made = relay(neighbours)
    made.share.permille = 300
    made.takes(critical(), 0, 0)
    return made


def beside(neighbours):
    """A relay beside the backbone: the one in row 0 hears it, the others may."""
    made = relay(neighbours)
    made.backbone.is_member = False
    heard_by(made, 0)
    return made


def test_beside_the_backbone_it_steps_in_for_an_alarm_that_somebody_lacks():
    for start in RING_STARTS:
        for lack, airtimes in ((1, 14), (2, 8), (3, 6), (12, 3)):
            made = beside(1 + lack)
            critical_slot(made, 0, start)
            assert sendings(made, start, 2000) == [airtimes * AIRTIME_MS]


def test_beside_the_backbone_it_waits_anew_with_each_copy_and_longer_for_those_that_are_left():
    made = beside(4)
    slot = critical_slot(made)
    assert sendings(made, 0, 40) == []
    made.hear_frame(critical(), 1, 40)
    made.hear_again(slot, 1)
    assert sendings(made, 40, 2000) == [8 * AIRTIME_MS]
    made = beside(3)
    slot = critical_slot(made)
    made.hear_again(slot, 1)
    made.hear_again(slot, 2)
    assert sendings(made, 0, 2000) == []
    assert made.cancelled == 1


def test_beside_the_backbone_other_events_are_left_to_it():
    made = beside(10)
    made.share.permille = 500
    assert hear(made, 0) == -1


def test_while_alarms_are_about_the_backbone_passes_on_what_two_lack_and_repeats_nothing():
    for lack, times in ((1, 0), (2, 1)):
        made = busy_with_alarms(1 + lack)
        hear(made, 0)
        assert len(sendings(made, 0, 2000)) == times
    made = busy_with_alarms(1)
    made.backbone.hear(told((ME, LINK), (55, LINK)), 0, 0)
    made.add(event(2, origin=ME), f.PAYLOAD, 0)
    assert len(sendings(made, 0, 2000)) == 1


def test_while_alarms_are_about_what_comes_from_behind_goes_on():
    made = busy_with_alarms(2)
    made.backbone.is_member = False
    assert not made.takes(event(2), 0, 0)
    assert made.takes(event(3), -1, 0)
    slot = made.add(event(3), f.PAYLOAD, 0)
    made.schedule(slot, -1, 0)
    assert len(sendings(made, 0, 2000)) == 1


def test_beside_the_backbone_an_alarm_is_not_repeated():
    for is_member, times in ((True, 2), (False, 1)):
        made = relay(2)
        made.backbone.is_member = is_member
        made.backbone.hear(told((ME, LINK), (55, LINK)), 1, 0)
        critical_slot(made)
        assert len(sendings(made, 0, 2000)) == times
