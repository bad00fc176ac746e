"""Real boards that run the real firmware, met as their users meet them."""

import json
import time

import pytest
from conftest import RUNTIME

from boards import (
    evaluate,
    leader_of,
    mpremote,
    name_on_board,
    serial_port,
    status,
    wait_for,
)
from tools.virtual.fleet import Fleet

pytestmark = pytest.mark.skipif(isinstance(RUNTIME, str), reason="there is no MicroPython")

LISTENING_APP = """
async def app(mesh):
    mesh.want("anomaly.smoke")
    mesh.heard = []
    async for event in mesh.events():
        mesh.heard.append(event.payload)
"""


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    app = tmp_path_factory.mktemp("app") / "app.py"
    app.write_text(LISTENING_APP)
    with Fleet(4, app=app, config={"channel": 6}) as running:
        running.power_on()
        time.sleep(1.5)
        wait_for(lambda: leader_of(running.boards))
        yield running


def test_a_running_node_answers_mpremote_while_the_mesh_goes_on(fleet):
    board, other = fleet.boards[0], fleet.boards[1]
    before = status(other)
    printed = mpremote(board, "resume", "exec", "for n in range(3):\n  print(mesh.id, n)")
    assert printed.returncode == 0
    assert printed.stdout.split() == [word for n in "012" for word in (status(board)["id"], n)]
    wait_for(lambda: status(other)["frames_in"] > before["frames_in"] + 3)
    after = status(other)
    assert (after["leader"], after["term"]) == (before["leader"], before["term"])
    assert after["uptime_s"] >= before["uptime_s"]


def test_everything_an_application_can_ask_can_be_asked_at_the_repl(fleet):
    board = fleet.boards[2]
    assert evaluate(board, "mesh.leader") == leader_of(fleet.boards)
    assert evaluate(board, "mesh.is_leader") == (status(board)["role"] == "leader")
    assert len(evaluate(board, "mesh.peers()")) == 3
    assert ("anomaly.smoke", status(board)["id"], 3) in evaluate(board, "mesh.interests()")
    assert isinstance(evaluate(board, "mesh.queue()"), list)
    why = mpremote(board, "resume", "exec", "print(mesh.why())").stdout
    assert ("leads with" in why) or ("follows" in why and "score" in why)


def test_an_event_emitted_at_the_repl_reaches_the_other_boards(fleet):
    assert (
        mpremote(
            fleet.boards[0], "resume", "exec", "mesh.emit_anomaly('smoke', b'over there')"
        ).returncode
        == 0
    )
    for board in fleet.boards[1:]:
        wait_for(lambda board=board: b"over there" in evaluate(board, "mesh.heard"))
    assert b"over there" not in evaluate(fleet.boards[0], "mesh.heard")


def test_files_are_copied_to_and_from_a_running_node_byte_for_byte(fleet, tmp_path):
    board = fleet.boards[1]
    sent, returned = tmp_path / "sent.bin", tmp_path / "returned.bin"
    sent.write_bytes(bytes(range(256)) * 12 + b"\x04\x03\r\n")
    assert mpremote(board, "resume", "fs", "cp", str(sent), ":copy.bin").returncode == 0
    assert (board.flash / "copy.bin").read_bytes() == sent.read_bytes()
    listing = mpremote(board, "resume", "fs", "ls")
    assert "copy.bin" in listing.stdout and "main.py" in listing.stdout
    assert mpremote(board, "resume", "fs", "cp", ":copy.bin", str(returned)).returncode == 0
    assert returned.read_bytes() == sent.read_bytes()
    assert status(board)["role"] in ("leader", "follower")


def test_an_error_in_what_was_sent_is_told_and_leaves_the_node_running(fleet):
    board = fleet.boards[0]
    failed = mpremote(board, "resume", "exec", "1 / 0")
    assert failed.returncode == 1
    assert "ZeroDivisionError" in failed.stdout + failed.stderr
    too_large = mpremote(board, "resume", "exec", "mesh.emit('a.b', bytes(224))")
    last_line = (too_large.stdout + too_large.stderr).strip().splitlines()[-1]
    assert last_line == "EventError: a payload is at most 223 bytes, this is 224"
    too_long = mpremote(board, "resume", "exec", "mesh.want('t' * 33)")
    assert "ConfigError: a topic has 1 to 32 bytes" in too_long.stdout + too_long.stderr
    assert status(board)["app"] == "running"


def test_a_person_can_type_at_the_prompt(fleet):
    with serial_port(fleet.boards[3]) as port:
        port.interrupt()
        port.type("mesh.naX\x7fme\r")
        assert status_free_text(port.read_until(">>> ")).count(status(fleet.boards[3])["id"]) == 1
        port.type("for n in range(2):\r    print('line', n)\r\r")
        assert "line 0\r\nline 1\r\n>>> " in port.read_until("line 1\r\n>>> ")
        port.type("1 +\r")
        assert "SyntaxError" in port.read_until("SyntaxError[^>]*>>> ")


def status_free_text(text: str) -> str:
    """What the board printed, without the control characters of line editing."""
    return text.replace("\x08 \x08", "")


def test_ctrl_c_ends_a_program_that_never_would_and_the_mesh_goes_on(fleet):
    with serial_port(fleet.boards[3]) as port:
        port.interrupt()
        port.type("while True: pass\r\r")
        time.sleep(0.5)
        port.type("\x03")
        assert "KeyboardInterrupt" in port.read_until("KeyboardInterrupt[^>]*>>> ")
    assert status(fleet.boards[3])["leader"]


