"""One run of one protocol under one load, and its stored result.

A result is kept in .build by what was run and by the code that ran it, so a run that was
interrupted goes on where it stopped, and a change of the firmware repeats only its own runs.
"""

import hashlib
from dataclasses import dataclass

from tools.bench import sources, stored
from tools.bench.loads import ESPNOW_LOSS, Load
from tools.bench.part import CACHE
from tools.simulator.frame import PRIORITY_NAMES
from tools.simulator.network import Run

SKEIN = "skein"
_CELLS = CACHE / "cells"
_FIRMWARE_STATION = "tools.simulator.skein_station"


@dataclass(frozen=True)
class Cell:
    """place: the number of a topology drawn here, or the path of a file."""

    load: Load
    protocol: str
    place: int | str

    def stored(self) -> dict | None:
        """The result, if these very files have been run."""
        return stored.read(self._path())

    def run(self) -> dict:
        """The figures of this run; what takes long is done once."""
        known = self.stored()
        if known is not None:
            return known
        figures = _figures(Run(self._plan_with_watch(watch := Watch())), watch)
        stored.write(self._path(), figures)
        return figures

    def _plan_with_watch(self, watch):
        plan = self.load.plan(self.protocol, self.place)
        faults = [(0, watch.begin)]
        if self.load.is_on_espnow:
            faults.append((0, lambda run: run.air.conditions.lose(ESPNOW_LOSS)))
        return type(plan)(**{**vars(plan), "faults": tuple(faults)})

    def _path(self):
        left_out = "" if self.protocol == SKEIN else _FIRMWARE_STATION
        code = sources.digest(__name__, left_out)
        place = self.place
        if isinstance(place, str):
            with open(place, "rb") as file:
                place = [place, hashlib.sha256(file.read()).hexdigest()]
        return stored.path_of(_CELLS, self.load, self.protocol, place, code)


class Watch:
    """Notes where the books stand when the traffic begins: warming up is not part of a result."""

    def begin(self, run: Run) -> None:
        self._began_us = run.engine.now_us
        self._data_us = run.ledger.airtime_us
        self._overhead_us = run.ledger.overhead_airtime_us
        self._busy_us = self._all_busy_us(run)

    def overhead_percent(self, run: Run) -> tuple[float, float]:
        """What beacons, digests and elections take since then: of all airtime, of the channel."""
        overhead_us = run.ledger.overhead_airtime_us - self._overhead_us
        all_us = overhead_us + run.ledger.airtime_us - self._data_us
        if not all_us:
            return 0.0, 0.0
        seen_us = (run.engine.now_us - self._began_us) * run.topology.nodes
        busy_share = (self._all_busy_us(run) - self._busy_us) / seen_us
        return 100 * overhead_us / all_us, 100 * busy_share * overhead_us / all_us

    def _all_busy_us(self, run):
        return sum(run.air.busy_us(node) for node in range(run.topology.nodes))


def _figures(run: Run, watch: Watch) -> dict:
    report = run.go()
    of_airtime, of_channel = watch.overhead_percent(run)
    critical = report["by_priority"].get(PRIORITY_NAMES[0], {})
    return {
        "reach_pct": report["reach_pct"],
        "reach_of_reachable_pct": report["reach_of_reachable_pct"],
        "tx_per_message": report["tx_per_message"],
        "airtime_ms_per_delivery": report["airtime_ms_per_delivery"],
        "p50_s": _seconds(report["delay_ms"]["p50"]),
        "p95_s": _seconds(report["delay_ms"]["p95"]),
        "overhead_airtime_pct": of_airtime,
        "overhead_channel_pct": of_channel,
        "critical_reach_pct": critical.get("reach_of_reachable_pct"),
        "critical_p95_s": _seconds(critical.get("delay_ms", {}).get("p95")),
        "virtual_s": run.engine.now_us / 1e6,
    }


def _seconds(ms: float | None) -> float | None:
    return None if ms is None else ms / 1000
