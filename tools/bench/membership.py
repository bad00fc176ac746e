"""Part `membership`: how soon all know who belongs to the mesh and who leads the formation.

The firmware's own Node runs in the simulator on ESP-NOW, with a table of members, in a grid in
which a node reaches those next to it; all are switched on at one instant. Then one node loses
power, and later one says goodbye. In a second kind of run the same grid is four cells, and the
formation's leader loses power.
"""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import product

from rich.progress import Progress

from tools.bench import provenance
from tools.bench.membership_runs import (
    END_S,
    LEAVE_S,
    SETTLED_S,
    STRIKE_S,
    Load,
    Members,
    Tiers,
    members_of,
    tiers_of,
)
from tools.bench.part import Options, Part
from tools.bench.table import figure, markdown

NODES = (10, 20, 50)
LOSSES_PERCENT = (0, 10, 30)
DEFAULT_SEEDS = 10

_NOTE = """{seeds} runs a row; p99 is the nearest rank, so of fewer than 100 runs it is the worst.
A dash: at least one of the runs did not get there in {left} s. *All known*: from power to every
node counting every other one as a member; *death*: from a node's end to nobody counting it any
more; *goodbye*: from the first to the last node that knows of one, the leaver going a second after
it. *Losses*: living nodes that somebody took for dead, in all runs. *Beacon bytes*: their mean;
*channel*: the mean share of time that a node hears one or sends, from {settled} to {strike} s,
with nothing else to tell. *Cells led* and *formation led*: from power to every node following a
leader of its cell, and all the same leader of the formation; *formation again*: from that leader's
end to all following another one."""
_HEADINGS = (
    *("nodes", "loss", "all known p50 ms", "p99 ms", "death p50 ms", "p99 ms"),
    *("goodbye p50 ms", "p99 ms", "losses", "beacon bytes", "channel %"),
    *("cells led p50 ms", "p99 ms", "formation led p50 ms", "p99 ms"),
    *("formation again p50 ms", "p99 ms", "beacon bytes", "channel %"),
)


def measure(options: Options, progress: Progress) -> Iterator[str]:
    seeds = options.seeds or (2 if options.is_quick else DEFAULT_SEEDS)
    cases = list(product((10,) if options.is_quick else NODES, LOSSES_PERCENT))
    task = progress.add_task("membership", total=len(cases) * seeds)
    head = provenance.line(options.command("membership"))
    note = _NOTE.format(
        seeds=seeds, settled=SETTLED_S, strike=STRIKE_S, left=END_S - LEAVE_S
    ).replace("\n", " ")
    rows = []
    with ProcessPoolExecutor(options.cores) as pool:
        pending = [
            [
                (pool.submit(members_of, *case, seed), pool.submit(tiers_of, *case, seed))
                for seed in range(seeds)
            ]
            for case in cases
        ]
        for case, futures in zip(cases, pending, strict=True):
            outcomes = []
            for members, tiers in futures:
                outcomes.append((members.result(), tiers.result()))
                progress.advance(task)
            rows.append(_row(case, *zip(*outcomes, strict=True)))
            yield "\n\n".join([head, *_tables(rows), note])


def _tables(rows) -> list[str]:
    """The members' columns and, below, those of the tiers."""
    return [
        markdown(_HEADINGS[:11], [row[:11] for row in rows]),
        markdown(
            (*_HEADINGS[:2], *_HEADINGS[11:]),
            [[*row[:2], *row[11:]] for row in rows],
        ),
    ]


def _row(case, members: tuple[Members, ...], tiers: tuple[Tiers, ...]):
    nodes, loss_percent = case
    return [
        nodes,
        f"{loss_percent} %",
        *_spread([run.known_ms for run in members]),
        *_spread([run.death_ms for run in members]),
        *_spread([run.goodbye_ms for run in members]),
        sum(run.losses for run in members),
        *_loads([run.load for run in members]),
        *_spread([run.cells_ms for run in tiers]),
        *_spread([run.formation_ms for run in tiers]),
        *_spread([run.again_ms for run in tiers]),
        *_loads([run.load for run in tiers]),
    ]


def _loads(loads: list[Load]):
    count = len(loads)
    return [
        figure(sum(load.beacon_bytes for load in loads) / count, 0),
        figure(sum(load.channel_percent for load in loads) / count, 2),
    ]


def _spread(times_ms):
    """p50 and p99 by nearest rank; what never happened comes last, as a dash."""
    ordered = sorted(times_ms, key=lambda ms: float("inf") if ms is None else ms)
    count = len(ordered)
    return [figure(ordered[-(-share * count // 100) - 1], 0) for share in (50, 99)]


MEMBERSHIP = Part("membership", "Members, cells and formation on ESP-NOW", measure)
