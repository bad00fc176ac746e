"""Who is right about who belongs to the mesh, in a simulated run."""

from types import SimpleNamespace

from tools.simulator.member_watch import MemberWatch

_US = 1_000_000


class Watched:
    """Three nodes and a clock in seconds."""

    def __init__(self):
        self._engine = SimpleNamespace(now_us=0)
        self.watch = MemberWatch(self._engine, 3)

    def at(self, second):
        self._engine.now_us = int(second * _US)
        return self.watch

    def report(self, second):
        return self.at(second).report()


def all_right():
    watched = Watched()
    for node, others in ((0, {1, 2}), (1, {0, 2}), (2, {0, 1})):
        watched.at(node + 1).sees(node, others)
    return watched


def test_nodes_without_a_table_of_members_have_no_figures():
    watched = Watched()
    watched.at(1).switched(1, False)
    assert watched.report(2) == {}


def test_the_first_moment_at_which_all_are_right_is_noted():
    assert all_right().report(9)["members_right_ms"] == 3000
    watched = Watched()
    watched.at(1).sees(0, {1, 2})
    assert watched.report(9)["members_right_ms"] is None


def test_time_in_which_anybody_is_wrong_is_summed():
    watched = all_right()
    watched.at(10).sees(0, {1})
    watched.at(12).sees(1, {0})
    watched.at(14).sees(0, {1, 2})
    watched.at(15).sees(1, {0, 2})
    assert watched.report(20)["members_wrong_ms"] == 5000
    watched.at(30).sees(1, {0})
    assert watched.report(32)["members_wrong_ms"] == 7000


def test_all_are_wrong_about_a_node_that_lost_power_until_they_know():
    watched = all_right()
    watched.at(10).switched(2, False)
    watched.at(12).departs(2, is_dead=True)
    watched.watch.sees(0, {1})
    watched.at(13).departs(2, is_dead=False)
    watched.watch.sees(1, {0})
    report = watched.report(20)
    assert report["members_wrong_ms"] == 3000
    assert (report["deaths"], report["losses"], report["goodbyes"]) == (1, 0, 1)


def test_a_node_that_has_power_again_knows_nobody():
    watched = all_right()
    watched.at(10).switched(2, False)
    watched.watch.sees(0, {1})
    watched.watch.sees(1, {0})
    watched.at(11).switched(2, True)
    watched.at(12).sees(0, {1, 2})
    watched.watch.sees(1, {0, 2})
    assert watched.report(12.5)["members_wrong_ms"] == 1500
    watched.at(13).sees(2, {0, 1})
    assert watched.report(20)["members_wrong_ms"] == 2000


def test_a_living_node_that_is_taken_for_dead_is_a_loss():
    watched = all_right()
    watched.at(10).departs(2, is_dead=True)
    assert watched.report(20)["losses"] == 1
