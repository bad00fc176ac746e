"""The console and the start of a running node under attack: it answers, and the mesh goes on."""

import pytest
from conftest import RUNTIME

from boards import mpremote, serial_port
from tools.virtual.fleet import Fleet

pytestmark = pytest.mark.skipif(isinstance(RUNTIME, str), reason="there is no MicroPython")


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
