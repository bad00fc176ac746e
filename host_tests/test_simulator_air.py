"""Who hears whom: capture, half duplex, carrier sense, and damage done to the air."""

from dataclasses import replace

import pytest
from simulator_stations import STRONG_DBM, World, everybody_hears

from tools.simulator.espnow import espnow_phy
from tools.simulator.lora import lora_phy

SLOT_US = lora_phy().sense_delay_us
AIRTIME_US = lora_phy().airtime_us(56)
QUIET = replace(lora_phy(), outside_busy_share=0.0)


def test_a_decodable_frame_is_heard_when_it_is_over():
    world = World(2, {(0, 1): -131.5})
    world.send(1_000, 0, "a")
    world.engine.run_until(1_000 + AIRTIME_US - 1)
    assert world.stations[1].heard == []
    world.engine.run_until(1_000 + AIRTIME_US)
    assert world.stations[1].heard == ["a"]
    assert world.stations[0].over == 1


def test_a_frame_below_the_sensitivity_is_not_heard():
    world = World(2, {(0, 1): -131.6})
    world.send(0, 0, "a")
    assert world.heard(1) == []


def test_links_are_directed():
    world = World(2, {(0, 1): STRONG_DBM})
    world.send(0, 1, "back")
    assert world.heard(0) == []


@pytest.mark.parametrize("gap_us", [0, 300_000])
def test_two_frames_less_than_6_db_apart_destroy_each_other(gap_us):
    world = World(3, {(0, 2): -100.0, (1, 2): -105.9})
    world.send(0, 0, "strong")
    world.send(gap_us, 1, "weak")
    assert world.heard(2) == []
    assert world.ledger.lost["collision"] == 2


@pytest.mark.parametrize("gap_us", [0, 300_000])
def test_a_frame_6_db_above_another_survives_it_whichever_comes_first(gap_us):
    for first, second in (("strong", "weak"), ("weak", "strong")):
        world = World(3, {(0, 2): -100.0, (1, 2): -106.0})
        sender = {"strong": 0, "weak": 1}
        world.send(0, sender[first], first)
        world.send(gap_us, sender[second], second)
        assert world.heard(2) == ["strong"]


@pytest.mark.parametrize("weak_us", [0, 2_000])
def test_a_frame_that_cannot_be_decoded_spoils_nothing(weak_us):
    world = World(3, {(0, 2): -131.0, (1, 2): -131.6})
    world.send(1_000, 0, "a")
    world.send(weak_us, 1, "too weak")
    assert world.heard(2) == ["a"]


@pytest.mark.parametrize(("early_us", "heard"), [(90, ["a", "b"]), (91, [])])
def test_an_overlap_within_the_slack_does_no_harm(early_us, heard):
    world = World(3, {(0, 2): -100.0, (1, 2): -100.0})
    world.send(0, 0, "a")
    world.send(AIRTIME_US - early_us, 1, "b")
    assert world.heard(2) == heard


def test_without_capture_even_the_stronger_frame_is_lost():
    phy = espnow_phy()
    world = World(3, {(0, 2): -40.0, (1, 2): -90.0}, phy)
    world.send(0, 0, "strong")
    world.send(100, 1, "weak")
    assert world.heard(2) == []
    world = World(3, {(0, 2): -40.0, (1, 2): -90.0}, espnow_phy(capture_db=10.0))
    world.send(0, 0, "strong")
    world.send(100, 1, "weak")
    assert world.heard(2) == ["strong"]


def test_a_node_misses_whole_what_starts_while_it_sends():
    world = World(2, {(0, 1): STRONG_DBM})
    world.send(0, 1, "own")
    world.send(AIRTIME_US - 1_000, 0, "missed")
    assert world.heard(1) == []
    assert world.ledger.lost["sending"] == 1


def test_a_node_that_begins_to_send_loses_what_it_was_receiving():
    world = World(2, everybody_hears(2))
    world.send(0, 0, "lost")
    world.send(1_000, 1, "forced")
    assert world.heard(1) == []


