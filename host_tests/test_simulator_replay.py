"""Recordings read back: as a story on the terminal, and as a page."""

import json
import re

import pytest
from click.testing import CliRunner

from tools.simulator.commands import sim
from tools.simulator.network import Run
from tools.simulator.recording import recording_to
from tools.simulator.scenario import load_scenario
from tools.simulator.scenario_run import plan_of
from tools.simulator.story import clock_text, nodes_text, story_of
from tools.simulator.trace import read_trace

SCENARIO = """\
seed = 4
duration_s = 40
warm_up_s = 0
protocol = "skein"
[nodes]
place = "line"
count = 4
spacing_m = 60
[radio]
kind = "espnow"
[[traffic]]
kind = "periodic"
every_s = 9
sources = [1]
[[fault]]
kind = "partition"
at_s = 15
groups = [[0, 1], [2, 3]]
[[fault]]
kind = "heal"
at_s = 30
[[fault]]
kind = "reboot"
at_s = 35
off_s = 2
nodes = [0]
"""


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """A recorded run, and the run itself."""
    folder = tmp_path_factory.mktemp("replay")
    (folder / "scenario.toml").write_text(SCENARIO)
    path = folder / "trace.jsonl"
    with recording_to(path) as recorder:
        run = Run(plan_of(load_scenario(folder / "scenario.toml")), recorder)
        run.go()
    return path, run


def call(*arguments, keys=None):
    return CliRunner().invoke(sim, ["replay", *(str(each) for each in arguments)], input=keys)


def state_told_at(moments, at_us):
    """Who leads how many, by the last moment before `at_us` that says so."""
    told = [each.text for each in moments if each.at_us <= at_us and " of 4" in each.text]
    return sorted(re.findall(r"\b\d+ leads \d+", told[-1]))


def test_the_story_agrees_with_the_run_on_who_leads_whom(recording):
    path, run = recording
    moments = story_of(read_trace(path))
    for at_s in (14, 29, 34):
        leader_of = {}
        for at_us, node, leader in run.ledger.follows:
            if at_us <= at_s * 1e6:
                leader_of[node] = leader
        leaders = [leader for leader in leader_of.values() if leader is not None]
        counts = sorted(f"{each} leads {leaders.count(each)}" for each in set(leaders))
        assert state_told_at(moments, at_s * 1e6) == counts
    assert len(state_told_at(moments, 29e6)) == 2
    assert len(state_told_at(moments, 34e6)) == 1


def test_the_story_tells_of_faults_power_and_how_far_messages_came(recording):
    path, run = recording
    story = [(moment.at_us, moment.text) for moment in story_of(read_trace(path))]
    assert (15_000_000, "fault: partition groups [[0, 1], [2, 3]]") in story
    assert (30_000_000, "fault: heal") in story
    assert (37_000_000, "0 has power again") in story
    assert [text for at_us, text in story if at_us == 35_000_000 and "0 loses power" in text]
    for message in run.traffic.messages:
        last_us = max(run.ledger.delivered_at_us[message.number].values())
        count = len(run.ledger.delivered_at_us[message.number])
        told = [text for at_us, text in story if at_us == last_us]
        assert [t for t in told if f"message {message.number} " in t and f"of {count};" in t]
    assert [at_us for at_us, _ in story] == sorted(at_us for at_us, _ in story)


def test_with_frames_the_story_says_who_heard_each(recording):
    path, run = recording
    trace = read_trace(path)
    sent = [moment for moment in story_of(trace, with_frames=True) if " sends " in moment.text]
    assert len(sent) == len(trace.frames) > run.ledger.transmissions
    cut = [each for each in sent if 15.1e6 < each.at_us < 30e6 and each.text.startswith("1 sends")]
    assert cut and all("heard by 0" in moment.text for moment in cut)
    whole = [each for each in sent if each.at_us < 15e6 and each.text.startswith("1 sends")]
    assert any("heard by 0, 2" in moment.text for moment in whole)


def test_from_and_to_bound_what_is_told(recording):
    path, _ = recording
    whole = call(path).output.splitlines()
    part = call(path, "--from", 15, "--to", 30).output.splitlines()
    assert part == [line for line in whole if "0:00:15.000" <= line[:11] <= "0:00:30.000"]
    assert 2 <= len(part) < len(whole)


def test_stepping_waits_for_a_key_and_q_ends_it(recording):
    path, _ = recording
    result = call(path, "--step", keys="  q")
    assert result.exit_code == 0
    assert result.output.splitlines() == call(path).output.splitlines()[:3]


def test_the_page_stands_alone_and_holds_the_recording(recording, tmp_path):
    path, run = recording
    page = tmp_path / "page.html"
    assert call(path, "--html", page).exit_code == 0
    text = page.read_text()
    assert not re.search(r"https?://|src=|@import|<link", text)
    data = json.loads(re.search(r"const run = (.*);\n", text)[1].replace("<\\/", "</"))
    assert len(data["positions"]) == 4
    assert data["links"] == [[0, 1], [1, 0], [1, 2], [2, 1], [2, 3], [3, 2]]
    assert len(data["frames"]) == len(read_trace(path).frames)
    assert len(data["arrivals"]) == sum(len(k) for k in run.ledger.delivered_at_us.values())
    assert [state[1:] for state in data["states"] if state[1] == "cut"] == [
        ["cut", [[0, 1], [2, 3]]],
        ["cut", []],
    ]
    leading = [state for state in data["states"] if state[1] == "leader"]
    assert [(state[2], state[3]) for state in leading] == [
        (node, leader) for at_us, node, leader in run.ledger.follows if at_us != 35_000_000
    ]


def test_a_page_of_a_part_still_knows_who_led_before(recording, tmp_path):
    path, _ = recording
    page = tmp_path / "page.html"
    assert call(path, "--from", 20, "--to", 25, "--html", page).exit_code == 0
    data = json.loads(re.search(r"const run = (.*);\n", page.read_text())[1])
    assert all(20_000 <= frame[0] <= 25_000 for frame in data["frames"])
    assert data["states"][0][0] < 20_000
    assert data["story"] and all(20_000 <= each[0] <= 25_000 for each in data["story"])


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ([], "is empty"),
        (['{"event": "off"}'], "line 1: this is no line of a recording"),
        (["{", "}"], "line 1: this is no line of a recording"),
    ],
)
def test_what_is_no_recording_is_said_in_a_sentence(tmp_path, lines, complaint):
    path = tmp_path / "trace.jsonl"
    path.write_text("\n".join(lines))
    result = call(path)
    assert result.exit_code == 1
    assert complaint in result.output and "Traceback" not in result.output


def test_a_torn_last_line_is_named(recording, tmp_path):
    whole = recording[0].read_text()
    torn = tmp_path / "torn.jsonl"
    torn.write_text(whole[:-20])
    assert f"line {whole.count(chr(10))}: " in call(torn).output


def test_nodes_and_times_are_written_short():
    assert nodes_text([0, 1, 2, 3, 7, 9, 10]) == "0-3, 7, 9, 10"
    assert clock_text(3_725_004_999) == "1:02:05.004"
