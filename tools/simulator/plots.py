"""Pictures of a comparison: reach over time, airtime, delays, and who passed messages on."""

from collections.abc import Callable
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot  # noqa: E402 - the backend must be chosen before
from matplotlib.axes import Axes  # noqa: E402

_MINUTE_US = 60_000_000


def draw(runs: list, folder: Path) -> list[Path]:
    """Draw finished runs over the same topology and traffic; returns the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {
        "reach_over_time": _reach_over_time,
        "airtime": _airtime,
        "delays": _delays,
    }
    written = [_picture(folder / f"{name}.png", each, runs) for name, each in pictures.items()]
    return [*written, *(_map(folder, run) for run in runs)]


def _picture(path: Path, plot: Callable[[Axes, list], None], runs: list) -> Path:
    figure, axes = pyplot.subplots(figsize=(8, 5), layout="constrained")
    plot(axes, runs)
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=120)
    pyplot.close(figure)
    return path


def delays_us(run) -> list[int]:
    """From birth to first delivery, all wanted deliveries of a run, ascending."""
    delays = []
    for message in run.traffic.messages:
        wanted = run.wanted_by(message)
        known = run.ledger.delivered_at_us.get(message.number, {})
        delays += [at - message.born_us for node, at in known.items() if wanted >> node & 1]
    return sorted(delays)


def _wanted_pairs(run) -> int:
    return sum(run.wanted_by(message).bit_count() for message in run.traffic.messages)


def _delays(axes, runs):
    """How much of what was wanted has arrived so long after its birth."""
    for run in runs:
        ordered, pairs = delays_us(run), _wanted_pairs(run)
        shares = [100 * (rank + 1) / pairs for rank in range(len(ordered))]
        axes.step([delay / 1e6 for delay in ordered], shares, label=run.protocol_name)
    axes.set(xlabel="s since the message was handed over", ylabel="% of wanted pairs served")
    axes.set_xscale("symlog")


def _reach_over_time(axes, runs):
    """Reach of the messages born in each twentieth of the run."""
    for run in runs:
        duration_us = run.traffic.duration_us
        wanted, served = [0] * 20, [0] * 20
        for message in run.traffic.messages:
            part = min(19, 20 * message.born_us // duration_us)
            nodes = run.wanted_by(message)
            known = run.ledger.delivered_at_us.get(message.number, {})
            wanted[part] += nodes.bit_count()
            served[part] += sum(nodes >> node & 1 for node in known)
        parts = [part for part in range(20) if wanted[part]]
        minutes = [(part + 0.5) * duration_us / 20 / _MINUTE_US for part in parts]
        reach = [100 * served[part] / wanted[part] for part in parts]
        axes.plot(minutes, reach, marker=".", label=run.protocol_name)
    axes.set(xlabel="minutes", ylabel="reach of messages born then, %", ylim=(0, 102))


def _airtime(axes, runs):
    """Airtime of all nodes together, added up."""
    for run in runs:
        seconds = sorted(run.ledger.airtime_by_second_us)
        total, totals = 0, []
        for second in seconds:
            total += run.ledger.airtime_by_second_us[second]
            totals.append(total / 1e6)
        axes.plot([second / 60 for second in seconds], totals, label=run.protocol_name)
    axes.set(xlabel="minutes", ylabel="s of airtime, all nodes together")


def _map(folder: Path, run) -> Path:
    """Where the nodes stand, the links, and how much of the traffic each passed on."""
    figure, axes = pyplot.subplots(figsize=(7, 7), layout="constrained")
    positions = run.topology.positions
    for sender, heard in enumerate(run.topology.links):
        for receiver, rssi_dbm in heard.items():
            if rssi_dbm >= run.phy.sensitivity_dbm:
                (x, y, _), (to_x, to_y, _) = positions[sender], positions[receiver]
                axes.plot((x, to_x), (y, to_y), color="0.85", linewidth=0.6, zorder=1)
    shares = [sent / max(1, len(run.traffic.messages)) for sent in run.ledger.sent_by]
    xs, ys = [x for x, _, _ in positions], [y for _, y, _ in positions]
    dots = axes.scatter(xs, ys, c=shares, s=40, cmap="viridis", vmin=0, zorder=2)
    figure.colorbar(dots, label="frames sent a message")
    axes.set(title=run.protocol_name, xlabel="m", ylabel="m", aspect="equal")
    path = folder / f"map_{run.protocol_name}.png"
    figure.savefig(path, dpi=120)
    pyplot.close(figure)
    return path
