"""Part `dissemination`: reach, airtime and delay of each protocol under the same loads."""

import re
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from statistics import mean
from textwrap import fill

from rich.progress import Progress

from tools.bench import loads, provenance
from tools.bench.cells import SKEIN, Cell
from tools.bench.goals import GOALS, ORACLE, Rows, best_peer, ratio
from tools.bench.loads import Load
from tools.bench.part import Options, Part
from tools.bench.published import PUBLISHED, SOURCE
from tools.bench.table import NOTHING, figure, markdown
from tools.simulator.protocols import ON_ESPNOW, PROTOCOLS

DEFAULT_TOPOLOGIES = 3
_TOPOLOGY_FILE = re.compile(r"topo_N(\d+)_s\d+\.json")

_COLUMNS = (
    ("reach of reachable %", "reach_of_reachable_pct", 1),
    ("of all %", "reach_pct", 1),
    ("tx a message", "tx_per_message", 1),
    ("ms a delivery", "airtime_ms_per_delivery", 1),
    ("p50 s", "p50_s", 3),
    ("p95 s", "p95_s", 3),
    ("overhead % of airtime", "overhead_airtime_pct", 1),
    ("of channel", "overhead_channel_pct", 1),
)
_CRITICAL_COLUMNS = (
    ("CRITICAL reach %", "critical_reach_pct", 1),
    ("CRITICAL p95 s", "critical_p95_s", 1),
)
_QUOTED = ("reach_pct", "tx_per_message", "airtime_ms_per_delivery", "p95_s")

_INTRO = """LoRa is LONG_FAST in an area of 15 x 15 km, placed and attenuated as by the
simulator of the Meshtastic project, each direction of a link with an offset of its own. The
topologies were drawn here ({first} and on), {count} for each table unless it says otherwise;
figures are means over them. Payloads are 40 bytes. Traffic: `iso` one message every 120 s,
sources in turn (30 messages, 100 of them with 100 nodes); every 600 s: one hour; every 60 s:
half an hour, a tenth of the messages CRITICAL. Skein's nodes are up for 30 minutes before (5
on ESP-NOW), and that time is not counted; peers need none. Transmissions and airtime a
delivery hold data, relays, retries and repair; overhead is beacons, declarations of interest
and elections, here of the time with traffic. *Best peer*: of the peers whose reach is within
15 points of the highest among them the one with the least airtime a delivery; ratios are of
airtime a delivery. The oracle sees all links and frames and is a bound that nobody can build.
*Quoted* rows were not measured here: {source}. A full run with {default} topologies is laid
out for 25 minutes on two cores; this one held {hours:,.0f} hours of virtual time."""


def measure(options: Options, progress: Progress) -> Iterator[str]:
    chosen = loads.QUICK if options.is_quick else loads.FULL
    sets = [(load, place_set) for load in chosen for place_set in _places(load, options)]
    cells = [cell for load, (_, places) in sets for cell in _cells(load, places)]
    results: dict[Cell, dict] = {}
    task = progress.add_task("dissemination", total=len(cells))
    head = provenance.line(options.command("dissemination"))
    for cell, result in _worked_off(cells, options.cores):
        results[cell] = result
        progress.advance(task)
        tables = [_section(load, *place_set, results) for load, place_set in sets]
        parts = [head, _intro(options, results), *tables]
        yield "\n\n".join(part for part in parts if part)


def _worked_off(cells: list[Cell], cores: int) -> Iterator[tuple[Cell, dict]]:
    """Stored results at once, the others as they are done."""
    waiting = []
    for cell in cells:
        known = cell.stored()
        if known is None:
            waiting.append(cell)
        else:
            yield cell, known
    pool = ProcessPoolExecutor(cores, initializer=_end_with_ctrl_c)
    try:
        futures = {pool.submit(cell.run): cell for cell in waiting}
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_ctrl_c() -> None:
    """A worker says nothing about it; the command does."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _places(load: Load, options: Options) -> Iterator[tuple[str, list[int | str]]]:
    """Sets of topologies: a word for the title, and the topologies."""
    count = options.seeds or (1 if options.is_quick else DEFAULT_TOPOLOGIES)
    yield "", list(range(count))
    if options.topologies is not None and not load.is_on_espnow:
        files = [str(path) for path in _files(options.topologies, load.nodes)]
        if files:
            yield f"; the {len(files)} topologies of the folder", files


def _files(folder: Path, nodes: int) -> list[Path]:
    found = []
    for path in sorted(folder.glob("topo_N*.json")):
        match = _TOPOLOGY_FILE.fullmatch(path.name)
        if match and int(match[1]) == nodes:
            found.append(path)
    return found


def _cells(load: Load, places) -> list[Cell]:
    names = ON_ESPNOW if load.is_on_espnow else PROTOCOLS
    return [Cell(load, name, place) for name in names for place in places]


def _section(load: Load, title: str, places, results) -> str | None:
    """A load's table and its goals; None while no protocol is done."""
    rows: Rows = {}
    for name in ON_ESPNOW if load.is_on_espnow else PROTOCOLS:
        cells = [Cell(load, name, place) for place in places]
        if all(cell in results for cell in cells):
            rows[name] = _means([results[cell] for cell in cells])
    if not rows:
        return None
    return "\n\n".join(
        part
        for part in (f"### {load.title}{title}", _table(load, rows), _verdicts(load, rows))
        if part
    )


def _means(figures: list[dict]) -> dict:
    """The mean of each figure; None where a run had none."""
    return {
        key: None if None in values else mean(values)
        for key, values in ((key, [run[key] for run in figures]) for key in figures[0])
    }


def _table(load: Load, rows: Rows) -> str:
    columns = _COLUMNS + (_CRITICAL_COLUMNS if load.trace == "p60" else ())
    headings = ["protocol", *(heading for heading, _, _ in columns), "to best peer", "to oracle"]
    peer = best_peer(rows)
    lines = []
    for name, row in rows.items():
        cells = [figure(row[key], digits) for _, key, digits in columns]
        ratios = [figure(ratio(rows, name, other), 2) for other in (peer, ORACLE)]
        lines.append([f"**{name}**" if name == SKEIN else name, *cells, *ratios])
    if load.interest == 1:
        for name, quoted in PUBLISHED.get((load.nodes, load.trace), {}).items():
            lines.append([f"*quoted:* {name}", *_quoted_cells(columns, quoted), NOTHING, NOTHING])
    return markdown(headings, lines)


def _quoted_cells(columns, quoted):
    known = dict(zip(_QUOTED, quoted, strict=True))
    return [figure(known.get(key), digits) for _, key, digits in columns]


def _verdicts(load: Load, rows: Rows) -> str:
    if SKEIN not in rows or load.name not in GOALS:
        return ""
    return "\n".join(f"- {goal.verdict(rows)}" for goal in GOALS[load.name])


def _intro(options: Options, results: dict[Cell, dict]) -> str:
    count = options.seeds or (1 if options.is_quick else DEFAULT_TOPOLOGIES)
    first = f"seed {loads.FIRST_SEED}"
    hours = sum(figures["virtual_s"] for figures in results.values()) / 3600
    text = _INTRO.format(
        first=first, count=count, source=SOURCE, default=DEFAULT_TOPOLOGIES, hours=hours
    )
    text = fill(" ".join(text.split()), 99)
    if options.is_quick:
        text += "\n\n**A quick run: networks and traffic are smaller than the tables are for.**"
    return text


DISSEMINATION = Part("dissemination", "Dissemination beside peers and the oracle", measure)