def test_a_missed_frame_still_spoils_others():
    world = World(3, {(0, 2): -100.0, (1, 2): -100.0})
    world.send(0, 2, "own", length_bytes=10)
    world.send(1_000, 0, "missed")
    world.send(400_000, 1, "spoilt")
    assert world.heard(2) == []
    assert world.ledger.lost["collision"] == 1


def test_a_frame_being_decoded_makes_the_channel_busy_after_its_first_instant():
    world = World(2, everybody_hears(2), QUIET)
    world.send(1_000, 0, "a")
    assert not world.looks_busy(1_000, 1)
    assert world.looks_busy(1_001, 1)
    assert not world.looks_busy(1_000 + AIRTIME_US, 1)


def test_a_frame_too_weak_to_decode_is_sensed_one_slot_after_its_begin():
    world = World(2, {(0, 1): -134.5}, QUIET)
    world.send(1_000, 0, "a")
    assert not world.looks_busy(1_000 + SLOT_US - 1, 1)
    assert world.looks_busy(1_000 + SLOT_US, 1)


def test_a_frame_below_the_threshold_is_not_sensed():
    world = World(2, {(0, 1): -134.6}, QUIET)
    world.send(1_000, 0, "a")
    assert not world.looks_busy(1_000 + SLOT_US, 1)


def test_one_look_in_ten_at_a_free_channel_finds_it_busy():
    world = World(1, {})
    busy = sum(world.air.is_busy(0) for _ in range(10_000))
    assert busy == pytest.approx(1_000, abs=120)


def test_busy_time_counts_overlapping_frames_once():
    world = World(3, {(0, 2): -100.0, (1, 2): -100.0})
    world.send(0, 0, "a")
    world.send(AIRTIME_US // 2, 1, "b")
    world.engine.run_until(10_000_000)
    assert world.air.busy_us(2) == AIRTIME_US * 3 // 2
    assert world.air.used_us[2] == 2 * AIRTIME_US


def test_a_cut_closes_one_direction_and_healing_opens_it():
    world = World(2, everybody_hears(2))
    world.air.conditions.cut([(0, 1)])
    world.send(0, 0, "cut")
    world.send(2_000_000, 1, "other way")
    assert world.heard(1) == []
    assert world.heard(0) == ["other way"]
    world.air.conditions.heal()
    world.send(world.engine.now_us, 0, "open")
    assert world.heard(1) == ["open"]


def test_a_partition_closes_only_what_crosses_it():
    world = World(4, everybody_hears(4))
    world.air.conditions.partition([[0, 1], [2]])
    world.send(0, 0, "a")
    assert [world.heard(number) for number in (1, 2, 3)] == [["a"], [], ["a"]]


def test_loss_takes_its_share_of_the_frames():
    world = World(3, everybody_hears(3))
    world.air.conditions.lose(0.3)
    world.air.conditions.lose(1.0, [(0, 2)])
    for number in range(1_000):
        world.send(number * 1_000_000, 0, number)
    world.engine.run_until(2_000_000_000)
    assert len(world.stations[1].heard) == pytest.approx(700, abs=60)
    assert world.stations[2].heard == []


def test_a_jammed_node_hears_nothing_and_finds_the_channel_busy():
    world = World(3, everybody_hears(3), QUIET)
    world.send(0, 0, "under way")
    world.engine.at(1_000, world.air.jam, [1])
    assert world.heard(1) == []
    assert world.looks_busy(world.engine.now_us, 1)
    assert world.heard(2) == ["under way"]
    world.air.jam([1], False)
    world.send(world.engine.now_us, 0, "after")
    assert world.heard(1) == ["after"]


def test_a_station_that_is_off_hears_nothing():
    world = World(2, everybody_hears(2))
    world.air.detach(1)
    world.send(0, 0, "a")
    assert world.heard(1) == []
    assert world.ledger.lost["off"] == 1
