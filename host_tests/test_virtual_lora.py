"""LoRa on virtual boards: what the driver documents and what the air does."""

import pytest
from bare_boards import fleet_of, heard, needs_micropython, start_together

from lora_scripts import BOTH, SETUP, pair

pytestmark = needs_micropython


@BOTH
def test_a_packet_arrives_with_its_strength_and_four_times_its_ratio(chip):
    app = f"""
modem = {chip}()
start_together()
if ME:
    p = packet_of(modem)
    tell(bytes(p).decode(), p.rssi, p.snr, p.valid_crc, p.crc_error)
else:
    time.sleep_ms(100)
    modem.send(b"hello")
    tell("sent")
"""
    _, [_, text, rssi, snr, *crc] = pair(app, chip)
    assert (text, crc) == ("hello", [True, False])
    assert -80 <= rssi <= -60
    assert snr == 48


def test_a_frame_lasts_as_long_as_semtech_says():
    app = """
modem = sx1262()
start_together()
begun = time.ticks_ms()
modem.send(bytes(200))
tell(time.ticks_diff(time.ticks_ms(), begun), modem.get_time_on_air_us(200))
"""
    [[_, took_ms, told_us]] = pair(app, count=1)
    assert told_us == 158848 + 8 * 512
    assert told_us // 1000 <= took_ms


@BOTH
def test_two_who_speak_at_once_are_not_heard_and_the_stronger_by_far_is(chip):
    app = f"""
modem = {chip}()
start_together()
if ME == 2:
    got = packet_of(modem, 1000)
    tell(got[0] if got else None)
else:
    time.sleep_ms(200 + 80 * ME)
    modem.send(bytes((ME,)) * 240)
    tell("sent")
"""
    alike = {(0, 2): -70, (1, 2): -71}
    apart = {(0, 2): -70, (1, 2): -90}
    for links, expected in ((alike, None), (apart, 0)):
        with fleet_of(3, SETUP + app, lora=chip) as fleet:
            fleet.air.link([(*ends, dbm) for ends, dbm in links.items()])
            start_together(fleet)
            assert sorted(heard(fleet, 3))[2][1] == expected


def test_who_speaks_hears_nothing_meanwhile():
    app = """
modem = sx1262()
start_together()
modem.start_recv(continuous=True)
if ME:
    modem.send(bytes(200))
else:
    time.sleep_ms(50)
    modem.send(b"short")
got = packet_of(modem, 500)
tell(got is None)
"""
    assert [deaf for _, deaf in pair(app)] == [True, True]


@pytest.mark.parametrize(
    "change",
    [
        '"sf": 8',
        '"bw": "125"',
        '"freq_khz": 868100',
        '"syncword": 0x2B',
    ],
)
def test_another_setting_is_not_heard(change):
    app = f"""
cfg = dict(CFG, **{{{change}}}) if ME else CFG
modem = sx1262(lora_cfg=cfg)
start_together()
if ME:
    tell(packet_of(modem, 500) is None)
else:
    time.sleep_ms(100)
    modem.send(b"hello")
    tell("sent")
"""
    assert pair(app)[1][1] is True


def test_a_busy_radio_keeps_only_the_last_packet():
    app = """
modem = sx1262()
start_together()
if ME:
    modem.start_recv(continuous=True)
    time.sleep_ms(500)
    tell(bytes(modem.poll_recv()).decode(), modem.poll_recv())
else:
    time.sleep_ms(100)
    modem.send(b"first")
    modem.send(b"second")
    tell("sent")
"""
    assert pair(app)[1][1:] == ["second", True]
