"""Finds, or fetches, the MicroPython that virtual boards and the portable tests run on.

The order: $MICROPYTHON, the 32-bit build fetched by `make setup`, a `micropython` on PATH.
"""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools.setup import BUILD, SetupError, private_apt

FETCHED = BUILD / "micropython"
_LIBRARIES = "root/usr/lib/i386-linux-gnu"
_ASK = (
    "import sys,json;i=sys.implementation;"
    "print(json.dumps([i[0],'.'.join(str(n) for n in i[1][:3]),sys.maxsize>2**40]))"
)


@dataclass(frozen=True)
class Runtime:
    """A MicroPython that was started once and answered.

    command: what to execute, before any argument.  word_bits: 32 or 64; heap figures of the
    64-bit build are about twice those of a chip.
    """

    command: tuple[str, ...]
    name: str
    version: str
    word_bits: int


def find() -> Runtime:
    """The MicroPython to use.  Raises SetupError, in one sentence, where there is none."""
    chosen = os.environ.get("MICROPYTHON")
    if chosen:
        return _asked((chosen,), "the program that $MICROPYTHON names")
    if (FETCHED / "root").exists():
        return _asked(_fetched_command(), "the MicroPython fetched by `make setup`")
    on_path = shutil.which("micropython")
    if on_path:
        return _asked((on_path,), "the micropython on PATH")
    raise SetupError(
        "no MicroPython was found: run `make setup` on Debian, or set MICROPYTHON to a "
        "unix build of version 1.25 or newer"
    )


def install() -> Runtime:
    """Fetch the 32-bit build unless some MicroPython is there already."""
    try:
        runtime = find()
        if runtime.word_bits == 32 or os.environ.get("MICROPYTHON"):
            return runtime
    except SetupError:
        if os.environ.get("MICROPYTHON"):
            raise
    try:
        private_apt.fetch(["micropython"], FETCHED)
        return find()
    except SetupError:
        shutil.rmtree(FETCHED, ignore_errors=True)
        if shutil.which("micropython"):
            return find()
        raise


def _fetched_command() -> tuple[str, ...]:
    loader = FETCHED / "root/usr/lib/ld-linux.so.2"
    program = FETCHED / "root/usr/bin/micropython"
    return (str(loader), "--library-path", str(FETCHED / _LIBRARIES), str(program))


def _asked(command: tuple[str, ...], what: str) -> Runtime:
    try:
        answer = subprocess.run(
            [*command, "-c", _ASK], capture_output=True, text=True, check=True, timeout=20
        )
        name, version, is_64_bit = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise SetupError(f"{what} does not run here ({error})") from None
    if tuple(int(part) for part in version.split(".")[:2]) < (1, 25):
        raise SetupError(f"{what} is version {version}; 1.25 or newer is needed")
    return Runtime(command, name, version, 64 if is_64_bit else 32)


def describe(runtime: Runtime) -> str:
    """One sentence about `runtime` for a person."""
    note = "" if runtime.word_bits == 32 else "; heap figures are those of 64-bit words"
    program = Path(runtime.command[-1]).name
    return f"{program} {runtime.version}, {runtime.word_bits}-bit{note}"
