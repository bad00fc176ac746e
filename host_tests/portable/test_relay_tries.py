"""How often a relay repeats an event, and for whom."""

from fakes import RING_STARTS
from fast_relay import add, hears_all, relay, send, sendings, waits
from skein.relay import INITIAL_FANOUT, MAX_FANOUT, MOST_TRIES, TRIES
from skein.ticks import ticks_diff


def test_an_event_is_sent_three_times_and_each_wait_is_twice_the_last():
    for start in RING_STARTS:
        made = relay()
        spread_ms = made.spread_ms()
        add(made, now=start)
        assert sendings(made, start, 2000) == [0, 2 * spread_ms, 6 * spread_ms]
        assert (made.retries, made.gave_up, len(made.queue)) == (2, 1, 0)


def test_once_some_have_it_they_serve_those_that_others_served_before():
    made = relay(neighbours=10)
    hears_all(made, waits(made, 0))
    slot = add(made, 2)
    send(made, 0)
    for row in range(INITIAL_FANOUT):
        assert made.queue.is_held(slot)
        made.hear_again(slot, row)
    assert not made.queue.is_held(slot)


def test_a_neighbour_that_nobody_else_was_seen_to_serve_is_served_to_the_end():
    made = relay(neighbours=10)
    slot = waits(made, 0)
    for row in range(9):
        made.hear_again(slot, row)
    send(made, 0)  # row 9 had nothing before this node spoke
    made.cover(slot, 9)
    slot = add(made, 2)
    send(made, 0)
    for row in range(9):
        made.hear_again(slot, row)
    assert made.queue.is_held(slot)
    made.hear_again(slot, 9)
    assert not made.queue.is_held(slot)


def test_a_sign_that_others_serve_a_neighbour_lasts_for_fifteen_messages():
    made = relay(neighbours=10)
    hears_all(made, waits(made, 0))
    for number in range(16):
        slot = add(made, 100 + number)
        send(made, 0)
        for row in range(INITIAL_FANOUT):
            made.hear_again(slot, row)
        assert made.queue.is_held(slot) == (number == 15), number
        made.queue.sent(slot)


def test_the_origin_of_a_message_is_served_by_nobody_by_that():
    made = relay(neighbours=2)
    slot = add(made, 1, origin=100)
    made.schedule(slot, 0, 0)  # by the origin itself
    assert not made._served[0]
    made.schedule(slot, 1, 0)
    assert made._served[1]


def test_who_loses_much_waits_for_more_and_tries_longer():
    made = relay(neighbours=10)
    assert (made._fanout(), made._most_tries()) == (INITIAL_FANOUT, TRIES)
    for number in range(40):
        slot = add(made, number)
        send(made, 0)
        made.after_send(slot, 0)  # nobody was heard
        made.queue.sent(slot)
    assert (made._fanout(), made._most_tries()) == (MAX_FANOUT, MOST_TRIES)
    for number in range(60):
        slot = add(made, 100 + number)
        send(made, 0)
        for row in range(10):
            made.hear_again(slot, row)
    assert (made._fanout(), made._most_tries()) == (INITIAL_FANOUT, TRIES)


def test_while_much_waits_nothing_is_tried_longer_than_at_little_loss():
    made = relay(neighbours=10, capacity=8)
    made.loss = 255
    for number in range(2):
        add(made, number)
    assert made._most_tries() == MOST_TRIES
    add(made, 2)
    assert made._most_tries() == TRIES


def test_a_wait_grows_by_chance_up_to_twice_itself():
    class HighestRoll:
        def randrange(self, n):
            return n - 1

    made = relay()
    made._dice = HighestRoll()
    slot = add(made)
    send(made, 0)
    assert ticks_diff(made.queue.due_at[slot], 0) == 4 * made.spread_ms() - 1
