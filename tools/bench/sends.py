"""Part `sends`: how long 4 KB take over hops and loss, and what they cost on the air."""

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from statistics import median
from textwrap import fill

from rich.progress import Progress

from skein.fragment import PAYLOAD_MAX
from tools.bench import provenance
from tools.bench.part import Options, Part
from tools.bench.sends_run import Case, figures_of
from tools.bench.table import figure, markdown

CASES = [
    Case(hops, is_to_all, loss_percent)
    for is_to_all in (False, True)
    for hops in (1, 4)
    for loss_percent in (0, 10, 30)
]

_NOTE = """A payload of {payload} bytes over a line of nodes on ESP-NOW at 1 Mb/s, with collisions,
from one end to the node at the other, or to all; median of {seeds} runs. *Seconds*: until the
last of those it was for had it whole. *Known*: until the source knew. *Bytes* and *frames*: of all
pieces, reports, receipts and repetitions of all nodes, until the end of its life, two minutes.
*Of payload*: bytes in hundredths of the payload's on every link that it must cross."""

_HEADINGS = (
    "to",
    "hops",
    "loss %",
    "whole %",
    "seconds",
    "known",
    "frames",
    "bytes",
    "of payload",
)


def measure(options: Options, progress: Progress) -> Iterator[str]:
    seeds = options.seeds or (1 if options.is_quick else 9)
    jobs = [(case, seed) for case in CASES for seed in range(1, seeds + 1)]
    task = progress.add_task("sends", total=len(jobs))
    found: dict[Case, list[dict]] = {}
    with ProcessPoolExecutor(options.cores, initializer=os.nice, initargs=(5,)) as pool:
        for (case, _), row in zip(
            jobs, pool.map(figures_of, *zip(*jobs, strict=True)), strict=True
        ):
            found.setdefault(case, []).append(row)
            progress.advance(task)
    note = fill(" ".join(_NOTE.format(payload=PAYLOAD_MAX, seeds=seeds).split()), 99)
    table = markdown(_HEADINGS, [_cells(case, rows) for case, rows in found.items()])
    yield "\n\n".join((provenance.line(options.command("sends")), note, table))


def _cells(case, rows):
    known = [row["settled"] for row in rows if row["settled"]]
    sent_bytes = median(row["bytes"] for row in rows)
    return (
        "all" if case.is_to_all else "one",
        case.hops,
        case.loss_percent,
        figure(100 * sum(row["share"] for row in rows) / len(rows), 0),
        figure(median(row["seconds"] for row in rows), 2),
        figure(median(known) if known else None, 2),
        figure(median(row["frames"] for row in rows), 0),
        figure(sent_bytes, 0),
        figure(100 * sent_bytes / PAYLOAD_MAX / case.hops, 0),
    )


SENDS = Part("sends", "Payloads of 4 KB", measure)
