"""Tells whether a stored result is still that of the code at hand."""

import ast
import hashlib
from functools import cache
from pathlib import Path

from tools.setup import PROJECT

_ROOTS = (PROJECT, PROJECT / "firmware")


@cache
def digest(module: str, left_out: str = "") -> str:
    """A hash of a module's source and of all that it imports from this project.

    left_out: a module that is not looked into, nor what only it needs.
    """
    found: dict[str, bytes] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        path = _path_of(name)
        if path is None or name in found or name == left_out:
            continue
        found[name] = path.read_bytes()
        waiting += _imported(found[name])
    whole = hashlib.sha256()
    for name in sorted(found):
        whole.update(name.encode() + found[name])
    return whole.hexdigest()


def _path_of(module: str) -> Path | None:
    """The file of a module of this project; None for anything else."""
    for root in _ROOTS:
        path = root / (module.replace(".", "/") + ".py")
        if path.exists():
            return path
    return None


def _imported(source: bytes) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return names
