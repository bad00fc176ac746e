"""Part `operations`: what the verbs of the queue cost on MicroPython, beside `heapq` with tuples.

A round fills a queue, does something with each of its events, and goes one stage farther than
another round does; the cost of a verb is the difference of the two, and that of a long run less a
short one.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rich.progress import Progress

from tools.bench import cost, provenance
from tools.bench.goals import Goal
from tools.bench.part import CACHE, Options, Part
from tools.bench.table import figure, markdown
from tools.mpy import compiler
from tools.mpy.cache import write_whole

_FOLDER = Path(__file__).parent / "vm"
_SCRIPT, _HEAPS = "measure_queue", "heap_queues"
_HEAP = "heapsize=2m"
_LABELS = {"skein": "Skein", "heaps": "heaps", "heapq": "heapq"}
_SIZES = (8, 32, 128)
_GOAL_SLOTS = 32

# verb: (the stage that has it, the stage that has all but it)
VERBS = {
    "push": ("push", "make"),
    "take and sent": ("sent", "push"),
    "take, with nothing ready": ("idle", "sent"),
    "expire, with nothing to expire": ("expire", "push"),
    "next_deadline": ("deadline", "push"),
}

_NOTE = """For each event of a queue that is filled up and emptied. Priorities come in turn, frames
have 61 bytes, and all events live. *Heaps* do the same work with tuples in `heapq`, a heap for
each level: the same turns by bytes, with bursts and ageing, the same victims, ends of life,
instants on a ring and waits told; a test gives both the same random orders and finds the same
events, in the same order, out of both. *heapq* is the little that most programs write: one heap,
strictly by priority. The queue and the heaps are bytecode, prepared for a board by the same steps;
`heapq` itself is C. A take with nothing ready is the same few lines in the queue and in the heaps.
Heap is in bytes for each call, at 32 slots; it is collected after each round of filling up and
emptying, in all of them alike, so what tuples and copies cost the collector is not in here."""


@dataclass(frozen=True, order=True)
class Work:
    """One run of the script, as it is asked for."""

    kind: str
    stage: str
    slots: int
    rounds: int

    def arguments(self) -> list[str]:
        words = [self.kind, self.stage, str(self.slots), str(self.rounds)]
        return ["-X", _HEAP, str(_script()), *words]


def measure(options: Options, progress: Progress) -> Iterator[str]:
    reason = provenance.vm_or_reason()
    if reason:
        yield reason
        return
    meter, unit = cost.meter_and_unit()
    rounds = {slots: _rounds(slots, options.is_quick) for slots in _SIZES}
    stages = {stage for pair in VERBS.values() for stage in pair}
    works = sorted(
        Work(kind, stage, slots, count)
        for kind in _LABELS
        for stage in stages
        for slots in _SIZES
        for count in rounds[slots]
    )
    _script()  # before several threads ask for it
    task = progress.add_task("operations", total=len(works))
    with ThreadPoolExecutor(options.cores if meter is cost.by_callgrind else 1) as pool:
        outcomes = {}
        for work, outcome in zip(works, pool.map(meter, works), strict=True):
            outcomes[work] = outcome
            progress.advance(task)
    headings = ["verb", *(f"{_LABELS[kind]}, {n}" for n in _SIZES for kind in _LABELS)]
    headings += [f"heap, {_LABELS[kind]}" for kind in _LABELS]
    rows = [_row(verb, rounds, outcomes) for verb in VERBS]
    rows.append(["all of them once", *_sums(rounds, outcomes), *("" for _ in _LABELS)])
    head = provenance.line(options.command("operations"), with_vm=True)
    goals = "\n".join(_verdicts(rounds, outcomes))
    yield "\n\n".join([head, markdown(headings, rows), f"{_NOTE} {unit}", goals])


def _rounds(slots: int, is_quick: bool) -> tuple[int, int]:
    """A short and a long run, as many calls apart at every size.

    Now and then a run has half a million instructions more that belong to no call.
    """
    return 2, 2 + max(1, (64 if is_quick else 1536) // slots)


def _row(verb, rounds, outcomes):
    costs = [
        figure(_cost(verb, kind, n, rounds, outcomes)[0], 0) for n in _SIZES for kind in _LABELS
    ]
    heaps = [figure(_cost(verb, kind, 32, rounds, outcomes)[1], 0) for kind in _LABELS]
    return [verb, *costs, *heaps]


def _sums(rounds, outcomes):
    for slots in _SIZES:
        for kind in _LABELS:
            yield figure(sum(_cost(verb, kind, slots, rounds, outcomes)[0] for verb in VERBS), 0)


def _verdicts(rounds, outcomes) -> Iterator[str]:
    """The goal: no slower than the heaps, and no allocation."""
    for verb in VERBS:
        own, theirs = (
            _cost(verb, kind, _GOAL_SLOTS, rounds, outcomes) for kind in ("skein", "heaps")
        )
        goal = Goal(
            f"{verb}: cost at {_GOAL_SLOTS} slots, % of the heaps',",
            lambda rows: rows["skein"]["percent"],
            lambda _rows: 100.0,
            False,
            0,
        )
        is_met = goal.verdict({"skein": {"percent": 100 * own[0] / theirs[0]}})
        yield f"- {is_met}; heap {figure(own[1], 0)} bytes"


@cache
def _script() -> Path:
    """The script beside its heaps, both prepared as the firmware is."""
    names = (_SCRIPT, _HEAPS)
    own = {name: (_FOLDER / f"{name}.py").read_text(encoding="utf-8") for name in names}
    texts = compiler.prepared({**compiler.sources(), **own})
    CACHE.mkdir(parents=True, exist_ok=True)
    for name in names:
        write_whole(CACHE / f"{name}.py", texts[name].encode())
    return CACHE / f"{_SCRIPT}.py"


def _cost(verb, kind, slots, rounds, outcomes):
    """What one call takes, and how many bytes of heap."""
    calls = slots * (rounds[slots][1] - rounds[slots][0])
    amounts = []
    for stage in VERBS[verb]:
        short, long = (outcomes[Work(kind, stage, slots, count)] for count in rounds[slots])
        amounts.append((long.cost - short.cost, long.heap_bytes - short.heap_bytes))
    (with_it, heap), (without, heap_without) = amounts
    return (with_it - without) / calls, (heap - heap_without) / calls


OPERATIONS = Part("operations", "What the queue's verbs cost", measure)
