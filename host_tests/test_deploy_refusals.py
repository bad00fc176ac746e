"""What deploying refuses, and how it says so."""

import os
import pty

import pytest
from bare_boards import needs_micropython
from click.testing import CliRunner

from boards import wait_for
from releases import NAME, S3, deploy, files_in, install, present, running
from tools.cli import main
from tools.hardware import BoardError, boards, release
from tools.hardware.deployment import Deployment
from tools.hardware.port import Port
from tools.hardware.staging import Wish
from tools.virtual.fleet import Fleet

pytestmark = needs_micropython


def test_a_board_with_another_chip_is_refused_and_left_as_it_was():
    with Fleet(1, firmware=None, boot_ms=0, machine=S3, files={"boot.py": ""}) as fleet:
        fleet.power_on()
        before = files_in(fleet.boards[0].flash)
        with pytest.raises(BoardError, match=r"has an ESP32; at .* is an ESP32S3"):
            deploy(fleet.boards[0], present())
        assert files_in(fleet.boards[0].flash) == before


def test_a_board_becomes_another_board_only_by_force():
    with Fleet(1, firmware=None, boot_ms=0, machine=S3) as fleet:
        fleet.power_on()
        install(fleet.boards[0], release.build(boards.load("ESP32_S3_DEVKITC")))
        atom = release.build(boards.load("M5STACK_ATOMS3_LITE"))
        with pytest.raises(BoardError, match="was deployed as a ESP32_S3_DEVKITC; --force"):
            deploy(fleet.boards[0], atom)
        deploy(fleet.boards[0], atom, is_forced=True)
        assert running(fleet.boards[0]) == "/" + atom.folder


def test_a_silent_port_ends_in_a_sentence_and_not_in_a_hang():
    handle, end = pty.openpty()
    port = Port(os.ttyname(end), patience_s=2)
    with pytest.raises(BoardError, match="gives no answer for 2 s: look at the cable"):
        Deployment(port, present(), Wish(), lambda step, done, total: None).run()
    with pytest.raises(BoardError, match="shows no prompt after 1 s"):
        port.wait_for_prompt(1)
    os.close(handle)
    os.close(end)


def test_a_port_that_is_not_there_is_told():
    with pytest.raises(BoardError, match="/dev/nowhere cannot be opened"):
        Port("/dev/nowhere").execute("pass")


def test_several_ports_are_served_at_once_and_each_failure_is_told():
    with Fleet(2, firmware=None, boot_ms=0) as fleet:
        fleet.power_on()
        wait_for(lambda: all(board.is_running for board in fleet.boards))
        ports = [board.port for board in fleet.boards]
        words = [word for port in [*ports, "/dev/nowhere"] for word in ("--port", port)]
        result = CliRunner().invoke(main, ["deploy", NAME, *words])
        assert result.exit_code == 1
        assert "Error: /dev/nowhere cannot be opened" in result.output
        for port in ports:
            assert f"{port}: " in result.output
        assert [running(board) for board in fleet.boards] == ["/" + present().folder] * 2


def test_settings_with_mistakes_never_reach_a_board(tmp_path):
    (tmp_path / "config.json").write_text('{"channel": 99}')
    words = ["deploy", NAME, "--port", "/dev/nowhere", "--config", str(tmp_path / "config.json")]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 1
    assert "'channel' must be a whole number from 1 to 13, not 99" in result.output
    assert "nowhere" not in result.output
