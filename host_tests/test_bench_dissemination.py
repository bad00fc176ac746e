"""The benchmark of dissemination: its loads, its stored results, its goals, its tables."""

import json

import pytest
from click.testing import CliRunner

from tools.bench import cells, loads
from tools.bench.cells import Cell
from tools.bench.commands import bench
from tools.bench.dissemination import DEFAULT_TOPOLOGIES
from tools.bench.goals import GOALS, Goal, best_peer, ratio
from tools.bench.published import PUBLISHED
from tools.simulator.protocols import ON_ESPNOW, PROTOCOLS


def figures(reach_pct, airtime_ms):
    return {"reach_pct": reach_pct, "airtime_ms_per_delivery": airtime_ms}


@pytest.fixture
def store(monkeypatch, tmp_path):
    """An empty place for results."""
    monkeypatch.setattr(cells, "_CELLS", tmp_path / "cells")
    return tmp_path / "cells"


def test_every_full_load_has_goals():
    assert [load.name for load in loads.FULL] == list(GOALS)


def test_every_quoted_protocol_is_run_beside_its_quotation():
    assert all(set(rows) <= set(PROTOCOLS) for rows in PUBLISHED.values())
    shown = {(load.nodes, load.trace) for load in loads.FULL}
    assert set(PUBLISHED) <= shown


def test_the_best_peer_is_the_cheapest_that_does_not_give_up():
    rows = {
        "skein": figures(100, 1),
        "oracle": figures(100, 1),
        "quitter": figures(50, 100),
        "thrifty": figures(88, 220),
        "thorough": figures(99, 680),
    }
    assert best_peer(rows) == "thrifty"
    assert ratio(rows, "thorough", best_peer(rows)) == pytest.approx(680 / 220)
    assert best_peer({"skein": figures(100, 1)}) is None


@pytest.mark.parametrize(
    ("found", "at_least", "word"),
    [(5.0, True, "met"), (4.99, True, "missed"), (5.0, False, "met"), (5.01, False, "missed")],
)
def test_a_goal_is_met_up_to_its_limit(found, at_least, word):
    goal = Goal("it", lambda rows: found, lambda rows: 5.0, at_least)
    assert word in goal.verdict({})


def test_a_figure_that_is_missing_meets_no_goal():
    goal = Goal("it", lambda rows: None, lambda rows: 5.0, True)
    assert goal.verdict({}) == "it ≥ 5.0: not measured"


def test_a_tenth_of_the_overload_is_critical_and_the_tenth_wants_the_rest():
    overload = next(load for load in loads.FULL if load.name == "p60-100").plan("flood", 0)
    share = sum(each.priority == 0 for each in overload.traffic.messages)
    assert 0.05 < share / len(overload.traffic.messages) < 0.15
    wanted = next(load for load in loads.FULL if load.name == "iso-100-wanted").plan("flood", 0)
    assert wanted.interest == {"all": 0.1}


def test_the_espnow_mesh_is_four_hops_across():
    plan = loads.QUICK[-1].plan("flood", 0)
    hears = plan.topology.decodable(plan.protocol.phy.sensitivity_dbm)
    assert loads._most_hops(hears) == loads.ESPNOW_HOPS
    assert loads._most_hops([0b10, 0b101, 0b1010, 0b100]) == 3


def test_all_protocols_meet_the_same_topology_and_traffic():
    one, two = (loads.QUICK[0].plan(name, 1) for name in ("skein", "meshcore"))
    assert one.topology.links == two.topology.links
    assert one.traffic == two.traffic
    assert one.topology.links != loads.QUICK[0].plan("skein", 2).topology.links


def test_a_stored_result_is_used_again_and_is_that_of_a_fresh_run(store):
    cell = Cell(loads.QUICK[0], "managed-flood", 0)
    assert cell.stored() is None
    first = cell.run()
    assert cell.stored() == first
    (path,) = store.iterdir()
    path.write_text(json.dumps({**first, "p50_s": 77.0}))
    assert cell.run()["p50_s"] == 77.0
    path.unlink()
    assert cell.run() == first


def test_warming_up_is_no_part_of_a_result(store):
    cell = Cell(loads.QUICK[0], "skein", 0)
    plan, report = cell.load.plan("skein", 0), cell.run()
    assert report["virtual_s"] == (plan.traffic.duration_us + plan.warm_up_us) / 1e6
    assert 0 < report["overhead_channel_pct"] < 100
    assert Cell(loads.QUICK[0], "flood", 0).run()["overhead_channel_pct"] == 0


def test_a_quick_run_writes_a_table_with_every_protocol(store, tmp_path):
    path = tmp_path / "BENCHMARKS.md"
    arguments = ["dissemination", "--quick", "--write", "--document", str(path)]
    result = CliRunner().invoke(bench, arguments)
    assert result.exit_code == 0, result.output
    text = path.read_text()
    assert "`skein bench dissemination --quick` at " in text
    assert "**A quick run" in text
    for load in loads.QUICK:
        section = text.split(f"### {load.title}\n")[1].split("\n### ")[0]
        names = ON_ESPNOW if load.is_on_espnow else PROTOCOLS
        rows = [line.split("|")[1].strip(" *") for line in section.splitlines()[3:] if "|" in line]
        assert [row for row in rows if not row.startswith("quoted")] == list(names)
    assert DEFAULT_TOPOLOGIES > 1


def test_shared_files_stand_beside_the_topologies_drawn_here(store, tmp_path, monkeypatch):
    monkeypatch.setattr(loads, "QUICK", loads.QUICK[:1])
    folder = bench_files(tmp_path)
    result = CliRunner().invoke(bench, ["dissemination", "--quick", "--topologies", str(folder)])
    assert result.exit_code == 0, result.output
    assert "; the 1 topologies of the folder" in result.output


def bench_files(folder):
    """One topology of three nodes that all hear each other, said to be of ten."""
    links = [[a, b, -80.0] for a in range(10) for b in range(10) if a != b]
    topology = {"n": 10, "xyz": [[number, 0, 1] for number in range(10)], "links": links}
    traces = {"iso": {"simtime_ms": 60_000, "dt_src": [1000, 0, 20_000, 1]}}
    (folder / "topo_N10_s0.json").write_text(json.dumps(topology))
    traffic = {"n": 10, "seed": 0, "payload_bytes": 40, "traces": traces}
    (folder / "traffic_N10_s0.json").write_text(json.dumps(traffic))
    return folder
