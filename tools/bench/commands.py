"""`skein bench` and `skein size`."""

import os
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tools.bench import document
from tools.bench.convergence import CONVERGENCE
from tools.bench.cost import COST
from tools.bench.dissemination import DISSEMINATION
from tools.bench.election import ELECTION
from tools.bench.membership import MEMBERSHIP
from tools.bench.part import Options, Part
from tools.bench.platoon import PLATOON
from tools.bench.queue_operations import OPERATIONS
from tools.bench.queue_shares import QUEUE
from tools.bench.scale import SCALE
from tools.bench.sends import SENDS
from tools.bench.size import SIZE
from tools.setup import PROJECT

PARTS = (
    *(DISSEMINATION, CONVERGENCE, ELECTION, MEMBERSHIP, QUEUE, OPERATIONS, PLATOON),
    *(SENDS, COST, SIZE, SCALE),
)
DOCUMENT = PROJECT / "BENCHMARKS.md"


@click.command()
@click.argument("names", metavar="[PART]...", nargs=-1, type=click.Choice([p.name for p in PARTS]))
@click.option("--quick", is_flag=True, help="Small networks and short runs, to see that it works.")
@click.option("--seeds", type=click.IntRange(1), help="Runs of each row; each part has its own.")
@click.option(
    "--topologies",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Also run the topo_*.json and traffic_*.json of this folder.",
)
@click.option("--write", is_flag=True, help="Put the results into BENCHMARKS.md.")
@click.option("--document", "path", type=click.Path(dir_okay=False, path_type=Path), hidden=True)
def bench(names, quick, seeds, topologies, write, path):
    """Measure Skein: all parts, or those that are named.

    Parts: dissemination, convergence, election, membership, queue, operations, platoon, sends,
    cost, size, scale. The full run takes about an hour on two cores; what was finished when it is
    interrupted is kept.
    """
    options = Options(quick, seeds, topologies, os.cpu_count() or 1)
    for part in PARTS:
        if not names or part.name in names:
            _run(part, options, (path or DOCUMENT) if write else None)


@click.command()
def size():
    """Bytes of each compiled module, and of heap for it and for a booted node."""
    _run(SIZE, Options(), None)


def _run(part: Part, options: Options, path: Path | None) -> None:
    """Measure one part and show it; with a path, every state of it is written there."""
    text = ""
    with _progress() as progress:
        for text in part.measure(options, progress):  # noqa: B007 (the last one is shown)
            if path is not None:
                document.put(path, [each.title for each in PARTS], part.title, text)
    click.echo(f"{part.title}\n\n{text}\n")


def _progress() -> Progress:
    """Bars on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(
        *columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal
    )
