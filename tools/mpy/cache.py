"""Keeps in .build what takes seconds to make, by the hash of what it was made from."""

import functools
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from tools.setup import BUILD

FOLDER = BUILD / "mpy"

Texts = dict[str, str]


def made_once(make: Callable[[Mapping[str, str]], Texts], texts: Mapping[str, str]) -> Texts:
    """make(texts), worked out once for these texts and for the sources of this package.

    What `make` depends on beside its argument must be in this package or in its own module.
    """
    key = hashlib.sha256(_own_sources(make.__code__.co_filename))
    key.update(json.dumps([make.__qualname__, texts]).encode())
    target = FOLDER / f"{key.hexdigest()[:24]}.json"
    if not target.exists():
        write_whole(target, json.dumps(make(texts)).encode())
    return json.loads(target.read_text(encoding="utf-8"))


def write_whole(target: Path, content: bytes) -> None:
    """Another process that builds the same sees all of it or nothing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(target)


@functools.cache
def _own_sources(makers: str) -> bytes:
    sources = [*sorted(Path(__file__).parent.glob("*.py")), Path(makers)]
    return b"\0".join(source.read_bytes() for source in sources)
