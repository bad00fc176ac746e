"""Grids of parameters: what is run, and that it does not matter who runs it."""

import json

import pytest
from click.testing import CliRunner
from distributed import LocalCluster

from tools.simulator import SimulatorError, executors
from tools.simulator.commands import sim
from tools.simulator.executors import executor_of, report_on
from tools.simulator.scenario import load_scenario
from tools.simulator.scenario_run import plan_of
from tools.simulator.sweep import parameter_from, sweep

SCENARIO = """\
seed = 4
duration_s = 20
warm_up_s = 5
protocol = "flood"
[nodes]
place = "line"
count = 6
spacing_m = 60
[radio]
kind = "espnow"
[[traffic]]
kind = "periodic"
every_s = 2
"""
GRID = [("nodes.count", [3, 5]), ("protocol", ["flood", "skein"])]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "scenario.toml"
    path.write_text(SCENARIO)
    return path


def call(*arguments):
    return CliRunner().invoke(sim, ["sweep", *(str(each) for each in arguments)])


def ignored(share):
    pass


@pytest.mark.parametrize(
    ("text", "parameter"),
    [
        ("nodes.count=10,30", ("nodes.count", [10, 30])),
        ("protocol=skein,flood", ("protocol", ["skein", "flood"])),
        ("radio.loss=0, 0.5", ("radio.loss", [0, 0.5])),
        ("nodes.area_m=[1, 2],[3, 4]", ("nodes.area_m", [[1, 2], [3, 4]])),
        ("nodes.connected=true,false", ("nodes.connected", [True, False])),
    ],
)
def test_a_parameter_is_a_key_and_values_as_the_file_has_them(text, parameter):
    assert parameter_from(text) == parameter


@pytest.mark.parametrize("text", ["nodes.count", "=3", "nodes.count="])
def test_a_parameter_without_key_or_values_is_refused(text):
    with pytest.raises(SimulatorError, match="names no values"):
        parameter_from(text)


def test_every_combination_is_run_with_every_seed(file, tmp_path):
    out = tmp_path / "out.json"
    grid = ("--over", "nodes.count=3,5", "--over", "radio.loss=0,0.5")
    result = call(file, *grid, "--seeds", 2, "--json", out)
    assert result.exit_code == 0, result.output
    ran = [(*each["over"].values(), each["seed"]) for each in json.loads(out.read_text())]
    assert ran == [(n, loss, seed) for n in (3, 5) for loss in (0, 0.5) for seed in (4, 5)]
    wanted = [each["report"]["reachable_pairs"] for each in json.loads(out.read_text())]
    assert wanted == [9 * 2] * 4 + [9 * 4] * 4


def test_a_point_of_the_grid_is_the_scenario_with_these_values(file):
    with executor_of() as executor:
        results = sweep(file, GRID, 2, executor, ignored)
    assert [each["seed"] for each in results] == [4, 5] * 4
    for result in results:
        alone = report_on(plan_of(load_scenario(file, result["over"]), result["seed"]))
        assert result["report"] == alone


def test_a_dask_cluster_gives_the_results_of_this_machine(file, tmp_path):
    grid = ("--over", "nodes.count=3,5", "--over", "protocol=flood,skein", "--seeds", 2)
    here, there = tmp_path / "here.json", tmp_path / "there.json"
    assert call(file, *grid, "--json", here).exit_code == 0
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        address = cluster.scheduler_address
        assert address.startswith("tcp://127.0.0.1:")
        result = call(file, *grid, "--dask", address, "--json", there)
        assert result.exit_code == 0, result.output
        ran = cluster.scheduler.transition_log
        assert sum(each[2] == "memory" for each in ran) == 8
    assert json.loads(there.read_text()) == json.loads(here.read_text())


@pytest.mark.parametrize(
    ("over", "complaint"),
    [
        ("nodes.count=4,0", "nodes.count=0: count must be a whole number from 1, not 0"),
        ("nodes.counts=4", "nodes.counts=4: there is no 'counts' here"),
        ("protocol=smoke", "protocol=smoke: protocol must be one of"),
        ("traffic.0.every_s=-1", "traffic.0.every_s=-1: every_s must be a number of seconds"),
        ("traffic.1.every_s=1", "traffic.1.every_s: there is no such place"),
        ("seed.a=1", "seed.a: there is no such place"),
        ("a.b.c=1", "a.b.c: there is no such place"),
    ],
)
def test_a_mistake_in_a_parameter_is_named_by_the_parameter(file, over, complaint):
    result = call(file, "--over", over)
    assert result.exit_code == 1
    assert complaint in result.output
    assert "Traceback" not in result.output


def test_an_address_without_a_scheduler_is_said_in_a_sentence(file, monkeypatch):
    monkeypatch.setattr(executors, "_CONNECT_S", 0.5)
    result = call(file, "--over", "seed=1", "--dask", "127.0.0.1:1")
    assert result.exit_code == 1
    assert "no Dask scheduler answers at 127.0.0.1:1" in result.output
