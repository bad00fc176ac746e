"""The console and the start of a running node under attack: it answers, and the mesh goes on."""

import time

import pytest
from conftest import RUNTIME

from boards import evaluate, mpremote, name_on_board, serial_port, wait_for
from tools.virtual.fleet import Fleet

pytestmark = pytest.mark.skipif(isinstance(RUNTIME, str), reason="there is no MicroPython")

REFUSE = name_on_board("device.console", "_refuse_interrupts")
LATE_INTERRUPT = """\
import device.console as c; real = c.{refuse}; left = {times}
def late():
    global left; left -= 1
    if not left: c.{refuse} = real
    raise KeyboardInterrupt

c.{refuse} = late
"""


@pytest.fixture(scope="module")
def board():
    with Fleet(1) as fleet:
        fleet.power_on()
        with serial_port(fleet.boards[0]) as port:
            port.read_until(">>> ")
        yield fleet.boards[0]


def test_a_program_of_several_kilobytes_finds_a_place_in_the_heap(board, tmp_path):
    program = tmp_path / "program.py"
    program.write_text("text = '" + "x" * 6000 + "'\nprint(len(text))\n")
    result = mpremote(board, "resume", "run", str(program))
    assert result.stdout.strip() == "6000", result.stdout + result.stderr


def test_a_program_without_a_place_is_refused_and_the_next_one_runs(board, tmp_path):
    program = tmp_path / "program.py"
    for size in (8193, 30000):
        program.write_text("#" * (size - 1) + "\n")
        result = mpremote(board, "resume", "run", str(program))
        assert "MemoryError: there is no place" in result.stdout + result.stderr
    program.write_text("n = 1\n" * 1300)  # has a place itself, but not what it is compiled into
    result = mpremote(board, "resume", "run", str(program))
    assert "MemoryError: memory allocation failed" in result.stdout + result.stderr
    assert evaluate(board, "1 + 1") == 2
    assert board.resets == 0


def test_characters_of_several_bytes_are_echoed_and_erased_as_one(board):
    with serial_port(board) as port:
        port.interrupt()
        port.type("len('aä€😀\x7f')\r")
        assert port.read_until(">>> ") == "len('aä€😀\x08 \x08')\r\n3\r\n>>> "


def test_ctrl_c_at_any_moment_ends_the_program_and_nothing_else(board):
    with serial_port(board) as port:
        port.interrupt()
        for wait_ms in range(0, 60, 2):
            port.type("while True: pass\r\r")
            time.sleep(wait_ms / 1000)
            port.type("\x03" * (1 + wait_ms % 3))
        # One that came before its program ran was but a byte: then another one is needed.
        wait_for(lambda: port.type("\x03\rprint('it', 'lives')\r") or "it lives" in port.read())
    assert board.resets == 0


def test_a_ctrl_c_between_the_end_of_a_program_and_the_prompt_ends_nothing(board):
    with serial_port(board) as port:
        port.interrupt()
        for times in (1, 2):  # in `finally`, and in the `except` around it
            port.type(LATE_INTERRUPT.format(times=times, refuse=REFUSE).replace("\n", "\r"))
            time.sleep(0.5)
            port.interrupt()
            assert port.ask(f"c.{REFUSE} == real") == "True"
            port.type("\x02")
            port.read_until("Skein on MicroPython")
    assert board.resets == 0


def test_a_stream_of_input_without_end_leaves_time_for_the_mesh():
    with Fleet(2) as fleet, serial_port(fleet.boards[0]) as port:
        fleet.power_on()
        port.read_until(">>> ")
        other = fleet.boards[1]
        wait_for(lambda: evaluate(other, "mesh.status()['neighbours']") == 1)
        before = evaluate(other, "mesh.status()['frames_in']")
        until = time.monotonic() + 5
        while time.monotonic() < until:
            port.offer("junk" * 200)
            port.read()
        assert evaluate(other, "mesh.status()['frames_in']") >= before + 2
