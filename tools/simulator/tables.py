"""Reports as tables for a terminal of 80 columns."""

from functools import reduce
from operator import getitem
from statistics import mean

from rich import box
from rich.console import Group
from rich.table import Table

_COLUMNS = (
    ("reach\n%", "{reach_pct:.1f}"),
    ("of reach-\nable %", "{reach_of_reachable_pct:.1f}"),
    ("tx /\nmessage", "{tx_per_message:.2f}"),
    ("ms /\nmessage", "{airtime_ms_per_message:.0f}"),
    ("ms /\ndelivery", "{airtime_ms_per_delivery:.0f}"),
    ("over-\nhead %", "{overhead_airtime_pct:.1f}"),
    ("p50\nms", "{delay_ms[p50]:.0f}"),
    ("p95\nms", "{delay_ms[p95]:.0f}"),
    ("colli-\nsions %", "{collision_pct:.1f}"),
    ("busy\n%", "{channel_util_pct:.1f}"),
    ("took\ns", "{wall_s:.1f}"),
)
_ROWS = (
    ("messages", "{messages}"),
    ("reach, % of all pairs", "{reach_pct:.1f}"),
    ("reach, % of what can be reached", "{reach_of_reachable_pct:.1f}"),
    ("transmissions a message", "{tx_per_message:.2f}"),
    ("airtime a message, ms", "{airtime_ms_per_message:.0f}"),
    ("airtime a delivery, ms", "{airtime_ms_per_delivery:.0f}"),
    ("overhead, % of all airtime", "{overhead_airtime_pct:.1f}"),
    ("delay, median, ms", "{delay_ms[p50]:.0f}"),
    ("delay, 95 of 100, ms", "{delay_ms[p95]:.0f}"),
    ("delay, longest, ms", "{delay_ms[max]:.0f}"),
    ("lost to collisions, %", "{collision_pct:.1f}"),
    ("channel busy, %", "{channel_util_pct:.1f}"),
    ("first agreed on a leader, ms", "{leaders[time_to_leader_ms]:.0f}"),
    ("without agreement since, ms", "{leaders[split_ms]:.0f}"),
    ("changes of leader", "{leaders[changes]}"),
    ("first right about all members, ms", "{members[members_right_ms]:.0f}"),
    ("somebody wrong since, ms", "{members[members_wrong_ms]:.0f}"),
    ("members off, taken for dead", "{members[deaths]}"),
    ("members on, taken for dead", "{members[losses]}"),
    ("members known to have left", "{members[goodbyes]}"),
    ("first led in cells of the right size, ms", "{cells[cells_right_ms]:.0f}"),
    ("not so since, ms", "{cells[cells_wrong_ms]:.0f}"),
    ("cells at the end", "{cells[cells]}"),
    ("nodes in the smallest one", "{cells[smallest_cell]}"),
    ("nodes in the largest one", "{cells[largest_cell]}"),
    ("moves from cell to cell", "{cells[moves]}"),
    ("memory a node, bytes", "{memory_bytes_per_node}"),
    ("took, s", "{wall_s:.1f}"),
)
_HALF = 5
_SWEPT = (
    ("of reach-\nable %", "reach_of_reachable_pct", 1),
    ("tx /\nmessage", "tx_per_message", 2),
    ("ms /\ndelivery", "airtime_ms_per_delivery", 0),
    ("over-\nhead %", "overhead_airtime_pct", 1),
    ("p95\nms", "delay_ms.p95", 0),
)


def report_table(reports: dict[str, dict]) -> Table | Group:
    """The figures of one report down the page; of several side by side, in two tables."""
    if len(reports) == 1:
        return _down(*reports.items())
    return Group(*(_side_by_side(reports, part) for part in (_COLUMNS[:_HALF], _COLUMNS[_HALF:])))


def sweep_table(results: list[dict]) -> Table:
    """One row a combination, each figure the mean of its seeds."""
    table = Table(box=box.SIMPLE)
    for key in results[0]["over"]:
        table.add_column(key.replace(".", ".\n"), overflow="fold")
    for heading, _, _ in _SWEPT:
        table.add_column(heading, justify="right", no_wrap=True)
    combinations: dict[tuple, list[dict]] = {}
    for result in results:
        values = tuple(str(value) for value in result["over"].values())
        combinations.setdefault(values, []).append(result["report"])
    for values, reports in combinations.items():
        means = (_mean(reports, name.split("."), digits) for _, name, digits in _SWEPT)
        table.add_row(*values, *means)
    return table


def scenarios_table(cases: list, reports: list[dict], changed: list[list[str]]) -> Table:
    """One row a protocol in a scenario, and whether its stored result still holds."""
    table = Table(box=box.SIMPLE, padding=(0, 1, 0, 0))
    table.add_column("scenario", no_wrap=True)
    for heading, _, _ in _SWEPT:
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("stored")
    name = None
    for case, report, what in zip(cases, reports, changed, strict=True):
        if case.path.stem != name:
            name = case.path.stem
            table.add_row(name)
        figures = (_mean([report], name.split("."), digits) for _, name, digits in _SWEPT)
        verdict = "differs" if what else "holds"
        table.add_row(f"  {case.protocol}", *figures, verdict)
    return table


def _down(item):
    protocol, report = item
    table = Table(box=box.SIMPLE)
    table.add_column("")
    table.add_column(protocol, justify="right")
    for label, form in _ROWS:
        table.add_row(label, _cell(form, report))
    return table


def _side_by_side(reports, columns):
    table = Table(box=box.SIMPLE)
    table.add_column("protocol", no_wrap=True)
    for heading, _ in columns:
        table.add_column(heading, justify="right", no_wrap=True)
    for protocol, report in reports.items():
        table.add_row(protocol, *(_cell(form, report) for _, form in columns))
    return table


def _cell(form: str, report: dict) -> str:
    """A dash where there is nothing to divide by or nobody was elected, so no number."""
    try:
        text = form.format(**report)
    except (TypeError, KeyError):
        return "-"
    return "-" if text == "None" else text


def _mean(reports, path, digits):
    values = [reduce(getitem, path, report) for report in reports]
    known = [value for value in values if value is not None]
    return f"{mean(known):.{digits}f}" if known else "-"
