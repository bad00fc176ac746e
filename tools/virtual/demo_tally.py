"""Turns what the demo's boards tell into its figures.

All instants are those of time.monotonic() on the host, at which a report arrived.
"""

import statistics
from collections import defaultdict
from dataclasses import dataclass, field

from tools.virtual.demo_radio import DemoRadio


@dataclass
class BoardTally:
    """What one board has told.  died_at: when its process was killed, or None."""

    number: int
    wishes: set[str] = field(default_factory=set)
    leader: str | None = None
    status: dict = field(default_factory=dict)
    is_bridging: bool = False
    heap_free_by_minute: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    died_at: float | None = None

    @property
    def id(self) -> str | None:
        return self.status.get("id")

    def lived_until(self, instant: float) -> bool:
        return self.died_at is None or self.died_at > instant


@dataclass
class Emitted:
    topic: str
    origin: BoardTally
    at: float


class Tally:
    """The figures of one demo with `count` boards, all powered on at `powered_on_at`.

    An event counts as wanted if there was time to deliver it before the demo's end, and if its
    origin lived long enough to send it; how long that is depends on the radio.
    """

    def __init__(self, count: int, powered_on_at: float, radio: DemoRadio):
        self._radio = radio
        self.boards = [BoardTally(number) for number in range(count)]
        self._islands = [
            [self.boards[number] for number in island]
            for island in radio.islands or (range(count),)
        ]
        self.powered_on_at = powered_on_at
        self.agreed_at: float | None = None
        self.killed_at: float | None = None
        self.killed: BoardTally | None = None
        self.reagreed_at: float | None = None
        self.crossed_at: float | None = None  # when an event left the island of the killed one
        self.emitted: dict[tuple[str, int], Emitted] = {}
        self.delivered: dict[tuple[str, int, int], int] = {}
        self.delivered_twice = 0
        self.refused = 0
        self.delays_ms: dict[str, list[int]] = defaultdict(list)

    def hear(self, number: int, report: list, at: float) -> None:
        """Take in one report of board `number`."""
        board = self.boards[number]
        kind, *rest = report
        if kind == "status":
            board.status = rest[0]
            minute = int(at - self.powered_on_at) // 60
            board.heap_free_by_minute[minute].append(board.status["heap_free"])
        elif kind == "bridge":
            board.is_bridging = rest[0]["is_at_work"]
        elif kind == "want":
            board.wishes.add(rest[0])
        elif kind == "leader":
            board.leader = rest[0]
        elif kind == "emit":
            self._hear_emitted(board, *rest, at)
        elif kind == "refused":
            self.refused += 1
        elif kind == "got":
            self._hear_delivered(board, rest, at)
        self._note_agreement(at)

    def note_kill(self, number: int, at: float) -> None:
        """Board `number` was killed."""
        self.killed = self.boards[number]
        self.killed.died_at = self.killed_at = at
        self.killed.is_bridging = False

    def leader(self) -> BoardTally | None:
        """The board that all living ones follow, if there is one and it lives.

        Where there are islands: that of the first, once there is one on each.
        """
        leaders = [_leader_of(island) for island in self._islands]
        return leaders[0] if all(leaders) else None

    def bridge_at_work(self) -> BoardTally | None:
        """That of the first island, if there is one."""
        bridges = [board for board in self._islands[0] if board.is_bridging]
        return bridges[0] if len(bridges) == 1 else None

    def figures(self, ended_at: float) -> dict:
        """The demo's result, as its JSON file holds it."""
        wanted, delivered = self._wanted_and_delivered(ended_at - self._radio.settle_s)
        return {
            "time_to_leader_ms": _ms(self.powered_on_at, self.agreed_at),
            "reelection_ms": _ms(self.killed_at, self.reagreed_at),
            "crossing_again_ms": _ms(self.killed_at, self.crossed_at),
            "leaders_at_end": sum(
                board.died_at is None and board.status.get("role") == "leader"
                for board in self.boards
            ),
            "events_emitted": len(self.emitted),
            "events_refused": self.refused,
            "events_wanted": wanted,
            "events_delivered": delivered,
            "events_unwanted_delivered": self._unwanted_delivered(),
            "events_delivered_twice": self.delivered_twice,
            "critical_p50_ms": _median(self.delays_ms["critical.fire"]),
            "low_p50_ms": _median(self.delays_ms["telemetry.temperature"]),
            "boards": [_board_figures(board) for board in self.boards],
        }

    def _hear_emitted(self, board, topic, mark, at):
        if board.id:
            self.emitted[board.id, mark] = Emitted(topic, board, at)

    def _hear_delivered(self, board, report, at):
        topic, source, mark, delay_ms = report
        key = (source, mark, board.number)
        if key in self.delivered:
            self.delivered_twice += 1
            return
        self.delivered[key] = delay_ms
        self.delays_ms[topic].append(delay_ms)
        event = self.emitted.get((source, mark))
        if event and self.crossed_at is None and self._has_crossed_since_kill(event, board):
            self.crossed_at = at

    def _has_crossed_since_kill(self, event, receiver):
        """Whether an event that was emitted after the kill left the island of the killed board."""
        if self.killed_at is None or event.at < self.killed_at:
            return False
        island = next(island for island in self._islands if self.killed in island)
        return event.origin in island and receiver not in island

    def _note_agreement(self, at):
        leader = self.leader()
        if leader is None:
            return
        if self.agreed_at is None:
            self.agreed_at = at
        if self.killed_at is not None and self.reagreed_at is None:
            self.reagreed_at = at

    def _wanted_and_delivered(self, last_at):
        wanted = delivered = 0
        for (source, mark), event in self.emitted.items():
            if event.at > last_at or not event.origin.lived_until(event.at + self._radio.send_s):
                continue
            for board in self.boards:
                if board is event.origin or event.topic not in board.wishes:
                    continue
                if board.lived_until(event.at + self._radio.settle_s):
                    wanted += 1
                    delivered += (source, mark, board.number) in self.delivered
        return wanted, delivered

    def _unwanted_delivered(self):
        unwanted = 0
        for source, mark, number in self.delivered:
            event = self.emitted.get((source, mark))
            unwanted += event is None or event.topic not in self.boards[number].wishes
        return unwanted


def _leader_of(boards: list[BoardTally]) -> BoardTally | None:
    living = [board for board in boards if board.died_at is None]
    followed = {board.leader for board in living}
    if len(followed) != 1:
        return None
    return next((board for board in living if board.id and board.id in followed), None)


def _board_figures(board: BoardTally) -> dict:
    names = ("id", "role", "leader", "term", "heap_free", "heap_total", "delivered", "duplicates")
    figures = {"number": board.number, "killed": board.died_at is not None}
    for name in (*names, "frames_in", "frames_out", "airtime_ms", "neighbours"):
        figures[name] = board.status.get(name)
    figures["heap_free_by_minute"] = [
        round(statistics.median(readings)) for readings in board.heap_free_by_minute.values()
    ]
    return figures


def _ms(start: float | None, end: float | None) -> int | None:
    return None if start is None or end is None else round(1000 * (end - start))


def _median(delays_ms: list[int]) -> float | None:
    return statistics.median(delays_ms) if delays_ms else None
