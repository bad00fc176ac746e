"""Part `platoon`: the source documents' platoon with summaries and without, tier by tier."""

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from textwrap import fill

from rich.progress import Progress

from skein import frame as f
from tools.bench import provenance
from tools.bench.part import Options, Part
from tools.bench.platoon_run import ANOMALY_GAP_S, CELLS, NODES, figures_of
from tools.bench.platoon_station import (
    CELL_NODES,
    DETECTION,
    DETECTIONS_A_SECOND,
    PAYLOAD_BYTES,
    Case,
)
from tools.bench.table import NOTHING, figure, markdown

GOAL_PERCENT = 98.6
FULL = (Case(5000, 10, 600), Case(5000, 0, 120), Case(1000, 10, 120), Case(0, 10, 20))
QUICK = (Case(5000, 10, 20), Case(0, 10, 5))

_TOP = ("to the top", "receipts to the top")
_CELL = ("in the cells", "receipts in the cells")
_EVENT_BYTES = f.PAYLOAD + PAYLOAD_BYTES

_NOTE = """{nodes} nodes in {cells} cells of {each}, up to two hops apart, on ESP-NOW at 1 Mb/s;
each emits {rate} detections and one telemetry a second and an anomaly in {gap} s on average, of
{payload} bytes. Detections have windows of 1 s at their source and of the length that the table
names at the cells' leaders and at the top; telemetry is kept where it is; anomalies go to all.
*Raw*: what would cross the top tier if each event crossed it once, unharmed, in Skein's own frame
of {event} bytes. *To the top*: all frames that carry reports from a cell's leader to the
formation's, every hop, repetition and receipt counted, and each anomaly once. *Saved*: of raw
bytes. The source claims {goal} % of events; the goal here is as much of bytes. *Counted twice*:
reports that any two nodes merged, or one node twice. In the rows without summaries detections go
to all who want them, and that is the node at the top. *Channel*: time with something on the air
at the busiest node, in the time with traffic."""


def measure(options: Options, progress: Progress) -> Iterator[str]:
    cases = QUICK if options.is_quick else FULL
    head = provenance.line(options.command("platoon"))
    task = progress.add_task("platoon", total=sum(case.seconds for case in cases))
    found: dict[Case, dict] = {}
    with ProcessPoolExecutor(options.cores, initializer=os.nice, initargs=(5,)) as pool:
        pending = {pool.submit(figures_of, case, 1): case for case in cases}
        for future in as_completed(pending):
            case = pending[future]
            found[case] = future.result()
            progress.advance(task, case.seconds)
            yield _text(head, {case: found[case] for case in cases if case in found})


def raw_bytes(row: dict) -> int:
    """Of all events that the sources emitted or wanted to, each once."""
    return _EVENT_BYTES * sum(row["emitted"].values())


def top_bytes(row: dict) -> float:
    """What crossed the top tier."""
    return sum(row["bytes"].get(what, 0) for what in _TOP) + _EVENT_BYTES * row["anomalies"]


def saved_percent(row: dict) -> float:
    return 100 * (1 - top_bytes(row) / raw_bytes(row))


def _text(head, found):
    parts = [
        head,
        fill(" ".join(_note().split()), 99),
        markdown(_TIER_HEADINGS, [_tier_cells(case, row) for case, row in found.items()]),
        markdown(_TRUTH_HEADINGS, [_truth_cells(case, row) for case, row in found.items()]),
        *_verdicts(found),
    ]
    return "\n\n".join(parts)


def _note():
    return _NOTE.format(
        nodes=NODES,
        cells=CELLS,
        each=CELL_NODES,
        rate=DETECTIONS_A_SECOND,
        gap=ANOMALY_GAP_S,
        payload=PAYLOAD_BYTES,
        event=_EVENT_BYTES,
        goal=GOAL_PERCENT,
    )


_TIER_HEADINGS = (
    *("summaries", "loss", "seconds", "raw bytes/s", "in cells frames/s", "bytes/s"),
    *("to the top frames/s", "bytes/s", "saved %", "detections on the air frames/s"),
    "channel %",
)
_TRUTH_HEADINGS = (
    *("summaries", "loss", "detections emitted", "refused by the source", "told at the top"),
    *("reports merged", "counted twice", "lost", "anomalies", "reach %"),
)


def _name(case):
    return f"{case.tier_ms / 1000:g} s" if case.tier_ms else "none"


def _tier_cells(case, row):
    def rate(key, names):
        return figure(sum(row[key].get(what, 0) for what in names) / case.seconds)

    has = case.tier_ms > 0
    return [
        _name(case),
        f"{case.loss_percent} %",
        case.seconds,
        figure(raw_bytes(row) / case.seconds, 0),
        rate("frames", _CELL) if has else NOTHING,
        rate("bytes", _CELL) if has else NOTHING,
        rate("frames", _TOP) if has else NOTHING,
        figure(top_bytes(row) / case.seconds) if has else NOTHING,
        figure(saved_percent(row), 2) if has else NOTHING,
        rate("frames", (DETECTION,)),
        figure(100 * row["busy_share"]),
    ]


def _truth_cells(case, row):
    emitted = row["emitted"].get(DETECTION, 0)
    told = row["counted"] if case.tier_ms else row["seen_at_top"]
    refused = row["emitted"].get("refused " + DETECTION, 0)
    return [
        _name(case),
        f"{case.loss_percent} %",
        *(figure(count, 0) for count in (emitted, refused, told)),
        figure(row["reports"], 0) if case.tier_ms else NOTHING,
        row["met_twice"] if case.tier_ms else NOTHING,
        figure(emitted - told, 0),
        row["anomalies"],
        figure(row["anomaly_reach_pct"], 2),
    ]


def _verdicts(found):
    rows = {case: row for case, row in found.items() if case.tier_ms}
    for case, row in rows.items():
        at = f"windows of {_name(case)}, {case.loss_percent} % loss"
        is_met = saved_percent(row) >= GOAL_PERCENT
        yield (
            f"- {at}: {figure(saved_percent(row), 2)} % fewer bytes at the top tier, goal "
            f"{GOAL_PERCENT} %: {'met' if is_met else '**missed**'}; every anomaly delivered: "
            f"{_met(row['anomaly_reach_pct'] == 100)}; no summary counted twice: "
            f"{_met(row['met_twice'] == 0 and row['counted'] <= row['emitted'][DETECTION])}"
        )


def _met(is_met):
    return "met" if is_met else "**missed**"


PLATOON = Part("platoon", "The platoon, with summaries and without", measure)
