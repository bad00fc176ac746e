"""A recording read back: what `recording` wrote, with each frame and its fate put together."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from tools.simulator import SimulatorError


@dataclass
class SentFrame:
    """One frame: when it began, who sent it, which message it served, who heard it.

    message: None for overhead.  missed: (node, why) for those who could have heard it.
    """

    at_us: int
    end_us: int
    node: int
    message: int | None
    length_bytes: int
    is_foreign: bool
    heard: list[int] = field(default_factory=list)
    missed: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class Trace:
    """head: the line that describes the run.  events: all others but those about frames."""

    head: dict
    events: list[dict] = field(default_factory=list)
    frames: list[SentFrame] = field(default_factory=list)
    reached: dict[int, list[int]] = field(default_factory=dict)  # by message: instants

    @property
    def nodes(self) -> int:
        return len(self.head["positions"])

    @property
    def end_us(self) -> int:
        return self.head["duration_us"]


def read_trace(path: Path) -> Trace:
    """Read a recording. Raises SimulatorError that names the line that is none of one."""
    try:
        with path.open(encoding="utf-8") as file:
            return _read(path, file)
    except (OSError, UnicodeDecodeError) as error:
        raise SimulatorError(f"cannot read {path}: {error}") from None


def _read(path, lines) -> Trace:
    trace = None
    on_air: dict[tuple[int, int], SentFrame] = {}
    for number, line in enumerate(lines, 1):
        try:
            facts = json.loads(line)
            if trace is None:
                trace = _begun(facts)
            else:
                _take(trace, on_air, facts)
        except (KeyError, TypeError, ValueError) as error:
            what = f"this is no line of a recording: {error!r}"
            raise SimulatorError(f"{path}, line {number}: {what}") from None
    if trace is None:
        raise SimulatorError(f"{path} is empty")
    return trace


def _begun(facts):
    if facts["event"] != "run":
        raise ValueError("the first line describes the run")
    trace = Trace(facts)
    if trace.end_us < 0 or not all(0 <= a < trace.nodes for link in facts["links"] for a in link):
        raise ValueError("a link leads nowhere")
    return trace


def _take(trace, on_air, facts):
    event = facts["event"]
    if event == "send":
        frame = _frame_of(facts)
        trace.frames.append(frame)
        on_air[frame.node, frame.end_us] = frame
    elif event == "heard":
        on_air[facts["sender"], facts["t_us"]].heard.append(facts["node"])
    elif event == "missed":
        missed = (facts["node"], facts["why"])
        on_air[facts["sender"], facts["t_us"]].missed.append(missed)
    else:
        if event == "delivered":
            trace.reached.setdefault(facts["message"], []).append(facts["t_us"])
        trace.events.append(facts)


def _frame_of(facts) -> SentFrame:
    return SentFrame(
        facts["t_us"],
        facts["t_us"] + facts["airtime_us"],
        facts["node"],
        facts["message"],
        facts["length"],
        facts.get("is_foreign", False),
    )
