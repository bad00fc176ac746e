from fakes import FakeRadio, LowestRoll
from skein import frame as f
from skein.event_queue import EventQueue
from skein.neighbours import Neighbours
from skein.relay import INITIAL_FANOUT, LITTLE, MAX_FANOUT, MOST_TRIES, TRIES, relay_for
from skein.settings import NodeSettings
from skein.tuning import Tuning
from skein.watched_relay import WatchedRelay, watch

LOSSES = range(256)


class Newcomer:
    """A diffusion that does not know yet who wants what, and its table."""

    node = 7

    def __init__(self):
        self.interests = self

    def is_complete(self):
        return False


def relay(neighbours, **asked):
    table = Neighbours(20, 5000)
    for node in range(neighbours):
        table.histories[table.admit(100 + node, 0)] = 1
    settings = NodeSettings(node=7, **asked)
    made = relay_for(settings, EventQueue(20, f.MTU), table, FakeRadio(), LowestRoll())
    made.join(Newcomer())
    return made


def transmissions(made, sequence):
    """How often an event goes that all neighbours have as soon as this node has spoken."""
    frame = bytearray(f.PAYLOAD)
    f.put_origin(frame, 7, 0, sequence)
    slot = made.add(frame, len(frame), 0)
    count = now = 0
    while made.queue.is_held(slot):
        if made.queue.take(now) >= 0:
            count += 1
            made.after_send(slot, now)
            for row in range(made._neighbours.count):
                made.hear_again(slot, row)
        now += 1
    return count


def test_without_such_settings_a_relay_is_not_tuned():
    assert relay(3).tuning is None
    assert relay(3, max_fanout=9).tuning


def test_a_tuning_that_says_nothing_else_is_what_the_relay_does_by_itself():
    own, tuned, said = relay(3), relay(3), relay(3)
    tuned.tuning = Tuning({})
    said.tuning = Tuning({"initial_fanout": INITIAL_FANOUT, "redundancy_factor": 100})
    for loss in LOSSES:
        own.loss = tuned.loss = said.loss = loss
        assert own._fanout() == tuned._fanout() == said._fanout(), loss
        assert own._most_tries() == tuned._most_tries() == said._most_tries(), loss


def test_fan_out_lies_between_the_initial_and_the_maximum():
    for initial, most in ((1, 1), (2, 5), (4, 32)):
        fanouts = [
            Tuning({"initial_fanout": initial, "max_fanout": most}).fanout(loss) for loss in LOSSES
        ]
        assert fanouts == sorted(fanouts)
        assert fanouts[0] == initial and fanouts[255] == min(most, initial + 10)


def test_an_initial_fan_out_above_the_usual_maximum_is_the_maximum():
    made = Tuning({"initial_fanout": MAX_FANOUT + 3})
    assert made.fanout(0) == made.fanout(255) == MAX_FANOUT + 3


def test_nothing_adapts_while_the_measured_delivery_is_above_the_threshold():
    for percent in (0, 30, 90, 100):
        made = Tuning({"adaptive_threshold": percent})
        for loss in LOSSES:
            is_below = loss > 0 and 256 - loss <= 256 - 256 * (100 - percent) // 100
            assert (made.fanout(loss) > INITIAL_FANOUT) == is_below, (percent, loss)
            assert is_below or made.most_tries(loss) == TRIES, (percent, loss)
        assert made.most_tries(255) == (TRIES if percent == 0 else MOST_TRIES)
    assert LITTLE == 256 * 94 // 1000  # what the settings call 0.9


def test_redundancy_is_how_often_each_event_goes_on_average():
    for percent in (100, 125, 150, 200, 250, 400):
        made = relay(3, redundancy_factor=percent)
        counts = [transmissions(made, sequence) for sequence in range(40, 60)]
        assert sum(counts) == 20 * percent // 100, percent
        assert max(counts) - min(counts) <= 1


def test_redundancy_beyond_the_usual_repetitions_is_still_kept():
    assert Tuning({"redundancy_factor": 350}).most_tries(0) == 4


def test_who_serves_others_is_counted_by_the_tuned_fan_out():
    made = relay(10, initial_fanout=6, max_fanout=6)
    for row in range(10):
        made._served[row] = 16
    frame = bytearray(f.PAYLOAD)
    slot = made.add(frame, len(frame), 0)
    made.after_send(made.queue.take(0), 0)
    for row in range(5):
        made.hear_again(slot, row)
    assert made.queue.is_held(slot)
    made.hear_again(slot, 5)
    assert not made.queue.is_held(slot)


class SlowRadio(FakeRadio):
    is_slow = True
    slot_us = 1000


class OneNode:
    def __init__(self, made):
        self.neighbours = made._neighbours
        self.diffusion = self
        self.queue, self.relay = made.queue, made


def test_a_relay_that_is_watched_stays_tuned():
    made = relay(3, initial_fanout=2)
    node = OneNode(made)
    watch(node, FakeRadio(), LowestRoll(), None)
    assert isinstance(node.relay, WatchedRelay) and node.relay.tuning is made.tuning


def test_a_slow_link_has_a_relay_of_its_own_that_nothing_tunes():
    settings = NodeSettings(node=7, max_fanout=9)
    made = relay_for(
        settings, EventQueue(4, f.MTU), Neighbours(4, 5000), SlowRadio(), LowestRoll()
    )
    assert made.tuning is None
