"""Part `operations`: what the verbs of the queue cost on MicroPython, beside `heapq` with tuples.

A round fills a queue, does something with each of its events, and goes one stage farther than
another round does; the cost of a verb is the difference of the two, and that of a long run less a
short one.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.progress import Progress

from tools.bench import cost, provenance
from tools.bench.part import Options, Part
from tools.bench.table import figure, markdown

_SCRIPT = Path(__file__).parent / "vm" / "measure_queue.py"
_HEAP = "heapsize=8m"  # the collector is off
_KINDS = ("skein", "heapq")
_LABELS = {"skein": "Skein", "heapq": "heapq"}
_SIZES = (8, 32, 128)

# verb: (the stage that has it, the stage that has all but it)
VERBS = {
    "push": ("push", "make"),
    "take and sent": ("sent", "push"),
    "take, with nothing ready": ("idle", "sent"),
    "expire, with nothing to expire": ("expire", "push"),
    "next_deadline": ("deadline", "push"),
}

_NOTE = """For each event of a queue that is filled up and emptied. Priorities come in turn, frames
have 61 bytes, and all events live. `heapq` is what a program writes that keeps tuples (priority,
arrival, due, end of life, frame) in a heap: it knows no shares of levels and makes a copy of each
frame, for which the collector has to be paid later. Its heap operations are C, Skein's queue is
bytecode. Heap is in bytes for each call, at 32 slots; the collector is off."""


@dataclass(frozen=True, order=True)
class Work:
    """One run of the script, as it is asked for."""

    kind: str
    stage: str
    slots: int
    rounds: int

    def arguments(self) -> list[str]:
        words = [self.kind, self.stage, str(self.slots), str(self.rounds)]
        return ["-X", _HEAP, str(_SCRIPT), *words]


def measure(options: Options, progress: Progress) -> Iterator[str]:
    reason = provenance.vm_or_reason()
    if reason:
        yield reason
        return
    meter, unit = cost.meter_and_unit()
    rounds = (1, 2) if options.is_quick else (2, 8)
    stages = {stage for pair in VERBS.values() for stage in pair}
    works = sorted(
        Work(kind, stage, slots, count)
        for kind in _KINDS
        for stage in stages
        for slots in _SIZES
        for count in rounds
    )
    task = progress.add_task("operations", total=len(works))
    with ThreadPoolExecutor(options.cores if meter is cost.by_callgrind else 1) as pool:
        outcomes = {}
        for work, outcome in zip(works, pool.map(meter, works), strict=True):
            outcomes[work] = outcome
            progress.advance(task)
    headings = ["verb", *(f"{_LABELS[kind]}, {n}" for n in _SIZES for kind in _KINDS)]
    headings += [f"heap, {_LABELS[kind]}" for kind in _KINDS]
    rows = [_row(verb, rounds, outcomes) for verb in VERBS]
    rows.append(["all of them once", *_sums(rounds, outcomes), "", ""])
    head = provenance.line(options.command("operations"), with_vm=True)
    yield "\n\n".join([head, markdown(headings, rows), f"{_NOTE} {unit}"])


def _row(verb, rounds, outcomes):
    costs = [
        figure(_cost(verb, kind, n, rounds, outcomes)[0], 0) for n in _SIZES for kind in _KINDS
    ]
    heaps = [figure(_cost(verb, kind, 32, rounds, outcomes)[1], 0) for kind in _KINDS]
    return [verb, *costs, *heaps]


def _sums(rounds, outcomes):
    for slots in _SIZES:
        for kind in _KINDS:
            yield figure(sum(_cost(verb, kind, slots, rounds, outcomes)[0] for verb in VERBS), 0)


def _cost(verb, kind, slots, rounds, outcomes):
    """What one call takes, and how many bytes of heap."""
    calls = slots * (rounds[1] - rounds[0])
    amounts = []
    for stage in VERBS[verb]:
        short, long = (outcomes[Work(kind, stage, slots, count)] for count in rounds)
        amounts.append((long.cost - short.cost, long.heap_bytes - short.heap_bytes))
    (with_it, heap), (without, heap_without) = amounts
    return (with_it - without) / calls, (heap - heap_without) / calls


OPERATIONS = Part("operations", "What the queue's verbs cost", measure)
