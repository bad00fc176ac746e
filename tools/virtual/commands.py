"""`skein demo`, `skein soak` and `skein trials`."""

import json
import statistics
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from tools.virtual import demo as demonstration
from tools.virtual import soak as soaking
from tools.virtual import trials as trying


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
    "--kill-bridge-at", type=click.FloatRange(min=0), help="Second of a bridge's end, with mixed."
)
@click.option(
    "--heap",
    type=click.IntRange(64, 8192),
    help="KB a board; if absent 128, with LoRa 192, with both radios 256.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of addresses and the air.")
@click.option(
    "--radio",
    default="espnow",
    show_default=True,
    help="Or lora:PRESET, such as lora:LONG_FAST, in real time: events take seconds there.  Or"
    " mixed: islands of three on ESP-NOW, joined over LoRa by two bridges of each.",
)
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Figures go here."
)
@click.option(
    "--svg",
    "svg_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A picture goes here.",
)
def demo(
    boards, seconds, loss, kill_leader_at, kill_bridge_at, heap, seed, radio, json_file, svg_file
):
    """Boards of real MicroPython elect a leader and pass events, until Ctrl-C.

    Each board is a process with a heap, a flash and a serial port of its own.  Attach to a
    running one from another terminal: mpremote connect port:/dev/pts/N resume repl
    """
    for kill_at, option in (
        (kill_leader_at, "--kill-leader-at"),
        (kill_bridge_at, "--kill-bridge-at"),
    ):
        if None not in (seconds, kill_at) and kill_at >= seconds:
            raise click.BadParameter("comes after --seconds", param_hint=option)
    for file, option in ((json_file, "--json"), (svg_file, "--svg")):
        _try_to_write(file, option)
    console = Console(record=svg_file is not None)
    plan = demonstration.DemoPlan(
        boards, seconds, loss, kill_leader_at, heap, seed, radio, kill_bridge_at
    )
    figures = demonstration.run(plan, console)
    if svg_file:
        console.save_svg(str(svg_file), title="make demo")
    if json_file:
        json_file.write_text(json.dumps(figures, indent=2) + "\n")
    for name in ("time_to_leader_ms", "reelection_ms", "critical_p50_ms", "low_p50_ms"):
        console.print(f"{name}: {figures[name]}")
    console.print(f"events: {figures['events_delivered']} of {figures['events_wanted']} arrived")


def _try_to_write(file: Path | None, option: str) -> None:
    """An unwritable place is told now, and not after the demo."""
    try:
        if file:
            file.touch()
    except OSError as error:
        raise click.BadParameter(f"{file}: {error.strerror}", param_hint=option) from None


@click.command()
@click.option("--minutes", type=click.IntRange(6), default=10, show_default=True)
@click.option("--boards", type=click.IntRange(1, 100), default=8, show_default=True)
@click.option("--loss", type=click.FloatRange(0, 100), default=10, show_default=True)
def soak(minutes, boards, loss):
    """Run the demo for minutes and check that no board's free heap runs low or falls.

    Exit code 1 when a board has less than 30 % free, or less at the end than five minutes before.
    """
    console = Console()
    plan = demonstration.DemoPlan(boards, 60 * minutes, loss)
    faults = soaking.check(demonstration.run(plan, console), console)
    for fault in faults:
        console.print(f"[red]{fault}")
    raise SystemExit(1 if faults else 0)


@click.command()
@click.option("--boards", type=click.IntRange(3, 100), default=6, show_default=True)
@click.option("--kills", type=click.IntRange(0), default=10, show_default=True)
@click.option("--partitions", type=click.IntRange(0), default=10, show_default=True)
@click.option("--resignations", type=click.IntRange(0), default=10, show_default=True)
@click.option("--loss", type=click.FloatRange(0, 90), default=10, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True, help="Of addresses and the air.")
def trials(boards, kills, partitions, resignations, loss, seed):
    """Kill the leader, part the boards, let the leader resign, each many times in a row.

    Prints how long boards of real MicroPython take to agree again.  Exit code 1 when they do not.
    """
    console = Console()
    plan = trying.TrialPlan(boards, kills, partitions, resignations, loss, seed=seed)

    def told(kind, ms):
        console.print(f"{kind}: {ms:.0f} ms", highlight=False)

    try:
        times_ms = trying.run(plan, told)
    except trying.TrialError as error:
        raise click.ClickException(f"{error}.") from None
    table = Table("", box=None)
    for name in ("times", "median ms", "longest ms", "goal"):
        table.add_column(name, justify="right")
    for kind, each in times_ms.items():
        if each:
            table.add_row(kind, str(len(each)), *_summary(each, trying.GOALS_MS.get(kind)))
    console.print(table)


def _summary(times_ms, goal_ms):
    longest_ms = max(times_ms)
    cells = [f"{statistics.median(times_ms):.0f}", f"{longest_ms:.0f}"]
    if goal_ms is None:
        return [*cells, ""]
    verdict = "met" if longest_ms <= goal_ms else "[red]missed"
    return [*cells, f"<= {goal_ms}: {verdict}"]
