"""Builds the image of the modules that a chip has built in.

Each name that a program brings along takes a place in MicroPython's table of names, in RAM; those
of a chip's own modules are in its flash.  So the image is built with as few names of its own as
can be: what only its modules call each other gets a name that the VM has anyway.
"""

import ast
import functools
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from mpremote.romfs import VfsRomWriter

from tools.mpy import arguments
from tools.mpy.bundles import bundle
from tools.mpy.cache import made_once, write_whole
from tools.mpy.compiler import compiled
from tools.mpy.constants import fold
from tools.mpy.names import shorten
from tools.setup import BUILD

CACHE = BUILD / "virtual"
_SOURCES = Path(__file__).parent / "vm"
_PUBLIC = ("esp32", "espnow", "lora", "machine", "network")
_BUNDLES = {"_radio": ("_peers", "_in_place_length")}
_FIRST_MODULE = "_mount"  # brings the image in, so it stands outside

# Names by which only the modules of vm/ know each other's functions, classes and variables;
# not `radio`, which tests look at.
_INNER = (
    *("EXIT_HARD", "EXIT_SOFT", "EXIT_SOFT_RAW", "libc", "read_state", "state_folder"),
    *("ESPNowBase", "InPlaceLength", "PeerTable", "Radio", "checked_bytes", "fail"),
    *("check_open", "is_open", "is_good", "modify", "unicast"),
    *("drain", "forget_queue", "on_frame", "ring", "ring_bell", "ring_bytes"),
    *("rx_dropped", "rx_packets", "set_state", "tx_failures", "tx_packets", "tx_responses"),
    *("_FLAGS", "_FULL_MICROVOLTS", "_interfaces", "_nothing", "_pm", "_quarter_dbm", "_set_up"),
    *("_shared", "_singleton"),
)
# Names that every build of MicroPython for a computer has in its program, and vm/ has no use for.
_BORROWED = (
    *("acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "copysign", "cosh", "degrees"),
    *("erf", "erfc", "expm1", "fabs", "fmod", "frexp", "gamma", "isfinite", "isinf", "isnan"),
    *("ldexp", "lgamma", "log10", "log2", "modf", "radians", "sinh", "tanh", "trunc", "polar"),
    *("islower", "isupper", "isspace", "isalpha", "isdigit", "rindex", "rpartition", "crc32"),
)


@functools.cache
def first_module_folder() -> Path:
    """Where the VM finds its first module."""
    folder = CACHE / "first"
    text = (_SOURCES / f"{_FIRST_MODULE}.py").read_text(encoding="utf-8")
    code = compiled(shorten({_FIRST_MODULE: text})[_FIRST_MODULE], _FIRST_MODULE, ("-O3",))
    write_whole(folder / f"{_FIRST_MODULE}.mpy", code.read_bytes())
    return folder


@functools.cache
def image() -> Path:
    """The file to map at /rom: every other module of vm/, compiled."""
    writer = VfsRomWriter()
    texts = {
        source.stem: source.read_text(encoding="utf-8")
        for source in sorted(_SOURCES.glob("*.py"))
        if source.stem != _FIRST_MODULE
    }
    for name, text in made_once(_shortened, texts).items():
        code = compiled(text, f"/rom/{name}.mpy", ("-O2",))
        writer.mkfile(f"{name}.mpy", code.read_bytes())
    content = bytes(writer.finalise())
    target = CACHE / f"rom-{hashlib.sha256(content).hexdigest()[:16]}.img"
    if not target.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        write_whole(target, content)
    return target


def _shortened(texts: Mapping[str, str]) -> dict[str, str]:
    public = {name: re.findall(r"^([A-Z]\w*) =", texts[name], re.MULTILINE) for name in _PUBLIC}
    short = arguments.shorten(
        shorten(bundle(fold(texts, kept=public), _BUNDLES)), (), _optional(texts)
    )
    return {name: _with_borrowed_names(text) for name, text in short.items()}


def _optional(texts) -> set[str]:
    """Arguments that a caller may leave out, and so may name."""
    functions = (
        node.args
        for text in texts.values()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
    )
    return {
        argument.arg
        for found in functions
        for argument in found.args[len(found.args) - len(found.defaults) :] + found.kwonlyargs
    }


def _with_borrowed_names(text: str) -> str:
    new = dict(zip(_INNER, _BORROWED, strict=True))
    return re.sub(rf"\b({'|'.join(new)})\b", lambda match: new[match[0]], text)
