"""BENCHMARKS.md: one section a part; writing one leaves the others as they are."""

from pathlib import Path

_HEAD = """# Benchmarks

Written by `make bench`; do not edit. Every figure was measured by the command above its table, at
the commit that is named there; ratios compare runs of one and the same command. The same seed
gives the same figures, but for those that are times of this machine, which say so.
"""


def put(path: Path, titles: list[str], title: str, text: str) -> None:
    """Replace the section `title` in the file, or add it.  titles: of all sections, in order."""
    sections = _sections(path.read_text(encoding="utf-8")) if path.exists() else {}
    sections[title] = text.strip()
    known = [name for name in titles if name in sections]
    parts = [_HEAD, *(f"## {name}\n\n{sections[name]}\n" for name in known)]
    path.write_text("\n".join(parts), encoding="utf-8")


def _sections(document: str) -> dict[str, str]:
    sections = {}
    for section in document.split("\n## ")[1:]:
        title, _, text = section.partition("\n")
        sections[title.strip()] = text.strip()
    return sections
