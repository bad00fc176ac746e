"""Reads a manifest.py as MicroPython's tools/manifestfile.py does, as far as ours go.

That file comes with MicroPython's sources only, on no package index.
"""

import os
from pathlib import Path


class Manifest:
    """files: what is frozen, by its name on the board.  required: packages of micropython-lib."""

    def __init__(self, path: Path):
        self.files: dict[str, Path] = {}
        self.required: list[str] = []
        self.included: list[str] = []
        self._include(path)

    def _include(self, path):
        self._folder = path.parent
        names = {
            name: getattr(self, f"_do_{name}")
            for name in ("include", "package", "module", "freeze", "require")
        }
        exec(compile(path.read_text(), str(path), "exec"), names)

    def _do_include(self, path):
        self.included.append(path)
        if "$(" not in path:
            folder = self._folder
            self._include((folder / path).resolve())
            self._folder = folder

    def _do_package(self, name, base_path="."):
        self._take(self._folder / base_path, name)

    def _do_freeze(self, path):
        self._take(self._folder / path, ".")

    def _do_module(self, name, base_path="."):
        self._add(self._folder / base_path / name, name)

    def _do_require(self, name):
        self.required.append(name)

    def _take(self, base, part):
        for source in sorted((base / part).rglob("*.py")):
            self._add(source, os.path.relpath(source, base))

    def _add(self, source, name):
        assert source.is_file(), f"{source} is frozen and does not exist"
        assert name not in self.files, f"{name} is frozen twice"
        self.files[name] = source.resolve()
