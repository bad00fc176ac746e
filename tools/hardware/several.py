"""The same on several ports at once, with a bar for each."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from tools.hardware import BoardError

# on_progress(step, done, total) -> None; the answer is the sentence to end with
Work = Callable[[str, Callable[[str, int, int], None]], str]


def on_each(ports: Iterable[str], work: Work) -> None:
    """Call work(port, on_progress) for each port at once; tell how each ended.

    Exit code 1 when any failed with a BoardError.
    """
    console = Console(stderr=True)
    columns = (TextColumn("{task.fields[port]}"), BarColumn(), TaskProgressColumn())
    shown = TextColumn("{task.description}")
    ports = list(dict.fromkeys(ports))
    with (
        Progress(*columns, shown, console=console, disable=not console.is_terminal) as progress,
        ThreadPoolExecutor(len(ports)) as pool,
    ):
        outcomes = list(pool.map(lambda port: _outcome(port, work, progress), ports))
    for has_worked, sentence in outcomes:
        click.echo(sentence, err=not has_worked)
    if not all(has_worked for has_worked, _ in outcomes):
        raise SystemExit(1)


def _outcome(port, work, progress):
    task = progress.add_task("", total=1, port=port)

    def on_progress(step: str, done: int, total: int) -> None:
        progress.update(task, description=step, completed=done, total=total)

    try:
        return True, f"{port}: {work(port, on_progress)}"
    except BoardError as error:
        return False, f"Error: {error}."
