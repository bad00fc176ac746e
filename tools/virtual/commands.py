"""`skein demo`."""

import json
from pathlib import Path

import click
from rich.console import Console

from tools.virtual import demo as demonstration


@click.command()
@click.option("--boards", type=click.IntRange(1, 100), default=8, show_default=True)
@click.option("--seconds", type=click.FloatRange(min=1), help="How long; until Ctrl-C if absent.")
@click.option(
    "--loss",
    type=click.FloatRange(0, 100),
    default=0,
    show_default=True,
    help="Percent of frames that each listener misses.",
)
@click.option("--kill-leader-at", type=click.FloatRange(min=0), help="Second of the leader's end.")
@click.option(
    "--heap", type=click.IntRange(64, 8192), default=128, show_default=True, help="KB a board."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of addresses and the air.")
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Figures go here."
)
def demo(boards, seconds, loss, kill_leader_at, heap, seed, json_file):
    """Boards of real MicroPython elect a leader and pass events, until Ctrl-C.

    Each board is a process with a heap, a flash and a serial port of its own.  Attach to a
    running one from another terminal: mpremote connect port:/dev/pts/N resume repl
    """
    console = Console()
    plan = demonstration.DemoPlan(boards, seconds, loss, kill_leader_at, heap, seed)
    if json_file:
        try:
            json_file.touch()  # an unwritable place is told now, and not after the demo
        except OSError as error:
            raise click.BadParameter(f"{json_file}: {error.strerror}", param_hint="--json") from None
    figures = demonstration.run(plan, console)
    if json_file:
        json_file.write_text(json.dumps(figures, indent=2) + "\n")
    for name in ("time_to_leader_ms", "reelection_ms", "critical_p50_ms", "low_p50_ms"):
        console.print(f"{name}: {figures[name]}")
    console.print(f"events: {figures['events_delivered']} of {figures['events_wanted']} arrived")
