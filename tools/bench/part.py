"""What a part of the benchmark is: a name, a title, and a text that grows while it is measured."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.progress import Progress

from tools.setup import BUILD

CACHE = BUILD / "bench"


@dataclass(frozen=True)
class Options:
    """What the command was asked for.

    seeds: how many, or None for the part's own number.  topologies: a folder with files of the
    simulator's form, beside those that are drawn here.  cores: how many processes may work.
    """

    is_quick: bool = False
    seeds: int | None = None
    topologies: Path | None = None
    cores: int = 1

    def command(self, part: str) -> str:
        """What a reader types to get the same."""
        words = ["skein bench", part]
        if self.is_quick:
            words.append("--quick")
        if self.seeds is not None:
            words.append(f"--seeds {self.seeds}")
        if self.topologies is not None:
            words.append("--topologies DIR")
        return " ".join(words)


@dataclass(frozen=True)
class Part:
    """measure: yields the part's text as Markdown, again and again as results come in."""

    name: str
    title: str
    measure: Callable[[Options, Progress], Iterator[str]]
