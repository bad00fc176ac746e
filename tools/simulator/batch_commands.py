"""Commands that work off many runs: grids of parameters, and the named scenarios."""

from pathlib import Path

import click
from rich.console import Console

from tools.simulator import SimulatorError
from tools.simulator.executors import executor_of, reports_of
from tools.simulator.protocols import PROTOCOLS
from tools.simulator.stored_results import FOLDER, cases_in, differences, figures_of
from tools.simulator.sweep import parameter_from
from tools.simulator.sweep import sweep as run_sweep
from tools.simulator.tables import scenarios_table, sweep_table
from tools.simulator.terminal import READ, WRITE, progress_shown, write_json


@click.command()
@click.argument("file", type=READ)
@click.option(
    "--over",
    "parameters",
    multiple=True,
    required=True,
    metavar="KEY=A,B,C",
    help="E.g. nodes.count=10,30 or protocol=skein,flood or traffic.0.every_s=5,10.",
)
@click.option("--seeds", type=click.IntRange(1), default=1, show_default=True)
@click.option("--json", "json_path", type=WRITE, help="Write every report there.")
@click.option("--dask", "dask_address", metavar="ADDRESS", help="Run there, not on this machine.")
def sweep(
    file: Path,
    parameters: tuple[str, ...],
    seeds: int,
    json_path: Path | None,
    dask_address: str | None,
) -> None:
    """Run a scenario with every combination of parameters, on all cores or a Dask cluster."""
    grid = [parameter_from(text) for text in parameters]
    with executor_of(dask_address) as executor, progress_shown() as progress:
        results = run_sweep(file, grid, seeds, executor, progress(file.stem))
    write_json(results, json_path)
    Console().print(sweep_table(results))


@click.command()
@click.argument("names", nargs=-1)
@click.option("--protocol", "protocols", type=click.Choice(list(PROTOCOLS)), multiple=True)
@click.option("--update", "is_update", is_flag=True, help="Store the results of these runs.")
@click.option(
    "--folder", type=click.Path(path_type=Path, exists=True, file_okay=False), default=FOLDER
)
def scenarios(
    names: tuple[str, ...], protocols: tuple[str, ...], is_update: bool, folder: Path
) -> None:
    """Run the named scenarios (all of them); fail when a stored result has changed."""
    cases = cases_in(folder, names, protocols)
    with executor_of() as executor, progress_shown() as progress:
        reports = reports_of([case.plan for case in cases], executor, progress("scenarios"))
    figures = [figures_of(report) for report in reports]
    changed = [
        differences(case.stored(), now, case.tolerance)
        for case, now in zip(cases, figures, strict=True)
    ]
    Console().print(scenarios_table(cases, reports, changed))
    for case, now, what in zip(cases, figures, changed, strict=True):
        for each in what:
            click.echo(f"{case.path.stem}, {case.protocol}: {each}")
        if is_update:
            case.store(now)
    if any(changed) and not is_update:
        raise SimulatorError("results have changed; --update stores the new ones")
