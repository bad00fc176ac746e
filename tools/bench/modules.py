"""The firmware's modules: their compiled form, and an order in which each follows its needs."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

from mpremote.romfs import VfsRomWriter

from tools.bench.part import CACHE
from tools.setup import PROJECT
from tools.virtual.rom import compiled, write_whole

FIRMWARE = PROJECT / "firmware"
PACKAGES = ("skein", "device")


def sources() -> dict[str, Path]:
    """Every module of the packages by its dotted name; a package's own name means __init__."""
    found = {}
    for package in PACKAGES:
        for path in sorted((FIRMWARE / package).glob("*.py")):
            found[package if path.stem == "__init__" else f"{package}.{path.stem}"] = path
    return found


def mpy(path: Path) -> Path:
    """The .mpy of a source, as a deployment makes it."""
    return compiled(path, str(path.relative_to(FIRMWARE)))


def in_order() -> list[str]:
    """Dotted names, each after those that it imports."""
    paths = sources()
    needs = {
        name: sorted(_imports(path) & paths.keys() | {name.partition(".")[0]} - {name})
        for name, path in paths.items()
    }
    return list(TopologicalSorter(needs).static_order())


def from_outside() -> list[str]:
    """What the modules import that is not theirs: on a chip it is built in."""
    paths = sources()
    needed = {name.partition(".")[0] for path in paths.values() for name in _imports(path)}
    return sorted(needed - set(PACKAGES))


def image() -> Path:
    """All modules as one read-only file system, from which code runs where it lies."""
    writer = VfsRomWriter()
    for package in PACKAGES:
        writer.opendir(package)
        for path in sorted((FIRMWARE / package).glob("*.py")):
            writer.mkfile(f"{path.stem}.mpy", mpy(path).read_bytes())
        writer.closedir()
    CACHE.mkdir(parents=True, exist_ok=True)
    target = CACHE / "firmware.romfs"
    write_whole(target, bytes(writer.finalise()))
    return target


def _imports(path: Path) -> set[str]:
    """The modules that a source needs when it is imported, not later."""
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    return names
