"""What a scenario says of members and cells, and the faults that concern them."""

import pytest

from tools.simulator import SimulatorError
from tools.simulator.network import Run
from tools.simulator.scenario import load_scenario
from tools.simulator.scenario_run import plan_of

CELLS = """\
duration_s = 60
warm_up_s = 0
protocol = "skein"
[skein]
members = true
cells = [[0, 1, 2], [3, 4]]
cell_max = 9
[nodes]
place = "grid"
count = 6
spacing_m = 30
[radio]
kind = "espnow"
"""


def run_of(tmp_path, text):
    path = tmp_path / "scenario.toml"
    path.write_text(text)
    run = Run(plan_of(load_scenario(path)))
    return run, run.go()


def test_nodes_are_in_the_cells_that_name_them_and_the_rest_in_one_more(tmp_path):
    run, report = run_of(tmp_path, CELLS)
    assert [station.node.cell.tiers.cell for station in run.stations] == [1, 1, 1, 2, 2, 3]
    assert {station.node.cell.tiers.size.size for station in run.stations} == {1, 2, 3}
    assert (report["cells"]["cells"], report["cells"]["moves"]) == (3, 0)
    assert report["leaders"]["time_to_leader_ms"] > report["cells"]["cells_right_ms"] > 0
    assert report["members"] == {}


def test_members_without_cells_are_judged_over_the_whole_mesh(tmp_path):
    _, report = run_of(tmp_path, CELLS.replace("cells = [[0, 1, 2], [3, 4]]\ncell_max = 9\n", ""))
    assert report["members"]["members_right_ms"] > 0
    assert report["cells"] == {}


def test_without_a_word_nodes_have_neither(tmp_path):
    text = CELLS.replace("members = true\ncells = [[0, 1, 2], [3, 4]]\ncell_max = 9\n", "")
    run, report = run_of(tmp_path, text)
    assert run.stations[0].node.cell is None
    assert (report["members"], report["cells"]) == ({}, {})


def test_who_leaves_says_goodbye_and_is_off_a_second_later(tmp_path):
    text = CELLS.replace("cells = [[0, 1, 2], [3, 4]]\ncell_max = 9\n", "")
    run, report = run_of(tmp_path, text + '[[fault]]\nkind = "leave"\nat_s = 30\nnodes = [2]\n')
    assert run.stations[2] is None
    assert (report["members"]["goodbyes"], report["members"]["deaths"]) == (5, 0)


def test_the_leader_that_is_killed_is_the_one_whom_most_follow(tmp_path):
    text = CELLS + '[[fault]]\nkind = "kill_leader"\nat_s = 30\n'
    run, report = run_of(tmp_path, text)
    before = {node: leader for at_us, node, leader in run.ledger.follows if at_us < 30e6}
    off = {number for number, station in enumerate(run.stations) if station is None}
    assert len(before) == 6 and set(before.values()) == off
    assert report["leaders"]["changes"] == 5


def test_a_cell_that_names_a_node_which_is_not_there_is_refused(tmp_path):
    with pytest.raises(SimulatorError, match="there is no node 6"):
        run_of(tmp_path, CELLS.replace("[3, 4]", "[3, 6]"))
