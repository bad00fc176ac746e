"""Where figures come from: the command, the commit and the MicroPython."""

import subprocess

from tools.setup import PROJECT, SetupError
from tools.setup.micropython_runtime import describe, find

_MEASURED = ("firmware", "tools")


def line(command: str, with_vm: bool = False) -> str:
    """The paragraph above a table."""
    where = f", on {describe(find())}" if with_vm else ""
    return f"`{command}` at {commit()}{where}."


def commit() -> str:
    """The commit that was measured, and whether files differ from it."""
    try:
        number = _git("rev-parse", "--short=10", "HEAD")
        is_changed = _git("status", "--porcelain", "--", *_MEASURED)
    except (OSError, subprocess.CalledProcessError):
        return "no known commit"
    return f"commit {number}" + (" with changes that were not committed" if is_changed else "")


def vm_or_reason() -> str | None:
    """None when there is a MicroPython, else the sentence that says why not."""
    try:
        find()
    except SetupError as error:
        return f"Not measured: {error}."
    return None


def word_bits() -> int:
    """32 or 64, of the MicroPython's words."""
    return find().word_bits


def _git(*words: str) -> str:
    command = ["git", "-C", str(PROJECT), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
