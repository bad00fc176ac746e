"""A recording told as text: who leads, who lost power, what was said and how far it came."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import merge

from tools.simulator.trace import SentFrame, Trace

_TOGETHER_US = 100_000  # changes of leader closer than this are told as one


@dataclass(frozen=True)
class Moment:
    """One thing that happened."""

    at_us: int
    text: str


def story_of(trace: Trace, with_frames: bool = False) -> list[Moment]:
    """All moments in order; with every frame and who heard it when asked for."""
    told = list(_Teller(trace).tell())
    if with_frames:
        frames = (Moment(frame.at_us, frame_text(frame)) for frame in trace.frames)
        told = list(merge(told, frames, key=lambda moment: moment.at_us))
    return told


def clock_text(at_us: int) -> str:
    """An instant as hours:minutes:seconds.milliseconds."""
    seconds, rest_us = divmod(at_us, 1_000_000)
    minutes, hours = seconds // 60 % 60, seconds // 3600
    return f"{hours}:{minutes:02}:{seconds % 60:02}.{rest_us // 1000:03}"


def nodes_text(nodes: Iterable[int]) -> str:
    """Node numbers with neighbours drawn together: 0-4, 7."""
    runs: list[list[int]] = []
    for node in sorted(nodes):
        if runs and runs[-1][1] == node - 1:
            runs[-1][1] = node
        else:
            runs.append([node, node])
    return ", ".join(
        str(first)
        if first == last
        else f"{first}-{last}"
        if last > first + 1
        else f"{first}, {last}"
        for first, last in runs
    )


def frame_text(frame: SentFrame) -> str:
    """A frame and its fate in one line."""
    what = "overhead" if frame.message is None else f"message {frame.message}"
    what = f"an attacker's {what}" if frame.is_foreign else what
    parts = [f"{frame.node} sends {frame.length_bytes} bytes ({what})"]
    parts.append(f"heard by {nodes_text(frame.heard)}" if frame.heard else "heard by nobody")
    losses: dict[str, list[int]] = {}
    for node, why in frame.missed:
        losses.setdefault(why, []).append(node)
    parts += [f"{nodes_text(nodes)} missed it ({why})" for why, nodes in losses.items()]
    return "; ".join(parts)


class _Teller:
    """Goes through the events once and keeps who follows whom."""

    def __init__(self, trace: Trace):
        self._trace = trace
        self._leader_of: dict[int, int] = {}
        self._off: set[int] = set()
        self._changes: list[dict] = []
        self._sendings = Counter(frame.message for frame in trace.frames)
        self._arrived: Counter[int] = Counter()

    def tell(self) -> Iterator[Moment]:
        for event in self._trace.events:
            at_us = event["t_us"]
            is_apart = self._changes and at_us - self._changes[-1]["t_us"] > _TOGETHER_US
            if is_apart or event["event"] in ("off", "fault"):
                yield from self._told_changes()
            yield from getattr(self, f"_tell_{event['event']}")(event)
        yield from self._told_changes()

    def _tell_leader(self, event):
        self._changes.append(event)
        return ()

    def _tell_off(self, event):
        node = event["node"]
        led = sum(leader == node for leader in self._leader_of.values())
        self._leader_of.pop(node, None)
        self._off.add(node)
        yield Moment(event["t_us"], f"{node} loses power" + (f"; it led {led}" if led else ""))

    def _tell_on(self, event):
        self._off.discard(event["node"])
        yield Moment(event["t_us"], f"{event['node']} has power again")

    def _tell_fault(self, event):
        yield Moment(event["t_us"], f"fault: {fault_text(event)}")

    def _tell_born(self, event):
        text = f"message {event['message']} from {event['node']}"
        yield Moment(event["t_us"], f"{text} ({event['priority']}, {event['topic']})")

    def _tell_delivered(self, event):
        number = event["message"]
        self._arrived[number] += 1
        count = len(self._trace.reached[number])
        if self._arrived[number] == count:
            sendings = f"{self._sendings[number]} frames in all"
            yield Moment(
                event["t_us"],
                f"message {number} arrives at {event['node']}, the last of {count}; {sendings}",
            )

    def _told_changes(self):
        """The changes of leader that were kept back, as one moment."""
        if not self._changes:
            return
        began_us = self._changes[0]["t_us"]
        final = {event["node"]: event["leader"] for event in self._changes}
        self._changes = []
        followers: dict[int | None, list[int]] = {}
        for node, leader in final.items():
            followers.setdefault(leader, []).append(node)
            self._leader_of.pop(node, None)
            if leader is not None:
                self._leader_of[node] = leader
        told = (_change_text(leader, nodes) for leader, nodes in followers.items())
        yield Moment(began_us, f"{'; '.join(told)}. {self._state()}")

    def _state(self):
        counts = Counter(self._leader_of.values())
        on = self._trace.nodes - len(self._off)
        if not counts:
            return f"Nobody leads the {on}"
        parts = [f"{leader} leads {count}" for leader, count in counts.most_common()]
        alone = on - sum(counts.values())
        return ", ".join(parts) + f" of {on}" + (f"; {alone} without a leader" if alone else "")


def _change_text(leader, nodes):
    if leader is None:
        lose = "loses its leader" if len(nodes) == 1 else "lose their leader"
        return f"{nodes_text(nodes)} {lose}"
    others = [node for node in nodes if node != leader]
    parts = [f"{leader} becomes leader"] if leader in nodes else []
    if others:
        parts.append(
            f"{nodes_text(others)} {'follows' if len(others) == 1 else 'follow'} {leader}"
        )
    return ", ".join(parts)


def fault_text(event: dict) -> str:
    """A fault as the scenario has it, without what it does not say."""
    said = {key: value for key, value in event.items() if key not in ("t_us", "event", "kind")}
    return " ".join([event["kind"], *(f"{key} {value}" for key, value in said.items())])
