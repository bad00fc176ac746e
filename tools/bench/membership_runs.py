"""The runs of the part `membership`: what is done to a mesh, and what came of it.

One kind is of one cell, in which a node loses power and later another one says goodbye. In the
other kind the same grid is four cells, and the formation's leader loses power.
"""

from dataclasses import dataclass
from functools import partial

from tools.simulator.network import Plan, Run
from tools.simulator.placement import espnow_topology, grid
from tools.simulator.skein_station import Skein
from tools.simulator.traffic import Traffic

_US = 1_000_000
_SPACING_M = 60.0  # of 100 m of range: eight nodes around one
SETTLED_S = 60
STRIKE_S = 120
LEAVE_S = 200
END_S = 280
_CELLS = 4


@dataclass(frozen=True)
class Load:
    """What beacons cost: mean bytes of one, and the share of time a node hears one or sends."""

    beacon_bytes: float
    channel_percent: float


@dataclass(frozen=True)
class Members:
    """Of one run of one cell; None for what did not happen."""

    known_ms: float | None
    death_ms: float | None
    goodbye_ms: float | None
    losses: int
    load: Load


@dataclass(frozen=True)
class Tiers:
    """Of one run of four cells; None for what did not happen."""

    cells_ms: float | None
    formation_ms: float | None
    again_ms: float | None
    load: Load


class Watch:
    """Looks at a run at set instants, by way of its faults."""

    def __init__(self):
        self.wrong_ms: list[float | None] = []
        self.struck: int | None = None
        self._notes: list[tuple[int, int, int]] = []

    def note_wrong(self, run: Run) -> None:
        """For how long somebody has been wrong so far; None while somebody is."""
        is_wrong = run.member_watch.is_wrong()
        wrong_ms = run.member_watch.report().get("members_wrong_ms")
        self.wrong_ms.append(None if is_wrong else wrong_ms)

    def note_load(self, run: Run) -> None:
        frames = sum(station.node.frames_out for station in run.stations)
        busy_us = sum(run.air.busy_us(number) for number in range(run.topology.nodes))
        self._notes.append((frames, run.ledger.overhead_airtime_us, busy_us))

    def load(self, run: Run) -> Load:
        before, after = self._notes
        frames, airtime_us, busy_us = (b - a for a, b in zip(before, after, strict=True))
        window_us = (STRIKE_S - SETTLED_S) * _US * run.topology.nodes
        return Load(_bytes_in(run, airtime_us / frames), 100 * busy_us / window_us)

    def kill_leader(self, run: Run) -> None:
        self.struck = next(s._follows for s in run.stations if s is not None)
        run.switch_off(self.struck or 0)

    def passed_ms(self, place: int) -> float | None:
        """For how long somebody was wrong between two notes."""
        before, after = self.wrong_ms[place : place + 2]
        return None if before is None or after is None else after - before


def members_of(nodes: int, loss_percent: int, seed: int) -> Members:
    """One run of one cell: a node dies, another one says goodbye."""
    watch = Watch()
    dies, leaves = nodes // 3, 2 * nodes // 3
    run = _run(
        (nodes, loss_percent, seed),
        {"members": True},
        [
            (SETTLED_S, watch.note_load),
            (STRIKE_S, watch.note_load),
            (STRIKE_S, watch.note_wrong),
            (STRIKE_S, partial(_switch_off, dies)),
            (LEAVE_S, watch.note_wrong),
            (LEAVE_S, partial(_leave, leaves)),
            (LEAVE_S + 1, partial(_switch_off, leaves)),
            (END_S, watch.note_wrong),
        ],
    )
    report = run.member_watch.report()
    known_ms, goodbye_ms = report.get("members_right_ms"), watch.passed_ms(1)
    # Until it loses power, whoever knows of the goodbye is "wrong", and from then on the others.
    return Members(
        known_ms, watch.passed_ms(0), goodbye_ms, report.get("losses", 0), watch.load(run)
    )


def tiers_of(nodes: int, loss_percent: int, seed: int) -> Tiers:
    """One run of four cells, whose formation's leader dies."""
    watch = Watch()
    quarters = [list(range(q * nodes // _CELLS, (q + 1) * nodes // _CELLS)) for q in range(_CELLS)]
    settings = {"members": True, "cells": quarters, "cell_min": 0, "cell_max": 0}
    strikes = [
        (SETTLED_S, watch.note_load),
        (STRIKE_S, watch.note_load),
        (STRIKE_S, watch.kill_leader),
    ]
    run = _run((nodes, loss_percent, seed), settings, strikes)
    follows, living = run.ledger.follows, set(range(nodes)) - {watch.struck}
    return Tiers(
        run.cell_watch.report()["cells_right_ms"],
        _agreed_ms(follows, set(range(nodes)), (0, STRIKE_S * _US)),
        _agreed_ms(follows, living, (STRIKE_S * _US, END_S * _US)),
        watch.load(run),
    )


def _run(case, settings, strikes) -> Run:
    nodes, loss_percent, seed = case
    protocol = Skein(None)
    protocol.cells = settings
    faults = [(0, lambda run: run.air.conditions.lose(loss_percent / 100))]
    faults += [(at_s * _US, strike) for at_s, strike in strikes]
    topology = espnow_topology(grid(nodes, _SPACING_M), protocol.phy)
    silence = Traffic("silence", (), (END_S + 1) * _US)
    run = Run(Plan(topology, silence, protocol, seed, faults=tuple(faults)))
    run.go()
    return run


def _agreed_ms(follows, living: set[int], within_us: tuple[int, int]) -> float | None:
    begin_us, end_us = within_us
    leaders: dict[int, int | None] = {}
    for at_us, node, leader in follows:
        if at_us >= end_us:
            break
        leaders[node] = leader
        followed = {leaders.get(each) for each in living}
        if at_us > begin_us and len(followed) == 1 and followed <= living:
            return (at_us - begin_us) / 1000
    return None


def _switch_off(node, run):
    run.switch_off(node)


def _leave(node, run):
    run.stations[node].leave()


def _bytes_in(run, airtime_us):
    """The length of a frame of so long an airtime; on ESP-NOW that is a straight line."""
    empty_us, full_us = run.phy.airtime_us(0), run.phy.airtime_us(250)
    return 250 * (airtime_us - empty_us) / (full_us - empty_us)
