"""The demo: a mesh of virtual boards, a live table of what they do, and its figures."""

import json
import math
import signal
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table

from tools.virtual.demo_radio import APP, DemoRadio, radio_named
from tools.virtual.demo_tally import BoardTally, Tally
from tools.virtual.fleet import Fleet

_SPACING_M = 30
_RANGE_M = 75  # two places along the grid: most boards are two hops from some other
_ISLANDS_APART_M = 2000
_LORA_RANGE_M = 100_000
_REFRESH_S = 0.5


@dataclass(frozen=True)
class DemoPlan:
    """What the demo is asked for.

    seconds, kill_leader_at_s and kill_bridge_at_s: None for never.  heap_kb: None for what the
    radio needs.
    """

    boards: int = 8
    seconds: float | None = None
    loss_percent: float = 0
    kill_leader_at_s: float | None = None
    heap_kb: int | None = None
    seed: int = 0
    radio: str = "espnow"
    kill_bridge_at_s: float | None = None


def run(plan: DemoPlan, console: Console) -> dict:
    """Run the demo until its time is over, Ctrl-C or SIGTERM; returns its figures.

    Raises SetupError where there is no MicroPython, and for a radio that is not known.
    """
    radio = radio_named(plan.radio, plan.boards)
    stopped = threading.Event()
    former = {
        number: signal.signal(number, lambda *_: stopped.set())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        with Fleet(
            plan.boards,
            app=APP,
            config=lambda number: {
                "name": f"board-{number}",
                "channel": 6,
                **radio.config_of(number),
            },
            files=radio.all_files(),
            lora=radio.chip,
            heap_kb=plan.heap_kb or radio.heap_kb_of,
            seed=plan.seed,
        ) as fleet:
            return _Demo(plan, radio, fleet, console).run(stopped)
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


class _Demo:
    def __init__(self, plan: DemoPlan, radio: DemoRadio, fleet: Fleet, console: Console):
        self._plan = plan
        self._fleet = fleet
        self._console = console
        fleet.air.set_medium(loss_percent=plan.loss_percent)
        islands = radio.islands or (range(plan.boards),)
        fleet.air.place(_places(islands), _RANGE_M, _LORA_RANGE_M if radio.islands else None)
        fleet.power_on()
        self._started_at = time.monotonic()
        self._tally = Tally(plan.boards, self._started_at, radio)

    def run(self, stopped: threading.Event) -> dict:
        with Live(console=self._console, auto_refresh=False, transient=False) as live:
            drawn_at = 0.0
            while not stopped.is_set() and not self._is_over():
                self._listen()
                self._kill_if_due()
                if time.monotonic() - drawn_at >= _REFRESH_S:
                    drawn_at = time.monotonic()
                    live.update(self._view(), refresh=self._console.is_terminal)
            live.update(self._view(), refresh=True)
        if not self._console.is_terminal:
            self._console.print()  # the last view ends without a line break there
        runtime = self._fleet.runtime
        return {
            "runtime": {
                "name": runtime.name,
                "version": runtime.version,
                "word_bits": runtime.word_bits,
            },
            "seconds": round(self._elapsed_s(), 1),
            "radio": self._plan.radio,
            "loss_percent": self._plan.loss_percent,
            "seed": self._plan.seed,
            "reports_lost": self._fleet.lost_reports,
            **self._tally.figures(time.monotonic()),
        }

    def _is_over(self) -> bool:
        return self._plan.seconds is not None and self._elapsed_s() >= self._plan.seconds

    def _elapsed_s(self) -> float:
        return time.monotonic() - self._started_at

    def _listen(self) -> None:
        report = self._fleet.next_uart(timeout_s=0.05)
        while report is not None:
            board, data, arrived_at = report
            self._tally.hear(board.number, json.loads(data), arrived_at)
            report = self._fleet.next_uart(timeout_s=0)

    def _kill_if_due(self) -> None:
        for due_s, find in (
            (self._plan.kill_leader_at_s, self._tally.leader),
            (self._plan.kill_bridge_at_s, self._tally.bridge_at_work),
        ):
            if due_s is None or self._tally.killed or self._elapsed_s() < due_s:
                continue
            board = find()
            if board:
                self._fleet.boards[board.number].kill()
                self._tally.note_kill(board.number, time.monotonic())

    def _view(self) -> Group:
        table = Table(box=None, padding=(0, 1, 0, 0))
        for name in ("board", "role", "leader"):
            table.add_column(name, no_wrap=True)
        for name in ("term", "peers", "queue", "in", "out", "heap", "air"):
            table.add_column(name, justify="right", no_wrap=True)
        table.add_column("attach to", no_wrap=True)
        names = {board.id: f"board-{board.number}" for board in self._tally.boards if board.id}
        for board in self._tally.boards:
            table.add_row(*self._row(board, names))
        return Group(*self._headlines(), "", table)

    def _headlines(self) -> list[str]:
        figures = self._tally.figures(time.monotonic())
        parts = [f"{self._plan.boards} boards", f"{self._elapsed_s():.0f} s"]
        parts.append(f"{self._plan.loss_percent:g} % of frames lost")
        if figures["time_to_leader_ms"] is not None:
            parts.append(f"a leader after {figures['time_to_leader_ms']} ms")
        if figures["reelection_ms"] is not None:
            parts.append(f"a new one {figures['reelection_ms']} ms after its death")
        if figures["crossing_again_ms"] is not None:
            parts.append(f"events cross again after {figures['crossing_again_ms']} ms")
        arrived = (
            f"{figures['events_delivered']} of {figures['events_wanted']} wanted events arrived"
        )
        delays = f"CRITICAL {figures['critical_p50_ms']} ms, LOW {figures['low_p50_ms']} ms"
        return [", ".join(parts), f"{arrived}; half of them within: {delays}"]

    def _row(self, board: BoardTally, names: dict) -> list[str]:
        name, status = f"board-{board.number}", board.status
        if board.died_at is not None:
            return [name, "[red]killed"]
        if not status:
            return [name, "boots"]
        role = status["role"]
        return [
            name,
            (f"[bold green]{role}" if role == "leader" else role)
            + (", bridge" if board.is_bridging else ""),
            names.get(board.leader, "-"),
            str(status["term"]),
            str(status["neighbours"]),
            str(status["queued"]),
            str(status["delivered"]),
            str(status["emitted"]),
            f"{100 * status['heap_free'] // status['heap_total']} %",
            f"{status['airtime_ms'] / 10 / max(1, status['uptime_s']):.1f} %",
            self._fleet.boards[board.number].port,
        ]


def _places(islands: Iterable[range]) -> dict[int, tuple[float, float]]:
    """Each island as a grid of its own, far from the others."""
    places = {}
    for index, island in enumerate(islands):
        columns = math.ceil(math.sqrt(2 * len(island)))
        for n, number in enumerate(island):
            x_m = n % columns * _SPACING_M + index * _ISLANDS_APART_M
            places[number] = (x_m, n // columns * _SPACING_M)
    return places
