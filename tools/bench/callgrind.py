"""Counts the instructions of a MicroPython run with valgrind's callgrind.

The fetched build comes with an i386 C library whose padding between functions, `cs lea`, some
versions of valgrind do not know.  So a copy is counted in which each such padding is a `nop` and
a `lea` of the same length and to the same (no) effect.
"""

import hashlib
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from tools.bench.part import CACHE
from tools.setup.micropython_runtime import FETCHED, find

# 2E: the prefix; then lea 0(%esi,%eiz,1),%esi with a distance of 32 or of 8 bits.
_PADDING = re.compile(rb"\x2e(?=\x8d\xb4\x26\0\0\0\0|\x8d\x74\x26\0)")
_NOP = b"\x90"
_COLLECTED = re.compile(r"Collected : (\d+)")


class CallgrindError(Exception):
    """valgrind is absent or cannot run this MicroPython; says which."""


def count(arguments: list[str], environment: dict[str, str]) -> tuple[int, str]:
    """Instructions of one run of MicroPython, and what it printed.

    Raises CallgrindError.
    """
    if not shutil.which("valgrind"):
        raise CallgrindError("there is no valgrind on this machine")
    valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    result = subprocess.run(
        [*valgrind, *_command(), *arguments],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    collected = _COLLECTED.search(result.stderr)
    if result.returncode or not collected:
        raise CallgrindError(f"valgrind cannot run this MicroPython ({_complaint(result.stderr)})")
    return int(collected[1]), result.stdout


@cache
def _command() -> tuple[str, ...]:
    """The MicroPython to count, with every path into the fetched files led to their copy."""
    command = find().command
    program = Path(command[-1])
    if not program.is_relative_to(FETCHED):
        return command
    digest = hashlib.sha256(program.read_bytes()).hexdigest()[:16]
    copy = CACHE / f"callgrind-{digest}"
    if not copy.exists():
        _copy_for_valgrind(FETCHED / "root", copy)
    return tuple(word.replace(str(FETCHED / "root"), str(copy)) for word in command)


def _copy_for_valgrind(root: Path, copy: Path) -> None:
    part = copy.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(root, part, symlinks=True, ignore=shutil.ignore_patterns("gconv", "share"))
    for path in part.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if content.startswith(b"\x7fELF"):
                path.write_bytes(_PADDING.sub(_NOP, content))
    part.rename(copy)


def _complaint(stderr: str) -> str:
    lines = [line for line in stderr.splitlines() if "unhandled" in line or "rror" in line]
    return (lines or stderr.splitlines() or ["no reason given"])[0].strip()
