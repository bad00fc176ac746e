"""What the demo gives its boards for a LoRa radio."""

import json

import pytest

from tools.setup import SetupError
from tools.virtual.demo_radio import radio_named


def test_espnow_needs_nothing_more():
    radio = radio_named("espnow", 8)
    assert (radio.config, radio.all_files(), radio.chip, radio.pause_ms) == ({}, {}, None, 0)


def test_a_region_is_chosen_that_allows_the_setting():
    assert radio_named("lora:SHORT_TURBO", 8).config["region"] == "US915"
    assert radio_named("lora:LONG_FAST", 8).config["region"] == "EU868"


def test_the_app_is_as_slow_as_the_channel_asks():
    fast, slow = radio_named("lora:SHORT_TURBO", 8), radio_named("lora:LONG_FAST", 8)
    assert slow.pause_ms > 10 * fast.pause_ms > 0
    assert slow.settle_s > fast.settle_s > 2
    assert f"_PAUSE_MS = const({slow.pause_ms})" in slow.all_files()["app.py"]
    assert json.loads(slow.all_files()["wiring.json"])["LORA"]["chip"] == slow.chip == "sx1262"


def test_an_unknown_setting_is_told_with_the_known_ones():
    with pytest.raises(SetupError, match="LONG_FAST"):
        radio_named("lora:FASTEST", 8)
