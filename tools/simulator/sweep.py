"""A grid of parameters over one scenario: every combination, each with several seeds.

A parameter is a dotted key of the scenario file (`protocol`, `nodes.count`, `radio.loss`,
`interest.alarm`, `traffic.0.every_s`, `fault.1.share`) and a list of values as TOML writes them;
a word that is no TOML counts as a text.
"""

import re
import tomllib
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from tools.simulator import SimulatorError
from tools.simulator.executors import reports_of
from tools.simulator.scenario import load_scenario
from tools.simulator.scenario_run import plan_of

_NOT_IN_BRACKETS = re.compile(r",(?![^\[]*\])")


@dataclass(frozen=True)
class Point:
    """One place in the grid: the value of each parameter."""

    values: dict[str, object]
    seed: int


def parameter_from(text: str) -> tuple[str, list]:
    """`key=a,b,c` as the key and its values. Raises SimulatorError when it is not that."""
    key, separator, values = text.partition("=")
    if not separator or not key or not values:
        raise SimulatorError(f"{text!r} names no values, write KEY=A,B,C")
    return key.strip(), [_value(each.strip()) for each in _NOT_IN_BRACKETS.split(values)]


def sweep(
    path: Path, parameters: list[tuple[str, list]], seeds: int, executor: Executor, progress
) -> list[dict]:
    """Run the grid; one {"over", "seed", "report"} for each point, the last key fastest.

    The seeds are the file's own and those that follow it. Raises SimulatorError for a mistake in
    any point before the first one is run.
    """
    points, plans = [], []
    for values in product(*(values for _, values in parameters)):
        over = dict(zip((key for key, _ in parameters), values, strict=True))
        scenario = load_scenario(path, over)
        for seed in range(scenario.top["seed"], scenario.top["seed"] + seeds):
            points.append(Point(over, seed))
            plans.append(plan_of(scenario, seed))
    reports = reports_of(plans, executor, progress)
    return [
        {"over": point.values, "seed": point.seed, "report": report}
        for point, report in zip(points, reports, strict=True)
    ]


def _value(text):
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
