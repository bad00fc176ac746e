"""How the two radios get their frames on the air."""

from simulator_stations import World, everybody_hears

from tools.simulator.espnow import espnow_phy
from tools.simulator.frame import Frame
from tools.simulator.lora import LONG_FAST
from tools.simulator.mac import EspNowMac, LoRaMac


def with_macs(world, make):
    """Give each station an access rule and tell it when a frame is over."""
    macs = [make(station.number, station.run) for station in world.stations]
    for station, mac in zip(world.stations, macs, strict=True):
        station.sent = lambda frame, mac=mac: mac.sent()
    return macs


def espnow_world(nodes):
    world = World(nodes, everybody_hears(nodes, -60.0), espnow_phy())
    return world, with_macs(world, EspNowMac)


def test_frames_leave_in_the_order_they_came():
    world, macs = espnow_world(2)
    for number in range(5):
        assert macs[0].send(Frame(50, None, number))
    assert world.heard(1) == [0, 1, 2, 3, 4]


def test_a_full_queue_refuses_and_counts():
    world, macs = espnow_world(2)
    accepted = [macs[0].send(Frame(50, None, number)) for number in range(20)]
    assert accepted == [True] * 16 + [False] * 4
    assert macs[0].refused == 4
    assert len(world.heard(1)) == 16
    assert macs[0].room() == 16


def test_stations_that_wait_for_the_same_frame_to_end_draw_different_slots():
    world, macs = espnow_world(3)
    rounds = 300
    for number in range(rounds):
        at_us = number * 100_000
        world.engine.at(at_us, macs[2].send, Frame(250, None, "long"))
        for mac in macs[:2]:
            world.engine.at(at_us + 1_000, mac.send, Frame(50, None, "short"))
    heard = world.heard(2)
    assert len(heard) > 0.9 * 2 * rounds
    assert world.ledger.lost["collision"] > 0


def test_a_free_channel_is_taken_after_one_gap():
    world, macs = espnow_world(2)
    macs[0].send(Frame(50, None, "a"))
    world.engine.run_until(50 + 936)
    assert world.stations[1].heard == ["a"]


def test_a_switched_off_radio_sends_no_more():
    world, macs = espnow_world(2)
    macs[0].send(Frame(50, None, "a"))
    macs[0].stop()
    assert world.heard(1) == []


def test_lora_waits_for_the_channel_and_then_sends():
    world = World(3, everybody_hears(3))
    macs = with_macs(world, lambda number, run: LoRaMac(number, run, LONG_FAST.slot_us()))
    world.engine.at(0, macs[0].send, Frame(56, None, "first"))
    world.engine.at(100_000, macs[1].send, Frame(56, None, "second"))
    assert world.heard(2) == ["first", "second"]
