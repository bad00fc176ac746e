"""Kills, partitions and resignations in a row, on boards of real MicroPython."""

import pytest
from click.testing import CliRunner
from conftest import RUNTIME

from tools.virtual import trials as trying
from tools.virtual.commands import trials
from tools.virtual.trials import TrialError, TrialPlan

needs_micropython = pytest.mark.skipif(isinstance(RUNTIME, str), reason="there is no MicroPython")


def tried(**plan):
    return trying.run(TrialPlan(**plan), lambda kind, ms: None)


@needs_micropython
def test_boards_agree_again_after_a_kill_a_partition_and_a_resignation():
    times_ms = tried(boards=4, kills=1, partitions=1, resignations=1)
    assert all(len(each) == 1 for each in times_ms.values())
    assert times_ms["kill"][0] < 12_000
    assert times_ms["heal"][0] < 8000
    assert times_ms["resignation"][0] < 3000


@needs_micropython
@pytest.mark.long
def test_boards_agree_again_after_each_of_ten_kills_ten_partitions_and_ten_resignations():
    times_ms = tried()
    for kind in ("kill", "return", "partition", "heal", "resignation"):
        assert len(times_ms[kind]) == 10
        print(kind, sorted(round(ms) for ms in times_ms[kind]))


@needs_micropython
def test_boards_that_never_agree_are_told_of_and_not_waited_for_for_ever(monkeypatch):
    monkeypatch.setattr(trying, "_PATIENCE_S", 3.0)
    with pytest.raises(TrialError, match="no agreement 3 s after a leader: board 0 .* follows"):
        tried(boards=3, loss_percent=100)


def test_the_command_prints_the_times_and_whether_the_goals_are_met(monkeypatch):
    found = {kind: [] for kind in trying.KINDS} | {"kill": [5000.0, 7000.0], "heal": [9000.0]}
    monkeypatch.setattr(trying, "run", lambda plan, progress: found)
    result = CliRunner().invoke(trials, [])
    assert result.exit_code == 0, result.output
    lines = {line.split()[0]: line.split() for line in result.output.splitlines()[1:]}
    assert lines["kill"] == ["kill", "2", "6000", "7000", "<=", "7500:", "met"]
    assert lines["heal"][-1] == "missed" and "return" not in lines


def test_the_command_says_in_a_sentence_that_the_boards_never_agreed(monkeypatch):
    def fail(plan, progress):
        raise TrialError("no agreement")

    monkeypatch.setattr(trying, "run", fail)
    result = CliRunner().invoke(trials, [])
    assert result.exit_code == 1 and "no agreement." in result.output
