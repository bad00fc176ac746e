"""`skein deploy` onto virtual boards, through the real mpremote."""

import os
import signal
import subprocess
import sys
import time

import pytest
from bare_boards import needs_micropython

from boards import evaluate, wait_for
from releases import NAME, S3, changed, deploy, files_in, install, present, running, wait_for_node
from tools.hardware import BoardError, boards, release
from tools.setup import PROJECT
from tools.virtual.fleet import Fleet

pytestmark = needs_micropython


@pytest.fixture
def board():
    with Fleet(1, firmware=None, boot_ms=0) as fleet:
        fleet.power_on()
        yield fleet.boards[0]


@pytest.fixture
def other(tmp_path):
    """A release of which every file differs from the present one."""
    return release.build(boards.load(NAME), changed(tmp_path, "*/*.py"))


def test_the_first_deployment_makes_a_node_of_a_bare_board(board):
    built = present()
    outcome = deploy(board, built)
    assert running(board) == "/" + built.folder
    assert evaluate(board, "[mesh.app_state, mesh.name]") == ["running", outcome.name]
    assert not (board.flash / built.folder / "wiring.json").exists()  # nothing is wired to it
    assert outcome.sent == len(built.files) + 4  # and boot.py, main.py, app.py, config.json
    assert (board.flash / "main.py").read_bytes() == (release.FIRMWARE / "main.py").read_bytes()
    assert board.crashes == 0


def test_only_what_changed_is_sent_and_the_old_folder_goes(board, tmp_path):
    first = present()
    install(board, first)
    second = release.build(boards.load(NAME), changed(tmp_path, "device/capability.py"))
    outcome = deploy(board, second)
    assert (outcome.sent, outcome.name) == (1, "mine")
    assert running(board) == "/" + second.folder != "/" + first.folder
    assert not (board.flash / first.folder).exists()
    assert evaluate(board, "mesh.mine") == 1
    assert deploy(board, second).sent == 0


def test_an_app_and_settings_that_are_given_replace_those_on_the_board(board, tmp_path):
    install(board, present())
    (tmp_path / "mine.py").write_text("async def app(mesh): mesh.mine = 2\n")
    (tmp_path / "mine.json").write_text('{"name": "given"}')
    own = {"app.py": tmp_path / "mine.py", "config.json": tmp_path / "mine.json"}
    outcome = deploy(board, present(), own=own)
    assert (outcome.sent, outcome.name) == (2, "given")
    assert evaluate(board, "mesh.mine") == 2


def test_a_deployment_killed_at_ten_points_leaves_the_old_release_whole(board, other):
    install(board, other)
    built = present()
    whole = files_in(board.flash / other.folder)
    for point in range(10):
        kill_when(board, lambda n=point: len(files_in(board.flash / built.folder)) >= 3 * n)
        board.power_off()
        assert files_in(board.flash / other.folder) == whole
        board.power_on()
        assert wait_for_node(board) == "/" + other.folder
    outcome = deploy(board, built)
    assert running(board) == "/" + built.folder
    assert 0 < outcome.sent < len(built.files)  # what had arrived before was not sent again
    assert not (board.flash / other.folder).exists()


def kill_when(board, has_come):
    """Start `skein deploy`, and end it and its mpremote with SIGKILL at that moment."""
    command = [sys.executable, "-m", "tools.cli", "deploy", NAME, "--port", board.port]
    process = subprocess.Popen(command, cwd=PROJECT, start_new_session=True)
    while not has_come():
        assert process.poll() is None
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_a_release_that_does_not_start_is_taken_back(board, tmp_path):
    install(board, present())
    bad = changed(tmp_path, "device/startup.py", "raise ValueError('on purpose')")
    with pytest.raises(BoardError, match="ValueError: on purpose.*the release before is back"):
        deploy(board, release.build(boards.load(NAME), bad))
    assert wait_for_node(board) == "/" + present().folder
    assert evaluate(board, "mesh.mine") == 1


def test_an_application_that_fails_is_a_remark(board, tmp_path):
    (tmp_path / "app.py").write_text("async def app(mesh): 1/0\n")
    install(board, present())
    outcome = deploy(board, present(), own={"app.py": tmp_path / "app.py"})
    assert "app.py failed: ZeroDivisionError" in outcome.remark


def test_somebody_elses_main_py_is_overwritten_only_by_force(board):
    (board.flash / "main.py").write_text("print('precious')\n")
    with pytest.raises(BoardError, match="somebody's own; --force"):
        deploy(board, present())
    assert "precious" in (board.flash / "main.py").read_text()
    deploy(board, present(), is_forced=True)
    assert running(board) == "/" + present().folder


def test_a_flash_without_room_is_told_before_anything_is_sent(other):
    with Fleet(1, firmware=None, boot_ms=0, flash_kb=250) as fleet:
        fleet.power_on()
        board = fleet.boards[0]
        install(board, other)
        with pytest.raises(BoardError, match=r"\d+ KB free and \d+ KB are needed"):
            deploy(board, present())
        assert not (board.flash / present().folder).exists()
        assert wait_for_node(board) == "/" + other.folder


def test_a_flash_that_fills_up_on_the_way_leaves_the_old_release(other):
    with Fleet(1, firmware=None, boot_ms=0, flash_kb=250) as fleet:
        fleet.power_on()
        board = fleet.boards[0]
        install(board, other)
        (board.flash / "skein-stale").mkdir()  # what it takes is not known beforehand
        with pytest.raises(BoardError, match=r"the flash of .* is full"):
            deploy(board, present())
        assert not (board.flash / "skein-stale").exists()
        assert wait_for_node(board) == "/" + other.folder


def test_a_deployed_board_uses_its_parts_and_stays_within_its_antennas_power():
    with Fleet(1, firmware=None, boot_ms=0, machine=S3) as fleet:
        board = fleet.boards[0]
        board.set_microvolts(1, 1_900_000)
        install(board, release.build(boards.load("LILYGO_T3_S3")))
        assert wait_for(lambda: evaluate(board, "mesh.status()['battery_mv']")) == 3800
        names = set(evaluate(board, "sorted(__import__('sys').modules)"))
        assert {"device.led", "device.battery"} <= names
        assert not {"board", "device.parts", "device.pmu", "neopixel"} & names
        install(board, release.build(boards.load("ESP32_C3_SUPERMINI")))
        power = "__import__('network').WLAN(0).config('txpower')"
        assert evaluate(board, power) == 8
        (board.flash / "config.json").write_text('{"tx_power_dbm": 5}')
        board.reset()
        wait_for_node(board)
        assert evaluate(board, f"[{power}, mesh.battery_mv]") == [5, None]
