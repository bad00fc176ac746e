"""Fails when an import points the wrong way.

main -> device -> skein inside firmware, and from tools and host_tests to firmware, never back.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]

_PURE = {"micropython", "array", "struct"}
_HOST = {"tools", "host_tests"}


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, first part of the module's name) for every import anywhere in a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." if node.level else (node.module or "").split(".")[0]


def refusal(path: Path, module: str) -> str | None:
    """Why the file at `path`, relative to the project, must not import `module`; or None."""
    folder = path.parts[:2]
    if folder == ("firmware", "skein"):
        if module not in _PURE | {"skein"}:
            return "the protocol imports only micropython, array, struct and itself"
    elif folder[0] == "firmware":
        if module in _HOST:
            return "firmware never imports what runs on the host"
        if path.name == "main.py" and module not in ("device", "gc"):
            return "main.py builds on device and on nothing else but gc"
        if folder == ("firmware", "device") and module in ("main", "boot"):
            return "the arrow goes from main to device"
    elif folder[0] == "tools" and module == "host_tests":
        return "tools never import tests"
    return None


def main() -> int:
    """Check every Python file; returns how many imports are wrong."""
    wrong = 0
    for top in ("firmware", "tools", "host_tests"):
        for path in sorted((PROJECT / top).rglob("*.py")):
            relative = path.relative_to(PROJECT)
            for line, module in imported(ast.parse(path.read_text())):
                reason = refusal(relative, module)
                if reason:
                    wrong += 1
                    print(f"{relative}:{line}: imports {module}: {reason}")
    return wrong


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
