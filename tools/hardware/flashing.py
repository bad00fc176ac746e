"""Writes an image with esptool, in a process of its own."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tools.hardware import BoardError
from tools.hardware.boards import Board

_PERCENT = re.compile(r"(\d+)(?:\.\d+)? ?%")
_FATAL = re.compile(r"A fatal error occurred: (.*)")
_ATTEMPTS = 3


def command(board: Board, port: str, image: Path, baud: int, is_erased: bool) -> list[str]:
    """What is run, for this board's chip."""
    erase = ["--erase-all"] if is_erased else []
    return [
        *(sys.executable, "-m", "esptool", "--chip", board.chip.name, "--port", port),
        *("--baud", str(baud), "--connect-attempts", str(_ATTEMPTS)),
        *("write-flash", *erase, f"{board.chip.image_offset:#x}", str(image)),
    ]


def run(command: list[str], port: str, on_progress: Callable[[str, int, int], None]) -> None:
    """Run what `command` made.  Raises BoardError with esptool's own reason."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    said = []
    on_progress("connecting", 0, 100)
    try:
        for line in process.stdout:  # esptool gives up by itself where nobody answers
            said.append(line)
            percent = _PERCENT.search(line)
            if percent:
                on_progress("writing", int(percent[1]), 100)
    finally:
        process.kill()
        process.wait()
    if process.returncode:
        raise BoardError(_sentence("".join(said), port))


def _sentence(said: str, port: str) -> str:
    reason = _FATAL.search(said)
    text = reason[1].strip().rstrip(".") if reason else (said.strip().splitlines() or ["?"])[-1]
    if "Failed to connect" in text:
        return f"{port}: {text}; hold BOOT, tap RESET, let BOOT go, and try again"
    return f"{port}: {text}"
