"""What a relay of a fast link holds, and when it is done with it."""

from fast_relay import AIRTIME_US, add, relay, send, sendings
from skein.relay import TRIES


def test_the_spread_gives_every_node_around_time_for_two_frames():
    assert relay(3).spread_ms() == (3 + 1) * 2 * AIRTIME_US // 1000
    assert relay(0).spread_ms() == 2 * AIRTIME_US // 1000
    hasty = relay(0)
    hasty._link.each_us = 1
    assert hasty.spread_ms() == 4


def test_an_event_is_done_once_every_neighbour_was_heard_to_have_it():
    made = relay(neighbours=17)
    slot = add(made)
    assert send(made, 0) == slot
    for row in range(17):
        assert made.queue.is_held(slot)
        made.cover(slot, row)
    assert not made.queue.is_held(slot)
    assert (made.retries, made.gave_up) == (0, 0)


def test_an_event_that_all_have_is_still_sent_once_so_that_they_see_it_arrive():
    made = relay()
    slot = add(made)
    for row in range(3):
        made.cover(slot, row)
    assert made.queue.is_held(slot)
    assert send(made, 0) == slot
    assert not made.queue.is_held(slot)


def test_hearing_one_neighbour_many_times_covers_no_other():
    made = relay(neighbours=10)
    slot = add(made)
    send(made, 0)
    for _ in range(10):
        made.cover(slot, 9)
    assert made.queue.is_held(slot)


def test_what_covers_one_event_covers_no_other():
    made = relay(neighbours=10)
    first, second = add(made, 1), add(made, 2)
    send(made, 0)
    send(made, 0)
    for row in range(10):
        made.cover(second, row)
    assert made.queue.is_held(first) and not made.queue.is_held(second)


def test_a_new_event_leaves_alone_what_is_known_of_the_others():
    made = relay()
    first, second = add(made, 1), add(made, 2)
    for row in range(3):
        made.cover(first, row)
        made.cover(second, row)
    add(made, 3)
    for slot in (first, second):
        assert send(made, 0) == slot
        assert not made.queue.is_held(slot)


def test_a_slot_used_again_is_covered_by_nobody_and_has_all_its_tries():
    made = relay(capacity=1)
    add(made, 1)
    assert len(sendings(made, 0, 2000)) == TRIES
    made.loss = 0
    slot = add(made, 2, now=2000)
    for row in range(3):
        made.cover(slot, row)
    send(made, 2000)
    slot = add(made, 3, now=2000)
    send(made, 2000)
    assert made.queue.is_held(slot)
    assert len(sendings(made, 2000, 2000)) == 2


def test_a_newcomer_in_a_row_has_nothing_of_what_its_forerunner_had():
    made = relay(neighbours=10)
    first, second = add(made, 1), add(made, 2)
    for slot in (first, second):
        for row in range(10):
            made.cover(slot, row)
    made.forget_row(9)
    for slot in (first, second):
        assert send(made, 0) == slot
        assert made.queue.is_held(slot)
        made.cover(slot, 9)
        assert not made.queue.is_held(slot)


def test_a_neighbour_that_has_gone_is_waited_for_no_longer():
    made = relay()
    slot = add(made)
    send(made, 0)
    made.cover(slot, 0)
    made.cover(slot, 2)
    made._neighbours.ids[1] = 0
    again_at = made.queue.next_deadline()
    assert send(made, again_at) == slot
    assert not made.queue.is_held(slot)
    assert made.gave_up == 0


def test_a_message_is_found_by_its_origin_epoch_and_number_while_it_is_held():
    made = relay()
    add(made, 5, origin=8, epoch=2)
    slot = add(made, 5, origin=7, epoch=2)
    assert made.find(7, 2, 5) == slot
    for origin, epoch, sequence in ((9, 2, 5), (7, 1, 5), (7, 2, 6)):
        assert made.find(origin, epoch, sequence) == -1
    made.queue.sent(slot)
    assert made.find(7, 2, 5) == -1


def test_a_full_relay_refuses_and_harms_nothing_it_holds():
    made = relay(capacity=1)
    slot = add(made, 1)
    for row in range(3):
        made.cover(slot, row)
    assert add(made, 2) == -1
    send(made, 0)
    assert not made.queue.is_held(slot)


def test_a_copy_overheard_while_waiting_cancels_nothing():
    made = relay()
    slot = add(made)
    made.schedule(slot, 0, 0)
    for row in range(3):
        made.hear_again(slot, row)
    assert (len(made.queue), made.cancelled) == (1, 0)
    assert sendings(made, 0, 2000) == [0]
