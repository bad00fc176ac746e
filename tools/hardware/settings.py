"""A board's config.json, checked by the module that reads it on the board."""

import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from device import config, lora_plan, sleep_plan
from tools.hardware import BoardError
from tools.hardware.port import Port

_PLACE = "/config.json"


def mistakes_in(text: str) -> list[str]:
    """A sentence for each; none for an empty text, which stands for a missing file."""
    if not text:
        return []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / config.FILE
        path.write_text(text, encoding="utf-8")
        settings, mistakes = config.load(str(path))
    if settings["radio"] != "espnow":
        _, mistake = lora_plan.plan(settings["radio"], settings["region"], settings["mesh"])
        mistakes += [f"{config.FILE}: {mistake}."] if mistake else []
    if settings["sleep"]:
        _, mistake = sleep_plan.plan(settings)
        mistakes += [f"{config.FILE}: {mistake}."] if mistake else []
    return mistakes


def check(text: str) -> None:
    """Raises BoardError with every mistake in the text."""
    mistakes = mistakes_in(text)
    if mistakes:
        raise BoardError("\n".join(mistakes).rstrip("."))


def given_in(text: str) -> dict[str, Any]:
    """What the text sets; nothing where it cannot be read."""
    try:
        given = json.loads(text or "{}")
    except ValueError:
        return {}
    return given if isinstance(given, dict) else {}


def changed(text: str, assignments: Iterable[str]) -> str:
    """The text after NAME=VALUE; NAME= goes back to the default.  Raises BoardError.

    A value is JSON, and a text where it is none: channel=11, name=roof, sensors=["rain"].
    """
    given = given_in(text)
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals:
            raise BoardError(f"{assignment!r} is not NAME=VALUE")
        given.pop(name, None)
        if value:
            given[name] = _value(value)
    new = json.dumps(given, indent=4) + "\n"
    check(new)
    return new


def read(port: Port) -> str:
    """config.json of a board; "" when it has none."""
    return port.ask("settings") or ""


def write(port: Port, text: str) -> None:
    """Replace config.json as a whole and restart the board.  Raises BoardError."""
    port.execute("pass", is_clean=True)  # nothing prints in between from here on
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / config.FILE
            path.write_text(text, encoding="utf-8")
            port.copy([(path, f"{_PLACE}.new")], lambda started: None)
        port.execute(f"import os; os.rename('{_PLACE}.new', '{_PLACE}')")
    finally:
        port.reset()
    port.wait_for_prompt(60)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
