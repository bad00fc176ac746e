"""The named scenarios against their stored results, and what counts as a change."""

import json

import pytest
from click.testing import CliRunner

from tools.simulator.commands import sim
from tools.simulator.executors import report_on
from tools.simulator.scenario import load_scenario
from tools.simulator.stored_results import FOLDER, cases_in, differences, figures_of

SHORT = (
    "flooding_node",
    "garden_election",
    "jammer",
    "leader_dies",
    "leader_resigns",
    "lora_village_10",
    "partition_heals",
    "replaying_node",
)
TOLERANCE = {"points": 2, "percent": 10, "seconds": 3, "changes": 1}
STORED = {
    "reach_of_reachable_pct": 90.0,
    "tx_per_message": 10.0,
    "overhead_airtime_pct": 3.0,
    "p95_delay_ms": None,
    "split_ms": 500.0,
    "changes": 0,
}
SCENARIO = """\
duration_s = 20
warm_up_s = 5
protocol = "skein"
beside = ["flood"]
[nodes]
place = "line"
count = 4
spacing_m = 60
[radio]
kind = "espnow"
[[traffic]]
kind = "periodic"
every_s = 2
"""


def call(folder, *arguments):
    words = ("scenarios", "--folder", folder, *arguments)
    return CliRunner().invoke(sim, [str(each) for each in words])


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "story.toml").write_text(SCENARIO)
    return tmp_path


@pytest.mark.parametrize(
    "case", cases_in(FOLDER, SHORT), ids=lambda case: f"{case.path.stem}-{case.protocol}"
)
def test_a_short_scenario_gives_its_stored_result(case):
    figures = figures_of(report_on(case.plan))
    assert differences(case.stored(), figures, case.tolerance) == [], (
        "skein sim scenarios --update stores the new one"
    )


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_every_scenario_tells_its_story_and_has_a_result_for_each_protocol(path):
    assert path.read_text().startswith("# ")
    scenario = load_scenario(path)
    assert scenario.top["story"]
    stored = json.loads(path.with_suffix(".json").read_text())
    assert sorted(stored) == sorted([scenario.top["protocol"], *scenario.top["beside"]])
    assert "[tolerance]" in path.read_text()


@pytest.mark.parametrize(
    ("figure", "near", "far"),
    [
        ("reach_of_reachable_pct", 88.0, 87.9),
        ("overhead_airtime_pct", 5.0, 5.1),
        ("tx_per_message", 11.0, 11.1),
        ("tx_per_message", 9.0, 8.9),
        ("split_ms", 3_500, 3_501),
        ("changes", 1, 2),
        ("p95_delay_ms", None, 1.0),
    ],
)
def test_a_figure_may_be_off_by_the_tolerance_and_no_more(figure, near, far):
    assert differences(STORED, {**STORED, figure: near}, TOLERANCE) == []
    said = differences(STORED, {**STORED, figure: far}, TOLERANCE)
    assert said == [f"{figure} was {STORED[figure]}, is {far}"]


def test_a_figure_that_went_or_came_is_a_difference():
    fewer = {key: value for key, value in STORED.items() if key != "changes"}
    assert differences(STORED, fewer, TOLERANCE) == ["changes was 0, is None"]
    assert differences(fewer, STORED, TOLERANCE) == ["changes was None, is 0"]
    assert differences(None, STORED, TOLERANCE) == ["nothing is stored"]


def test_results_are_stored_once_and_hold_from_then_on(folder):
    result = call(folder)
    assert result.exit_code == 1
    assert "story, skein: nothing is stored" in result.output
    assert "results have changed; --update stores the new ones" in result.output
    assert call(folder, "--update").exit_code == 0
    result = call(folder)
    assert result.exit_code == 0, result.output
    assert result.output.count("holds") == 2


def test_a_changed_result_fails_and_is_named(folder):
    call(folder, "--update")
    path = folder / "story.json"
    stored = json.loads(path.read_text())
    stored["flood"]["tx_per_message"] *= 2
    path.write_text(json.dumps(stored))
    result = call(folder)
    assert result.exit_code == 1
    assert "story, flood: tx_per_message was 8.0, is 4.0" in result.output
    assert "story, skein" not in result.output


def test_an_update_of_one_protocol_leaves_the_others(folder):
    path = folder / "story.json"
    path.write_text(json.dumps({"skein": {"tx_per_message": 1}, "flood": {"tx_per_message": 2}}))
    assert call(folder, "--update", "--protocol", "flood").exit_code == 0
    stored = json.loads(path.read_text())
    assert stored["skein"] == {"tx_per_message": 1}
    assert stored["flood"]["tx_per_message"] == 4.0


def test_a_scenario_that_is_not_there_is_said_in_a_sentence(folder):
    result = call(folder, "tale")
    assert result.exit_code == 1
    assert "there is no scenario 'tale', only story" in result.output


def test_a_torn_result_is_named_with_its_line(folder):
    (folder / "story.json").write_text('{\n"skein"')
    result = call(folder)
    assert "story.json, line 2: " in result.output
    assert "Traceback" not in result.output
