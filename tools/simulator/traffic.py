"""Who says something when: one at a time, by chance, or from a trace file.

The trace file (JSON), one object: `n`, `seed`, `payload_bytes`, and `traces`: by name an object
with `simtime_ms` (the length of the run) and `dt_src` (flat: milliseconds since the one before,
source, and so on).
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from tools.simulator import SimulatorError
from tools.simulator.frame import CRITICAL, Message

PAYLOAD_BYTES = 40
CRITICAL_SHARE = 0.1

_US = 1_000
_QUIET_END_US = 120_000_000


@dataclass(frozen=True)
class Traffic:
    """messages: by instant of birth.  duration_us: the length of the run."""

    name: str
    messages: tuple[Message, ...]
    duration_us: int

    def later_by(self, delay_us: int) -> "Traffic":
        """The same after a quiet time, in which nodes may learn of each other."""
        moved = (replace(message, born_us=message.born_us + delay_us) for message in self.messages)
        return Traffic(self.name, tuple(moved), self.duration_us + delay_us)


def one_at_a_time(nodes: int, messages: int, gap_us: int = 120_000_000) -> Traffic:
    """`iso`: one message every gap, the sources in turn."""
    sources = [(gap_us * (number + 1), number % nodes) for number in range(messages)]
    return _traffic("iso", sources, gap_us * (messages + 2), PAYLOAD_BYTES)


def by_chance(nodes: int, mean_gap_us: int, duration_us: int, dice: Random) -> Traffic:
    """`pS`: each node on its own, at exponential gaps; the last two minutes are quiet."""
    births = []
    for source in range(nodes):
        at_us = 0.0
        while (at_us := at_us + dice.expovariate(1 / mean_gap_us)) < duration_us - _QUIET_END_US:
            births.append((int(at_us), source))
    return _traffic(f"p{mean_gap_us // 1_000_000}", sorted(births), duration_us, PAYLOAD_BYTES)


def load_trace(path: Path | str, name: str) -> Traffic:
    """Read one trace of a file of the form above. Raises SimulatorError when it is not one."""
    try:
        document = json.loads(Path(path).read_text(encoding="utf-8"))
        traces = document["traces"]
        if name not in traces:
            raise SimulatorError(f"{path} has no trace {name!r}, only {', '.join(traces)}")
        return _from_trace(name, traces[name], document["payload_bytes"])
    except OSError as error:
        raise SimulatorError(f"cannot read {path}: {error.strerror}") from None
    except json.JSONDecodeError as error:
        raise SimulatorError(f"{path}, line {error.lineno}: {error.msg}") from None
    except (KeyError, TypeError, ValueError) as error:
        raise SimulatorError(f"{path} is not a traffic file: {error!r}") from None


def with_priorities(traffic: Traffic, dice: Random, share: float = CRITICAL_SHARE) -> Traffic:
    """The same messages, this share of them CRITICAL by chance."""
    return replace(
        traffic,
        messages=tuple(
            replace(message, priority=CRITICAL) if dice.random() < share else message
            for message in traffic.messages
        ),
    )


def _from_trace(name, trace, payload_bytes):
    gaps_ms, sources = trace["dt_src"][::2], trace["dt_src"][1::2]
    births, at_ms = [], 0
    for gap_ms, source in zip(gaps_ms, sources, strict=True):
        at_ms += gap_ms
        births.append((at_ms * _US, source))
    return _traffic(name, births, trace["simtime_ms"] * _US, payload_bytes)


def _traffic(name, births, duration_us, payload_bytes):
    messages = tuple(
        Message(number, source, born_us, payload_bytes)
        for number, (born_us, source) in enumerate(births)
    )
    return Traffic(name, messages, duration_us)
