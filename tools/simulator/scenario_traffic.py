"""The traffic of a scenario: all its parts together, numbered by the order of births."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from tools.simulator import SimulatorError
from tools.simulator.dice import Dice
from tools.simulator.frame import PRIORITY_NAMES, Message
from tools.simulator.scenario import Scenario
from tools.simulator.scenario_fields import TRAFFIC
from tools.simulator.traffic import Traffic, load_trace

FLOOD_TOPIC = "flood"

_US = 1_000_000


@dataclass(frozen=True)
class _Birth:
    """One message to be: when, from whom, of which part, and which one of its source's stream."""

    at_us: int
    place: int
    source: int
    turn: int = 0


@dataclass(frozen=True)
class _Part:
    """One `[[traffic]]` of the file with what it takes to draw its births."""

    fields: dict
    place: int
    sources: list[int] | range
    end_us: int
    dice: Random

    @property
    def start_us(self) -> int:
        return int(self.fields["start_s"] * _US)


def traffic_of(scenario: Scenario, count: int, dice: Dice) -> Traffic:
    """For `count` nodes. Raises SimulatorError when a trace names others, or is none."""
    duration_us = int(scenario.top["duration_s"] * _US)
    tables = [*scenario.traffic, *_floods(scenario)]
    born: list[_Birth] = []
    for place, fields in enumerate(tables):
        end_us = duration_us if fields["end_s"] is None else int(fields["end_s"] * _US)
        stream = dice.stream(f"traffic {place}")
        part = _Part(fields, place, fields["sources"] or range(count), end_us, stream)
        births = _BIRTHS[fields["kind"]](part, scenario)
        born += [birth for birth in births if birth.at_us < duration_us]
    born.sort(key=lambda birth: (birth.at_us, birth.place, birth.source))
    messages = [_message(number, tables[each.place], each) for number, each in enumerate(born)]
    if any(message.source >= count for message in messages):
        raise SimulatorError(f"the trace names sources beyond node {count - 1}")
    return Traffic("scenario", tuple(messages), duration_us)


def _message(number, fields, birth) -> Message:
    is_keyframe = fields["kind"] == "stream" and birth.turn % fields["keyframe_every"] == 0
    priority = fields["keyframe_priority" if is_keyframe else "priority"]
    length = fields["keyframe_bytes" if is_keyframe else "payload_bytes"]
    rank = PRIORITY_NAMES.index(priority)
    return Message(number, birth.source, birth.at_us, length, rank, fields["topic"])


def _floods(scenario) -> Iterator[dict]:
    """A node that floods with messages is a source of a stream that nobody asked for."""
    for fault in scenario.faults:
        if fault["kind"] == "flood" and fault["content"] == "messages":
            yield {
                **{key: field.default for key, field in TRAFFIC.items()},
                "kind": "stream",
                "topic": FLOOD_TOPIC,
                "sources": fault["nodes"],
                "frames_per_s": fault["frames_per_s"],
                "keyframe_bytes": TRAFFIC["payload_bytes"].default,
                "keyframe_priority": TRAFFIC["priority"].default,
                "start_s": fault["at_s"],
                "end_s": fault["until_s"],
            }


def _from_trace(part, scenario):
    fields = part.fields
    messages = load_trace(scenario.folder / fields["file"], fields["trace"]).messages
    return [_Birth(part.start_us + each.born_us, part.place, each.source) for each in messages]


def _in_turn(part, scenario):
    gap_us = max(1, int(part.fields["every_s"] * _US))
    times = range(part.start_us + gap_us, part.end_us, gap_us)
    sources = part.sources
    return [
        _Birth(at_us, part.place, sources[turn % len(sources)]) for turn, at_us in enumerate(times)
    ]


def _by_chance(part, scenario):
    births = []
    mean_us = max(1.0, part.fields["mean_s"] * _US)
    for source in part.sources:
        at_us = part.start_us + part.dice.expovariate(1 / mean_us)
        while at_us < part.end_us:
            births.append(_Birth(int(at_us), part.place, source))
            at_us += part.dice.expovariate(1 / mean_us)
    return births


def _at_a_rate(part, scenario):
    gap_us = max(1, round(_US / part.fields["frames_per_s"]))
    times = range(part.start_us, part.end_us, gap_us)
    return [
        _Birth(at_us, part.place, source, turn)
        for source in part.sources
        for turn, at_us in enumerate(times)
    ]


_BIRTHS = {
    "trace": _from_trace,
    "periodic": _in_turn,
    "poisson": _by_chance,
    "stream": _at_a_rate,
}
