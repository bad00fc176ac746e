"""`skein doctor` and `skein config` on virtual boards, through the real mpremote."""

import contextlib
import copy
import json
import re
import time

import pytest
from bare_boards import needs_micropython
from click.testing import CliRunner

from boards import evaluate, status, wait_for
from tools.cli import main
from tools.hardware import BoardError, boards, checkup, release, settings
from tools.hardware.port import Port
from tools.virtual.fleet import Fleet

pytestmark = needs_micropython

NAME = "ESP32_DEVKITC"
TALKATIVE = """
import asyncio
async def app(mesh):
    while True:
        print("{ a line that gets in between }")
        await asyncio.sleep_ms(150)
"""


@contextlib.contextmanager
def running_board(**plan):
    with Fleet(1, **plan) as fleet:
        fleet.power_on()
        Port(fleet.boards[0].port).wait_for_prompt(30)
        yield fleet.boards[0]


def skein(*words):
    return CliRunner().invoke(main, words, env={"COLUMNS": "200"})


def lines_of(result):
    """What doctor says, by subject: (state, text and advice)."""
    rows = [line.strip().split(maxsplit=2) for line in result.output.splitlines()]
    return {row[1]: (row[0], row[2]) for row in rows if row and row[0] in ("ok", "note", "wrong")}


def healthy():
    """What a well board tells."""
    board = boards.load(NAME)
    return board, {
        "machine": "Generic ESP32 module with ESP32",
        "micropython": [1, 27, 0],
        "folder": "/" + release.build(board).folder,
        "board": NAME,
        "utc": list(time.gmtime()[:6]),
        "config": '{"channel": 6}',
        "heap_free": 40000,
        "heap_total": 100000,
        "node": {
            **{"name": "roof", "app": "running", "role": "follower", "leader": "0badcafe"},
            **{"radio_restarts": 0, "frames_in": 9, "frames_out": 9, "uptime_s": 60},
            "neighbours": 2,
        },
        "bridge": None,
    }


def found(told, refused=()):
    board = boards.load(told["board"]) if told["board"] else None
    return {each.subject: each for each in checkup.findings(told, board, list(refused))}


def test_a_well_board_has_only_the_notes_that_hold_for_all():
    board, told = healthy()
    states = {subject: each.state for subject, each in found(told).items()}
    assert {subject for subject, state in states.items() if state == "note"} == {"key"}
    assert "wrong" not in states.values()
    assert found(told)["firmware"].text.endswith("as " + board.name)


@pytest.mark.parametrize(
    ("place", "value", "subject", "state"),
    [
        ("machine", "Generic ESP32S3 module with ESP32S3", "chip", "wrong"),
        ("machine", "Raspberry Pi Pico with RP2040", "chip", "wrong"),
        ("micropython", [1, 23, 0], "MicroPython", "wrong"),
        ("folder", "/skein-0000", "firmware", "note"),
        ("board", None, "firmware", "note"),
        ("heap_free", 20000, "heap", "note"),
        ("heap_free", 9000, "heap", "wrong"),
        ("config", '{"channel": 99}', "settings", "wrong"),
        ("config", '{"radio": "lora:LONG_FAST"}', "region", "wrong"),
        ("config", '{"radio": "lora:LONG_FAST", "region": "US915"}', "settings", "wrong"),
        ("config", '{"radio": "espnow+lora:LONG_FAST", "region": "US915"}', "settings", "wrong"),
        ("config", '{"radio": "espnow+lora:LONG_FAST"}', "region", "wrong"),
        ("config", '{"sleep": "deep"}', "settings", "wrong"),
        ("utc", [2000, 1, 1, 0, 0, 5], "clock", "note"),
        ("node", None, "node", "wrong"),
        ("node.app", "failed: ValueError()", "node", "note"),
        ("node.radio_restarts", 2, "radio", "note"),
        ("node.frames_out", 0, "radio", "wrong"),
        ("node.neighbours", 0, "neighbours", "note"),
        ("bridge", {"is_at_work": True, "far_neighbours": 0}, "bridge", "note"),
    ],
)
def test_each_fault_is_found_and_comes_with_what_to_do(place, value, subject, state):
    told = copy.deepcopy(healthy()[1])
    part, _, field = place.partition(".")
    if field:
        told[part][field] = value
    else:
        told[part] = value
    finding = found(told)[subject]
    assert (finding.state, bool(finding.advice)) == (state, True)


