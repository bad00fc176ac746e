"""`skein sim`: run protocols on modelled air from the command line."""

from pathlib import Path

import click
from rich.console import Console

from tools.simulator import SimulatorError
from tools.simulator.batch_commands import scenarios, sweep
from tools.simulator.dice import Dice
from tools.simulator.lora import LONG_FAST, PRESETS, preset_named
from tools.simulator.network import Plan, Run
from tools.simulator.plots import draw
from tools.simulator.protocols import PROTOCOLS, protocol_named
from tools.simulator.recording import recording_to
from tools.simulator.replay_page import page_of
from tools.simulator.scenario import load_scenario
from tools.simulator.scenario_run import plan_of as scenario_plan
from tools.simulator.story import clock_text, story_of
from tools.simulator.tables import report_table
from tools.simulator.terminal import READ, WRITE, progress_shown, write_json
from tools.simulator.topology import load_topology
from tools.simulator.trace import read_trace
from tools.simulator.traffic import load_trace, with_priorities


class _Group(click.Group):
    """Turns what cannot be simulated into one sentence and exit code 1."""

    def invoke(self, ctx: click.Context):
        try:
            return super().invoke(ctx)
        except SimulatorError as error:
            raise click.ClickException(f"{error}.") from None


@click.group(cls=_Group)
def sim() -> None:
    """Run Skein and other protocols on modelled air, in virtual time."""


_NETWORK_OPTIONS = (
    click.option("--topology", type=READ, required=True, help="JSON, as topology.py says."),
    click.option("--traffic", required=True, metavar="FILE:TRACE", help="E.g. traffic.json:iso"),
    click.option(
        "--interest",
        type=click.FloatRange(0, 1, min_open=True),
        default=1.0,
        show_default=True,
        help="Share of the nodes that want the messages.",
    ),
    click.option(
        "--preset",
        type=click.Choice(list(PRESETS)),
        default=LONG_FAST.name,
        show_default=True,
        help="LoRa setting.",
    ),
    click.option("--seed", default=0, show_default=True),
    click.option("--json", "json_path", type=WRITE, help="Write the report there."),
)


def network_options(command):
    """The options of every command that runs topology and traffic files."""
    for option in reversed(_NETWORK_OPTIONS):
        command = option(command)
    return command


@sim.command()
@network_options
@click.option("--protocol", type=click.Choice(list(PROTOCOLS)), required=True)
@click.option("--trace", "trace_path", type=WRITE, help="Record every event there.")
def net(protocol: str, trace_path: Path | None, json_path: Path | None, **files) -> None:
    """Run one protocol over a topology and traffic, and print what came of it."""
    with recording_to(trace_path) as recorder, progress_shown() as progress:
        report = Run(plan_of(protocol, **files), recorder).go(progress(protocol))
    write_json(report, json_path)
    Console().print(report_table({protocol: report}))


@sim.command()
@network_options
@click.option(
    "--protocol",
    "protocols",
    type=click.Choice(list(PROTOCOLS)),
    multiple=True,
    help="May be given several times; all of them when it is not given.",
)
@click.option(
    "--plots", "plot_folder", type=click.Path(path_type=Path, file_okay=False), help="Draw there."
)
def compare(
    protocols: tuple[str, ...], plot_folder: Path | None, json_path: Path | None, **files
) -> None:
    """Run several protocols over the same topology and traffic, side by side."""
    runs = {name: Run(plan_of(name, **files)) for name in protocols or PROTOCOLS}
    with progress_shown() as progress:
        reports = {name: run.go(progress(name)) for name, run in runs.items()}
    write_json(reports, json_path)
    Console().print(report_table(reports))
    if plot_folder is not None:
        for path in draw(list(runs.values()), plot_folder):
            click.echo(f"wrote {path}")


@sim.command()
@click.argument("file", type=READ)
@click.option("--seed", type=click.IntRange(0), help="In place of the file's.")
@click.option("--json", "json_path", type=WRITE, help="Write the report there.")
@click.option("--trace", "trace_path", type=WRITE, help="Record every event there.")
def run(file: Path, seed: int | None, json_path: Path | None, trace_path: Path | None) -> None:
    """Run a scenario, a TOML file, and print what came of it."""
    scenario = load_scenario(file)
    plan = scenario_plan(scenario, seed)
    with recording_to(trace_path) as recorder, progress_shown() as progress:
        report = Run(plan, recorder).go(progress(file.stem))
    write_json(report, json_path)
    if scenario.top["story"]:
        click.echo(scenario.top["story"])
    Console().print(report_table({plan.protocol.name: report}))


@sim.command()
@click.argument("recording", type=READ, metavar="TRACE")
@click.option(
    "--from", "from_s", type=click.FloatRange(0), default=0.0, help="Second to begin at."
)
@click.option("--to", "to_s", type=click.FloatRange(0), help="Second to end at.")
@click.option("--frames", "with_frames", is_flag=True, help="Tell of every frame, too.")
@click.option("--step", "is_stepped", is_flag=True, help="Wait for a key after each moment.")
@click.option("--html", "html_path", type=WRITE, help="Write an animated map there instead.")
def replay(
    recording: Path,
    from_s: float,
    to_s: float | None,
    with_frames: bool,
    is_stepped: bool,
    html_path: Path | None,
) -> None:
    """Go through a recording of a run: what happened when, as text or as an animated map."""
    trace = read_trace(recording)
    from_us = int(from_s * 1e6)
    to_us = trace.end_us if to_s is None else int(to_s * 1e6)
    if html_path is not None:
        html_path.write_text(page_of(trace, from_us, to_us), encoding="utf-8")
        click.echo(f"wrote {html_path}")
        return
    for moment in story_of(trace, with_frames):
        if from_us <= moment.at_us <= to_us:
            click.echo(f"{clock_text(moment.at_us)}  {moment.text}")
            if is_stepped and click.getchar() == "q":
                return


def plan_of(
    protocol: str, topology: Path, traffic: str, interest: float, seed: int, preset: str
) -> Plan:
    """The plan for a command's options. Raises SimulatorError for what cannot be run."""
    path, separator, trace = traffic.rpartition(":")
    if not separator:
        raise SimulatorError(f"{traffic!r} names no trace, write FILE:TRACE")
    chosen = protocol_named(protocol, preset=preset_named(preset))
    messages = with_priorities(load_trace(path, trace), Dice(seed).stream("priorities"))
    wishes = {each.topic: interest for each in messages.messages}
    return Plan(load_topology(topology), messages, chosen, seed, wishes, chosen.warm_up_us)


sim.add_command(sweep)
sim.add_command(scenarios)

if __name__ == "__main__":
    sim()
