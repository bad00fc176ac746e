"""The platoon of the source documents on ESP-NOW, run: where its nodes stand, and its figures.

48 nodes in six cells of eight; each node emits ten detections and one telemetry a second, and an
anomaly in a hundred seconds on average. The cells stand 60 m apart, three by two, and a radio
carries 100 m, so the far cells are two hops from each other.
"""

from dataclasses import replace
from math import cos, pi, sin, sqrt

from tools.bench.platoon_station import CELL_NODES, WARM_UP_S, Case, PlatoonStation, Tally
from tools.simulator.dice import Dice
from tools.simulator.espnow import rssi_dbm
from tools.simulator.network import Plan, Run
from tools.simulator.placement import HEIGHT_M
from tools.simulator.skein_station import Skein
from tools.simulator.topology import Topology, topology_of
from tools.simulator.traffic import by_chance

CELLS = 6
NODES = CELLS * CELL_NODES
ANOMALY_GAP_S = 100

_US = 1_000_000
_DRAIN_S = 30  # until the last windows are told
_ASK_BEFORE_S = 20
_QUIET_S = 120  # at the end of what `by_chance` draws
_CELL_APART_M = 60.0
_CELL_RADIUS_M = 20.0


class Platoon(Skein):
    """The firmware on ESP-NOW, with the platoon's application."""

    warm_up_us = WARM_UP_S * _US

    def __init__(self, case: Case):
        super().__init__(None)
        self.warm_up_us = WARM_UP_S * _US
        self._case = case
        self.tally = Tally()

    def station(self, number: int, run, shared: None) -> PlatoonStation:
        return PlatoonStation(number, run, self._case, self.tally)


def topology(dice: Dice, weakest_dbm: float) -> Topology:
    """Six cells of eight nodes, each scattered over a disc."""
    stream = dice.stream("places")
    positions = []
    for number in range(NODES):
        cell = number // CELL_NODES
        angle, reach_m = stream.uniform(0, 2 * pi), _CELL_RADIUS_M * sqrt(stream.random())
        x = cell % 3 * _CELL_APART_M + reach_m * cos(angle)
        y = cell // 3 * _CELL_APART_M + reach_m * sin(angle)
        positions.append((x, y, HEIGHT_M))
    return topology_of(positions, rssi_dbm, weakest_dbm)


def figures_of(case: Case, seed: int, progress=None) -> dict:
    """One run; its keys are those of `_figures`."""
    protocol = Platoon(case)
    dice = Dice(seed)
    anomalies = by_chance(
        NODES, ANOMALY_GAP_S * _US, (case.seconds + _QUIET_S) * _US, dice.stream("anomalies")
    )
    anomalies = replace(anomalies, duration_us=(case.seconds + _DRAIN_S) * _US)
    clock = _Clock(case, protocol.tally)
    faults = (
        (-WARM_UP_S * _US, clock.begin),
        (-_ASK_BEFORE_S * _US, clock.ask),
        (0, clock.switch),
        (case.seconds * _US, clock.stop),
    )
    places = topology(dice, protocol.phy.sense_dbm)
    plan = Plan(places, anomalies, protocol, seed, {}, protocol.warm_up_us, faults)
    run = Run(plan)
    report = run.go(progress)
    return _figures(run, report, protocol.tally, clock.busy_share)


class _Clock:
    """What happens at certain instants of a run."""

    def __init__(self, case: Case, tally: Tally):
        self._case = case
        self._tally = tally
        self._busy_us: list[int] = []
        self.busy_share = 0.0

    def begin(self, run) -> None:
        run.air.conditions.lose(self._case.loss_percent / 100)

    def ask(self, run) -> None:
        """Without summaries the top must ask for detections, or none would leave its source."""
        for station in run.stations:
            if not self._case.tier_ms and station.is_top():
                station.want()

    def switch(self, run) -> None:
        self._tally.is_on = True
        self._busy_us = _busy_us(run)

    def stop(self, run) -> None:
        grown = [now - then for now, then in zip(_busy_us(run), self._busy_us, strict=True)]
        self.busy_share = max(grown) / (self._case.seconds * _US)


def _busy_us(run):
    return [run.air.busy_us(node) for node in range(NODES)]


def _figures(run, report, tally, busy_share):
    summaries = [station.node.diffusion.summaries for station in run.stations]
    summaries = [each for each in summaries if each]
    couriers = [station.node.courier for station in run.stations if station.node.courier]
    return {
        "frames": dict(tally.frames),
        "bytes": dict(tally.bytes),
        "emitted": dict(tally.emitted),
        "counted": tally.counted,
        "published": tally.published,
        "seen_at_top": tally.seen_at_top,
        "met_twice": sum(count > 1 for count in tally.met.values()),
        "reports": len(tally.met),
        "repeated": sum(each.duplicates for each in summaries),
        "lost": sum(each.lost for each in summaries),
        "given_up": sum(each.given_up for each in couriers),
        "still_open": sum(each.own.count + each.tier.count for each in summaries),
        "anomaly_reach_pct": report["reach_of_reachable_pct"],
        "anomalies": len(run.traffic.messages),
        "busy_share": busy_share,
        "heads": sum(station.is_head() for station in run.stations),
        "tops": sum(station.is_top() for station in run.stations),
    }
