"""A board's serial port: mpremote as a program, with a limit to every wait.

mpremote itself waits for ever on a pseudo-terminal that says nothing, so it runs in a process
that can be ended.
"""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import serial

from tools.hardware import BoardError

_PROGRAMS = Path(__file__).parent / "on_board"
_MOST_ASKED = 3
_DISK_FULL = ("ENOSPC", "No space left", "OSError: 28")


class Port:
    """One board.  name: /dev/ttyUSB0, COM3 ...  patience_s: for one answer."""

    def __init__(self, name: str, patience_s: float = 15):
        self.name = name
        self._patience_s = patience_s

    def run(self, program: str, values: Mapping[str, object] | None = None, **how) -> str:
        """What a file of on_board/ prints.  values: names to define before it."""
        source = (_PROGRAMS / f"{program}.py").read_text(encoding="utf-8")
        head = "".join(f"{name} = {value!r}\n" for name, value in (values or {}).items())
        tail = "".join(f"del {name}\n" for name in values or {})
        return self.execute(head + _without_docstring(source) + tail, **how)

    def execute(self, source: str, is_clean: bool = False, follow: bool = True) -> str:
        """What a program prints.  is_clean: end whatever runs there, the mesh too, before.

        follow: False does not wait for its end.  Raises BoardError.
        """
        words = [] if is_clean else ["resume"]
        options = [] if follow else ["--no-follow"]
        return self._mpremote([*words, "exec", *options, source])

    def survey(self, is_clean: bool = False) -> dict[str, Any]:
        """What on_board/survey.py tells of the board.

        Asked twice: one that just starts can miss the first call, and mpremote waits for ever.
        """
        try:
            return _survey(self.run("survey", is_clean=is_clean))
        except (BoardError, ValueError):
            return _survey(self.run("survey", is_clean=is_clean))

    def ask(self, program: str, values: Mapping[str, object] | None = None) -> Any:
        """The JSON that a file of on_board/ prints, beside a node that goes on.

        What the application prints meanwhile can get in between, so it is asked again.
        """
        for _ in range(_MOST_ASKED):
            try:
                return _answer(self.run(program, values))
            except (BoardError, ValueError) as error:
                last = error
        if isinstance(last, BoardError):
            raise last
        raise BoardError(f"{self.name} does not give a clear answer; reset it and try again")

    def install(self, packages: list[str], target: str, index: str | None) -> None:
        """Have mpremote fetch packages, and put them there."""
        options = ["--index", index] if index else []
        self._mpremote(["resume", "mip", "install", *options, "--target", target, *packages])

    def copy(self, files: list[tuple[Path, str]], on_start: Callable[[int], None]) -> None:
        """Copy files to places on the board.  on_start(n): the n-th file is on its way now."""
        words = ["resume"]
        for source, target in files:
            words += ["fs", "cp", "--force", str(source), f":{target}", "+"]
        started = 0

        def hear(line: str) -> None:
            nonlocal started
            if line.startswith("cp "):
                on_start(started)
                started += 1

        self._mpremote(words[:-1], hear)

    def reset(self) -> None:
        """As the button does."""
        self.execute("import machine; machine.reset()", follow=False)

    def wait_for_prompt(self, patience_s: float) -> str:
        """Wait until something answers Enter with `>>>`; returns all that was printed till then.

        Only Enter is sent: anything more would break off a program that still starts.
        """
        heard = b""
        ends_at = time.monotonic() + patience_s
        while time.monotonic() < ends_at:
            try:
                with serial.Serial(self.name, 115200, timeout=0.3) as line:
                    while time.monotonic() < ends_at:
                        heard += line.read(4096)
                        if b">>>" in heard:
                            return heard.decode(errors="replace")
                        line.write(b"\r")
            except OSError:
                time.sleep(0.2)  # a chip's own USB port goes away with a reset, and comes back
        said = heard.decode(errors="replace").strip()
        raise BoardError(
            f"{self.name} shows no prompt after {patience_s:.0f} s{_last_words(said)}"
        )

    def _mpremote(self, words: list[str], hear: Callable[[str], None] | None = None) -> str:
        """Run mpremote; hear(line) gets each line of its output as it comes."""
        process = subprocess.Popen(
            [sys.executable, "-m", "mpremote", "connect", f"port:{self.name}", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        try:
            lines = self._lines(process, hear)
        finally:
            process.kill()
            process.wait()
        if process.returncode:
            raise BoardError(self._sentence(lines))
        return "".join(lines)

    def _lines(self, process, hear) -> list[str]:
        """All its lines; ends it with a BoardError when none comes in time."""
        arrived: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=_pump, args=(process.stdout, arrived), daemon=True).start()
        lines: list[str] = []
        while True:
            try:
                line = arrived.get(timeout=self._patience_s)
            except queue.Empty:
                raise BoardError(
                    f"{self.name} gives no answer for {self._patience_s:.0f} s: look at the "
                    "cable, at the port's name, and for another program that has it open"
                ) from None
            if line is None:
                process.wait()
                return lines
            lines.append(line)
            if hear:
                hear(line)

    def _sentence(self, lines: list[str]) -> str:
        text = "".join(lines).strip()
        if "failed to access" in text:
            return f"{self.name} cannot be opened: look at its name and for who else has it open"
        if "could not enter raw repl" in text:
            return f"what is at {self.name} is busy or no MicroPython; `skein flash` installs it"
        if any(word in text for word in _DISK_FULL):
            return f"the flash of {self.name} is full; what booted before still boots"
        if "MemoryError" in text:
            return f"{self.name} has too little heap left for this; reset it and try again"
        return f"{self.name} refused{_last_words(text)}"


def _survey(printed: str) -> dict[str, Any]:
    """The last line, with the files of the others as path to digest."""
    answer = _answer(printed)
    files = [json.loads(line) for line in printed.splitlines() if line.startswith('["/')]
    if len(files) != answer["count"]:
        raise ValueError("a line got lost")
    return {**answer, "files": dict(files)}


def _answer(printed: str) -> Any:
    """The last line as JSON.  Raises ValueError."""
    lines = printed.strip().splitlines()
    return json.loads(lines[-1] if lines else "")


def _pump(stream, arrived) -> None:
    for line in stream:
        arrived.put(line)
    arrived.put(None)


def _last_words(text: str) -> str:
    lines = text.splitlines()
    return f'; its last words: "{lines[-1].strip()}"' if lines else ""


def _without_docstring(source: str) -> str:
    return source.split('"""', 2)[2]
