"""Reports as a table on the terminal, one row a run."""

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


def report_table(reports: dict[str, dict]) -> Table:
    """The figures of one or more reports, by the name of the protocol."""
    table = Table()
    table.add_column("protocol", no_wrap=True)
    for heading, _ in _COLUMNS:
        table.add_column(heading, justify="right", no_wrap=True)
    for protocol, report in reports.items():
        table.add_row(protocol, *(_cell(form, report) for _, form in _COLUMNS))
    return table


def _cell(form: str, report: dict) -> str:
    """A dash where there is nothing to divide by, so no number."""
    try:
        return form.format(**report)
    except TypeError:
        return "-"
