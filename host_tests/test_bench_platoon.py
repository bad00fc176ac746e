"""The platoon of the benchmark: what is counted, what is saved, and that the figures can fail."""

from skein.receipts import Receipts
from skein.seen_table import NEW
from skein.summaries import _Reporters
from tools.bench.platoon import saved_percent, top_bytes
from tools.bench.platoon_run import figures_of
from tools.bench.platoon_station import DETECTION, Case


def test_a_summarised_detection_leaves_no_source_and_counts_once_under_loss():
    row = figures_of(Case(2000, 10, 4), 1)
    assert row["heads"] == 6 and row["tops"] == 1
    assert row["emitted"][DETECTION] == 48 * 10 * 4
    assert row["counted"] == row["emitted"][DETECTION]
    assert row["met_twice"] == 0 and row["lost"] == 0
    assert DETECTION not in row["frames"]
    assert row["anomaly_reach_pct"] == 100
    assert row["frames"]["in the cells"] >= row["reports"] - row["published"] > 150
    assert 90 < saved_percent(row) < 99  # of four seconds, with windows of two


def test_bytes_at_the_top_hold_repetitions_receipts_and_anomalies():
    row = {
        "bytes": {"to the top": 100, "receipts to the top": 30.5, "in the cells": 7000},
        "emitted": {DETECTION: 90, "refused " + DETECTION: 10},
        "anomalies": 2,
    }
    assert top_bytes(row) == 130.5 + 2 * 29
    assert saved_percent(row) == 100 - 188.5 / 29


def test_reports_that_are_merged_twice_are_noticed(monkeypatch):
    monkeypatch.setattr(Receipts, "was_given_for", lambda *_: False)
    monkeypatch.setattr(_Reporters, "meet", lambda *_: NEW)
    row = figures_of(Case(2000, 10, 2), 1)
    assert row["met_twice"] > 0
    assert row["counted"] > row["emitted"][DETECTION]
