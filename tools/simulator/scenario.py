"""A scenario file, read and checked; `scenario_fields` says what may stand in one."""

from dataclasses import dataclass
from pathlib import Path

from tools.simulator.scenario_fields import LISTS, SCENARIO, TABLES, Field, share
from tools.simulator.scenario_text import Mistakes, put, read_toml

_TOP = ("", 0)
_NOT_BEFORE = {"end_s": "start_s", "until_s": "at_s", "at_s": "record_s"}


@dataclass(frozen=True)
class Scenario:
    """Everything that the file says, each key present, missing ones at their default."""

    folder: Path
    top: dict
    nodes: dict
    radio: dict
    tolerance: dict
    skein: dict
    interest: dict[str, float]
    traffic: tuple[dict, ...]
    faults: tuple[dict, ...]


def load_scenario(path: Path, over: dict[str, object] | None = None) -> Scenario:
    """Read a file. Raises SimulatorError that names every mistake with its line.

    over: by dotted key what takes the place of the file's own values, or is added to them.
    """
    document, mistakes = read_toml(path)
    for key, value in (over or {}).items():
        put(document, key, value, mistakes)
    known = {*SCENARIO, *TABLES, *LISTS, "interest"}
    for key in sorted(set(document) - known):
        is_table = isinstance(document[key], dict | list)
        table = (key, 0) if is_table else _TOP
        mistakes.add(table, key, f"there is no {key!r} in a scenario, only {', '.join(known)}")
    top = {key: document[key] for key in SCENARIO if key in document}
    checked = _checked(top, SCENARIO, _TOP, mistakes)
    tables = {
        name: _checked(_table(document, name, mistakes), fields, (name, 0), mistakes)
        for name, fields in TABLES.items()
    }
    lists = {name: _all_checked(document, name, mistakes) for name in LISTS}
    interest = _interest(_table(document, "interest", mistakes), mistakes)
    mistakes.complain()
    return Scenario(path.parent, checked, *tables.values(), interest, *lists.values())


def _table(document, name, mistakes) -> dict | None:
    table = document.get(name, {})
    if isinstance(table, dict):
        return table
    where = (name, 0) if isinstance(table, list) else _TOP
    mistakes.add(where, name, f"{name} must be a table, [{name}]")
    return None


def _all_checked(document, name, mistakes) -> tuple[dict, ...]:
    tables = document.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        mistakes.add((name, 0), name, f"{name} must be a list of tables, [[{name}]]")
        return ()
    return tuple(
        _checked(table, LISTS[name], (name, place), mistakes) for place, table in enumerate(tables)
    )


def _checked(table: dict | None, fields: dict[str, Field], where, mistakes: Mistakes) -> dict:
    """The table with every key of `fields`; what is wrong goes to `mistakes`."""
    if table is None:
        return {}
    for key in table:
        if key not in fields:
            mistakes.add(where, key, f"there is no {key!r} here, only {', '.join(fields)}")
    kind = table.get("kind", table.get("place"))
    values = {}
    for key, field in fields.items():
        value = values[key] = table.get(key, field.default)
        if key in table and not field.fits(value):
            mistakes.add(where, key, f"{key} must be {field.wanted}, not {value!r}")
        elif key in table and _is_early(key, values):
            mistakes.add(where, key, f"{key} must not be before {_NOT_BEFORE[key]}")
        elif key not in table and ("" in field.needed or kind in field.needed):
            mistakes.add(where, None, f"{key} is missing, {field.wanted}")
    return values


def _is_early(key, values) -> bool:
    """True for a time before the one that it must follow; that one stands earlier in the list."""
    earliest = values.get(_NOT_BEFORE.get(key))
    return isinstance(earliest, int | float) and values[key] < earliest


def _interest(table, mistakes) -> dict[str, float]:
    field = share()
    for topic, value in (table or {}).items():
        if not field.fits(value):
            what = f"{topic} must be {field.wanted}, not {value!r}"
            mistakes.add(("interest", 0), topic, what)
    return table or {}
