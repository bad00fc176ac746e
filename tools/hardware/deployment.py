"""Brings a release onto a board: as a whole, or the board keeps what it had.

The release gets a folder of its own, filled beside the one that runs; what the board has already
is copied there, the rest is sent, and all of it is read back.  Then one rename makes it the one
that boots.  Broken off before that, nothing has changed; the next deployment uses what has
arrived.  The old folder goes when the new one is known to run.
"""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from tools.hardware import BoardError
from tools.hardware.chips import named_in
from tools.hardware.port import Port
from tools.hardware.release import Release
from tools.hardware.staging import Progress, Staging, Wish

_OLDEST_MICROPYTHON = (1, 24)
_MPY_VERSION = 6
_STATUS = "import json, os; print(json.dumps([os.getcwd(), mesh.name, mesh.app_state]))"


@dataclass(frozen=True)
class Outcome:
    """name: the node's.  sent: files that went over the wire.  remark: what did not work out."""

    name: str
    sent: int
    remark: str = ""


class Deployment:
    """One release on its way to one port."""

    def __init__(self, port: Port, release: Release, wish: Wish, on_progress: Progress):
        self._port = port
        self._release = release
        self._wish = wish
        self._on_progress = on_progress
        self._home = "/" + release.folder
        self._remark = ""

    def run(self) -> Outcome:
        """Deploy.  Raises BoardError; the board then boots what it booted before."""
        self._on_progress("looking", 0, 1)
        state = self._port.survey(is_clean=True)
        try:
            self._check(state)
            staging = Staging(self._port, self._release, self._wish, state, self._on_progress)
            sent = staging.run()
            self._install_drivers(state)
            self._switch(staging.waiting(), self._release.folder)
        except BaseException:
            self._reset_quietly()  # the mesh was stopped, and what it ran is still there
            raise
        name = self._start(state)
        self._clean_up(state)
        return Outcome(name, sent, self._remark)

    def _check(self, state):
        board, port = self._release.board, self._port.name
        chip = named_in(state["machine"])
        if chip is not board.chip:
            found = f"an {chip.title}" if chip else f'"{state["machine"]}"'
            raise BoardError(f"{board.name} has an {board.chip.title}; at {port} is {found}")
        if tuple(state["micropython"][:2]) < _OLDEST_MICROPYTHON or state["mpy"] != _MPY_VERSION:
            version = ".".join(str(part) for part in state["micropython"])
            raise BoardError(
                f"MicroPython {version} at {port} is too old; `skein flash` renews it"
            )
        if self._wish.is_forced:
            return
        if state["board"] not in (None, board.name):
            raise BoardError(
                f"{port} was deployed as a {state['board']}; --force makes it another"
            )
        if state["has_own_main"]:
            raise BoardError(f"main.py at {port} is somebody's own; --force overwrites it")

    def _install_drivers(self, state):
        missing = list(_missing_drivers(self._release.board.wiring, state["drivers"]))
        if not missing or not self._wish.has_libraries:
            return
        self._on_progress("fetching drivers", 1, 1)
        try:
            self._port.install(missing, "/lib", self._wish.index)
        except BoardError as error:
            self._remark = f"{', '.join(missing)} not installed: {error}"

    # Switching

    def _switch(self, moved, folder):
        self._port.run("switch", {"MOVED": moved, "RELEASE": folder})

    def _start(self, state) -> str:
        """Restart; returns the node's name.  Goes back to what ran before if it does not run."""
        self._on_progress("starting", 1, 1)
        try:
            return self._restart()
        except BoardError as error:
            if not state["current"] or state["current"] == self._release.folder:
                raise
            self._switch([], state["current"])
            self._reset_quietly()
            raise BoardError(f"{error}; the release before is back") from None

    def _restart(self) -> str:
        self._port.reset()
        self._port.wait_for_prompt(self._wish.boot_s)
        try:
            folder, name, app = json.loads(self._port.execute(_STATUS).strip().splitlines()[-1])
        except BoardError:
            raise BoardError(
                f"the node at {self._port.name} does not start{self._why()}"
            ) from None
        if folder != self._home:
            raise BoardError(f"{self._port.name} runs {folder}, not {self._home}")
        if app.startswith("failed"):
            self._remark = f"app.py {app}"
        return name

    def _why(self) -> str:
        """What an import that failed at boot says when it is tried again."""
        try:
            self._port.execute("import device.startup, device.assembly")
        except BoardError as error:
            return f": {error}"
        return ", although its modules load"

    def _clean_up(self, state):
        gone = [f"/{name}" for name in state["folders"] if name != self._release.folder]
        if gone:
            with contextlib.suppress(BoardError):  # else the next deployment finds it
                self._port.run("tidy", {"DROPPED": gone, "MADE": []})

    def _reset_quietly(self):
        with contextlib.suppress(BoardError):  # what is to be told is why it was needed
            self._port.reset()


def _missing_drivers(wiring, files: list[str]) -> Iterator[str]:
    """The packages of micropython-lib of which a board with these files lacks some."""

    def has(name):
        return any(file.startswith(name) for file in files)

    lora, screen = wiring["LORA"], wiring["OLED"]
    if lora:
        driver = {"sx1262": "sx126x", "sx1276": "sx127x"}[lora["chip"]]
        if not has(driver):
            yield from ("lora-async", f"lora-{driver}")
    if screen and screen["driver"] == "ssd1306" and not has("ssd1306"):
        yield "ssd1306"
