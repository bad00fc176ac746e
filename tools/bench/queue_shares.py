"""Part `queue`: who is served under overload and what is lost, beside the source's rule.

The source's rule (ADR-027's queue), restated from its description: four lists without a limit;
`pop_weighted(n)` takes 50 % of n from HIGH, 35 % of n from NORMAL, both rounded down, and the rest
from LOW, by number of events; what a level leaves goes to the levels below it only; CRITICAL is
drained before, however much there is.
"""

from collections import deque
from collections.abc import Iterator

from rich.progress import Progress

from skein.event import PRIORITY_NAMES
from skein.event_queue import EventQueue
from skein.turns import CRITICAL, HIGH, LEVELS, LOW, NORMAL
from tools.bench import provenance
from tools.bench.part import Options, Part
from tools.bench.queue_overload import STORE_BYTES, TICK_MS, TICKS, hour_rows, wait_rows
from tools.bench.table import figure, markdown

CAPACITY = 24  # a node's default
SLOT_BYTES = 250
TAKES = 20_000

_SHARED = (HIGH, NORMAL, LOW)


class SkeinQueue:
    """The firmware's queue, a slot freed as soon as it was taken."""

    def __init__(self, slots: int):
        self._queue = EventQueue(slots, SLOT_BYTES)
        self.now = 0

    def push(self, priority: int, length: int) -> None:
        self._queue.push(bytes(SLOT_BYTES), length, priority, self.now)

    def take(self, count: int) -> list[tuple[int, int]]:
        """At most `count` events as (priority, bytes)."""
        taken = []
        for _ in range(count):
            slot = self._queue.take(self.now)
            if slot < 0:
                break
            taken.append((self._queue.priorities[slot], self._queue.lengths[slot]))
            self._queue.sent(slot)
        return taken

    def waiting(self, priority: int) -> int:
        return self._queue.priorities.count(priority)


