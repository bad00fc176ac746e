"""The supervisor's hand on the air: `Air` starts the process and gives it orders.

    air = Air(seed=1)
    air.set_medium(loss_percent=10, delay_ms=2, jitter_ms=3)
    air.place({0: (0, 0), 1: (30, 0)}, range_m=50)
    air.link([(0, 1, -60), (1, 0, -72)])      talker, listener, RSSI; in place of positions
    air.cut({0, 1}, {2, 3}); air.heal()       a board that no group names stays with its like
    air.block(0, 1); air.unblock(0, 1)        board 1 no longer hears board 0, a one-way link
    air.wedge(3)                              every send of board 3 fails with NO_MEM
    air.stick(3)                              board 3's LoRa chip never gets done with a frame
    air.counts()[3].airtime_ms
    air.lora_counts()[3].airtime_ms
    air.close()

Each call returns when the air has obeyed.  Boards are named by their number.
"""

import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterable

from tools.setup import PROJECT
from tools.virtual.links import Links
from tools.virtual.medium import Counts


class Air:
    """The air between the boards of one fleet.  seed: of loss, jitter, RSSI and back-off."""

    def __init__(self, seed: int = 0):
        self.token = random.SystemRandom().randrange(1 << 30)
        self._links = Links()
        self._lock = threading.Lock()
        command = [sys.executable, "-m", "tools.virtual.air_process"]
        self._process = subprocess.Popen(
            [*command, str(self.token), str(seed), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
            start_new_session=True,
        )
        self.port = int(self._process.stdout.readline())

    @property
    def pid(self) -> int:
        """The process that is the air."""
        return self._process.pid

    def set_medium(
        self, loss_percent: float = 0, delay_ms: float = 0, jitter_ms: float = 0
    ) -> None:
        """Loss at each listener by itself; delay beside the time on air, plus 0..jitter_ms."""
        self._order(
            "set_medium", loss_percent=loss_percent, delay_ms=delay_ms, jitter_ms=jitter_ms
        )

    def place(
        self,
        positions_m: dict[int, tuple[float, float]],
        range_m: float = float("inf"),
        lora_range_m: float | None = None,
    ) -> None:
        """Put boards somewhere; those not named stay where they are.

        lora_range_m: None for as far as ESP-NOW.
        """
        self._links.positions_m.update(positions_m)
        self._links.range_m = range_m
        self._links.lora_range_m = lora_range_m
        self._links.given = None
        self._send_links()

    def link(self, links: Iterable[tuple[int, int, float]]) -> None:
        """Give the links one by one: (talker, listener, RSSI in dBm); there are no others."""
        self._links.given = {(talker, listener): dbm for talker, listener, dbm in links}
        self._send_links()

    def cut(self, *groups: Iterable[int]) -> None:
        """Part the boards: none hears a board of another group."""
        self._links.groups = [set(group) for group in groups]
        self._send_links()

    def heal(self) -> None:
        """Undo `cut`."""
        self.cut()

    def block(self, talker: int, listener: int) -> None:
        """`listener` no longer hears `talker`."""
        self._links.blocked.add((talker, listener))
        self._send_links()

    def unblock(self, talker: int, listener: int) -> None:
        self._links.blocked.discard((talker, listener))
        self._send_links()

    def wedge(self, board: int, does_radio_restart_help: bool = False) -> None:
        """Make every send of this board fail with NO_MEM, as espressif/esp-idf#18682 does.

        Until the board is reset (a soft reset is not enough), or, if so chosen, until it
        switches its radio or ESP-NOW off.  It still receives.
        """
        self._wedge(board, True, does_radio_restart_help)

    def unwedge(self, board: int) -> None:
        self._wedge(board, False, False)

    def stick(self, board: int, is_stuck: bool = True) -> None:
        """Make this board's LoRa chip hang in every transmission, or heal it."""
        self._order("stick", board=board, is_stuck=is_stuck)

    def lora_counts(self) -> dict[int, Counts]:
        """What each board's LoRa chip did since the fleet began."""
        answer = self._order("lora_counts")
        return {int(number): Counts(**fields) for number, fields in answer.items()}

    def lora_log(self) -> list[tuple[int, float, float]]:
        """(board, begin, end) of each LoRa transmission; instants as time.monotonic()."""
        return [tuple(entry) for entry in self._order("lora_log")]

    def counts(self) -> dict[int, Counts]:
        """What each board did on the air since the fleet began."""
        answer = self._order("counts")
        return {int(number): Counts(**fields) for number, fields in answer.items()}

    def restart_board(self, board: int, is_hard: bool) -> None:
        """For the ward: this board's program has ended; is_hard: its radio is off as well."""
        self._order("restart", board=board, is_hard=is_hard)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    def _wedge(self, board, is_wedged, does_radio_restart_unwedge):
        self._order(
            "wedge",
            board=board,
            is_wedged=is_wedged,
            does_radio_restart_unwedge=does_radio_restart_unwedge,
        )

    def _send_links(self):
        links = self._links
        given = links.given
        self._order(
            "set_links",
            positions_m=list(links.positions_m.items()),
            ranges_m=(links.range_m, links.lora_range_m),
            given=None if given is None else [[*pair, dbm] for pair, dbm in given.items()],
            blocked=list(links.blocked),
            groups=[list(group) for group in links.groups],
        )

    def _order(self, name, **arguments):
        with self._lock:
            self._process.stdin.write(json.dumps([name, arguments]) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        if not answer:
            raise ChildProcessError("the air has ended; its own words stand above")
        return json.loads(answer)
