"""Time on air, path loss and the figures of the two radios, against published tables."""

import pytest

from tools.simulator import SimulatorError
from tools.simulator.espnow import airtime_us as espnow_airtime_us
from tools.simulator.espnow import espnow_phy, rssi_dbm
from tools.simulator.lora import (
    LONG_FAST,
    PRESETS,
    Preset,
    airtime_us,
    lora_phy,
    mean_range_m,
    path_loss_db,
    preset_named,
    sensitivity_dbm,
)

# Preamble 8, 4/5, explicit header, CRC: by (bandwidth in kHz, SF), ms for 10, 50, 100, 255 bytes.
PUBLISHED_MS = {
    (125, 7): (41.2, 97.5, 174.3, 399.6),
    (125, 9): (144.4, 328.7, 554.0, 1250.3),
    (125, 11): (577.5, 1314.8, 2215.9, 5001.2),
    (125, 12): (991.2, 2302.0, 3940.4, 9019.4),
    (250, 8): (36.1, 87.3, 153.9, 353.5),
    (250, 11): (247.8, 575.5, 944.1, 2091.0),
    (250, 12): (495.6, 1151.0, 1970.2, 4509.7),
}


@pytest.mark.parametrize(("setting", "published_ms"), PUBLISHED_MS.items())
def test_lora_airtime_is_that_of_the_published_table(setting, published_ms):
    bandwidth_khz, factor = setting
    preset = Preset("test", bandwidth_khz * 1e3, factor, 1)
    for length, wanted_ms in zip((10, 50, 100, 255), published_ms, strict=True):
        assert airtime_us(length, preset, 8) / 1000 == pytest.approx(wanted_ms, abs=0.06)


@pytest.mark.parametrize(
    ("name", "published_ms"),
    [
        ("LONG_FAST", (477, 723, 1214, 2157)),
        ("SHORT_FAST", (40, 63, 112, 204)),
        ("SHORT_TURBO", (20, 32, 56, 102)),
        ("MEDIUM_FAST", (140, 211, 355, 642)),
        ("LONG_SLOW", (2761, 4334, 7741, 14295)),
    ],
)
def test_presets_have_the_published_airtimes(name, published_ms):
    for length, wanted_ms in zip((32, 64, 128, 255), published_ms, strict=True):
        assert airtime_us(length, PRESETS[name]) / 1000 == pytest.approx(wanted_ms, abs=0.6)


def test_forty_bytes_and_their_header_take_682_ms_and_at_4_9_1042_ms():
    assert airtime_us(56, LONG_FAST) == 681_984
    slower = Preset("4/9", 250e3, 11, 5)
    assert airtime_us(56, slower) / 1000 == pytest.approx(1042.43, abs=0.005)


def test_slots_are_the_published_ones():
    assert LONG_FAST.slot_us() == 28_080
    assert LONG_FAST.slot_us(cad_symbols=8.5) == 77_232


def test_path_loss_and_range_are_the_references():
    assert path_loss_db(1000.0) == pytest.approx(147.85, abs=0.005)
    assert mean_range_m(lora_phy().sensitivity_dbm) == pytest.approx(2013, abs=1)


def test_receiver_figures_are_the_references():
    phy = lora_phy()
    assert (phy.sensitivity_dbm, phy.sense_dbm, phy.noise_dbm) == (-131.5, -134.5, -119.25)
    assert phy.overlap_slack_us == 90


def test_slower_settings_hear_weaker_signals():
    assert sensitivity_dbm(PRESETS["SHORT_FAST"]) == pytest.approx(-121.5)
    assert sensitivity_dbm(PRESETS["LONG_SLOW"]) == pytest.approx(-137.0, abs=0.02)


def test_an_unknown_preset_is_named():
    with pytest.raises(SimulatorError, match="'LONG_FASTER'"):
        preset_named("LONG_FASTER")


def test_espnow_airtime_is_the_published_one():
    assert espnow_airtime_us(32) == 792
    assert espnow_airtime_us(64) == 1_048
    assert espnow_airtime_us(250) == 2_536


def test_espnow_is_just_decodable_at_its_range():
    assert rssi_dbm(80.0, range_m=80.0) == espnow_phy().sensitivity_dbm
    assert rssi_dbm(81.0, range_m=80.0) < espnow_phy().sensitivity_dbm
