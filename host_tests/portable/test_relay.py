from fakes import RING_STARTS, LowestRoll
from skein import frame as f
from skein.event_queue import EventQueue
from skein.neighbours import Neighbours
from skein.relay import INITIAL_FANOUT, MAX_FANOUT, MOST_TRIES, TRIES, Relay
from skein.ticks import ticks_add, ticks_diff

AIRTIME_US = 10000


class Radio:
    is_slow = False

    def __init__(self):
        self.each_us = AIRTIME_US

    def airtime_us(self, length):
        return self.each_us


def relay(neighbours=3, capacity=4, rows=20):
    """A relay among so many neighbours, who have the rows from 0 on."""
    table = Neighbours(rows, 5000)
    for node in range(neighbours):
        table.histories[table.admit(100 + node, 0)] = 1
    return Relay(EventQueue(capacity, f.MTU), table, Radio(), LowestRoll())


def add(made, sequence=1, origin=7, epoch=0, now=0):
    frame = bytearray(f.PAYLOAD)
    f.put_origin(frame, origin, epoch, sequence)
    return made.add(frame, len(frame), now)


def send(made, now):
    """Hand what is ready to the radio; its slot, or -1."""
    slot = made.queue.take(now)
    if slot >= 0:
        made.after_send(slot, now)
    return slot


def sendings(made, start, ms):
    """After how many milliseconds something was transmitted."""
    sent = []
    for elapsed in range(ms):
        if send(made, ticks_add(start, elapsed)) >= 0:
            sent.append(elapsed)
    return sent


def test_an_event_is_sent_three_times_and_each_wait_is_twice_the_last():
    for start in RING_STARTS:
        made = relay()
        spread_ms = made.spread_ms()
        add(made, now=start)
        assert sendings(made, start, 2000) == [0, 2 * spread_ms, 6 * spread_ms]
        assert (made.retries, made.gave_up, len(made.queue)) == (2, 1, 0)


def waits(made, now):
    """An event of another node comes by the neighbour in row 0, which keeps it for its turn."""
    slot = add(made, made.retries + 50, now=now)
    made.cover(slot, 0)
    made.schedule(slot, 0, now)
    return slot


def hears_all(made, slot):
    """Every neighbour is heard with it before this node speaks: others serve them, too."""
    for row in range(len(made._served)):
        if made._neighbours.ids[row]:
            made.hear_again(slot, row)
    send(made, 0)


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


def test_a_wait_grows_by_chance_up_to_twice_itself():
    class HighestRoll:
        def randrange(self, n):
            return n - 1

    made = relay()
    made._dice = HighestRoll()
    slot = add(made)
    send(made, 0)
    assert ticks_diff(made.queue.due_at[slot], 0) == 4 * made.spread_ms() - 1


def test_a_copy_overheard_while_waiting_cancels_nothing():
    made = relay()
    slot = add(made)
    made.schedule(slot, 0, 0)
    for row in range(3):
        made.hear_again(slot, row)
    assert (len(made.queue), made.cancelled) == (1, 0)
    assert sendings(made, 0, 2000) == [0]
