"""A virtual board as a piece of hardware: power, resets, memory, files, wires."""

import os
import signal
import time

from bare_boards import answer, fleet_of, heard, needs_micropython, wait_until, wait_until_running

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
