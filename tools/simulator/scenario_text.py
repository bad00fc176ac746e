"""Where in a TOML file a key stands, so that a mistake can be named with its line.

The standard reader keeps no positions; this finds the usual spellings (`[table]`, `[[table]]`,
`key = ...`) line by line. A key written otherwise gets the line of its table.
"""

import re
import tomllib
from pathlib import Path

from tools.simulator import SimulatorError

_TABLE = re.compile(r"^\s*\[\[?\s*([A-Za-z0-9_-]+)\s*\]\]?\s*(?:#.*)?$")
_DOTTED = re.compile(r"(?:([^.]+)\.)?(?:(\d+)\.)?([^.]+)")
_KEY = re.compile(r"^\s*\"?([A-Za-z0-9_.-]+?)\"?\s*=")


class Mistakes:
    """All that is wrong with one file."""

    def __init__(self, path: Path, text: str):
        self._path = path
        self._lines = _lines_of(text)
        self._found: list[tuple[int, str]] = []
        self._put: dict[tuple[tuple[str, int], str], str] = {}

    def add(self, table: tuple[str, int], key: str | None, sentence: str) -> None:
        """table: its name and its place among those of that name, ("", 0) for the top."""
        if (table, key) in self._put:
            self._found.append((0, f"{self._put[table, key]}: {sentence}"))
            return
        at_table = self._lines.get((table, None), 1)
        line = self._lines.get((table, key), at_table)
        self._found.append((line, f"{self._path}, line {line}: {sentence}"))

    def put(self, table: tuple[str, int], key: str, written: str) -> None:
        """Mistakes in this key are those of `written`, not of a line of the file."""
        self._put[table, key] = written

    def complain(self) -> None:
        """Raise SimulatorError when anything was found, one line for each mistake."""
        if self._found:
            raise SimulatorError("\n".join(what for _, what in sorted(self._found)))


def read_toml(path: Path) -> tuple[dict, Mistakes]:
    """The document and an empty list of mistakes. Raises SimulatorError for what is no TOML."""
    try:
        text = path.read_text(encoding="utf-8")
        return tomllib.loads(text), Mistakes(path, text)
    except OSError as error:
        raise SimulatorError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SimulatorError(f"{path} is not a text in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise SimulatorError(f"{path}: {error}") from None


def put(document: dict, dotted: str, value: object, mistakes: Mistakes) -> None:
    """Set a value by its dotted key: `seed`, `nodes.count`, `traffic.0.every_s`.

    Raises SimulatorError when the file has no such table.
    """
    name, place, key = parts.groups() if (parts := _DOTTED.fullmatch(dotted)) else ("", "", "")
    table = document.setdefault(name, {}) if name and place is None else document.get(name)
    if name is None:
        table = document
    elif place is not None and isinstance(table, list) and int(place) < len(table):
        table = table[int(place)]
    if not isinstance(table, dict):
        raise SimulatorError(f"{dotted}: there is no such place in the scenario")
    table[key] = value
    mistakes.put((name or "", int(place or 0)), key, f"{dotted}={value}")


def _lines_of(text):
    """The first line of each ((table, place), key); the key is None for the table itself."""
    lines: dict[tuple[tuple[str, int], str | None], int] = {}
    places: dict[str, int] = {}
    table = ("", 0)
    for number, line in enumerate(text.splitlines(), 1):
        if header := _TABLE.match(line):
            name = header[1]
            table = (name, places.get(name, 0))
            places[name] = table[1] + 1
            lines[table, None] = number
        elif key := _KEY.match(line):
            lines.setdefault((table, key[1]), number)
    return lines
