"""A fleet: some virtual boards, the air between them, and the thread that looks after them.

    with Fleet(8, app=Path("app.py"), config={"channel": 6}) as fleet:
        fleet.air.set_medium(loss_percent=10)
        fleet.power_on()
        board, data, arrived_at = fleet.next_uart(timeout_s=1)
        fleet.boards[3].kill()

When the block is left, by its end, by Ctrl-C or by an error, no process is left; nor when the
supervisor is ended by SIGKILL.  See `air.Air` and `board.VirtualBoard` for the rest.
"""

import queue
import random
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tools.setup import PROJECT
from tools.setup.micropython_runtime import find
from tools.virtual import flash, rom
from tools.virtual.air import Air
from tools.virtual.board import Surroundings, VirtualBoard
from tools.virtual.ward import Ward

Config = Mapping[str, object]
_MOST_UNREAD = 20000


@dataclass
class Plan:
    """How to build a fleet.

    firmware: the folder that is compiled into each flash; None for bare boards.
    app: becomes app.py.  config: becomes config.json, one for all or made from a board's number.
    folder: where the boards' files stay; a temporary one, removed at the end, if None.  What a
    board kept in NVS there outlives the fleet; its flash is filled anew.
    files: further files at the top of each flash, name to content.
    machine: what MicroPython calls it, " with " and the chip at its end.
    flash_kb: room for files; None is all that the computer has.
    lora: the LoRa chip that each has, "sx1262" or "sx1276", or None.
    heap_kb: of each VM, one for all or made from a board's number.
    boot_ms: from power to the first line.  seed: of MACs and of the air.
    """

    firmware: Path | None = PROJECT / "firmware"
    app: Path | None = None
    config: Config | Callable[[int], Config] | None = None
    folder: Path | None = None
    heap_kb: int | Callable[[int], int] = 128
    boot_ms: int = 300
    seed: int = 0
    files: Mapping[str, str] = field(default_factory=dict)
    machine: str = "Virtual board with ESP32"
    flash_kb: int | None = None
    lora: str | None = None


class Fleet:
    """`count` boards, numbered from 0, powered off until power_on().

    Keyword arguments are those of `Plan`.  Raises SetupError where there is no MicroPython.
    """

    def __init__(self, count: int, **plan):
        self.plan = Plan(**plan)
        self._count = count
        self._reports: queue.Queue[tuple[VirtualBoard, bytes, float]] = queue.Queue(_MOST_UNREAD)
        self.boards: list[VirtualBoard] = []
        self.lost_reports = 0

    def __enter__(self) -> "Fleet":
        self.runtime = find()
        rom.image()  # here and not in the ward's thread: Python 3.11 parses in one at a time
        self._is_temporary = self.plan.folder is None
        self.folder = self.plan.folder or Path(tempfile.mkdtemp(prefix="skein-"))
        self._ward = Ward()
        try:
            self.air = self._ward.call(lambda: Air(self.plan.seed))
            self._build()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_error) -> None:
        self.close()

    def power_on(self) -> None:
        """Start every board that is off."""
        for board in self.boards:
            board.power_on()

    def next_uart(
        self, timeout_s: float | None = None
    ) -> tuple[VirtualBoard, bytes, float] | None:
        """The next write to any board's UART(1): board, bytes, time.monotonic() on arrival.

        None when there is none within timeout_s; None for timeout_s waits for ever.
        """
        try:
            return self._reports.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def close(self) -> None:
        """End all processes."""
        for board in self.boards:
            board.close()
        self.boards = []
        if hasattr(self, "air"):
            self.air.close()
        self._ward.close()
        if self._is_temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _build(self) -> None:
        plan = self.plan
        surroundings = Surroundings(
            runtime=self.runtime,
            ward=self._ward,
            air=self.air,
            heap_kb=0,
            boot_ms=plan.boot_ms,
            machine=plan.machine,
            flash_kb=plan.flash_kb,
            lora=plan.lora,
            on_uart=self._on_uart,
        )
        dice = random.Random(plan.seed)
        for number in range(self._count):
            # 02: locally administered, one interface.  The rest tells boards and fleets apart.
            mac = b"\x02" + dice.randbytes(3) + number.to_bytes(2, "big")
            heap_kb = plan.heap_kb(number) if callable(plan.heap_kb) else plan.heap_kb
            around = replace(surroundings, heap_kb=heap_kb)
            board = VirtualBoard(number, mac, self.folder / f"board-{number:03}", around)
            self.boards.append(board)
            self._fill(board)

    def _fill(self, board: VirtualBoard) -> None:
        plan = self.plan
        config = plan.config(board.number) if callable(plan.config) else plan.config
        flash.fill(board.flash, plan.firmware, plan.app, config)
        for name, content in plan.files.items():
            (board.flash / name).write_text(content)

    def _on_uart(self, board: VirtualBoard, data: bytes, arrived_at: float) -> None:
        try:
            self._reports.put_nowait((board, data, arrived_at))
        except queue.Full:
            self.lost_reports += 1
