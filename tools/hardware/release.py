"""What a board gets: the firmware compiled, and what is wired where, under the hash of it all."""

import functools
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.hardware.boards import Board
from tools.mpy import compiler
from tools.mpy.cache import write_whole
from tools.setup import BUILD, PROJECT

FIRMWARE = PROJECT / "firmware"
_HASH_DIGITS = 16  # of SHA-256, as on_board/survey.py tells them
_MOST_DBM = 20  # of Wi-Fi on any chip
_BLOCK_BYTES = 4096  # a file takes whole blocks of flash


@dataclass(frozen=True)
class Release:
    """files: by place, within its folder on the board."""

    board: Board
    files: dict[str, Path]

    @functools.cached_property
    def hashes(self) -> dict[str, str]:
        return {place: hash_of(path) for place, path in self.files.items()}

    @property
    def folder(self) -> str:
        """Its folder at the top of a board: the same for the same content."""
        content = repr(sorted(self.hashes.items())).encode()
        return f"skein-{hashlib.sha256(content).hexdigest()[:8]}"


def build(board: Board, firmware: Path = FIRMWARE) -> Release:
    """Compile the firmware for a board.  Raises SyntaxError, which names the file and the line."""
    files = {
        compiler.place_of(name).as_posix(): path
        for name, path in compiler.firmware(firmware).items()
    }
    if _has_parts(board.wiring):
        files["wiring.json"] = _kept(f"{board.name}.wiring.json", board.wiring)
    files["release.json"] = _kept(f"{board.name}.json", {"board": board.name})
    files["main.py"] = firmware / "main.py"  # where boot.py has gone to
    return Release(board, files)


def _has_parts(wiring: dict[str, Any]) -> bool:
    """Whether the firmware has any use for it; reading it takes a board up to 5 KB of heap."""
    parts = ("SWITCHES", "PMU", "LORA", "LED", "BATTERY", "OLED")
    return any(wiring[part] for part in parts) or wiring["WIFI_MOST_DBM"] < _MOST_DBM


def _kept(name: str, content: object) -> Path:
    place = BUILD / "releases" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    write_whole(place, json.dumps(content).encode())
    return place


def hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:_HASH_DIGITS]


def flash_bytes(path: Path) -> int:
    """What a file takes of a board's flash."""
    return -(-path.stat().st_size // _BLOCK_BYTES) * _BLOCK_BYTES
