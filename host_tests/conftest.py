"""Collects each portable test twice: for CPython, and for the 32-bit MicroPython.

A file in host_tests/portable is imported by pytest as usual.  Beside it stands a collector whose
items run the same functions in a MicroPython process, one process a file.
"""

import ast
import os
import subprocess
from pathlib import Path

import pytest

from tools.setup import PROJECT, SetupError
from tools.setup.micropython_runtime import Runtime, find

PORTABLE = PROJECT / "host_tests" / "portable"
_VM_PATHS = ("firmware", "host_tests", "host_tests/portable")
_VM_HEAP = "800k"  # tests build many nodes; what one node needs is tested on a virtual board


def _runtime_or_reason() -> Runtime | str:
    try:
        return find()
    except SetupError as error:
        return str(error)


RUNTIME = _runtime_or_reason()


def pytest_addoption(parser):
    parser.addoption("--update", action="store_true", help="store the transcripts of this run")


def pytest_report_header():
    if isinstance(RUNTIME, str):
        return f"MicroPython: none, since {RUNTIME}; its tests are skipped"
    return f"MicroPython: {RUNTIME.version}, {RUNTIME.word_bits}-bit"


def pytest_collect_file(file_path: Path, parent):
    if file_path.parent == PORTABLE and file_path.name.startswith(("test_", "vm_")):
        return MicroPythonFile.from_parent(parent, path=file_path)
    return None


class MicroPythonFile(pytest.File):
    """One portable file as MicroPython runs it."""

    outcomes: dict[str, str] | None = None

    def collect(self):
        for node in ast.parse(self.path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield MicroPythonItem.from_parent(self, name=f"{node.name}[micropython]")

    def outcome(self, test: str) -> str:
        """What MicroPython printed for this test; runs the file the first time."""
        if self.outcomes is None:
            self.outcomes = _split_outcomes(self._run())
        return self.outcomes.get(test) or self.outcomes[""]

    def _run(self) -> str:
        assert isinstance(RUNTIME, Runtime)
        script = str(PORTABLE / "run_here.py")
        environment = dict(os.environ, MICROPYPATH=":".join(str(PROJECT / p) for p in _VM_PATHS))
        result = subprocess.run(
            [*RUNTIME.command, "-X", f"heapsize={_VM_HEAP}", script, self.path.stem],
            capture_output=True,
            text=True,
            timeout=240,
            env=environment,
            check=False,
        )
        return result.stdout + result.stderr


class MicroPythonItem(pytest.Item):
    """One test function on MicroPython."""

    def runtest(self):
        if isinstance(RUNTIME, str):
            pytest.skip(RUNTIME)
        outcome = self.parent.outcome(self.name.split("[")[0])
        if not outcome.startswith("ok "):
            raise MicroPythonError(outcome)

    def repr_failure(self, excinfo, style=None):
        if isinstance(excinfo.value, MicroPythonError):
            return f"on MicroPython: {excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self):
        return self.path, None, self.name


class MicroPythonError(Exception):
    """A portable test failed in the MicroPython process; holds what it printed."""


def _split_outcomes(output: str) -> dict[str, str]:
    """Output by test name; what belongs to no test, such as a failed import, under ""."""
    outcomes = {"": "no test of this name ran; the process printed: " + output}
    name = ""
    for line in output.splitlines():
        word, _, rest = line.partition(" ")
        if word in ("ok", "FAILED"):
            name = rest
            outcomes[name] = line
        elif name:
            outcomes[name] += "\n" + line
    return outcomes
