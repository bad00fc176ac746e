"""Fills the folder of a new release on a board, beside the one that runs.

What the board has already is copied there, the rest is sent, and all of it is read back.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tools.hardware import BoardError
from tools.hardware.port import Port
from tools.hardware.release import FIRMWARE, Release, flash_bytes, hash_of

_TOP = ("boot.py", "main.py")  # renewed with each release; each works with the release before
_OWN = ("app.py", "config.json")  # the user's: put there once, and replaced when given
_WAITING = "top/"  # where they wait, in the new folder
_CARRIED_AT_ONCE = 10  # a board has to hold the program that does it
_BOOT_S = 60

# on_progress(step, bytes done, bytes in all)
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Wish:
    """What else is asked of a deployment.

    own: files to put in place of the user's app.py and config.json, by name.  is_forced: also
    over another board's release and over a main.py that is not Skein's.
    """

    own: dict[str, Path] = field(default_factory=dict)
    is_forced: bool = False
    has_libraries: bool = True
    index: str | None = None
    boot_s: float = _BOOT_S


class Staging:
    """One release, on its way to a port of which `state` is what on_board/survey.py told."""

    def __init__(self, port: Port, release: Release, wish: Wish, state, on_progress: Progress):
        self._port = port
        self._release = release
        self._wish = wish
        self._state = state
        self._on_progress = on_progress
        self._home = "/" + release.folder

    def run(self) -> int:
        """Fill the new folder; returns how many files were sent."""
        files = self._wanted()
        have = {place: self._state["files"].get(f"{self._home}/{place}") for place in files}
        missing = {place: path for place, path in files.items() if have[place] != hash_of(path)}
        carried, sent = self._parted(missing)
        stale = [
            name
            for name in self._state["folders"]
            if name not in (self._state["current"], self._release.folder)
        ]
        if not missing and not stale:
            return 0
        self._check_room(missing, is_certain=not stale)
        self._prepare(stale, files, carried)
        self._send(sent)
        self._check_arrival(files)
        return len(sent)

    def _wanted(self):
        """Every file of the new folder; what belongs at the top waits there."""
        top = {f"{_WAITING}{name}": FIRMWARE / name for name in self._top_names()}
        own = {
            f"{_WAITING}{name}": path
            for name, path in self._wish.own.items()
            if self._state["files"].get(f"/{name}") != hash_of(path)
        }
        return {**self._release.files, **top, **own}

    def _top_names(self):
        present = self._state["files"]
        yield from (n for n in _TOP if present.get(f"/{n}") != hash_of(FIRMWARE / n))
        yield from (n for n in _OWN if f"/{n}" not in present and n not in self._wish.own)

    def waiting(self):
        """(from, to) of the files that belong at the top."""
        places = [place for place in self._wanted() if place.startswith(_WAITING)]
        return [(f"{self._home}/{place}", "/" + place[len(_WAITING) :]) for place in places]

    def _parted(self, missing):
        """(places that the current release has alike, what must be sent)."""
        old = f"/{self._state['current']}/"
        carried = [
            p for p, path in missing.items() if self._state["files"].get(old + p) == hash_of(path)
        ]
        return carried, {p: path for p, path in missing.items() if p not in carried}

    def _check_room(self, missing, is_certain):
        needed = sum(flash_bytes(path) for path in missing.values())
        free = self._state["free_bytes"]
        if is_certain and needed > free:
            raise BoardError(
                f"the flash of {self._port.name} has {free // 1024} KB free and "
                f"{needed // 1024} KB are needed; `mpremote fs rm` makes room"
            )

    def _prepare(self, stale, files, carried):
        """On the board: remove what was never finished, make folders, copy what is alike."""
        parents = {parent for place in files for parent in Path(place).parents}
        folders = sorted(f"{self._home}/{path.as_posix()}" for path in parents if path.name)
        self._tidy([f"/{name}" for name in stale], [self._home, *folders])
        for first in range(0, len(carried), _CARRIED_AT_ONCE):
            self._on_progress("copying what is alike", first, len(carried))
            part = carried[first : first + _CARRIED_AT_ONCE]
            values = {
                "OLD": f"/{self._state['current']}/",
                "NEW": f"{self._home}/",
                "PLACES": part,
            }
            self._port.run("carry_over", values)

    def _tidy(self, dropped, made):
        self._port.run("tidy", {"DROPPED": dropped, "MADE": made})

    def _send(self, sent: dict[str, Path]) -> None:
        paths = list(sent.values())
        sizes = [path.stat().st_size for path in paths]
        if paths:
            self._port.copy(
                [(path, f"{self._home}/{place}") for place, path in sent.items()],
                lambda n: self._on_progress("sending", sum(sizes[:n]), sum(sizes)),
            )

    def _check_arrival(self, files):
        self._on_progress("reading back", 1, 1)
        there = self._port.survey()["files"]
        wrong = [p for p in files if there.get(f"{self._home}/{p}") != hash_of(files[p])]
        if wrong:
            raise BoardError(f"{wrong[0]} arrived damaged at {self._port.name}; deploy again")
