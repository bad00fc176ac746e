"""Whether the nodes of a simulated run are led in cells of the right size."""

from types import SimpleNamespace

from tools.simulator.cell_watch import CellWatch

_US = 1_000_000


class Watched:
    """Four nodes, two cells of at most three, and a clock in seconds."""

    def __init__(self):
        self._engine = SimpleNamespace(now_us=0)
        self.watch = CellWatch(self._engine, 4)
        self.watch.limits = (2, 3)

    def at(self, second):
        self._engine.now_us = int(second * _US)
        return self.watch

    def report(self, second):
        return self.at(second).report()


def all_right():
    watched = Watched()
    for node, leader in ((0, 0), (1, 0), (2, 2), (3, 2)):
        watched.at(node + 1).sees(node, 10 + leader, leader)
    return watched


def test_nodes_without_cells_have_no_figures():
    assert Watched().report(9) == {}


def test_the_first_moment_at_which_all_are_led_is_noted():
    assert all_right().report(9)["cells_right_ms"] == 4000


def test_a_leader_of_another_cell_or_one_that_does_not_lead_is_not_right():
    for cell, leader in ((10, 2), (12, 0), (10, 1)):
        watched = all_right()
        watched.at(10).sees(3, cell, leader)
        assert watched.report(12)["cells_wrong_ms"] == 2000


def test_cells_beyond_their_limits_are_not_right():
    watched = all_right()
    watched.at(10).sees(3, 10, 0)
    report = watched.report(11)
    assert report["cells_wrong_ms"] == 1000  # 2 leads itself alone
    assert (report["cells"], report["smallest_cell"], report["largest_cell"]) == (2, 1, 3)
    watched.at(12).sees(2, 10, 0)
    assert watched.report(13)["cells_wrong_ms"] == 3000  # four in one


def test_a_move_is_from_one_cell_to_another():
    watched = all_right()
    watched.at(10).sees(3, 12, None)
    watched.at(11).sees(3, 10, 0)
    assert watched.report(12)["moves"] == 1


def test_all_is_wrong_from_a_leaders_death_to_the_next_one():
    watched = all_right()
    watched.at(10).sees(3, 10, 0)
    watched.at(10).sees(2, 10, 0)
    watched.watch.limits = (2, 4)
    watched.at(20).sees(1, 10, None)
    watched.at(20).sees(1, 10, 0)
    before_ms = watched.report(20)["cells_wrong_ms"]
    watched.at(30).switched(0, False)
    for second, node in ((33, 1), (34, 2), (35, 3)):
        watched.at(second).sees(node, 10, 1)
    assert watched.report(40)["cells_wrong_ms"] - before_ms == 5000
    assert watched.report(40)["largest_cell"] == 3
