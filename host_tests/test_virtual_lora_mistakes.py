"""The mistakes of micropython-lib's driver; who works round them is device/lora_link.py."""

from bare_boards import answer, fleet_of, heard, needs_micropython, start_together

from lora_scripts import SETUP, pair

pytestmark = needs_micropython


def refused(call):
    return answer(SETUP + f"tell(error_of({call}))", lora="sx1262")[0]


def test_the_sx1262_refuses_what_it_cannot_do():
    assert refused("sx1262, dio3_tcxo_millivolts=None") == [
        "RuntimeError",
        "Internal radio Status (2, 0) OpError 0x20",
    ]
    assert refused("sx1262, lora_cfg=dict(CFG, sf=5)") == ["ConfigError", "Invalid lora_cfg sf"]
    assert refused("sx1262, lora_cfg=dict(CFG, tx_ant='PA_BOOST')")[0] == "ConfigError"
    assert refused("sx1262, lora_cfg=dict(CFG, bw=125.0)") == ["KeyError", "125.0"]
    assert refused("sx1276")[0] == "RuntimeError"
    assert refused("sx1262().send, bytes(256)")[0] == "ConfigError"


def test_settings_cannot_change_while_receiving():
    app = """
modem = sx1262()
modem.start_recv(continuous=True)
first = error_of(modem.configure, CFG)
modem.standby()
tell(first, error_of(modem.configure, CFG))
"""
    assert answer(SETUP + app, lora="sx1262") == [["RuntimeError", "Receiving"], None]


def test_without_dio1_an_sx1262_reports_nothing():
    app = """
modem = sx1262(dio1=Pin(14) if ME == 0 else None)
start_together()
if ME:
    tell(packet_of(modem, 500))
else:
    time.sleep_ms(100)
    modem.send(b"hello")
    tell("sent")
"""
    assert pair(app)[1][1] is None


def test_an_empty_packet_is_swallowed():
    app = """
modem = sx1262()
start_together()
if ME:
    tell(packet_of(modem, 300))
else:
    time.sleep_ms(100)
    modem.send(b"")
    tell("sent")
"""
    assert pair(app)[1][1] is None


def test_an_sx1276_that_was_not_told_sends_no_crc_and_eight_symbols():
    app = """
import _lora_chip
cfg = dict(CFG)
del cfg["crc_en"], cfg["preamble_len"]
modem = lora.SX1276(SPI(1), Pin(8), dio0=Pin(26), reset=Pin(12), lora_cfg=cfg)
told_us = modem.get_time_on_air_us(10)
tell(_lora_chip.chip.modem[4], _lora_chip.chip.modem[6], told_us)
"""
    assert answer(SETUP + app, lora="sx1276")[:2] == [8, 0]


def test_twenty_dbm_of_an_sx1276_are_ten_and_its_boost_is_a_key_error():
    app = """
import _lora_chip
powers = []
for dbm in (17, 20):
    sx1276(output_power=dbm)
    powers.append(_lora_chip.chip.power_dbm)
tell(powers, error_of(sx1276, rx_boost=True))
"""
    assert answer(SETUP + app, lora="sx1276") == [[17, 10], ["KeyError", "lna_boost_hf"]]


def test_an_sx1276_reads_wrong_after_a_bad_packet_until_it_listens_anew():
    app = """
modem = sx1276()
start_together()
if ME == 2:
    modem.start_recv(continuous=True)
    texts = []
    until = time.ticks_add(time.ticks_ms(), 1500)
    while time.ticks_diff(until, time.ticks_ms()) > 0:
        p = modem.poll_recv()
        if p is not True:
            texts.append(bytes(p).decode())
            modem.start_recv(continuous=True)
        time.sleep_ms(2)
    tell(modem.crc_errors, texts)
elif ME == 1:
    time.sleep_ms(150)
    modem.send(b"disturbs")
    tell("sent")
else:
    time.sleep_ms(100)
    modem.send(bytes(200))
    time.sleep_ms(300)
    modem.send(b"abc")
    modem.send(b"abc")
    tell("sent")
"""
    assert pair(app, "sx1276", 3)[2][1:] == [1, ["cab", "abc"]]


def test_a_reception_ends_in_time_and_counts_as_a_bad_packet():
    app = """
modem = sx1262()
begun = time.ticks_ms()
got = modem.recv(300)
tell(got, modem.crc_errors, 300 <= time.ticks_diff(time.ticks_ms(), begun))
"""
    assert answer(SETUP + app, lora="sx1262") == [None, 1, True]


def test_a_time_out_beyond_four_minutes_of_an_sx1262_wraps():
    app = """
modem = sx1262()
modem.start_recv(262144 + 100)
time.sleep_ms(200)
tell(modem.is_idle())
"""
    assert answer(SETUP + app, lora="sx1262") == [True]


def test_a_stuck_transmission_is_waited_for_without_end():
    app = """
modem = sx1262()
start_together()
modem.prepare_send(b"hello")
modem.start_send()
time.sleep_ms(500)
tell(modem.poll_send())
"""
    with fleet_of(1, SETUP + app, lora="sx1262") as fleet:
        fleet.air.stick(0)
        start_together(fleet)
        assert heard(fleet) == [[0, True]]
