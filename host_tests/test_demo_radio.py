"""What the demo gives its boards for a LoRa radio."""

import json

import pytest

from tools.setup import SetupError
from tools.virtual.demo_radio import radio_named
from tools.virtual.demo_tally import Tally


def test_espnow_needs_nothing_more():
    radio = radio_named("espnow", 8)
    assert (radio.config_of(0), radio.all_files(), radio.chip, radio.pause_ms) == ({}, {}, None, 0)


def test_a_region_is_chosen_that_allows_the_setting():
    assert radio_named("lora:SHORT_TURBO", 8).config_of(0)["region"] == "US915"
    assert radio_named("lora:LONG_FAST", 8).config_of(0)["region"] == "EU868"


def test_the_app_is_as_slow_as_the_channel_asks():
    fast, slow = radio_named("lora:SHORT_TURBO", 8), radio_named("lora:LONG_FAST", 8)
    assert slow.pause_ms > 10 * fast.pause_ms > 0
    assert slow.settle_s > fast.settle_s > 2
    assert f"_PAUSE_MS = const({slow.pause_ms})" in slow.all_files()["app.py"]
    assert json.loads(slow.all_files()["wiring.json"])["LORA"]["chip"] == slow.chip == "sx1262"


def test_an_unknown_setting_is_told_with_the_known_ones():
    with pytest.raises(SetupError, match="LONG_FAST"):
        radio_named("lora:FASTEST", 8)


def test_mixed_has_islands_of_three_with_two_bridges_each():
    radio = radio_named("mixed", 8)
    assert radio.islands == (range(3), range(3, 6), range(6, 8))
    assert [number for number in range(8) if radio.is_bridge(number)] == [0, 1, 3, 4, 6, 7]
    assert radio.config_of(2) == {} and radio.heap_kb_of(2) == 128
    assert radio.config_of(3) == {"radio": "espnow+lora:SHORT_TURBO", "region": "US915"}
    assert radio.heap_kb_of(3) > radio_named("lora:SHORT_TURBO", 8).heap_kb_of(3)
    assert "mesh.bridge.status()" in radio.all_files()["app.py"]


def test_crossing_again_counts_from_the_kill_to_the_first_event_that_left_the_island():
    tally = Tally(4, 0.0, radio_named("mixed", 4))
    for number in range(4):
        tally.hear(number, ["status", {"id": f"id-{number}", "heap_free": 1}], 1.0)
    tally.hear(1, ["bridge", {"is_at_work": True}], 1.0)
    assert tally.bridge_at_work().number == 1
    tally.hear(2, ["emit", "critical.fire", 1], 2.0)
    tally.note_kill(1, 3.0)
    tally.hear(3, ["got", "critical.fire", "id-2", 1, 900], 3.5)  # it had left before
    tally.hear(2, ["emit", "critical.fire", 2], 4.0)
    tally.hear(0, ["got", "critical.fire", "id-2", 2, 10], 4.1)  # on the island
    assert tally.figures(5.0)["crossing_again_ms"] is None
    tally.hear(3, ["got", "critical.fire", "id-2", 2, 900], 9.0)
    assert tally.figures(10.0)["crossing_again_ms"] == 6000
    assert tally.bridge_at_work() is None
