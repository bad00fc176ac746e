"""How long events wait under overload, and what an hour of telemetry leaves in memory.

Both beside the source's rule, which has no limits: its queue holds what it does not serve, and its
store of events is a list that is never shortened (an event is 110 bytes there before its payload,
by its own schema).
"""

from collections import deque
from random import Random

from skein.event import PRIORITY_NAMES, TELEMETRY_LIFE_S
from skein.event_store import NAME, EventStore
from skein.turns import CRITICAL, HIGH, LEVELS, LOW, NORMAL
from tools.bench.table import NOTHING, figure

TICK_MS = 10
TICKS = 60_000
STORE_BYTES = 3072  # three quarters of 4 KB: what is not for alarms
HOUR_S = 3600

_CHANCES = {CRITICAL: 0.02, HIGH: 0.66, NORMAL: 0.66, LOW: 0.66}  # of a newcomer, in each tick
_EVENT_BYTES = 60
_SOURCE_BYTES = 110
_NAME = "telemetry.state"
_PAYLOAD_BYTES = 8


def waits(queue, ticks: int) -> dict[int, dict]:
    """One event is taken in a tick, and two arrive: by level, the waits in ms, and the fate.

    queue: has push, take, waiting and `now`.
    """
    dice = Random(1)
    arrived = [deque() for _ in range(LEVELS)]
    found = {level: {"waits": [], "lost": 0} for level in range(LEVELS)}
    for tick in range(ticks):
        queue.now = tick * TICK_MS
        for level, chance in _CHANCES.items():
            if dice.random() < chance:
                queue.push(level, _EVENT_BYTES)
                arrived[level].append(queue.now)
                _note_lost(queue, level, arrived, found)
        for level, _ in queue.take(1):
            found[level]["waits"].append(queue.now - arrived[level].popleft())
    for level in range(LEVELS):
        found[level]["left"] = queue.waiting(level)
    return found


def wait_rows(queues: dict, capacity: int):
    """Rows for a table: by queue and level."""
    for name, make_queue in queues.items():
        for level, fate in waits(make_queue(capacity), TICKS).items():
            waited = sorted(fate["waits"])
            mean_ms = sum(waited) / len(waited) if waited else None
            worst_ms = waited[-1] if waited else None
            yield [
                name,
                PRIORITY_NAMES[level],
                *(figure(count, 0) for count in (len(waited), mean_ms, worst_ms)),
                *(figure(fate[what], 0) for what in ("lost", "left")),
            ]


def hour_rows():
    """Events and bytes that an hour of telemetry, one a second, leaves behind."""
    store = EventStore(STORE_BYTES)
    for second in range(HOUR_S):
        length = NAME + len(_NAME) + _PAYLOAD_BYTES
        store.open(length, TELEMETRY_LIFE_S, second * 1000)
    held = store.end - store.first
    source_bytes = HOUR_S * (_SOURCE_BYTES + _PAYLOAD_BYTES)
    yield [
        "Skein",
        figure(held, 0),
        figure(STORE_BYTES, 0),
        figure(store.evicted, 0),
        "the newest",
    ]
    yield ["the source's rule", figure(HOUR_S, 0), figure(source_bytes, 0), "0", NOTHING]


def _note_lost(queue, newcomer, arrived, found):
    """The oldest of a lower level gave way, or else the newcomer was refused."""
    for level in range(LEVELS):
        if len(arrived[level]) > queue.waiting(level):
            found[level]["lost"] += 1
            if level == newcomer:
                arrived[level].pop()
            else:
                arrived[level].popleft()
