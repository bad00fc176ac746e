"""What the settings of the relay do in a mesh that loses three frames in ten."""

import functools

from tools.simulator.dice import Dice
from tools.simulator.frame import Message
from tools.simulator.network import Plan, Run
from tools.simulator.placement import Scatter, random_espnow
from tools.simulator.skein_station import Skein
from tools.simulator.traffic import Traffic

NODES, MESSAGES, LOSS = 20, 24, 0.3
LEARNS_FROM = 8  # messages
AREA_M = (150.0, 150.0)
_US = 1_000_000


@functools.cache
def measured(**settings):
    """(share of deliveries, transmissions a message), after some messages to learn the loss."""
    protocol = Skein(None)
    protocol.settings = settings
    protocol.warm_up_us = 5 * _US
    messages = [
        Message(number, number % NODES, number * _US // 2, 40) for number in range(MESSAGES)
    ]
    traffic = Traffic("two a second", tuple(messages), (MESSAGES + 2) * _US // 2)
    topology = random_espnow(Scatter(NODES, AREA_M, True), Dice(3), protocol.phy)
    faults = ((0, lambda run: run.air.conditions.lose(LOSS)),)
    run = Run(Plan(topology, traffic, protocol, 3, {}, protocol.warm_up_us, faults))
    sent, transmitted = [0], run.ledger.transmitted

    def count(transmission):
        message = transmission.frame.message
        sent[0] += message is not None and message.number >= LEARNS_FROM
        transmitted(transmission)

    run.ledger.transmitted = count
    return run.go()["reach_of_reachable_pct"], sent[0] / (MESSAGES - LEARNS_FROM)


def test_a_higher_fan_out_takes_more_transmissions():
    reach, usual = measured()
    _, more = measured(initial_fanout=12)
    assert usual * 3 / 2 < more
    assert reach == 100


def test_redundancy_is_what_each_node_transmits_at_least():
    for percent in (200, 300):
        reach, sent = measured(redundancy_factor=percent)
        assert sent >= NODES * percent / 100
        assert reach == 100
    assert measured()[1] < measured(redundancy_factor=300)[1]


def test_the_threshold_is_the_delivery_below_which_more_is_sent():
    _, never = measured(adaptive_threshold=0)
    _, usual = measured()
    _, at_once = measured(adaptive_threshold=100)
    assert never < usual < at_once
