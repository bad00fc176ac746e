"""Part `convergence`: how soon all nodes hold an event or a value of the shared state."""

import subprocess
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from pathlib import Path

from rich.progress import Progress

from tools.bench import cost, provenance
from tools.bench.convergence_runs import (
    EVENTS,
    FIELD,
    LINE,
    STATE_ROWS,
    WRITES,
    Case,
    Converged,
    converged,
)
from tools.bench.part import Options, Part
from tools.bench.table import figure, markdown
from tools.setup.micropython_runtime import find
from tools.simulator.traffic import PAYLOAD_BYTES

DEFAULT_SEEDS = 3
_MANY_NODES = 300  # of so many one run has to do
_LOSSES_PERCENT = (0, 10, 30)
_SHAPES = ((FIELD, (10, 30, 100, 300, 1000)), (LINE, (10, 30, 100)))
_QUICK = ((FIELD, (10, 30)), (LINE, (10,)))
_ROWS = (8, 32, 100, 250)
_SCRIPT = Path(__file__).parent / "vm" / "measure_tables.py"

_HEADINGS = (
    *("mesh", "nodes", "diameter", "loss"),
    *("reach %", "hops", "first hop p95 ms", "all p50 ms", "worst ms", "bytes a byte"),
    *("state: all p50 ms", "worst ms", "bytes a node", "quiet %"),
)
_NOTE = f"""ESP-NOW, {EVENTS} events of {PAYLOAD_BYTES} bytes that all nodes want, then {WRITES}
writes to one of {STATE_ROWS} values of the shared state; {DEFAULT_SEEDS} runs a row, one where
there are {_MANY_NODES} nodes and more. *Field*: random places, about 14 nodes in range of one;
*line*: each node reaches the one before and the one after. *Hops*: transmissions to the farthest
node that an event met, of which 16 are the most. *All*: until the last node held it; a dash where
one never did. *Bytes a byte*: frames of events, per byte of payload and node; flooding without
loss and header would be 1. *Bytes a node*: frames of state for one write, digests included.
*Quiet*: share of time that a node sends when nothing is said but beacons and digests."""


def measure(options: Options, progress: Progress) -> Iterator[str]:
    shapes = _QUICK if options.is_quick else _SHAPES
    cases = [
        Case(shape, nodes, loss)
        for shape, sizes in shapes
        for nodes in sizes
        for loss in _LOSSES_PERCENT
    ]
    runs = {case: _seeds(case, options) for case in cases}
    task = progress.add_task("convergence", total=sum(map(len, runs.values())))
    head = provenance.line(options.command("convergence"), with_vm=True)
    memory = _memory()
    rows: list[list[str]] = []
    with ProcessPoolExecutor(options.cores) as pool:
        pending = {
            case: [pool.submit(converged, case, seed) for seed in seeds]
            for case, seeds in runs.items()
        }
        for case, futures in pending.items():
            outcomes = []
            for future in futures:
                outcomes.append(future.result())
                progress.advance(task)
            rows.append(_row(case, outcomes))
            note = _NOTE.replace("\n", " ")
            yield "\n\n".join([head, markdown(_HEADINGS, rows), note, memory])


def _seeds(case, options: Options) -> range:
    count = options.seeds or (1 if options.is_quick else DEFAULT_SEEDS)
    return range(1 if case.nodes >= _MANY_NODES else count)


def _row(case: Case, runs: list[Converged]) -> list[str]:
    events = list(chain.from_iterable(run.event_ms for run in runs))
    writes = list(chain.from_iterable(run.state_ms for run in runs))
    first = sorted(chain.from_iterable(run.first_ms for run in runs))
    event_bytes = _mean([run.event_bytes for run in runs])
    return [
        case.shape,
        f"{case.nodes:,}",
        str(max(run.diameter for run in runs)),
        f"{case.loss_percent} %",
        figure(_mean([run.reach_percent for run in runs]), 2),
        str(max(run.hops for run in runs)),
        figure(first[-(-95 * len(first) // 100) - 1] if first else None, 0),
        *_spread(events),
        figure(event_bytes / PAYLOAD_BYTES / case.nodes, 2),
        *_spread(writes),
        figure(_mean([run.state_bytes for run in runs]) / case.nodes, 0),
        figure(_mean([run.quiet_percent for run in runs]), 2),
    ]


def _spread(times_ms) -> list[str]:
    """Median and worst; what never happened comes last, as a dash."""
    ordered = sorted(times_ms, key=lambda ms: float("inf") if ms is None else ms)
    return [figure(ordered[(len(ordered) - 1) // 2], 0), figure(ordered[-1], 0)]


def _mean(values) -> float:
    return sum(values) / len(values)


def _memory() -> str:
    """What a node takes of the heap of the 32-bit VM, by the rows of its tables."""
    reason = provenance.vm_or_reason()
    if reason:
        return reason
    result = subprocess.run(
        [*find().command, str(_SCRIPT), *map(str, _ROWS)],
        capture_output=True,
        text=True,
        env=cost.environment(),
        check=True,
    )
    held = [int(word) for word in result.stdout.split()]
    return markdown(
        ["rows of neighbours, origins and interests", *map(str, _ROWS)],
        [["heap of a node, bytes", *(figure(count, 0) for count in held)]],
    )


CONVERGENCE = Part("convergence", "How soon all nodes hold the same", measure)
