"""Part `cost`: what one frame costs a node, in instructions and in heap, by the size of tables.

Each figure is a difference of differences: a long run less a short one, so that start and set-up
fall out, and the same with no frames, so that what happens anyway falls out, too.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median

from rich.progress import Progress

from tools.bench import callgrind, provenance
from tools.bench.part import CACHE, Options, Part
from tools.bench.table import figure, markdown
from tools.mpy import compiler
from tools.mpy.cache import write_whole
from tools.setup.micropython_runtime import find
from tools.virtual import flash

_SCRIPT = Path(__file__).parent / "vm" / "measure_cost.py"
_HEAP = "heapsize=1m"
_TIMINGS = 5

# kind: (what the reader is told, what is taken away, steps from one to the next)
KINDS = {
    "turn": ("a turn of the loop with nothing to do", "nothing", 1),
    "garbage": ("garbage", "turn", 1),
    "beacon": ("a beacon with nothing new", "turn", 1),
    "duplicate": ("an event, heard before", "turn", 1),
    "declaration": ("a declaration of interest, not passed on", "turn", 1),
    "delivery": ("an event for the application, not passed on", "turn", 1),
    "event": ("an event, passed on and repeated", "turn", 20),
}

_NOTE = """After each frame the loop does a turn: poll, take_frame, next_event, next_deadline. A
frame's row holds what comes on top of an idle turn, and all that the frame causes until nothing
is left to do: for the last row a transmission and its repetitions, since no neighbour confirms
it. Rows are those of each of the tables of neighbours, origins and interests, all full. Heap is
what one frame takes, the most at any of these sizes; only an event that the application reads
takes any: the object that it gets. It is collected after every 20 frames, in each run alike;
figures from before that was so are higher, the more the longer a run."""
_BY_COUNT = "Unit: instructions, counted by callgrind (32-bit x86, not a chip's)."
_BY_TIME = """Unit: thousandths of the time that 2,000 rounds of a small loop take, paired with
each run, median of {runs}. These are times of this machine: they vary. Instructions were not
counted: {reason}."""


@dataclass(frozen=True, order=True)
class Run:
    """One run of the script, as it is asked for."""

    kind: str
    rows: int
    steps: int
    every: int = 1

    def arguments(self) -> list[str]:
        numbers = [str(number) for number in (self.rows, self.steps, self.every)]
        return ["-X", _HEAP, str(_script()), self.kind, *numbers]


@dataclass(frozen=True)
class Outcome:
    """cost: in the meter's unit.  heap_bytes: allocated."""

    cost: float
    heap_bytes: int


Meter = Callable[[Run], Outcome]


def measure(options: Options, progress: Progress) -> Iterator[str]:
    reason = provenance.vm_or_reason()
    if reason:
        yield reason
        return
    environment()  # before several threads ask for it
    meter, unit = meter_and_unit()
    sizes, lengths = ((8, 32), (20, 60)) if options.is_quick else ((8, 32, 64), (100, 500))
    runs = sorted({run for kind in KINDS for rows in sizes for run in _runs(kind, rows, lengths)})
    task = progress.add_task("cost", total=len(runs))
    # Runs that are timed must not disturb each other.
    with ThreadPoolExecutor(options.cores if meter is by_callgrind else 1) as pool:
        outcomes = {}
        for run, outcome in zip(runs, pool.map(meter, runs), strict=True):
            outcomes[run] = outcome
            progress.advance(task)
    headings = ["frame", *(f"{rows} rows" for rows in sizes), f"{sizes[-1]} : {sizes[0]}", "heap"]
    table = markdown(headings, [_row(kind, sizes, lengths, outcomes) for kind in KINDS])
    head = provenance.line(options.command("cost"), with_vm=True)
    yield "\n\n".join([head, table, f"{_NOTE} {unit}"])


def meter_and_unit() -> tuple[Meter, str]:
    """callgrind where it runs, else paired timing; and a sentence about the unit."""
    try:
        by_callgrind(Run("nothing", 2, 1))
    except callgrind.CallgrindError as error:
        return by_time, _BY_TIME.format(runs=_TIMINGS, reason=error)
    return by_callgrind, _BY_COUNT


def by_callgrind(run: Run) -> Outcome:
    """Raises CallgrindError."""
    instructions, printed = callgrind.count(run.arguments(), environment())
    return Outcome(instructions, int(printed.split()[0]))


def by_time(run: Run) -> Outcome:
    heap_bytes = 0
    ratios = []
    for _ in range(_TIMINGS):
        result = subprocess.run(
            [*find().command, *run.arguments()],
            capture_output=True,
            text=True,
            env=environment(),
            check=True,
        )
        heap_bytes, took_us, reference_us = [int(word) for word in result.stdout.split()[:3]]
        ratios.append(1000 * took_us / max(1, reference_us))
    return Outcome(median(ratios), heap_bytes)


@cache
def _script() -> Path:
    """The script with the firmware's constants in it, since a board has them as numbers only."""
    texts = {**compiler.sources(), _SCRIPT.stem: _SCRIPT.read_text(encoding="utf-8")}
    CACHE.mkdir(parents=True, exist_ok=True)
    path = CACHE / _SCRIPT.name
    write_whole(path, compiler.prepared(texts)[_SCRIPT.stem].encode())
    return path


@cache
def environment() -> dict[str, str]:
    """Where a script on MicroPython finds the firmware, compiled."""
    folder = CACHE / "firmware"
    flash.fill(folder, compiler.FIRMWARE, None, None)
    return {"MICROPYPATH": str(folder), "PATH": os.environ["PATH"]}


def _runs(kind, rows, lengths):
    """Long and short with the frames, long and short without them."""
    _, without, every = KINDS[kind]
    return [
        Run(name, rows, steps, every) for name in (kind, without) for steps in reversed(lengths)
    ]


def _row(kind, sizes, lengths, outcomes):
    costs, heaps = [], []
    frames = (lengths[1] - lengths[0]) / KINDS[kind][2]
    for rows in sizes:
        with_it, short, without, short_without = [
            outcomes[run] for run in _runs(kind, rows, lengths)
        ]
        costs.append((with_it.cost - short.cost - without.cost + short_without.cost) / frames)
        heap_bytes = with_it.heap_bytes - short.heap_bytes
        heap_bytes -= without.heap_bytes - short_without.heap_bytes
        heaps.append(heap_bytes / frames)
    ratio = costs[-1] / costs[0] if costs[0] else None
    label = KINDS[kind][0]
    return [label, *(figure(cost, 0) for cost in costs), figure(ratio), figure(max(heaps), 0)]


COST = Part("cost", "What a frame costs", measure)
