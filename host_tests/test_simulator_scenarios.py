"""Scenario files: what they mean, and every mistake named with its line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tools.simulator import SimulatorError
from tools.simulator.commands import sim
from tools.simulator.frame import CRITICAL
from tools.simulator.network import Run
from tools.simulator.scenario import load_scenario
from tools.simulator.scenario_run import plan_of

DATA = Path(__file__).parent / "data" / "simulator"
WHOLE = """\
story = "A partition that heals"
seed = 4
duration_s = 600
protocol = "flood"

[nodes]
place = "line"
count = 6
spacing_m = 60

[radio]
kind = "espnow"
range_m = 100

[interest]
alarm = 0.5

[[traffic]]
kind = "periodic"
every_s = 5
priority = "CRITICAL"
topic = "alarm"
sources = [0]

[[traffic]]
kind = "poisson"
mean_s = 30
start_s = 100
end_s = 500

[[fault]]
kind = "partition"
at_s = 200
groups = [[0, 1, 2], [3, 4, 5]]

[[fault]]
kind = "heal"
at_s = 400
"""


def written(tmp_path, text):
    path = tmp_path / "scenario.toml"
    path.write_text(text)
    return path


def complaint_about(tmp_path, text):
    with pytest.raises(SimulatorError) as caught:
        plan_of(load_scenario(written(tmp_path, text)))
    return str(caught.value)


def test_a_scenario_becomes_a_plan(tmp_path):
    plan = plan_of(load_scenario(written(tmp_path, WHOLE)))
    assert plan.seed == 4
    assert plan.topology.nodes == 6
    alarms = [message for message in plan.traffic.messages if message.topic == "alarm"]
    others = [message for message in plan.traffic.messages if message.topic == "all"]
    assert len(alarms) == 119
    assert {(message.source, message.priority) for message in alarms} == {(0, CRITICAL)}
    assert others[0].born_us > 100e6 and others[-1].born_us < 500e6
    assert [message.number for message in plan.traffic.messages] == list(
        range(len(plan.traffic.messages))
    )


def test_a_partition_in_a_scenario_lasts_until_it_is_healed(tmp_path):
    run = Run(plan_of(load_scenario(written(tmp_path, WHOLE))))
    run.go()
    across = {True: 0, False: 0}
    for message in run.traffic.messages:
        is_apart = 200e6 <= message.born_us < 399e6
        known = run.ledger.delivered_at_us.get(message.number, {})
        across[is_apart] += sum((node < 3) != (message.source < 3) for node in known)
    assert across[True] == 0
    assert across[False] > 100


def test_interest_counts_only_those_who_want_a_topic(tmp_path):
    report = Run(plan_of(load_scenario(written(tmp_path, WHOLE)))).go()
    alarms = report["by_topic"]["alarm"]
    assert alarms["reachable_pairs"] in (2 * 119, 3 * 119)


def test_a_seed_takes_the_place_of_the_files(tmp_path):
    scenario = load_scenario(written(tmp_path, WHOLE))
    assert plan_of(scenario).traffic != plan_of(scenario, seed=5).traffic


def test_power_loss_jamming_and_loss_do_their_harm(tmp_path):
    calm = WHOLE.split("[[fault]]", maxsplit=1)[0]
    faults = {
        "kill": 'kind = "kill"\nat_s = 1\nnodes = [1]',
        "reboot": 'kind = "reboot"\nat_s = 1\nnodes = [1]\noff_s = 500',
        "jam": 'kind = "jam"\nat_s = 1\nnodes = [1]\nuntil_s = 501',
        "loss": 'kind = "loss"\nat_s = 1\nshare = 0.5',
        "one link": 'kind = "loss"\nat_s = 1\nshare = 1.0\nlinks = [[0, 1]]',
    }
    reach = {"calm": Run(plan_of(load_scenario(written(tmp_path, calm)))).go()["reach_pct"]}
    for name, fault in faults.items():
        text = f"{calm}\n[[fault]]\n{fault}\n"
        reach[name] = Run(plan_of(load_scenario(written(tmp_path, text)))).go()["reach_pct"]
    assert reach["calm"] > 95
    assert all(reach[name] < reach["calm"] - 15 for name in faults)
    assert reach["kill"] < reach["reboot"]


def test_a_trace_and_a_topology_file_are_found_beside_the_scenario(tmp_path):
    for name in ("topo_N10_s0.json", "traffic_N10_s0.json"):
        (tmp_path / name).write_bytes((DATA / name).read_bytes())
    text = """\
duration_s = 3600
protocol = "oracle"
[nodes]
place = "file"
file = "topo_N10_s0.json"
[[traffic]]
kind = "trace"
file = "traffic_N10_s0.json"
trace = "p600"
"""
    plan = plan_of(load_scenario(written(tmp_path, text)))
    assert len(plan.traffic.messages) == 57
    assert plan.traffic.messages[0].born_us == 120_852_000


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("seed = 4", "seed = -4", "line 2: seed must be a whole number, 0 or more, not -4"),
        ("seed = 4", "sed = 4", "line 2: there is no 'sed' in a scenario"),
        ('protocol = "flood"', 'protocol = "smoke"', "line 4: protocol must be one of"),
        ("duration_s = 600\n", "", "line 1: duration_s is missing, a number of seconds"),
        ("count = 6", "count = true", "line 8: count must be a whole number from 1, not True"),
        ("spacing_m = 60\n", "", "line 6: spacing_m is missing, a number of metres"),
        ("[radio]", "[radios]", "line 11: there is no 'radios' in a scenario"),
        ("alarm = 0.5", "alarm = 2", "line 16: alarm must be a share from 0 to 1, not 2"),
        ("every_s = 5", 'every_s = "5"', "line 20: every_s must be a number of seconds"),
        ("mean_s = 30", "mean = 30", "line 27: there is no 'mean' here"),
        ("mean_s = 30", "mean = 30", "line 25: mean_s is missing"),
        ('kind = "heal"', 'kind = "health"', "line 37: kind must be one of"),
        ("at_s = 200", "at_s = 200 200", "line 33"),
        ("[nodes]", "[[nodes]]", "line 6: nodes must be a table"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path, old, new, complaint):
    assert old in WHOLE
    assert complaint in complaint_about(tmp_path, WHOLE.replace(old, new, 1))


def test_all_mistakes_of_a_file_are_named_at_once(tmp_path):
    text = WHOLE.replace("seed = 4", "seed = 'x'").replace("at_s = 400", "at_s = -1")
    found = complaint_about(tmp_path, text).splitlines()
    assert ["line 2" in found[0], "line 38" in found[1]] == [True, True]
    assert len(found) == 2


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("[[0, 1, 2], [3, 4, 5]]", "[[0, 1, 2], [3, 4, 6]]", "there is no node 6"),
        ('"flood"', '"oracle"', "there is no protocol 'oracle' on ESP-NOW"),
    ],
)
def test_what_does_not_fit_together_is_said(tmp_path, old, new, complaint):
    assert complaint in complaint_about(tmp_path, WHOLE.replace(old, new, 1))


def test_a_scenario_runs_from_the_command_line(tmp_path):
    path = written(tmp_path, WHOLE)
    out = [tmp_path / "one.json", tmp_path / "two.json"]
    for each in out:
        result = CliRunner().invoke(sim, ["run", str(path), "--json", str(each)])
        assert result.exit_code == 0, result.output
    assert "A partition that heals" in result.output
    one, two = (json.loads(each.read_text()) for each in out)
    del one["wall_s"], two["wall_s"]
    assert one == two
