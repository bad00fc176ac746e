"""What a node on a slow link passes on, repeats and repairs."""

from fakes import RING_STARTS
from hearing_lists import LINK, ME, told
from skein import frame as f
from skein import hearing_frame as h
from slow_relay import (
    AIRTIME_MS,
    event,
    hear,
    relay,
    sendings,
)


def test_what_is_passed_on_is_sent_once():
    for start in RING_STARTS:
        made = relay()
        hear(made, 0, start)
        assert len(sendings(made, start, 9000)) == 1
        assert len(made.queue) == 0


def test_it_stays_silent_once_all_who_may_hear_it_have_it():
    made = relay()
    slot = hear(made, 0)
    made.hear_again(slot, 1)
    assert made.cancelled == 0  # the one in row 2 may have it from nobody else
    made.hear_again(slot, 2)
    assert (len(made.queue), made.cancelled) == (0, 1)


def test_who_hears_the_one_that_transmits_has_the_event_too():
    made = relay()
    made.backbone.hear(told((ME, LINK), (101, LINK)), 2, 0)
    slot = hear(made, 0)
    made.hear_again(slot, 1)
    assert made.cancelled == 1  # 102 hears 101


def test_who_does_not_hear_this_node_is_not_waited_for():
    made = relay()
    made.backbone.hear(told((ME, LINK), (55, LINK)), 0, 0)
    made.backbone.hear(told((55, LINK)), 1, 0)
    made.backbone.hear(told((55, LINK)), 2, 0)
    assert hear(made, 0) >= 0
    assert made.cancelled == 1


def test_who_is_heard_by_nobody_it_knows_of_sends_blindly():
    made = relay(1)
    made.backbone.hear(told((55, LINK)), 0, 0)
    hear(made, 0)
    assert made.cancelled == 0
    assert len(sendings(made, 0, 1000)) == 1


def test_who_is_called_sends_although_all_it_knows_of_have_it():
    made = relay(1)
    frame = told((ME, LINK)) + bytes((ME, 0))
    frame[h.PLACE] = 1 << 4
    made.backbone.hear(frame, 0, 0)
    hear(made, 0)
    assert len(sendings(made, 0, 100)) == 1


def test_beside_the_backbone_it_leaves_to_others_what_they_can_hear():
    made = relay()
    made.backbone.is_member = False
    made.backbone.hear(told((ME, LINK)), 0, 0)
    assert hear(made, 0) == -1
    assert made.left_to_others == 1


def test_beside_the_backbone_it_steps_in_for_one_that_others_may_not_hear():
    for start in RING_STARTS:
        made = relay()
        made.backbone.is_member = False
        hear(made, 0, start)
        sent = sendings(made, start, 1000)
        assert sent == [8 * AIRTIME_MS]  # not before the others had a chance
        slot = hear(made, 0, start, sequence=2)
        made.hear_again(slot, 1)
        assert sendings(made, start, 1000) == []


def test_beside_the_backbone_it_steps_in_for_somebody_only():
    made = relay(1)
    made.backbone.is_member = False
    made.cover(hear(made, 0), 0)
    assert (len(made.queue), made.cancelled) == (0, 1)


def test_its_own_event_is_sent_three_times_while_nobody_leads_on():
    for start in RING_STARTS:
        made = relay(1)
        made.backbone.hear(told((ME, LINK), (55, LINK)), 0, start)
        made.add(event(origin=ME), f.PAYLOAD, start)
        assert sendings(made, start, 1000) == [0, 6 * AIRTIME_MS, 18 * AIRTIME_MS]
        assert (made.retries, made.gave_up) == (2, 1)


def test_its_own_event_is_sent_once_when_a_copy_is_heard_or_no_neighbour_leads_on():
    made = relay(1)
    made.backbone.hear(told((ME, LINK), (55, LINK)), 0, 0)
    slot = made.add(event(origin=ME), f.PAYLOAD, 0)
    assert sendings(made, 0, 1) == [0]
    made.hear_again(slot, 0)
    assert sendings(made, 1, 1000) == []
    made.backbone.hear(told((ME, LINK)), 0, 0)
    made.add(event(2, origin=ME), f.PAYLOAD, 0)
    assert sendings(made, 0, 1000) == [0]
