"""A recording as one page: the map, who leads, every frame, with play, pause, scrub and speed."""

import json
from pathlib import Path

from tools.simulator import SimulatorError
from tools.simulator.story import story_of
from tools.simulator.trace import Trace

_TEMPLATE = Path(__file__).with_name("replay_page.html")
_PLACE = "/*RECORDING*/null"
_MOST_FRAMES = 100_000


def page_of(trace: Trace, from_us: int, to_us: int) -> str:
    """The whole page as text, with what happened from `from_us` to `to_us`.

    Raises SimulatorError when that is more than a browser shows fluently.
    """
    frames = [frame for frame in trace.frames if from_us <= frame.at_us <= to_us]
    if len(frames) > _MOST_FRAMES:
        raise SimulatorError(
            f"{len(frames)} frames are too many for a page, {_MOST_FRAMES} at most: "
            "narrow it with --from and --to"
        )
    recording = {
        "title": f"{trace.head['protocol']}, {trace.nodes} nodes, seed {trace.head['seed']}",
        "from_ms": from_us / 1000,
        "to_ms": to_us / 1000,
        "positions": [[round(x, 2), round(y, 2)] for x, y, *_ in trace.head["positions"]],
        "links": trace.head["links"],
        "frames": [_frame(frame) for frame in frames],
        "states": [_state(event) for event in trace.events if _is_state(event)],
        "arrivals": [
            [event["t_us"] / 1000, event["node"]]
            for event in trace.events
            if event["event"] == "delivered" and from_us <= event["t_us"] <= to_us
        ],
        "story": [
            [moment.at_us / 1000, moment.text]
            for moment in story_of(trace)
            if from_us <= moment.at_us <= to_us
        ],
    }
    text = json.dumps(recording, separators=(",", ":")).replace("</", "<\\/")
    return _TEMPLATE.read_text(encoding="utf-8").replace(_PLACE, text)


def _frame(frame):
    """[begin, end, sender, kind (0 overhead, 1 message, 2 attacker), heard by, missed by]"""
    kind = 2 if frame.is_foreign else int(frame.message is not None)
    missed = [node for node, _ in frame.missed]
    return [frame.at_us / 1000, frame.end_us / 1000, frame.node, kind, frame.heard, missed]


def _is_state(event):
    is_cut = event["event"] == "fault" and event["kind"] in ("partition", "heal")
    return is_cut or event["event"] in ("leader", "off", "on")


def _state(event):
    """[instant, what, ...]: leader (node, leader or null), off and on (node), cut (groups)."""
    at_ms, what = event["t_us"] / 1000, event["event"]
    if what == "leader":
        return [at_ms, what, event["node"], event["leader"]]
    if what == "fault":
        return [at_ms, "cut", event.get("groups", [])]
    return [at_ms, what, event["node"]]
