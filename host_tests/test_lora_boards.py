"""Every board with a LoRa radio: on the VM, its wiring reaches the driver pin by pin.

The program below stands in for `machine` and `lora`, and writes down what is asked of them.
"""

import json
import subprocess

import pytest
from conftest import RUNTIME

from tools.hardware import boards
from tools.setup import PROJECT
from tools.simulator.lora import PRESETS as SIMULATED
from tools.simulator.lora import airtime_us

RECORDER = """
import json, sys
calls = {}

class Pin:
    OUT, IN = 1, 0
    def __init__(self, number, mode=None, value=None):
        self.number = number
    def __call__(self, value=0):
        return 0

class SPI:
    def __init__(self, number, baudrate, polarity, phase, sck, mosi, miso):
        calls["spi"] = [number, sck.number, mosi.number, miso.number, polarity, phase]
    def write(self, data):
        pass
    def write_readinto(self, data, answer):
        pass

def told(value):
    return getattr(value, "number", value)

class Driver:
    def __init__(self, spi, *pins, **named):
        switch = named.pop("ant_sw")
        calls["switch"] = switch and switch._pin.number
        calls["pins"] = [told(pin) for pin in pins]
        calls["named"] = {name: told(value) for name, value in named.items()}
        calls["driver"] = type(self).__name__
    def calibrate_image(self):
        pass
    def start_recv(self, continuous=False):
        calls["continuous"] = continuous

class AsyncSX1262(Driver):
    pass

class AsyncSX1276(Driver):
    pass

class Module:
    pass

for name, parts in (("machine", (Pin, SPI)), ("lora", (AsyncSX1262, AsyncSX1276))):
    module = sys.modules[name] = Module()
    for part in parts:
        setattr(module, part.__name__, part)

from device import lora_assembly
wiring, settings = json.loads(sys.stdin.read())
mistakes = []
link = lora_assembly.link(settings, wiring, mistakes)
link.start()
print(json.dumps([calls, mistakes]))
"""
SETTINGS = {"radio": "lora:LONG_FAST", "region": "EU868", "mesh": "skein", "tx_power_dbm": None}
WITH_LORA = [name for name in boards.names() if boards.load(name).wiring["LORA"]]
NEEDS_VM = pytest.mark.skipif(isinstance(RUNTIME, str), reason="there is no MicroPython")


def calls_for(wiring, tmp_path, **changes):
    script = tmp_path / "record.py"
    ledger = tmp_path / "skein.airtime"
    setting = f"lora_assembly.LEDGER = {str(ledger)!r}\nwiring, settings ="
    script.write_text(RECORDER.replace("wiring, settings =", setting, 1))
    ran = subprocess.run(
        [*RUNTIME.command, "-X", "heapsize=128k", str(script)],
        input=json.dumps([wiring, {**SETTINGS, **changes}]),
        env={"MICROPYPATH": str(PROJECT / "firmware")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout, ran.stderr
    return json.loads(ran.stdout)


@NEEDS_VM
@pytest.mark.parametrize("name", WITH_LORA)
def test_the_link_is_built_with_the_pins_of_the_board(name, tmp_path):
    wiring = boards.load(name).wiring
    lora = wiring["LORA"]
    calls, mistakes = calls_for(wiring, tmp_path)
    assert mistakes == []
    assert calls["spi"] == [lora["spi"], lora["sck"], lora["mosi"], lora["miso"], 0, 0]
    assert calls["switch"] == lora["rx_enable"]
    assert calls["continuous"] is True
    named = calls["named"]
    assert named["reset"] == lora["reset"]
    assert named["dio1"] == lora["dio1"]
    if lora["chip"] == "sx1262":
        assert calls["driver"] == "AsyncSX1262"
        assert calls["pins"] == [lora["cs"], lora["busy"]]
        assert named["dio2_rf_sw"] == lora["dio2_rf_switch"]
        assert named["dio3_tcxo_millivolts"] == lora["tcxo_millivolts"]
    else:
        assert calls["driver"] == "AsyncSX1276"
        assert calls["pins"] == [lora["cs"]]
        assert named["dio0"] == lora["dio0"]
    assert named["lora_cfg"]["output_power"] == min(27, lora["most_dbm"])


def test_eight_boards_have_a_lora_radio_of_either_kind():
    chips = {boards.load(name).wiring["LORA"]["chip"] for name in WITH_LORA}
    assert (len(WITH_LORA), chips) == (9, {"sx1262", "sx1276"})


@NEEDS_VM
def test_all_that_the_driver_would_only_assume_is_said(tmp_path):
    for name in ("LILYGO_T_BEAM", "HELTEC_V3"):
        calls, _ = calls_for(boards.load(name).wiring, tmp_path)
        settings = calls["named"]["lora_cfg"]
        assert (settings["crc_en"], settings["preamble_len"]) == (True, 16)
        assert settings["syncword"] not in (0x12, 0x2B, 0x34)
        assert (settings["freq_khz"], settings["sf"], settings["bw"]) == (869525, 11, "250")
        assert settings["coding_rate"] == 5
        assert settings.get("tx_ant") == ("PA_BOOST" if name == "LILYGO_T_BEAM" else None)


@NEEDS_VM
def test_power_stays_below_what_region_board_and_user_allow(tmp_path):
    beam, heltec = (boards.load(name).wiring for name in ("LILYGO_T_BEAM", "HELTEC_V3"))

    def power_dbm(wiring, **changes):
        return calls_for(wiring, tmp_path, **changes)[0]["named"]["lora_cfg"]["output_power"]

    assert power_dbm(beam) == 17  # of 20 the driver would make 10
    assert power_dbm(heltec) == 22
    assert power_dbm(heltec, tx_power_dbm=5) == 5
    assert power_dbm(heltec, region="EU433") == 10
    assert power_dbm(heltec, region="JP920") == 10


@NEEDS_VM
def test_without_a_region_or_a_radio_nothing_is_switched_on(tmp_path):
    heltec = boards.load("HELTEC_V3").wiring
    for wiring, changes, word in (
        (heltec, {"region": ""}, "'region' must be one of"),
        (heltec, {"radio": "lora:FASTEST"}, "'radio' must be"),
        (boards.load("ESP32_DEVKITC").wiring, {}, "nothing tells how a LoRa radio is wired"),
        (None, {}, "nothing tells how a LoRa radio is wired"),
    ):
        calls, mistakes = calls_for(wiring, tmp_path, **changes)
        assert calls == {}
        assert len(mistakes) == 1 and word in mistakes[0]


def test_firmware_and_simulator_agree_on_presets_and_time_on_air():
    from device.lora_airtime import PREAMBLE_SYMBOLS, LoRaAirtime  # noqa: PLC0415
    from device.lora_plan import PRESETS  # noqa: PLC0415
    from tools.simulator import lora  # noqa: PLC0415

    assert PREAMBLE_SYMBOLS == lora.PREAMBLE_SYMBOLS
    assert {name for name in SIMULATED if not name.startswith("TINY")} == PRESETS.keys()
    for name, (factor, bandwidth_hz, coding_rate) in PRESETS.items():
        preset = SIMULATED[name]
        assert (factor, bandwidth_hz) == (preset.spreading_factor, preset.bandwidth_hz)
        assert coding_rate == preset.coding_rate + 4
        airtime = LoRaAirtime(factor, bandwidth_hz, coding_rate)
        assert airtime.slot_us == preset.slot_us()
        for length in range(256):
            assert airtime.of(length) == airtime_us(length, preset)