def test_the_death_of_the_leaders_process_is_survived(fleet):
    leader = leader_of(fleet.boards)
    dead = next(board for board in fleet.boards if status(board)["id"] == leader)
    survivors = [board for board in fleet.boards if board is not dead]
    term = status(survivors[0])["term"]
    dead.kill()
    new = wait_for(lambda: (leader_of(survivors) not in (None, leader)) and leader_of(survivors))
    assert sum(status(board)["role"] == "leader" for board in survivors) == 1
    assert status(survivors[0])["term"] > term
    dead.power_on()
    time.sleep(1)
    wait_for(lambda: leader_of(fleet.boards) == new)
    assert status(dead)["boot"] != 0


def test_a_host_that_wants_a_clean_interpreter_stops_the_mesh_until_a_reset(fleet):
    board = fleet.boards[3]
    clean = mpremote(board, "exec", "print('alone')")  # without resume: a soft reset first
    assert clean.returncode == 0 and clean.stdout.strip() == "alone"
    frames = status(board)["frames_out"]
    time.sleep(3)
    assert status(board)["frames_out"] == frames
    mpremote(board, "resume", "exec", "--no-follow", "import machine; machine.reset()")
    time.sleep(1.5)
    wait_for(lambda: status(board)["leader"])
    assert status(board)["frames_out"] < frames + 10


def test_every_mistake_in_the_config_is_told_and_the_node_joins_all_the_same():
    config = {"channel": 99, "chanel": 6, "queue": "long"}
    with Fleet(1, config=config) as fleet:
        board = fleet.boards[0]
        with serial_port(board) as port:
            fleet.power_on()
            boot = port.read_until(">>> ")
        assert "config.json: 'channel' must be a whole number from 1 to 13, not 99" in boot
        assert "config.json: 'chanel' is not a setting" in boot
        assert "config.json: 'queue' must be a whole number from 4 to 64" in boot
        assert "Traceback" not in boot
        assert len(wait_for(lambda: status(board)["config_mistakes"])) == 3
        wait_for(lambda: status(board)["role"] == "leader")


def test_a_mistake_in_the_application_leaves_the_node_in_the_mesh(tmp_path):
    app = tmp_path / "app.py"
    app.write_text("async def app(mesh):\n    mesh.want('x' * 99)\n")
    with Fleet(1, app=app) as fleet:
        fleet.power_on()
        time.sleep(1.5)
        found = wait_for(lambda: status(fleet.boards[0]))
        assert found["app"].startswith("failed: ConfigError")
        wait_for(lambda: status(fleet.boards[0])["role"] == "leader")


@pytest.mark.parametrize("restart_helps", [True, False])
def test_a_radio_that_refuses_every_frame_is_restarted_and_then_the_board(restart_helps):
    with Fleet(2, config={"channel": 6}) as fleet:
        fleet.power_on()
        time.sleep(1.5)
        wait_for(lambda: leader_of(fleet.boards))
        board = fleet.boards[0]
        fleet.air.wedge(0, does_radio_restart_help=restart_helps)
        if restart_helps:
            wait_for(lambda: status(board)["radio_restarts"] >= 1, 120)
            assert board.resets == 0
        else:
            wait_for(lambda: board.resets >= 1, 180)
        frames = status(fleet.boards[1])["frames_in"]
        wait_for(lambda: status(fleet.boards[1])["frames_in"] > frames + 3)


def test_a_frame_of_garbage_is_counted_on_the_air_too(fleet):
    talker, listener = fleet.boards[1], fleet.boards[2]
    before = status(listener)["rejected"]
    link, radio = name_on_board("Mesh", "_link"), name_on_board("ESPNowLink", "_radio")
    code = f"import os; mesh.{link}.{radio}.send(b'\\xff' * 6, os.urandom(40), False)"
    for _ in range(4):
        assert mpremote(talker, "resume", "exec", code).returncode == 0
    wait_for(lambda: sum(status(listener)["rejected"].values()) >= sum(before.values()) + 4)


def test_a_frame_that_names_another_sender_than_its_radios_board_is_refused(fleet):
    talker, listener = fleet.boards[1], fleet.boards[2]
    before = status(listener)["impostors"]
    link, radio = name_on_board("Mesh", "_link"), name_on_board("ESPNowLink", "_radio")
    header = "bytes((33, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 0, 0, 0))"
    code = f"mesh.{link}.{radio}.send(b'\\xff' * 6, {header} + bytes(30), False)"
    for _ in range(4):
        assert mpremote(talker, "resume", "exec", code).returncode == 0
    wait_for(lambda: status(listener)["impostors"] >= before + 4)


def test_diffusion_is_hybrid_where_the_heap_has_room_and_nothing_else_is_asked_for(fleet):
    assert status(fleet.boards[1])["diffusion"] == "push"  # 128 KB have no room
    config = ({}, {"repair": 0}, {"repair": 4, "hop_limit": 0})
    with Fleet(3, heap_kb=160, config=lambda number: config[number]) as roomy:
        roomy.power_on()
        time.sleep(1.5)
        wait_for(lambda: leader_of(roomy.boards))
        seen = [status(board) for board in roomy.boards]
    assert [each["diffusion"] for each in seen] == ["hybrid", "push", "pull"]
    assert all(each["heap_free"] > each["heap_total"] * 0.3 for each in seen)


def test_the_settings_of_a_running_node_are_plain_json(fleet):
    code = "import json; print(json.dumps(mesh.status()))"
    printed = mpremote(fleet.boards[1], "resume", "exec", code).stdout
    assert json.loads(printed)["name"]
