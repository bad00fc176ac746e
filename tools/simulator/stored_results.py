"""The named scenarios beside what they gave when their results were last stored.

`scenarios/NAME.toml` is a story, `scenarios/NAME.json` the figures of each of its protocols (its
own and those `beside` it). A figure may be off by the scenario's `[tolerance]`: runs are the same
to the byte until the code changes, and any change of the code throws the dice anew.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.simulator import SimulatorError
from tools.simulator.network import Plan
from tools.simulator.scenario import load_scenario
from tools.simulator.scenario_run import plan_of

_TIMES = (
    *("time_to_leader_ms", "split_ms", "members_right_ms", "members_wrong_ms"),
    *("cells_right_ms", "cells_wrong_ms"),
)
_COUNTS = (
    *("changes", "deaths", "losses", "goodbyes"),
    *("cells", "smallest_cell", "largest_cell", "moves"),
)
FOLDER = Path(__file__).with_name("scenarios")


@dataclass(frozen=True)
class Case:
    """One protocol in one scenario."""

    path: Path
    protocol: str
    plan: Plan
    tolerance: dict[str, float]

    @property
    def stored_path(self) -> Path:
        return self.path.with_suffix(".json")

    def stored(self) -> dict | None:
        """The figures on disk; None when there are none. Raises SimulatorError for bad JSON."""
        return _read(self.stored_path).get(self.protocol)

    def store(self, figures: dict) -> None:
        """Put figures on disk in place of those of this protocol, the others left as they are."""
        document = {**_read(self.stored_path), self.protocol: figures}
        text = json.dumps(dict(sorted(document.items())), indent=2)
        self.stored_path.write_text(text + "\n", encoding="utf-8")


def cases_in(folder: Path, names: Iterable[str] = (), protocols: Iterable[str] = ()) -> list[Case]:
    """The cases of a folder; only of these scenarios and protocols when any are named.

    Raises SimulatorError for a name that is not there, and for every mistake in a file.
    """
    files = {path.stem: path for path in sorted(folder.glob("*.toml"))}
    for name in names:
        if name not in files:
            raise SimulatorError(f"there is no scenario {name!r}, only {', '.join(files)}")
    cases = []
    for name in names or files:
        scenario = load_scenario(files[name])
        for protocol in (scenario.top["protocol"], *scenario.top["beside"]):
            if not protocols or protocol in protocols:
                plan = plan_of(load_scenario(files[name], {"protocol": protocol}))
                cases.append(Case(files[name], protocol, plan, scenario.tolerance))
    return cases


def figures_of(report: dict) -> dict[str, float | None]:
    """What is stored of a report: reach, cost, delay and leadership."""
    figures = {
        "reach_of_reachable_pct": report["reach_of_reachable_pct"],
        "tx_per_message": report["tx_per_message"],
        "airtime_ms_per_delivery": report["airtime_ms_per_delivery"],
        "overhead_airtime_pct": report["overhead_airtime_pct"],
        "p95_delay_ms": report["delay_ms"]["p95"],
    }
    for parts in (report["by_priority"], report["by_topic"]):
        if len(parts) > 1:
            for name, part in parts.items():
                figures[f"{name}_reach_of_reachable_pct"] = part["reach_of_reachable_pct"]
    return {**figures, **report["leaders"], **report["members"], **report["cells"]}


def differences(stored: dict | None, figures: dict, tolerance: dict[str, float]) -> list[str]:
    """A sentence for each figure that is further off than the tolerance lets it be."""
    if stored is None:
        return ["nothing is stored"]
    return [
        f"{name} was {stored.get(name)}, is {figures.get(name)}"
        for name in {**stored, **figures}
        if not _is_near(name, stored.get(name), figures.get(name), tolerance)
    ]


def _is_near(name, stored, now, tolerance):
    if stored is None or now is None:
        return stored is now
    if name.endswith("_pct"):
        allowed = tolerance["points"]
    elif name in _TIMES:
        allowed = tolerance["seconds"] * 1000
    elif name in _COUNTS:
        allowed = tolerance["changes"]
    else:
        allowed = abs(stored) * tolerance["percent"] / 100
    return abs(now - stored) <= allowed


def _read(path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except json.JSONDecodeError as error:
        raise SimulatorError(f"{path}, line {error.lineno}: {error.msg}") from None