class SourceQueue:
    """The rule above; it knows no limit."""

    now = 0

    def __init__(self, _slots: int):
        self._levels = [deque() for _ in range(LEVELS)]

    def push(self, priority: int, length: int) -> None:
        self._levels[priority].append((priority, length))

    def take(self, count: int) -> list[tuple[int, int]]:
        taken = [self._levels[CRITICAL].popleft() for _ in range(self.waiting(CRITICAL))]
        count = max(0, count - len(taken))
        quota = [0, count * 50 // 100, count * 35 // 100, 0]
        quota[LOW] = count - quota[HIGH] - quota[NORMAL]
        left_over = 0
        for level in _SHARED:
            allowed = quota[level] + left_over
            served = min(allowed, self.waiting(level))
            taken += [self._levels[level].popleft() for _ in range(served)]
            left_over = allowed - served
        return taken

    def waiting(self, priority: int) -> int:
        return len(self._levels[priority])


QUEUES = {"Skein": SkeinQueue, "the source's rule": SourceQueue}


def shares_percent(make_queue, sizes: dict[int, int], batch: int) -> dict[int, float]:
    """Shares of the bytes when each of these levels always has events waiting.

    sizes: bytes of an event of each level that has any.  batch: events taken at a time.
    """
    depth = batch + 1  # so that no level runs dry within a batch
    queue = make_queue(depth * len(sizes))
    served = dict.fromkeys(_SHARED, 0)
    for _ in range(TAKES // batch):
        for level, length in sizes.items():
            while queue.waiting(level) < depth:
                queue.push(level, length)
        for level, length in queue.take(batch):
            served[level] += length
    total = sum(served.values())
    return {level: 100 * count / total if total else 0.0 for level, count in served.items()}


def served_events(make_queue, level: int, batch: int) -> int:
    """How many events a take of `batch` brings when only this level has any."""
    queue = make_queue(CAPACITY)
    for _ in range(CAPACITY):
        queue.push(level, 60)
    return len(queue.take(batch))


def losses(make_queue, burst: int) -> tuple[dict[int, int], int]:
    """Events lost by level when a burst of each level arrives at once, and the most that waited.

    The levels come in turn, one event each, until each has sent `burst`.
    """
    queue = make_queue(CAPACITY)
    most = 0
    for _ in range(burst):
        for level in range(LEVELS):
            queue.push(level, 60)
        most = max(most, sum(queue.waiting(level) for level in range(LEVELS)))
    return {level: burst - queue.waiting(level) for level in range(LEVELS)}, most


_LOADS = (
    ("60 bytes each", {HIGH: 60, NORMAL: 60, LOW: 60}),
    ("HIGH 30, NORMAL 100, LOW 240 bytes", {HIGH: 30, NORMAL: 100, LOW: 240}),
    ("HIGH 240, NORMAL 100, LOW 30 bytes", {HIGH: 240, NORMAL: 100, LOW: 30}),
    ("NORMAL and LOW only, 60 bytes", {NORMAL: 60, LOW: 60}),
    ("HIGH and LOW only, 60 bytes", {HIGH: 60, LOW: 60}),
)
_WAIT_HEADINGS = ("queue", "level", "sent", "mean wait ms", "longest", "lost", "left waiting")
_BATCHES = (1, 10)
_BURST = 12


def measure(options: Options, _progress: Progress) -> Iterator[str]:
    head = provenance.line(options.command("queue"))
    yield "\n\n".join(
        [
            head,
            "Shares of the bytes (HIGH / NORMAL / LOW, in %) while each level named always has "
            f"events waiting, over {TAKES:,} events; the aim is 50 / 35 / 15 of the levels that "
            "have any.",
            markdown(("load", "taken at a time", *QUEUES), _share_rows()),
            "Events that one take brings while only one level has any: the link's time that is "
            "used.",
            markdown(("only this level waits", "asked for", *QUEUES), _served_rows()),
            f"Events lost when {_BURST} of each level arrive in turn and none is taken. Skein's "
            f"queue has {CAPACITY} slots, the source's rule has no limit: it loses nothing and "
            "holds whatever arrives.",
            markdown(("queue", *PRIORITY_NAMES, "most held"), _loss_rows()),
            f"Waiting time under overload: in {TICKS * TICK_MS // 1000} s, two events arrive for "
            f"each one that can be sent, which is one in {TICK_MS} ms, one at a time.",
            markdown(_WAIT_HEADINGS, wait_rows(QUEUES, CAPACITY)),
            "HIGH alone offers two thirds of what can be sent, so Skein's queue is full of it and "
            "gives up what is lower: then the shares above do not hold. Who lost an event is "
            "told at once when it is the newcomer, and counted by level when it waited.",
            f"What an hour of telemetry, one event of 8 bytes a second, leaves in the memory of a "
            f"node that keeps it to be asked for; Skein's store has {STORE_BYTES:,} bytes here, "
            "and pushes out the oldest.",
            markdown(("store", "events held", "bytes", "pushed out", "what is held"), hour_rows()),
        ]
    )


def _share_rows():
    for name, sizes in _LOADS:
        for batch in _BATCHES:
            yield [name, batch, *(_shares(make, sizes, batch) for make in QUEUES.values())]


def _shares(make_queue, sizes, batch):
    shares = shares_percent(make_queue, sizes, batch)
    return " / ".join(figure(shares[level]) for level in _SHARED)


def _served_rows():
    for level in _SHARED:
        for batch in _BATCHES:
            counts = [served_events(make, level, batch) for make in QUEUES.values()]
            yield [PRIORITY_NAMES[level], batch, *counts]


def _loss_rows():
    for name, make_queue in QUEUES.items():
        lost, most = losses(make_queue, _BURST)
        yield [name, *(lost[level] for level in range(LEVELS)), most]


QUEUE = Part("queue", "The queue under overload", measure)
