"""Part `election`: how soon a mesh agrees on a leader, in good times and bad, and what it says.

The firmware's own Node runs in the simulator on ESP-NOW's timing and carrier sense. All nodes are
switched on at one instant, each with its clock elsewhere on the ring.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from textwrap import fill

from rich.progress import Progress

from tools.bench import provenance, reign
from tools.bench.part import Options, Part
from tools.bench.reign import Case
from tools.bench.table import NOTHING, figure, markdown

NODES = (2, 5, 10, 20, 50)
LOSSES_PERCENT = (0, 10, 30)
HOPS = (1, 4)
DEFAULT_SEEDS = 100
_FEWEST_IN_A_COLUMN_OF_HOPS = 5

_NOTE = """{seeds} runs a row, each of {end} s: all are switched on together; the leader dies at
{kill} s and is back at {back} s; the leader resigns at {resign} s; the mesh is cut in two at
{part} s and healed at {heal} s, all of that later by a part of a heartbeat that differs from run
to run. Times are in ms, until all nodes of each connected part follow one
of them; p99 is the nearest rank, so of fewer than 100 runs it is the worst. A dash: more than one
run in a hundred did not agree before the next act. *Hops* 1: all in range of each other; 4: five
columns, each hears those beside it. *Two leaders*: leader-milliseconds with more than one in a
connected part, in the {steady} s of steady state of all runs together. *Channel*: time on the air
at the busiest place, with nothing to tell but who leads. One crossing: as many hops as the mesh
has, each as long as a node may wait before it passes a claim on."""


@dataclass(frozen=True)
class Goal:
    """limit: of the row's figure; with_crossing: one crossing of the mesh comes on top."""

    what: str
    key: str
    limit: float
    with_crossing: bool = False

    def limit_for(self, row: dict) -> float:
        return self.limit + (row["crossing_ms"] if self.with_crossing else 0)

    def is_met(self, row: dict) -> bool:
        return row[self.key] is not None and row[self.key] <= self.limit_for(row)


GOALS = (
    Goal("time to a leader, p99 ≤ 3,000 ms and one crossing", "leader_p99", 3000, True),
    Goal("death to the next leader, p99 ≤ 7,500 ms", "death_p99", 7500),
    Goal("resignation to the next leader, p99 ≤ 1,000 ms", "resignation_p99", 1000),
    Goal("heal to one leader, p99 ≤ 4,000 ms and one crossing", "merge_p99", 4000, True),
    Goal("two leaders in one part, steady state: 0", "split_ms", 0),
    Goal("heartbeats ≤ 5 % of the channel", "channel_percent", 5),
)
_TIMED = ("leader", "death", "resignation", "merge")


def cases_of(is_quick: bool) -> list[Case]:
    """The rows; two nodes are never four hops apart."""
    nodes = (2, 5) if is_quick else NODES
    losses = (0, 30) if is_quick else LOSSES_PERCENT
    return [
        Case(count, hops, loss)
        for count, hops, loss in product(nodes, HOPS, losses)
        if hops == 1 or count >= _FEWEST_IN_A_COLUMN_OF_HOPS
    ]


def measure(options: Options, progress: Progress) -> Iterator[str]:
    seeds = options.seeds or (2 if options.is_quick else DEFAULT_SEEDS)
    cases = cases_of(options.is_quick)
    task = progress.add_task("election", total=len(cases) * seeds)
    head = provenance.line(options.command("election"))
    rows: dict[Case, dict] = {}
    with ProcessPoolExecutor(options.cores, initializer=os.nice, initargs=(5,)) as pool:
        pending = {
            case: [pool.submit(reign.figures_of, case, seed) for seed in range(seeds)]
            for case in cases
        }
        for case, futures in pending.items():
            figures = []
            for future in futures:
                figures.append(future.result())
                progress.advance(task)
            rows[case] = row_of(figures)
            table = markdown(_HEADINGS, [_cells(each, row) for each, row in rows.items()])
            yield "\n\n".join([head, table, _verdicts(rows), _note(seeds)])


def row_of(figures: list[dict]) -> dict:
    """The figures of a row from those of its runs."""
    row: dict = {}
    for what in _TIMED:
        times_ms = [each[f"{what}_ms"] for each in figures]
        row[f"{what}_p50"] = ranked(times_ms, 50)
        row[f"{what}_p99"] = ranked(times_ms, 99)
    row["split_ms"] = sum(each["split_ms"] for each in figures)
    for key in ("frames_per_node_s", "channel_percent", "crossing_ms"):
        row[key] = sum(each[key] for each in figures) / len(figures)
    return row


def ranked(times_ms: list[float | None], share: int) -> float | None:
    """A percentile by nearest rank; what never happened comes last."""
    ordered = sorted(times_ms, key=lambda ms: float("inf") if ms is None else ms)
    return ordered[-(-share * len(ordered) // 100) - 1]


_HEADINGS = (
    *("nodes", "hops", "loss", "leader p50", "p99", "death p50", "p99"),
    *("resignation p50", "p99", "heal p50", "p99"),
    *("two leaders ms", "frames a node a second", "channel %"),
)


def _cells(case: Case, row: dict) -> list[str]:
    missed = {goal.key for goal in GOALS if not goal.is_met(row)}
    cells = [str(case.nodes), str(case.hops), f"{case.loss_percent} %"]
    keys = [f"{what}_p{share}" for what in _TIMED for share in (50, 99)]
    for key, digits in (
        *((key, 0) for key in keys),
        ("split_ms", 0),
        ("frames_per_node_s", 2),
        ("channel_percent", 2),
    ):
        text = figure(row[key], digits)
        cells.append(f"**{text}**" if key in missed else text)
    return cells


def _verdicts(rows: dict[Case, dict]) -> str:
    """A line for each goal: in how many rows it is met, and the worst of the others."""
    lines = []
    for goal in GOALS:
        missed = [case for case, row in rows.items() if not goal.is_met(row)]
        said = f"- {goal.what}: met in {len(rows) - len(missed)} of {len(rows)} rows"
        if missed:
            worst = max(missed, key=lambda case: _excess(goal, rows[case]))
            found = rows[worst][goal.key]
            value = "no agreement" if found is None else figure(found, 0)
            said += f"; **missed** in {len(missed)}, worst {value} with {worst.nodes} nodes"
            said += f", {worst.hops} hop{'s' * (worst.hops > 1)}, {worst.loss_percent} % loss"
        lines.append(said)
    return "\n".join(lines)


def _excess(goal, row):
    return float("inf") if row[goal.key] is None else row[goal.key] - goal.limit_for(row)


def _note(seeds):
    text = _NOTE.format(
        seeds=seeds,
        end=reign.END_S,
        kill=reign.KILL_S,
        back=reign.BACK_S,
        resign=reign.RESIGN_S,
        part=reign.PART_S,
        heal=reign.HEAL_S,
        steady=reign.STEADY_S,
    ).replace("A dash", f"A dash ({NOTHING})")
    return fill(" ".join(text.split()), 99) + "\nFigures in bold miss their goal."


ELECTION = Part("election", "Election on ESP-NOW", measure)
