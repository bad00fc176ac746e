"""A virtual board as a piece of hardware: power, resets, memory, files, wires."""

import os
import signal
import time

import pytest
from bare_boards import answer, fleet_of, heard, needs_micropython, wait_until, wait_until_running

from tools.virtual.fleet import Fleet

pytestmark = needs_micropython

# Tells why it started and what it still knows, then counts, and does what it is told.
REMEMBERING = """
import esp32
store = esp32.NVS("test")
rtc = machine.RTC()
try:
    kept = store.get_i32("count")
except OSError:
    kept = None
try:
    file = open("count").read()
except OSError:
    file = None
remembered = kept, rtc.memory().decode(), file
store.set_i32("count", (kept or 0) + 1)
store.commit()
rtc.memory(rtc.memory() + b"x")
with open("count", "a") as out:
    out.write("y")
tell(machine.reset_cause(), *remembered)
while not wire.any():
    time.sleep_ms(2)
exec(wire.read())
time.sleep(60)
"""


def test_each_reset_keeps_and_loses_what_it_does_on_a_chip():
    with fleet_of(1, REMEMBERING) as fleet:
        board = fleet.boards[0]
        board.power_on()
        assert heard(fleet) == [[0, 1, None, "", None]]
        board.write_uart(b"machine.soft_reset()")
        assert heard(fleet) == [[0, 5, 1, "x", "y"]]
        board.write_uart(b"machine.reset()")
        assert heard(fleet) == [[0, 2, 2, "xx", "yy"]]
        board.reset()
        assert heard(fleet) == [[0, 2, 3, "xxx", "yyy"]]
        board.write_uart(b"machine.WDT(timeout=50)")
        assert heard(fleet) == [[0, 3, 4, "xxxx", "yyyy"]]
        board.power_off()
        board.power_on()
        assert heard(fleet) == [[0, 1, 5, "", "yyyyy"]]
        assert (board.resets, board.crashes) == (4, 0)


def test_a_watchdog_that_is_fed_does_not_bite():
    app = """
dog = machine.WDT(timeout=200)
for _ in range(20):
    time.sleep_ms(20)
    dog.feed()
tell(machine.reset_cause(), error_of(machine.WDT, 1), error_of(machine.WDT, 0, 0))
"""
    wrong = [["ValueError", "WDT doesn't exist"], ["ValueError", "WDT timeout too short"]]
    assert answer(app) == [1, *wrong]


def test_a_killed_board_stays_down_and_starts_with_power():
    with fleet_of(1, REMEMBERING) as fleet:
        board = fleet.boards[0]
        board.power_on()
        heard(fleet)
        os.kill(board.pid, signal.SIGKILL)
        wait_until(lambda: not board.is_running, "the end of the board")
        time.sleep(0.1)
        assert not board.is_running
        board.power_on()
        assert heard(fleet)[0][1] == 2
        board.kill()
        assert not board.is_running
        board.power_on()
        assert heard(fleet)[0][1] == 2


def test_a_crashed_board_starts_again_by_itself():
    with fleet_of(1, REMEMBERING) as fleet:
        board = fleet.boards[0]
        board.power_on()
        heard(fleet)
        os.kill(board.pid, signal.SIGSEGV)
        assert heard(fleet)[0][1] == 2
        assert board.crashes == 1


def test_booting_takes_its_time_and_can_be_interrupted_by_the_power_switch():
    with fleet_of(1, 'tell("up")', boot_ms=300) as fleet:
        board = fleet.boards[0]
        started = time.monotonic()
        board.power_on()
        board.power_off()
        board.power_on()
        wait_until_running(board)
        assert time.monotonic() - started >= 0.3
        heard(fleet)
        assert fleet.next_uart(timeout_s=0.5) is None  # the boot that was broken off never comes


def test_the_heap_is_as_large_as_said_and_no_larger():
    app = """
import gc
gc.collect()
total = gc.mem_free() + gc.mem_alloc()
blocks = []
try:
    while True:
        blocks.append(bytearray(1024))
except MemoryError:
    count = len(blocks)
    blocks = None
    gc.collect()
tell(total, count)
"""
    for heap_kb in (128, 64):
        total, blocks = answer(app, heap_kb=heap_kb)
        assert heap_kb * 1024 * 0.97 < total <= heap_kb * 1024
        assert heap_kb - 40 < blocks < heap_kb


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


def test_the_wire_carries_bytes_both_ways_and_never_blocks():
    app = """
while not wire.any():
    time.sleep_ms(2)
got = wire.read()
wire.write(bytes(reversed(got)))
tell(wire.any(), wire.read(), wire.write(bytes(3000)), error_of(machine.UART, 2))
for n in range(5000):
    wire.write(b"flood")
time.sleep_ms(300)
tell("alive")
"""
    with fleet_of(1, "tell('up')" + app) as fleet:
        fleet.power_on()
        heard(fleet)
        fleet.boards[0].write_uart(bytes(range(256)))
        assert fleet.next_uart(5)[1] == bytes(range(255, -1, -1))
        board, data, arrived_at = fleet.next_uart(5)
        assert (board, data) == (fleet.boards[0], bytes(1400))
        assert time.monotonic() - 5 < arrived_at <= time.monotonic()
        assert heard(fleet) == [[0, 0, None, 1400, ["ValueError", "UART(2) doesn't exist"]]]
        while (report := fleet.next_uart(timeout_s=2)) and report[1] == b"flood":
            pass
        assert report[1] == b'["alive"]'


def test_a_voltage_set_from_outside_is_read_by_the_adc():
    app = """
adc = machine.ADC(machine.Pin(34), atten=machine.ADC.ATTN_11DB)
tell(adc.read_uv())
while not wire.any():
    time.sleep_ms(2)
tell(adc.read_uv(), adc.read_u16())
"""
    with fleet_of(1, app) as fleet:
        fleet.power_on()
        assert heard(fleet) == [[0, 0]]
        fleet.boards[0].set_microvolts(34, 1_225_000)
        fleet.boards[0].write_uart(b"go")
        assert heard(fleet) == [[0, 1225000, 65535 // 2]]


def test_each_board_has_its_own_address_made_from_the_seed():
    def addresses(seed):
        with fleet_of(3, seed=seed) as fleet:
            return [board.mac for board in fleet.boards]

    first = addresses(1)
    assert len(set(first)) == 3
    assert first == addresses(1) != addresses(2)
    assert all(mac[0] & 3 == 2 for mac in first)  # locally administered, and not a group


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
