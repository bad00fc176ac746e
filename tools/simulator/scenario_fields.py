"""What may stand in a scenario file, key by key.

story = "What this shows"          seed = 1          duration_s = 3600
protocol = "managed-flood"         warm_up_s = 0     beside = ["flood"]

[nodes]   place: "line" | "grid" | "random" | "file" | "at"
          count, spacing_m (line, grid), area_m = [w, h], connected (random), file, at = [[x, y]]
[radio]   kind: "lora" | "espnow", preset (lora), range_m (espnow), loss (share of all frames)
[skein]   members: true gives the firmware's nodes a table of members; cells: a list of node lists;
          cell_min, cell_max: how many a cell should have.  With cells, who leads in the report and
          in the story is the leader of the formation
[interest]  TOPIC = share of the nodes that want it (all of them when it is not named)
[[traffic]] kind: "periodic" (every_s: sources in turn) | "poisson" (mean_s, each source) |
          "trace" (file, trace) | "stream" (frames_per_s, each source; every keyframe_every-th is
          a keyframe of keyframe_bytes and keyframe_priority); priority, topic, payload_bytes,
          sources, start_s, end_s
[[fault]] at_s, kind: "kill" | "reboot" (off_s) | "jam" (until_s) | "partition" (groups) |
          "heal" | "loss" (share, links) | "flood" (frames_per_s, until_s, content: "garbage" of
          length_bytes, or "messages" of the topic "flood") | "replay" (frames_per_s, until_s: what
          the nodes heard since record_s) | "leave" (say goodbye and lose power a second later) |
          "resign" (lead no more) | "kill_leader" (the one whom most follow);
          nodes (kill, reboot, resign, leave, jam, flood, replay)
[tolerance] how far a stored result may be off: points (of shares in %), percent (of other
          figures), seconds (of times of leadership), changes (of leader
          and of members, and numbers of cells)
"""

from collections.abc import Callable
from dataclasses import dataclass

from tools.simulator.frame import PRIORITY_NAMES
from tools.simulator.lora import LONG_FAST, PRESETS
from tools.simulator.protocols import PROTOCOLS


@dataclass(frozen=True)
class Field:
    """A key: whether a value fits, what it should be in words, and the value when missing.

    `needed` names the kinds (or places) for which the key must be there.
    """

    fits: Callable[[object], bool]
    wanted: str
    default: object = None
    needed: tuple[str, ...] = ()


