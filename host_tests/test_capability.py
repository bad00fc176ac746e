"""How fit a board is to lead, from what it measures at boot."""

import gc
import sys
from types import SimpleNamespace

import pytest

WORST = {"heap": 0, "hz": 0, "sensors": (), "power": "battery", "cause": 2, "radios": 0}
PARTS = {  # the most that each gives, and what it takes for that
    "compute, by heap": (38, {"heap": 65536}),
    "compute, by clock": (38, {"hz": 240_000_000}),
    "communication": (32, {"radios": 2}),
    "sensors": (51, {"sensors": ("a", "b", "c", "d")}),
    "power": (26, {"power": "mains"}),
    "reliability": (13, {"cause": 1}),
}


@pytest.fixture
def score_of(monkeypatch):
    """score_of(heap=…, …): the score of a board that measures this, and else the worst."""
    chip = SimpleNamespace(HARD_RESET=2, WDT_RESET=3)
    monkeypatch.setitem(sys.modules, "machine", chip)
    monkeypatch.delitem(sys.modules, "device.capability", raising=False)

    def score(**measured):
        board = {**WORST, **measured}
        monkeypatch.setattr(gc, "mem_free", lambda: board["heap"], raising=False)
        chip.freq = lambda: board["hz"]
        chip.reset_cause = lambda: board["cause"]
        from device.capability import score as measure  # noqa: PLC0415 - it needs the chip

        config = {"sensors": list(board["sensors"]), "power": board["power"]}
        return measure(config, board["radios"])

    yield score
    sys.modules.pop("device.capability", None)


@pytest.mark.parametrize("part", PARTS)
def test_each_capability_counts_by_what_is_measured_and_with_its_weight(score_of, part):
    most, measured = PARTS[part]
    assert score_of(**measured) - score_of() == most


def test_the_best_board_has_what_the_mesh_and_time_leave_of_the_255(score_of):
    best = {name: value for _, measured in PARTS.values() for name, value in measured.items()}
    links, an_hour_of_uptime = 32, 13
    assert score_of(**best) == 255 - links - an_hour_of_uptime


def test_more_than_enough_is_not_better(score_of):
    enough = score_of(heap=65536, hz=240_000_000, radios=2, sensors=("a",) * 4)
    assert score_of(heap=8 << 20, hz=400_000_000, radios=3, sensors=("a",) * 9) == enough


def test_a_quarter_of_the_sensors_gives_a_quarter_of_the_points(score_of):
    assert [score_of(sensors=("a",) * n) - score_of() for n in range(5)] == [0, 12, 25, 38, 51]


@pytest.mark.parametrize("cause", [2, 3])
def test_a_boot_after_a_crash_is_less_reliable(score_of, cause):
    assert score_of(cause=1) - score_of(cause=cause) == 13
