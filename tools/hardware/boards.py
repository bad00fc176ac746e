"""The boards that have a folder in boards/."""

import json
import runpy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.hardware import BoardError
from tools.hardware.chips import CHIPS, Chip
from tools.setup import PROJECT

FOLDER = PROJECT / "boards"


@dataclass(frozen=True)
class Board:
    """about: what board.json holds.  wiring: the names of modules/board.py."""

    name: str
    folder: Path
    about: dict[str, Any]
    wiring: dict[str, Any]

    @property
    def chip(self) -> Chip:
        return CHIPS[self.wiring["CHIP"]]

    @property
    def source(self) -> Path:
        """The module that the board imports."""
        return self.folder / "modules" / "board.py"

    @property
    def page(self) -> str:
        """What there is to know, as Markdown."""
        return (self.folder / "board.md").read_text(encoding="utf-8")


def names() -> list[str]:
    return sorted(path.parent.name for path in FOLDER.glob("*/board.json"))


def load(name: str, folder: Path = FOLDER) -> Board:
    """The board of this name, in capitals or not.  Raises BoardError when there is none."""
    place = folder / name.upper()
    if not (place / "board.json").exists():
        raise BoardError(f"there is no board {name}; `skein boards` lists those there are")
    wiring = runpy.run_path(str(place / "modules" / "board.py"))
    return Board(
        place.name,
        place,
        json.loads((place / "board.json").read_text(encoding="utf-8")),
        {key: value for key, value in wiring.items() if key.isupper()},
    )
