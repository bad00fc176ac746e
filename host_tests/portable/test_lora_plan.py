"""What `radio` and `region` allow: frequencies within their band, frames within the dwell."""

from device.lora_airtime import LoRaAirtime
from device.lora_plan import PRESETS, REGIONS, plan
from skein.frame import MTU


def test_semtechs_table_of_time_on_air_is_met():
    # Preamble 8, CRC, explicit header, 4/5, 250 kHz: 20 and 255 bytes in us; here 16 symbols.
    for factor, bytes_us in (
        (7, (28288, 199808)),
        (11, (329728, 2091008)),
        (12, (659456, 4509696)),
    ):
        airtime = LoRaAirtime(factor, 250000, 5)
        longer_us = 8 * airtime.symbol_us
        assert airtime.of(20) - longer_us == bytes_us[0]
        assert airtime.of(255) - longer_us == bytes_us[1]


def test_slow_symbols_leave_out_two_bits():
    airtime = LoRaAirtime(12, 125000, 5)
    assert airtime.of(50) - 8 * airtime.symbol_us == 2301952


def test_every_figure_fits_the_integers_that_cost_no_heap():
    for preset in PRESETS.values():
        airtime = LoRaAirtime(*preset)
        assert 4 * airtime.of(255) < 1 << 30


def test_the_only_channel_of_the_band_with_ten_percent_is_found():
    found, mistake = plan("lora:LONG_FAST", "EU868", "skein")
    assert mistake is None
    assert (found.frequency_hz, found.duty, found.power_dbm) == (869525000, 1000, 27)


def test_a_setting_too_wide_for_the_best_band_goes_to_the_next():
    found, mistake = plan("lora:SHORT_TURBO", "EU868", "skein")
    assert mistake is None
    assert (found.frequency_hz, found.duty, found.power_dbm) == (868250000, 100, 14)


def test_every_plan_stays_within_its_band_and_its_dwell():
    plans = 0
    for region, bands in REGIONS.items():
        for name in PRESETS:
            for mesh in ("skein", "roof", "a"):
                found, mistake = plan("lora:" + name, region, mesh)
                if mistake:
                    continue
                plans += 1
                half_hz = found.bandwidth_hz // 2
                low_khz, high_khz = found.frequency_hz - half_hz, found.frequency_hz + half_hz
                assert any(
                    band[0] * 1000 <= low_khz
                    and high_khz <= band[1] * 1000
                    and band[2] == found.duty
                    for band in bands
                )
                if found.longest_ms:
                    assert found.airtime.of(MTU) <= found.longest_ms * 1000
    assert plans > 200


def test_two_meshes_of_a_wide_band_get_channels_of_their_own():
    one, _ = plan("lora:SHORT_TURBO", "US915", "roof")
    other, _ = plan("lora:SHORT_TURBO", "US915", "skein")
    again, _ = plan("lora:SHORT_TURBO", "US915", "roof")
    assert one.frequency_hz == again.frequency_hz != other.frequency_hz


def test_narrow_settings_are_refused_where_they_would_have_to_hop():
    found, mistake = plan("lora:LONG_FAST", "US915", "skein")
    assert found is None
    assert "LONG_FAST is not allowed in US915" in mistake
    assert "LONG_TURBO, MEDIUM_TURBO, SHORT_TURBO" in mistake


def test_a_frame_longer_than_the_dwell_is_refused():
    found, mistake = plan("lora:LONG_FAST", "AU915", "skein")
    assert found is None and "SHORT_FAST" in mistake
    assert plan("lora:SHORT_FAST", "AU915", "skein")[0].longest_ms == 400


def test_nothing_is_sent_without_a_region():
    for region in ("", "EU", "eu868"):
        found, mistake = plan("lora:LONG_FAST", region, "skein")
        assert found is None
        assert "'region' must be one of AS923" in mistake and "silent" in mistake


def test_an_unknown_setting_is_named_with_the_known_ones():
    for radio in ("lora", "lora:", "lora:LONGFAST", "wifi", "LORA:LONG_FAST"):
        found, mistake = plan(radio, "EU868", "skein")
        assert found is None and "LONG_FAST" in mistake and '"espnow"' in mistake
