"""Results that outlive the command: a file for each, named by what was run and by which code."""

import hashlib
import json
from pathlib import Path


def path_of(folder: Path, *what: object) -> Path:
    """Where the result of `what` is kept; `what` names the code, too."""
    return folder / f"{hashlib.sha256(repr(what).encode()).hexdigest()[:32]}.json"


def read(path: Path) -> dict | None:
    """The result, or None if there is none yet."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def write(path: Path, figures: dict) -> None:
    """Keep a result; an interrupted write leaves none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(figures), encoding="utf-8")
    part.replace(path)
