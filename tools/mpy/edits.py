"""Changes to a source text that leave every line where it was."""

from collections.abc import Iterable

# Line, first byte, what stands there (None: a whole line's rest), and what comes in its place.
Edit = tuple[int, int, str | None, str]


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; none of them may overlap.

    Raises ValueError where something else stands: the parser of older Pythons is not always right
    about places inside an f-string.
    """
    lines = [line.encode() for line in text.split("\n")]
    for line, begin, old, new in sorted(edits, key=lambda edit: edit[:2], reverse=True):
        there = lines[line - 1]
        end = len(there) if old is None else begin + len(old.encode())
        if old is not None and there[begin:end] != old.encode():
            raise ValueError(f"line {line}: there is no {old!r} at {begin} in {there.decode()!r}")
        lines[line - 1] = there[:begin] + new.encode() + there[end:]
    return b"\n".join(lines).decode()
