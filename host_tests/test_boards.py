"""The folders in boards/: their schema, what their chips allow, and that a VM can load them."""

import copy
import subprocess
from ast import literal_eval

import pytest
from click.testing import CliRunner
from conftest import RUNTIME

from manifests import Manifest
from tools.cli import main
from tools.hardware import boards, pin_rules
from tools.hardware.chips import CHIPS, named_in
from tools.mpy import compiler
from tools.setup import PROJECT

DRIVERS = {"sx1262": "lora-sx126x", "sx1276": "lora-sx127x"}
EVERY = pytest.mark.parametrize("name", boards.names())


def test_every_board_of_the_list_has_a_folder():
    assert len(boards.names()) == 14
    assert {path.name for path in boards.FOLDER.iterdir() if path.is_dir()} == set(boards.names())


@EVERY
def test_the_wiring_follows_the_schema_and_what_the_chip_allows(name):
    assert pin_rules.faults(boards.load(name).wiring) == []


@EVERY
def test_the_page_names_its_sources_and_says_that_nothing_was_run(name):
    _, sources, doubts = boards.load(name).page.split("\n## ")
    assert sources.startswith("Sources\n\n* `") and sources.count("* ") == sources.count("\n* ")
    assert doubts.startswith("Not verified\n\n* Nothing on this page was run on the board itself.")


@EVERY
def test_board_json_has_micropythons_form_and_agrees_with_the_wiring(name):
    board = boards.load(name)
    expected = {"deploy", "deploy_options", "docs", "features", "images", "mcu", "product"}
    assert board.about.keys() == expected | {"thumbnail", "url", "vendor", "firmware"}
    assert board.about["mcu"] == board.chip.name
    assert int(board.about["deploy_options"]["flash_offset"], 16) == board.chip.image_offset
    assert ("LoRa" in board.about["features"]) == bool(board.wiring["LORA"])
    for text in board.about["deploy"]:
        assert (board.folder / text).exists()


@EVERY
def test_the_manifest_freezes_the_firmware_the_wiring_and_the_drivers(name):
    board = boards.load(name)
    manifest = Manifest(board.folder / "manifest.py")
    firmware = PROJECT / "firmware"
    modules = {str(path.relative_to(firmware)) for path in firmware.glob("*/*.py")}
    assert manifest.files.keys() == modules | {"main.py", "board.py"}
    assert manifest.files["board.py"] == board.source
    lora = board.wiring["LORA"]
    drivers = ["lora-async", DRIVERS[lora["chip"]]] if lora else []
    screen = board.wiring["OLED"]
    if screen and screen["driver"] == "ssd1306":
        drivers.append("ssd1306")
    assert manifest.required == drivers
    assert manifest.included == ["../manifest.py", "$(PORT_DIR)/boards/manifest.py"]


@pytest.mark.skipif(isinstance(RUNTIME, str), reason="there is no MicroPython")
@EVERY
def test_the_wiring_loads_on_the_vm_as_it_does_here(name, tmp_path):
    board = boards.load(name)
    code = compiler.compiled(board.source.read_text(), "board.py").read_bytes()
    (tmp_path / "board.mpy").write_bytes(code)
    program = "import board; print({k: getattr(board, k) for k in dir(board) if k.isupper()})"
    command = [*RUNTIME.command, "-X", "heapsize=32k", "-c", program]
    environment = {"MICROPYPATH": str(tmp_path)}
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert literal_eval(ran.stdout or repr(ran.stderr)) == board.wiring


def broken(**changes):
    """What is found wrong with a T-Beam after changes, such as LORA__cs=5."""
    wiring = copy.deepcopy(boards.load("LILYGO_T_BEAM").wiring)
    for place, value in changes.items():
        part, _, field = place.partition("__")
        if field:
            wiring[part][field] = value
        else:
            wiring[part] = value
    return " | ".join(pin_rules.faults(wiring))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"LORA__cs": 5}, "pin 5 is used 2 times"),
        ({"LORA__cs": 20}, "the ESP32 has no pin 20"),
        ({"LORA__cs": 8}, "LORA.cs: pin 8 belongs to flash"),
        ({"LORA__cs": 16}, "LORA.cs: pin 16 belongs to flash, PSRAM"),
        ({"LORA__cs": 1}, "belongs to flash, PSRAM, USB or the console"),
        ({"LORA__cs": 39}, "LORA.cs: pin 39 is only an input"),
        ({"LORA__cs": 12}, "STRAPPING must name [5, 12]"),
        ({"STRAPPING": ()}, "STRAPPING must name [5]"),
        ({"STRAPPING": (5, 12)}, "STRAPPING must name [5]"),
        ({"LORA__dio0": None}, "with a DIO0"),
        ({"LORA__chip": "sx1262"}, "deaf without BUSY"),
        ({"LORA__chip": "sx1280"}, "chip must be sx1262"),
        ({"LORA__sck": "5"}, "LORA.sck must not be '5'"),
        ({"LORA__led": 5}, "LORA.led is not known"),
        ({"PMU__i2c": 1}, "PMU.i2c names no bus"),
        ({"PMU": None}, "BATTERY.pmu: there is no PMU"),
        ({"BATTERY__pmu": False, "BATTERY__adc": 13}, "cannot be measured beside Wi-Fi"),
        ({"CHIP": "esp8266"}, "CHIP must be one of"),
        ({"COLOUR": 1}, "COLOUR is not known"),
        ({"FLASH_MB": None}, "FLASH_MB must not be None"),
        ({"WIFI_MOST_DBM": 21}, "from 2 to 20"),
    ],
)
def test_bad_wiring_is_refused(changes, words):
    assert words in broken(**changes)


def test_a_field_that_is_missing_is_named():
    wiring = copy.deepcopy(boards.load("HELTEC_V3").wiring)
    del wiring["LORA"]["busy"], wiring["OLED"]
    assert sorted(pin_rules.faults(wiring)) == ["LORA.busy is missing", "OLED is missing"]


def test_the_chip_is_read_from_what_micropython_says_of_its_machine():
    assert named_in("Generic ESP32S3 module with ESP32S3") is CHIPS["esp32s3"]
    assert named_in("LILYGO TTGO LoRa32 with ESP32") is CHIPS["esp32"]
    assert named_in("Raspberry Pi Pico with RP2040") is None


def test_skein_boards_lists_all_and_shows_one():
    listing = CliRunner().invoke(main, ["boards"], env={"COLUMNS": "160"})
    assert listing.exit_code == 0
    assert all(name in listing.output for name in boards.names())
    page = CliRunner().invoke(main, ["boards", "heltec_v3"], env={"COLUMNS": "160"})
    assert "never flash an image" in page.output
    assert "LORA.cs" in page.output
    assert "radio=lora:LONG_FAST region=EU868; sleep" in page.output
    beam = CliRunner().invoke(main, ["boards", "LILYGO_T_BEAM"], env={"COLUMNS": "160"})
    assert "radio=espnow+lora:LONG_FAST" in beam.output  # it has PSRAM, and so the heap for both
    unknown = CliRunner().invoke(main, ["boards", "toaster"])
    assert (unknown.exit_code, unknown.output.count("\n")) == (1, 1)
    assert "there is no board toaster" in unknown.output
