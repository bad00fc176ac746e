"""What a virtual board keeps: its flash, NVS, RTC memory; and how its flash is filled."""

import pytest
from bare_boards import answer, fleet_of, heard, needs_micropython

from tools.virtual.fleet import Fleet

pytestmark = needs_micropython


def test_the_root_is_the_flash_and_the_rom_cannot_be_written():
    app = """
import os, sys
rom = error_of(open, "/rom/x", "w")
open("made", "w").close()
os.mkdir("lib")
with open("/lib/there.py", "w") as file:
    file.write("x = 7")
import there
os.rename("/made", "/lib/moved")
os.rename("lib/moved", "made")
lost = error_of(os.rename, "/nothing", "/made")
missing = error_of(os.stat, "/etc")
tell(sorted(os.listdir("/")), os.getcwd(), sys.path, rom[0], there.x, lost, missing)
"""
    with fleet_of(1, app) as fleet:
        fleet.power_on()
        files, cwd, path, *rest = heard(fleet)[0][1:]
        assert (fleet.boards[0].flash / "made").exists()
    assert files == ["lib", "made", "main.py", "rom"]
    assert (cwd, path) == ("/", ["", ".frozen", "/lib", "/rom"])
    assert rest == ["OSError", 7, ["OSError", 2], ["OSError", 2]]


def test_boot_runs_before_main_in_the_same_namespace():
    app = """
import sys
tell(said, __name__, [name for name in sys.modules if name in ("_mount", "_boot")])
"""
    with fleet_of(1, app) as fleet:
        (fleet.boards[0].flash / "boot.py").write_text("said = 'by boot'")
        fleet.power_on()
        assert heard(fleet) == [[0, "by boot", "__main__", []]]


def test_nvs_forgets_what_was_not_committed_and_names_its_errors():
    app = """
import esp32
if machine.reset_cause() == machine.PWRON_RESET:
    store = esp32.NVS("ns")
    store.set_i32("kept", -5)
    store.set_blob("blob", bytes(range(5)))
    store.commit()
    store.set_i32("lost", 1)
    machine.reset()
store = esp32.NVS("ns")
buffer = bytearray(8)
tell(store.get_i32("kept"), store.get_blob("blob", buffer), list(buffer),
     error_of(store.get_i32, "lost"), error_of(store.get_i32, "blob"),
     error_of(store.get_blob, "blob", bytearray(2)), error_of(store.erase_key, "lost"),
     error_of(store.set_i32, "k" * 16, 1), error_of(esp32.NVS, "n" * 16),
     error_of(esp32.NVS("other").get_i32, "kept"))
"""
    missing = ["OSError", -0x1102, "ESP_ERR_NVS_NOT_FOUND"]
    bad_name = ["OSError", -0x1106, "ESP_ERR_NVS_INVALID_NAME"]
    too_short = ["OSError", -0x110C, "ESP_ERR_NVS_INVALID_LENGTH"]
    assert answer(app) == [
        *(-5, 5, [0, 1, 2, 3, 4, 0, 0, 0]),
        *(missing, missing, too_short, missing, bad_name, bad_name, missing),
    ]


def test_rtc_memory_holds_2048_bytes():
    app = """
rtc = machine.RTC()
rtc.memory(bytes(2048))
tell(error_of(rtc.memory, bytes(2049)), len(rtc.memory()))
"""
    assert answer(app) == [["ValueError", "buffer too long"], 2048]


def test_firmware_is_compiled_into_the_flash_and_what_people_edit_is_not(tmp_path):
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").write_text("")
    (tmp_path / "pack" / "part.py").write_text("WHAT = 'compiled'")
    (tmp_path / "main.py").write_text(
        "import json, machine, app\nfrom pack.part import WHAT\n"
        "machine.UART(1).write(json.dumps([WHAT, app.NAME, json.load(open('config.json'))]))"
    )
    own = tmp_path / "own.py"
    own.write_text("NAME = 'own app'")
    with Fleet(2, firmware=tmp_path, app=own, config=lambda number: {"n": number}) as fleet:
        fleet.power_on()
        said = ["compiled", "own app"]
        assert sorted(heard(fleet, 2)) == [[0, *said, {"n": 0}], [1, *said, {"n": 1}]]
        flash = fleet.boards[0].flash
        assert (flash / "pack" / "part.mpy").exists()
        assert not (flash / "pack" / "part.py").exists()


def test_firmware_that_does_not_compile_is_told_with_its_name(tmp_path):
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "wrong.py").write_text("def f(:")
    with pytest.raises(SyntaxError, match=r"pack/wrong\.py"), Fleet(1, firmware=tmp_path):
        pass
