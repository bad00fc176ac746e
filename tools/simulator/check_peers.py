"""Holds the peers here against the reference's published results, topology by topology.

The reference measured each topology once; chance alone moves such a run. So each row here is the
mean of several seeds, and beside the deviation stands how far a single run is thrown by chance
(one standard deviation). A row holds when reach is within 3 points and transmissions a message are
within 10 %; a row outside counts as chance only when it is within three of those deviations.
"""

import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import mean, stdev

import click
from rich.console import Console
from rich.table import Table

from tools.simulator.network import Plan, Run
from tools.simulator.protocols import protocol_named
from tools.simulator.topology import load_topology
from tools.simulator.traffic import load_trace

PROFILES = {
    "stock": "managed-flood-stock",
    "fw28": "managed-flood",
    "fw28-hop7": "managed-flood-7",
    "mcore": "meshcore",
}
TRACES = ("iso", "p600", "p60", "p20")
REACH_POINTS = 3.0
TX_PERCENT = 10.0
CHANCE_DEVIATIONS = 3.0


@dataclass(frozen=True)
class Case:
    """One published row and where its inputs lie."""

    profile: str
    trace: str
    nodes: int
    topology_seed: int
    folder: Path
    published: tuple[float, float]  # reach in %, transmissions a message

    def run(self, seed: int) -> tuple[float, float]:
        """Reach in % and transmissions a message of one run."""
        name = f"N{self.nodes}_s{self.topology_seed}.json"
        plan = Plan(
            load_topology(self.folder / f"topo_{name}"),
            load_trace(self.folder / f"traffic_{name}", self.trace),
            protocol_named(PROFILES[self.profile]),
            seed,
        )
        report = Run(plan).go()
        return report["reach_pct"], report["tx_per_message"]


@dataclass(frozen=True)
class Verdict:
    """A case beside its publication: means, deviations, and what chance does to one run."""

    case: Case
    reach_pct: float
    tx_per_message: float
    reach_spread: float
    tx_spread: float

    @property
    def reach_off(self) -> float:
        """Points of reach above the published row."""
        return self.reach_pct - self.case.published[0]

    @property
    def tx_off_pct(self) -> float:
        """Per cent of transmissions above the published row."""
        return 100 * (self.tx_per_message / self.case.published[1] - 1)

    @property
    def holds(self) -> bool:
        return abs(self.reach_off) <= REACH_POINTS and abs(self.tx_off_pct) <= TX_PERCENT

    @property
    def is_chance(self) -> bool:
        """True when the published row is one that runs here would give too."""
        tx_off = self.tx_per_message - self.case.published[1]
        return (
            abs(self.reach_off) <= max(REACH_POINTS, CHANCE_DEVIATIONS * self.reach_spread)
        ) and abs(tx_off) <= max(
            TX_PERCENT / 100 * self.case.published[1], CHANCE_DEVIATIONS * self.tx_spread
        )


def published_cases(folder: Path, peers: Path, profiles=("stock", "fw28")) -> list[Case]:
    """The published rows of these profiles whose inputs are in `folder`."""
    rows = json.loads(peers.read_text(encoding="utf-8"))
    wanted = set(product(profiles, TRACES))
    cases = [
        Case(
            row["profile"],
            row["traffic"],
            row["n"],
            row["seed"],
            folder,
            (row["reach_pct"], row["tx_per_msg"]),
        )
        for row in rows
        if (row["profile"], row["traffic"]) in wanted
        and (folder / f"topo_N{row['n']}_s{row['seed']}.json").exists()
    ]
    order = {name: at for at, name in enumerate((*profiles, *TRACES))}
    return sorted(
        cases, key=lambda c: (order[c.profile], order[c.trace], c.nodes, c.topology_seed)
    )


def judge(case: Case, seeds: int) -> Verdict:
    """Run a case with seeds 0 .. seeds-1."""
    runs = [case.run(seed) for seed in range(seeds)]
    reach, tx = zip(*runs, strict=True)
    spread = stdev if seeds > 1 else lambda _: 0.0
    return Verdict(case, mean(reach), mean(tx), spread(reach), spread(tx))


@click.command()
@click.option("--topologies", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--peers", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--profile", "profiles", multiple=True, type=click.Choice(list(PROFILES)))
@click.option("--seeds", default=5, show_default=True, help="Runs of each row.")
@click.option("--cores", default=2, show_default=True)
def main(topologies: Path, peers: Path, profiles: tuple[str, ...], seeds: int, cores: int):
    """Compare the peers with their published results; exit 1 when a row does not hold."""
    cases = published_cases(topologies, peers, profiles or ("stock", "fw28"))
    table = Table(title="Here (mean of seeds ± one run's chance) beside the publication")
    for heading in ("profile", "trace", "N", "seed", "reach %", "publ.", "points"):
        table.add_column(heading, justify="right")
    for heading in ("tx / message", "publ.", "%", "verdict"):
        table.add_column(heading, justify="right")
    with ProcessPoolExecutor(cores) as pool:
        verdicts = list(pool.map(judge, cases, [seeds] * len(cases)))
    for verdict in verdicts:
        table.add_row(*_cells(verdict))
    console = Console(width=130)
    console.print(table)
    console.print(_summary(verdicts))
    raise SystemExit(0 if all(v.holds or v.is_chance for v in verdicts) else 1)


def _cells(verdict: Verdict) -> list[str]:
    case = verdict.case
    word = "holds" if verdict.holds else "chance" if verdict.is_chance else "OFF"
    return [
        case.profile,
        case.trace,
        str(case.nodes),
        str(case.topology_seed),
        f"{verdict.reach_pct:.1f} ± {verdict.reach_spread:.1f}",
        f"{case.published[0]:.1f}",
        f"{verdict.reach_off:+.1f}",
        f"{verdict.tx_per_message:.2f} ± {verdict.tx_spread:.2f}",
        f"{case.published[1]:.2f}",
        f"{verdict.tx_off_pct:+.1f}",
        word,
    ]


def _summary(verdicts: list[Verdict]) -> str:
    held = sum(verdict.holds for verdict in verdicts)
    chance = sum(verdict.is_chance and not verdict.holds for verdict in verdicts)
    return (
        f"{held} of {len(verdicts)} rows hold, {chance} more are within chance; mean deviation "
        f"{mean(v.reach_off for v in verdicts):+.2f} points, "
        f"{mean(v.tx_off_pct for v in verdicts):+.2f} %"
    )


if __name__ == "__main__":
    main()
