"""Tables that are read on a terminal of 80 columns."""

from io import StringIO

import pytest
from rich.console import Console

from tools.simulator.protocols import PROTOCOLS
from tools.simulator.tables import report_table, sweep_table

REPORT = {
    "messages": 12345,
    "reach_pct": 100.0,
    "reach_of_reachable_pct": 100.0,
    "tx_per_message": 123.456,
    "airtime_ms_per_message": 123456.7,
    "airtime_ms_per_delivery": 12345.6,
    "overhead_airtime_pct": 99.9,
    "delay_ms": {"p50": 123456.0, "p95": 1234567.0, "max": 12345678.0},
    "collision_pct": 17.4,
    "channel_util_pct": None,
    "leaders": {},
    "memory_bytes_per_node": None,
    "wall_s": 1234.5,
}


def shown(table) -> str:
    console = Console(width=80, file=StringIO())
    console.print(table)
    return console.file.getvalue()


@pytest.mark.parametrize("protocols", [["managed-flood-stock"], list(PROTOCOLS)])
def test_nothing_is_cut_off_at_80_columns(protocols):
    text = shown(report_table(dict.fromkeys(protocols, REPORT)))
    assert "…" not in text
    for number in ("100.0", "123.46", "123457", "12346", "99.9", "1234567", "17.4", "1234.5"):
        assert number in text
    assert all(protocol in text for protocol in protocols)


def test_what_is_not_known_is_a_dash():
    lines = shown(report_table({"flood": REPORT})).splitlines()
    unknown = [line for line in lines if line.rstrip().endswith(" -")]
    assert [line.split(",")[0].strip() for line in unknown[:2]] == [
        "channel busy",
        "first agreed on a leader",
    ]
    assert not [line for line in lines if "None" in line]


def test_a_sweep_shows_the_mean_of_the_seeds():
    def result(count, reach):
        return {"over": {"nodes.count": count}, "report": {**REPORT, "tx_per_message": reach}}

    lines = shown(sweep_table([result(3, 1), result(3, 2), result(5, 4)])).splitlines()
    rows = [line.split() for line in lines if line.strip()[:1] in ("3", "5")]
    assert [(row[0], row[2]) for row in rows] == [("3", "1.50"), ("5", "4.00")]
