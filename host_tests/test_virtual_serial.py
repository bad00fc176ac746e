"""The serial port of a virtual board, as a person and as mpremote see it."""

import os
import subprocess
import sys
import time
import tty
from pathlib import Path

from bare_boards import PATIENCE_S, fleet_of, heard, needs_micropython, wait_until

pytestmark = needs_micropython

MPREMOTE = str(Path(sys.executable).with_name("mpremote"))

READING = """
import micropython, select, sys
micropython.kbd_intr(-1)
poll = select.poll()
poll.register(sys.stdin, select.POLLIN)
tell("reading")
got = bytearray()
while len(got) < 256:
    got += sys.stdin.buffer.read(1)
tell(got.hex())
sys.stdout.buffer.write(bytes(n for n in range(256) if n != 10))
print()
print("end")
time.sleep(60)
"""


class Terminal:
    """A program of the host that has the port open."""

    def __init__(self, path: str):
        self._file = os.open(path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self._file)
        os.set_blocking(self._file, False)
        time.sleep(0.05)  # the board's side notices an opened port at its next look

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        os.close(self._file)

    def type(self, data: bytes) -> None:
        os.write(self._file, data)

    def read_until(self, end: bytes) -> bytes:
        data = b""
        until = time.monotonic() + PATIENCE_S
        while not data.endswith(end):
            assert time.monotonic() < until, f"only {data!r}"
            try:
                data += os.read(self._file, 1)
            except BlockingIOError:
                time.sleep(0.01)
        return data


def mpremote(port: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [MPREMOTE, "connect", f"port:{port}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)


def test_every_byte_passes_in_both_directions_and_a_new_line_becomes_two():
    every = bytes(range(256))
    with fleet_of(1, READING) as fleet, Terminal(fleet.boards[0].port) as terminal:
        fleet.power_on()
        heard(fleet)
        terminal.type(every)
        assert heard(fleet) == [[0, every.hex()]]
        assert terminal.read_until(b"end\r\n") == every.replace(b"\n", b"") + b"\r\nend\r\n"


def test_ctrl_c_interrupts_a_program_that_allows_it_and_is_a_byte_for_others():
    app = """
import micropython, sys
told = []
for _ in range(3):
    micropython.kbd_intr(-1)
    tell("reading")
    told.append(sys.stdin.buffer.read(2).hex())
    micropython.kbd_intr(3)
    tell("busy")
    try:
        while True:
            pass
    except KeyboardInterrupt:
        told.append("interrupted")
micropython.kbd_intr(-1)
tell(told)
time.sleep(60)
"""
    with fleet_of(1, app) as fleet, Terminal(fleet.boards[0].port) as terminal:
        fleet.power_on()
        for _ in range(3):
            assert heard(fleet) == [[0, "reading"]]
            terminal.type(b"\x03x")
            assert heard(fleet) == [[0, "busy"]]
            terminal.type(b"\x03")
        assert heard(fleet) == [[0, ["0378", "interrupted"] * 3]]
        assert fleet.boards[0].crashes == 0


def test_a_program_that_ends_in_an_error_leaves_a_prompt_with_its_names():
    with fleet_of(1, "answer = 42\nraise ValueError('on purpose')") as fleet:
        board = fleet.boards[0]
        with Terminal(board.port) as terminal:
            board.power_on()
            said = terminal.read_until(b">>> ")
            assert b"Traceback" in said
            assert b"ValueError: on purpose\r\n" in said
            terminal.type(b"answer + 1\r")
            assert b"43\r\n" in terminal.read_until(b">>> ")
            terminal.type(b"while True: pass\r\r")
            time.sleep(0.2)
            terminal.type(b"\x03")
            assert b"KeyboardInterrupt" in terminal.read_until(b">>> ")
            terminal.type(b"\x04")
            assert b"MPY: soft reboot\r\n" in terminal.read_until(b"on purpose\r\n")
        assert (board.resets, board.crashes) == (1, 0)


def test_an_error_in_boot_keeps_main_from_running():
    with fleet_of(1, "print('main ran')") as fleet:
        (fleet.boards[0].flash / "boot.py").write_text("1/0")
        with Terminal(fleet.boards[0].port) as terminal:
            fleet.power_on()
            said = terminal.read_until(b">>> ")
    assert b"ZeroDivisionError" in said
    assert b"main ran" not in said


def test_output_that_nobody_reads_does_not_hold_the_board_up():
    app = """
for n in range(20000):
    print("a line of some length that nobody is there to read", n)
tell("through")
n = 0
while True:
    n += 1
    print("alive", n)
    time.sleep_ms(20)
"""
    with fleet_of(1, app) as fleet:
        port = fleet.boards[0].port
        fleet.power_on()
        assert heard(fleet) == [[0, "through"]]
        time.sleep(0.3)  # the wire was faster: the last lines are on their way to nobody
        numbers = []
        for _ in range(5):
            with Terminal(port) as terminal:
                assert b"a line" not in terminal.read_until(b"alive ")  # said long before
                numbers.append(int(terminal.read_until(b"\r\n")))
            time.sleep(0.2)
        assert all(
            later - earlier > 5 for earlier, later in zip(numbers, numbers[1:], strict=False)
        )


def test_input_that_nobody_reads_is_bounded_and_an_interrupt_still_passes():
    app = """
try:
    tell("busy")
    while True:
        pass
except KeyboardInterrupt:
    tell("interrupted")
"""
    with fleet_of(1, app) as fleet, Terminal(fleet.boards[0].port) as terminal:
        fleet.power_on()
        heard(fleet)
        for _ in range(100):
            terminal.type(b"z" * 1000)
            time.sleep(0.002)
        terminal.type(b"\x03")
        assert heard(fleet) == [[0, "interrupted"]]


def test_the_port_keeps_its_name_over_resets_while_somebody_is_attached():
    with fleet_of(1, "print('started', machine.reset_cause(), '.')\ntime.sleep(60)") as fleet:
        board = fleet.boards[0]
        with Terminal(board.port) as terminal:
            board.power_on()
            terminal.read_until(b"started 1 .\r\n")
            for _ in range(3):
                board.reset()
                terminal.read_until(b"started 2 .\r\n")
            board.power_off()
            board.power_on()
            terminal.read_until(b"started 1 .\r\n")


def test_mpremote_works_on_a_bare_board(tmp_path):
    data = bytes(range(256)) * 8
    (tmp_path / "out").write_bytes(data)
    with fleet_of(1) as fleet:
        board = fleet.boards[0]
        board.power_on()
        wait_until(lambda: board.is_running)
        time.sleep(0.2)
        port = board.port
        assert mpremote(port, "resume", "exec", "x = 6; print(x * 7)").stdout == "42\n"
        assert mpremote(port, "resume", "eval", "x").stdout == "6\n"
        copied = mpremote(port, "resume", "fs", "cp", str(tmp_path / "out"), ":there")
        assert copied.returncode == 0, copied
        assert (board.flash / "there").read_bytes() == data
        assert "2048 there" in mpremote(port, "resume", "fs", "ls").stdout
        mpremote(port, "resume", "fs", "cp", ":there", str(tmp_path / "back"))
        assert (tmp_path / "back").read_bytes() == data
        failed = mpremote(port, "resume", "exec", "1/0")
        assert failed.returncode == 1
        assert "ZeroDivisionError" in failed.stdout + failed.stderr
        assert board.resets == 0
        cause = "import machine; print(machine.reset_cause())"
        assert mpremote(port, "exec", cause).stdout == "5\n"  # without resume: a soft reset before
        assert (board.resets, board.crashes) == (1, 0)
