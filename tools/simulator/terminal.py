"""What the commands share: files as arguments, reports as JSON, progress on a terminal."""

import json
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

READ = click.Path(path_type=Path, exists=True, dir_okay=False)
WRITE = click.Path(path_type=Path, dir_okay=False)


def write_json(document, path: Path | None) -> None:
    """Write a report, or several, when a path was given."""
    if path is not None:
        path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


@contextmanager
def progress_shown():
    """Bars on a terminal, nothing elsewhere; `progress(title)` gives what a run calls."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:

        def progress(title: str):
            task = bars.add_task(title, total=1.0)
            return lambda share: bars.update(task, completed=share)

        yield progress
