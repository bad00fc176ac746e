"""Trials of the election on virtual boards: the same blow again and again, and how long it lasts.

Every board is in range of every other.  A kill: the leader's process ends at whatever instruction
it is at; the others find a new one, then the board is powered on again.  A partition: every other
board is cut off from the rest until each half follows a leader of its own, then healed.  A
resignation: the leader's application lays its office down.
"""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.virtual.board import VirtualBoard
from tools.virtual.fleet import Fleet

_APP = Path(__file__).with_name("trial_app.py")
_PATIENCE_S = 60.0
_CALM_S = 3.0  # between two trials, so that the next one finds a mesh at rest

KINDS = ("leader", "kill", "return", "partition", "heal", "resignation")
GOALS_MS = {"leader": 3000, "kill": 7500, "heal": 4000, "resignation": 1000}


@dataclass(frozen=True)
class TrialPlan:
    """kills, partitions, resignations: how many of each, in this order."""

    boards: int = 6
    kills: int = 10
    partitions: int = 10
    resignations: int = 10
    loss_percent: float = 10
    heap_kb: int = 128
    seed: int = 0


class TrialError(Exception):
    """The boards did not come to an agreement; says which."""


def run(plan: TrialPlan, progress: Callable[[str, float], None]) -> dict[str, list[float]]:
    """Times in ms of each kind of trial, until all boards concerned agreed again.

    progress(kind, ms) is called after each.  Raises TrialError, and SetupError where there is no
    MicroPython.
    """
    with Fleet(
        plan.boards, app=_APP, config={"channel": 6}, heap_kb=plan.heap_kb, seed=plan.seed
    ) as fleet:
        trials = _Trials(fleet, progress)
        fleet.air.set_medium(loss_percent=plan.loss_percent)
        fleet.power_on()
        trials.time("leader", fleet.boards)
        for _ in range(plan.kills):
            trials.kill_leader()
        for _ in range(plan.partitions):
            trials.part_and_heal()
        for _ in range(plan.resignations):
            trials.resign()
        return trials.times_ms


class _Trials:
    def __init__(self, fleet: Fleet, progress: Callable[[str, float], None]):
        self._fleet = fleet
        self._progress = progress
        self._ids: dict[int, str] = {}
        self._follows: dict[int, str | None] = {}
        self.times_ms: dict[str, list[float]] = {kind: [] for kind in KINDS}

    def kill_leader(self) -> None:
        leader = self._leader()
        leader.kill()
        self._follows.pop(leader.number)
        self.time("kill", [board for board in self._fleet.boards if board is not leader])
        leader.power_on()
        self.time("return", self._fleet.boards)
        self._wait(_CALM_S)

    def part_and_heal(self) -> None:
        halves = self._fleet.boards[::2], self._fleet.boards[1::2]
        self._fleet.air.cut(*([board.number for board in half] for half in halves))
        self.time("partition", *halves)
        self._wait(_CALM_S)
        self._fleet.air.heal()
        self.time("heal", self._fleet.boards)
        self._wait(_CALM_S)

    def resign(self) -> None:
        leader = self._leader()
        leader.write_uart(b"resign")
        former = self._ids[leader.number]
        self.time("resignation", self._fleet.boards, former=former)
        self._wait(_CALM_S)

    def time(self, kind: str, *parts: list[VirtualBoard], former: str | None = None) -> None:
        """Wait until each part follows one of its own, who is not `former`, and note how long."""
        began_at = time.monotonic()
        agreed_at = began_at
        while not all(self._leader_of(part) not in (None, former) for part in parts):
            report_at = self._listen(0.05)
            agreed_at = report_at or agreed_at
            if time.monotonic() - began_at > _PATIENCE_S:
                raise TrialError(
                    f"no agreement {_PATIENCE_S:.0f} s after a {kind}: {self._state()}"
                )
        self.times_ms[kind].append(1000 * max(0.0, agreed_at - began_at))
        self._progress(kind, self.times_ms[kind][-1])

    def _leader(self) -> VirtualBoard:
        followed = self._leader_of(self._fleet.boards)
        for board in self._fleet.boards:
            if self._ids[board.number] == followed:
                return board
        raise TrialError(f"the boards agree no more, though nothing happened: {self._state()}")

    def _leader_of(self, part: Iterable[VirtualBoard]) -> str | None:
        numbers = [board.number for board in part]
        followed = {self._follows.get(number) for number in numbers}
        own = {self._ids.get(number) for number in numbers}
        return followed.pop() if len(followed) == 1 and followed <= own else None

    def _wait(self, seconds):
        ends_at = time.monotonic() + seconds
        while time.monotonic() < ends_at:
            self._listen(0.05)

    def _listen(self, timeout_s):
        """Take in one report; when it arrived, or None."""
        report = self._fleet.next_uart(timeout_s)
        if report is None:
            return None
        board, data, arrived_at = report
        what, value = json.loads(data)
        (self._ids if what == "id" else self._follows)[board.number] = value
        return arrived_at

    def _state(self):
        return ", ".join(
            f"board {board.number} ({self._ids.get(board.number)}) follows "
            f"{self._follows.get(board.number)}"
            for board in self._fleet.boards
        )