def test_a_sleeper_without_a_keeper_is_told_what_it_needs():
    told = healthy()[1]
    told["node"].update({"role": "sleeper", "keeper": "0badcafe"})
    assert found(told)["node"].state == "ok"
    told["node"]["keeper"] = None
    assert (found(told)["node"].state, "`sleepers`" in found(told)["node"].advice) == (
        "note",
        True,
    )


def test_pins_that_the_chip_does_not_have_are_found():
    assert found(healthy()[1], [47, 48])["pins"].text == "the chip has no 47, 48"
    with running_board() as board:
        assert Port(board.port).ask("pins", {"PINS": [5, 48, 49, 99]}) == [49, 99]


def test_a_running_board_is_examined_and_goes_on_as_it_was():
    with running_board(config={"channel": 6, "name": "roof"}) as board:
        wait_for(lambda: status(board)["frames_out"])
        before = evaluate(board, "sorted(globals())")
        result = skein("doctor", "--port", board.port)
        said = lines_of(result)
        assert said["chip"] == ("ok", "ESP32")
        assert said["node"][1].startswith("roof, ")
        assert said["firmware"][0] == "note"  # a fleet is filled, not deployed
        assert said["neighbours"][0] == "note"
        assert result.exit_code == 0, result.output
        assert set(evaluate(board, "sorted(globals())")) - set(before) <= {"json", "machine"}
        assert board.resets == 0


def test_a_board_without_a_node_is_told_what_to_do():
    with Fleet(1, firmware=None, boot_ms=0) as fleet:
        fleet.power_on()
        Port(fleet.boards[0].port).wait_for_prompt(30)
        result = skein("doctor", "--port", fleet.boards[0].port)
    said = lines_of(result)
    assert said["firmware"][0] == "wrong"
    assert re.fullmatch("nothing is deployed +skein deploy BOARD", said["firmware"][1])
    assert said["node"][0] == "wrong"
    assert result.exit_code == 1


def test_an_application_that_prints_all_the_time_does_not_confuse_the_answers(tmp_path):
    (tmp_path / "app.py").write_text(TALKATIVE)
    with running_board(app=tmp_path / "app.py") as board:
        answers = [Port(board.port).ask("settings") for _ in range(5)]
        assert len({repr(answer) for answer in answers}) == 1


def test_doctor_on_a_port_that_is_not_there_fails_with_a_sentence():
    result = skein("doctor", "--port", "/dev/nowhere")
    assert (result.exit_code, "/dev/nowhere cannot be opened" in result.output) == (1, True)


def test_settings_are_shown_changed_and_taken_back():
    with running_board(config={"channel": 6}) as board:
        words = ("--port", board.port)
        assert "channel = 6\n" in skein("config", *words).output
        changed = skein("config", "name=roof", "channel=6", 'sensors=["rain"]', *words)
        assert changed.exit_code == 0, changed.output
        assert status(board)["name"] == "roof"
        assert json.loads((board.flash / "config.json").read_text())["sensors"] == ["rain"]
        shown = skein("config", *words).output
        assert 'name = "roof"\n' in shown and "hop_limit = 15  (default)\n" in shown
        skein("config", "name=", *words)
        assert "name" not in json.loads((board.flash / "config.json").read_text())


def test_a_setting_with_a_mistake_is_refused_before_anything_is_written():
    with running_board(config={"channel": 6}) as board:
        before = (board.flash / "config.json").read_text()
        for assignment, words in (
            ("channel=14", "'channel' must be a whole number from 1 to 13, not 14"),
            ("colour=red", "'colour' is not a setting; known are adaptive_threshold,"),
            ("channel", "'channel' is not NAME=VALUE"),
        ):
            result = skein("config", assignment, "--port", board.port)
            assert (result.exit_code, words in result.output) == (1, True), result.output
        assert (board.flash / "config.json").read_text() == before
        assert board.resets == 0


def test_settings_that_cannot_be_read_count_as_none():
    assert settings.given_in("[1]") == settings.given_in("{") == settings.given_in("") == {}
    assert settings.mistakes_in("") == []
    with pytest.raises(BoardError, match="is not NAME=VALUE"):
        settings.changed("{}", ["x"])


def test_a_lora_radio_is_not_set_without_its_region_and_not_beyond_its_law():
    with pytest.raises(BoardError, match="'region' must be one of"):
        settings.changed("{}", ["radio=lora:LONG_FAST"])
    with pytest.raises(BoardError, match="LONG_FAST is not allowed in US915"):
        settings.changed("{}", ["radio=lora:LONG_FAST", "region=US915"])
    text = settings.changed("{}", ["radio=lora:LONG_FAST", "region=EU868"])
    assert settings.mistakes_in(text) == []
