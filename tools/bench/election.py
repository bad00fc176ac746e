"""Part `election`: how soon a mesh agrees on a leader, on the next one, and what it says.

The firmware's own Node runs in the simulator on ESP-NOW's timing and carrier sense. All nodes are
in range of each other and are switched on at one instant, each with its clock elsewhere on the
ring. Agreement: every living node follows the same living leader.
"""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import product

from rich.progress import Progress

from tools.bench import provenance
from tools.bench.part import Options, Part
from tools.bench.table import figure, markdown
from tools.simulator.conditions import Conditions
from tools.simulator.network import Plan, Run
from tools.simulator.placement import espnow_topology, grid
from tools.simulator.protocols import protocol_named
from tools.simulator.traffic import Traffic

NODES = (2, 5, 10, 20, 50)
LOSSES_PERCENT = (0, 10, 30)
DEFAULT_SEEDS = 20

_US = 1_000_000
_SPACING_M = 8.0  # the diagonal of 50 nodes in a square is less than the 100 m of a link
_SETTLED_S = 20
_KILL_S = 40
_END_S = 70

_NOTE = """{seeds} runs a row; p99 is the nearest rank, so of fewer than 100 runs it is the worst.
A dash: at least one of the runs did not agree (before the kill at {kill} s, or within {left} s
after it). Frames a node a second are counted from {settled} to {kill} s, with nothing to tell but
who leads. *Changes*: how often a node turned to another leader, or to none, in that
time, in all runs."""


@dataclass(frozen=True)
class Outcome:
    """Of one run; None for what did not happen."""

    leader_ms: float | None
    next_leader_ms: float | None
    frames_per_node_s: float
    changes: int


class Watch:
    """Looks at a run at set instants, by way of its faults."""

    def __init__(self):
        self.killed: int | None = None
        self._frames = [0, 0]

    def note_frames(self, place: int, run: Run) -> None:
        self._frames[place] = sum(station.node.frames_out for station in run.stations)

    def kill_leader(self, run: Run) -> None:
        leaders = following(run.ledger.follows, run.engine.now_us).values()
        leader = max(leaders, key=list(leaders).count, default=0)
        self.killed = leader
        run.switch_off(leader)

    def frames(self) -> int:
        return self._frames[1] - self._frames[0]


def outcome_of(nodes: int, loss_percent: int, seed: int) -> Outcome:
    """One run."""
    watch = Watch()
    faults = [
        (0, partial(_lose, loss_percent)),
        (_SETTLED_S * _US, partial(watch.note_frames, 0)),
        (_KILL_S * _US, partial(watch.note_frames, 1)),
        (_KILL_S * _US, watch.kill_leader),
    ]
    protocol = protocol_named("skein", is_on_espnow=True)
    topology = espnow_topology(grid(nodes, _SPACING_M), protocol.phy)
    silence = Traffic("silence", (), _END_S * _US)
    run = Run(Plan(topology, silence, protocol, seed, faults=tuple(faults)))
    run.go()
    follows = run.ledger.follows
    others = frozenset(range(nodes)) - {watch.killed}
    changes = sum(_SETTLED_S * _US <= at_us < _KILL_S * _US for at_us, _, _ in follows)
    return Outcome(
        agreed_ms(follows, frozenset(range(nodes)), (0, _KILL_S * _US)),
        agreed_ms(follows, others, (_KILL_S * _US, _END_S * _US)),
        watch.frames() / nodes / (_KILL_S - _SETTLED_S),
        changes,
    )


def agreed_ms(follows, living: frozenset[int], within_us: tuple[int, int]) -> float | None:
    """From the begin of a time until all living nodes follow one of them; None if never in it."""
    begin_us, end_us = within_us
    leaders = following(follows, begin_us)
    if _agree(leaders, living):
        return 0.0
    for at_us, node, leader in follows:
        if begin_us < at_us < end_us:
            leaders[node] = leader
            if _agree(leaders, living):
                return (at_us - begin_us) / 1000
    return None


def following(follows, at_us: int) -> dict[int, int | None]:
    """Whom each node followed at an instant."""
    return {node: leader for then_us, node, leader in follows if then_us <= at_us}


def _agree(leaders, living):
    followed = {leaders.get(node) for node in living}
    return len(followed) == 1 and followed <= living


def _lose(loss_percent, run):
    conditions: Conditions = run.air.conditions
    conditions.lose(loss_percent / 100)


def measure(options: Options, progress: Progress) -> Iterator[str]:
    seeds = options.seeds or (2 if options.is_quick else DEFAULT_SEEDS)
    cases = list(product((2, 5) if options.is_quick else NODES, LOSSES_PERCENT))
    task = progress.add_task("election", total=len(cases) * seeds)
    head = provenance.line(options.command("election"))
    note = _NOTE.format(
        seeds=seeds, kill=_KILL_S, left=_END_S - _KILL_S, settled=_SETTLED_S
    ).replace("\n", " ")
    rows = []
    with ProcessPoolExecutor(options.cores) as pool:
        pending = [
            [pool.submit(outcome_of, *case, seed) for seed in range(seeds)] for case in cases
        ]
        for case, futures in zip(cases, pending, strict=True):
            outcomes = []
            for future in futures:
                outcomes.append(future.result())
                progress.advance(task)
            rows.append(_row(case, outcomes))
            yield "\n\n".join([head, markdown(_HEADINGS, rows), note])


_HEADINGS = (
    *("nodes", "loss", "leader p50 ms", "p99 ms", "next leader p50 ms", "p99 ms"),
    *("frames a node a second", "changes"),
)


def _row(case, outcomes: list[Outcome]):
    nodes, loss_percent = case
    frames = sum(outcome.frames_per_node_s for outcome in outcomes) / len(outcomes)
    return [
        nodes,
        f"{loss_percent} %",
        *_spread([outcome.leader_ms for outcome in outcomes]),
        *_spread([outcome.next_leader_ms for outcome in outcomes]),
        figure(frames, 2),
        sum(outcome.changes for outcome in outcomes),
    ]


def _spread(times_ms):
    """p50 and p99 by nearest rank; what never happened comes last, as a dash."""
    ordered = sorted(times_ms, key=lambda ms: float("inf") if ms is None else ms)
    count = len(ordered)
    return [figure(ordered[-(-share * count // 100) - 1], 0) for share in (50, 99)]


ELECTION = Part("election", "Election on ESP-NOW", measure)
