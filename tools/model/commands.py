"""`skein model`."""

import os
from concurrent.futures import ProcessPoolExecutor

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tools.model.casting import Casting
from tools.model.search import Found, Search
from tools.model.trio import BrokenRuleError

# Who is fit, and when each acts: all alike, the best first, the best last, the best between.
CASTINGS = (
    Casting((128, 128, 128), (0, 0, 0)),
    Casting((200, 128, 60), (0, 0.5, 0.9)),
    Casting((60, 128, 200), (0, 0.5, 0.9)),
    Casting((128, 200, 128), (0.9, 0, 0.5)),
)


def search(casting: Casting, mishaps: int) -> Found | str:
    """What was found, or the story of a broken rule."""
    try:
        return Search(casting, mishaps).run()
    except BrokenRuleError as error:
        return str(error)


@click.command()
@click.option(
    "--mishaps",
    type=click.IntRange(0, 6),
    default=2,
    show_default=True,
    help="How many frames get lost, nodes reboot or links fail, in all.",
)
@click.option("--story", "is_told", is_flag=True, help="Tell the slowest way to one leader, too.")
def model(mishaps: int, is_told: bool) -> None:
    """Visit every state that three nodes can get into, and check the election's rules in each.

    The nodes are those of the firmware.  Exit code 1, and the story of how it comes to that, when
    a rule is broken.  Each further mishap makes it some fifty times as long.
    """
    console = Console()
    table = Table("scores", "dice", "states", "steps", "slowest to one leader", box=None)
    results = _all(mishaps)
    for casting, found in zip(CASTINGS, results, strict=True):
        row = [", ".join(map(str, numbers)) for numbers in (casting.scores, casting.shares)]
        if isinstance(found, str):
            table.add_row(*row, "[red]a rule is broken")
        else:
            table.add_row(*row, f"{found.states}", f"{found.steps}", f"{found.slowest_ms} ms")
    console.print(table)
    told = [each for each in results if isinstance(each, str)]
    if is_told and not told:
        told = ["\n".join(each.slowest_story) for each in results]
    for story in told:
        console.print(f"\n{story}", highlight=False, soft_wrap=True)
    states = sum(each.states for each in results if isinstance(each, Found))
    console.print(f"{states} states visited, {mishaps} mishaps each")
    if any(isinstance(each, str) for each in results):
        raise SystemExit(1)


def _all(mishaps):
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with (
        Progress(
            *columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal
        ) as bars,
        ProcessPoolExecutor(os.cpu_count()) as pool,
    ):
        task = bars.add_task("castings", total=len(CASTINGS))
        pending = [pool.submit(search, casting, mishaps) for casting in CASTINGS]
        for each in pending:
            each.add_done_callback(lambda _: bars.advance(task))
        return [each.result() for each in pending]