def _is_number(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _whole(least: int, most: int) -> Callable[[object], bool]:
    return lambda value: type(value) is int and least <= value <= most


def _list_of(fits: Callable[[object], bool], length: int | None = None):
    return lambda value: (
        isinstance(value, list)
        and all(fits(each) for each in value)
        and length in (None, len(value))
    )


def one_of(names, **more) -> Field:
    """A key whose value is one of these names."""
    names = tuple(names)
    return Field(lambda value: value in names, "one of " + ", ".join(names), **more)


def seconds(**more) -> Field:
    """A key whose value is a time, zero or later."""
    return Field(lambda v: _is_number(v) and v >= 0, "a number of seconds, 0 or more", **more)


def share(**more) -> Field:
    """A key whose value is a share."""
    return Field(lambda v: _is_number(v) and 0 <= v <= 1, "a share from 0 to 1", **more)


def _text(**more) -> Field:
    return Field(lambda value: isinstance(value, str), "a text in quotes", **more)


def _metres(**more) -> Field:
    return Field(lambda v: _is_number(v) and v > 0, "a number of metres above 0", **more)


def _amount(**more) -> Field:
    return Field(lambda v: _is_number(v) and v >= 0, "a number, 0 or more", **more)


def _payload(**more) -> Field:
    return Field(_whole(4, 230), "a whole number from 4 to 230", **more)


def _rate(**more) -> Field:
    fits = lambda v: _is_number(v) and 0 < v <= 10_000  # noqa: E731
    return Field(fits, "a number a second above 0, at most 10000", **more)


def _nodes(**more) -> Field:
    return Field(_list_of(_whole(0, 9_999)), "a list of node numbers", **more)


_PAIR = _list_of(_is_number, 2)
_LINK = _list_of(_whole(0, 9_999), 2)

SCENARIO = {
    "story": _text(default=""),
    "seed": Field(_whole(0, 2**63), "a whole number, 0 or more", default=0),
    "duration_s": seconds(needed=("",)),
    "warm_up_s": seconds(default=None),
    "protocol": one_of(PROTOCOLS, needed=("",)),
    "beside": Field(
        _list_of(lambda name: name in PROTOCOLS),
        "a list of protocols, of " + ", ".join(PROTOCOLS),
        default=[],
    ),
}
NODES = {
    "place": one_of(("line", "grid", "random", "file", "at"), needed=("",)),
    "count": Field(_whole(1, 9_999), "a whole number from 1", needed=("line", "grid", "random")),
    "spacing_m": _metres(needed=("line", "grid")),
    "area_m": Field(_PAIR, "[width, height] in metres", default=None),
    "connected": Field(lambda value: isinstance(value, bool), "true or false", default=False),
    "file": _text(needed=("file",)),
    "at": Field(_list_of(_PAIR), "a list of [x, y] in metres", needed=("at",)),
}
RADIO = {
    "kind": one_of(("lora", "espnow"), default="lora"),
    "preset": one_of(PRESETS, default=LONG_FAST.name),
    "range_m": _metres(default=None),
    "loss": share(default=0.0),
}
TRAFFIC = {
    "kind": one_of(("periodic", "poisson", "trace", "stream"), needed=("",)),
    "every_s": seconds(needed=("periodic",)),
    "mean_s": seconds(needed=("poisson",)),
    "file": _text(needed=("trace",)),
    "trace": _text(needed=("trace",)),
    "frames_per_s": _rate(needed=("stream",)),
    "keyframe_every": Field(_whole(1, 9_999), "a whole number from 1", default=10),
    "keyframe_bytes": _payload(default=200),
    "keyframe_priority": one_of(PRIORITY_NAMES, default="HIGH"),
    "priority": one_of(PRIORITY_NAMES, default="NORMAL"),
    "topic": _text(default="all"),
    "payload_bytes": _payload(default=40),
    "sources": _nodes(default=None),
    "start_s": seconds(default=0),
    "end_s": seconds(default=None),
}
FAULT = {
    "kind": one_of(
        (
            "kill",
            "kill_leader",
            "reboot",
            "resign",
            "leave",
            "jam",
            "partition",
            "heal",
            "loss",
            "flood",
            "replay",
        ),
        needed=("",),
    ),
    "record_s": seconds(default=0),
    "at_s": seconds(needed=("",)),
    "nodes": _nodes(needed=("kill", "reboot", "resign", "leave", "jam", "flood", "replay")),
    "groups": Field(
        _list_of(_list_of(_whole(0, 9_999))), "a list of node lists", needed=("partition",)
    ),
    "share": share(needed=("loss",)),
    "links": Field(_list_of(_LINK), "a list of [sender, receiver]", default=None),
    "off_s": seconds(default=1),
    "until_s": seconds(default=None),
    "content": one_of(("garbage", "messages"), needed=("flood",)),
    "frames_per_s": _rate(needed=("flood", "replay")),
    "length_bytes": Field(_whole(1, 250), "a whole number from 1 to 250", default=60),
}
TOLERANCE = {
    "points": _amount(default=2),
    "percent": _amount(default=15),
    "seconds": _amount(default=2),
    "changes": _amount(default=2),
}
SKEIN = {
    "members": Field(lambda value: isinstance(value, bool), "true or false", default=False),
    "cells": Field(_list_of(_list_of(_whole(0, 9_999))), "a list of node lists", default=None),
    "cell_min": Field(_whole(0, 250), "a whole number from 0 to 250", default=0),
    "cell_max": Field(_whole(0, 250), "a whole number from 0 to 250", default=0),
}
TABLES = {"nodes": NODES, "radio": RADIO, "tolerance": TOLERANCE, "skein": SKEIN}
LISTS = {"traffic": TRAFFIC, "fault": FAULT}
