"""`skein sim` as a user meets it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tools.simulator.commands import sim

DATA = Path(__file__).parent / "data" / "simulator"
FILES = (
    "--topology",
    str(DATA / "topo_N10_s0.json"),
    "--traffic",
    f"{DATA / 'traffic_N10_s0.json'}:p600",
)
PROMISED_KEYS = [
    "messages",
    "reachable_pairs",
    "delivered_pairs",
    "reach_pct",
    "reach_of_reachable_pct",
    "tx_total",
    "tx_per_message",
    "airtime_ms_total",
    "airtime_ms_per_message",
    "airtime_ms_per_delivery",
    "overhead_airtime_pct",
    "delay_ms",
    "collision_pct",
    "channel_util_pct",
    "by_priority",
    "by_topic",
    "leaders",
    "members",
    "cells",
    "memory_bytes_per_node",
    "wall_s",
]


def call(*arguments):
    return CliRunner().invoke(sim, [str(each) for each in arguments])


def test_net_writes_the_promised_keys(tmp_path):
    result = call("net", *FILES, "--protocol", "managed-flood", "--json", tmp_path / "out.json")
    assert result.exit_code == 0, result.output
    report = json.loads((tmp_path / "out.json").read_text())
    assert sorted(report) == sorted(PROMISED_KEYS)
    assert set(report["delay_ms"]) == {"p50", "p95", "max"}
    assert report["messages"] == 57
    assert report["reachable_pairs"] == 57 * 9


def test_net_records_every_event(tmp_path):
    report_path, trace_path = tmp_path / "out.json", tmp_path / "trace.jsonl"
    outputs = ("--json", report_path, "--trace", trace_path)
    assert call("net", *FILES, "--protocol", "flood", *outputs).exit_code == 0
    report = json.loads(report_path.read_text())
    head, *events = [json.loads(line) for line in trace_path.read_text().splitlines()]
    assert head["event"] == "run" and len(head["positions"]) == 10
    kinds = [event["event"] for event in events]
    assert kinds.count("send") == report["tx_total"]
    assert kinds.count("delivered") == report["delivered_pairs"]
    instants = [event["t_us"] for event in events]
    assert instants == sorted(instants)
    collisions = sum(event.get("why") == "collision" for event in events)
    sending = sum(event.get("why") == "sending" for event in events)
    heard_or_missed = kinds.count("heard") + kinds.count("missed")
    share_pct = 100 * collisions / (heard_or_missed - sending)
    assert report["collision_pct"] == pytest.approx(share_pct, abs=0.001)


def test_compare_shows_the_protocols_side_by_side_and_draws(tmp_path):
    chosen = ("--protocol", "managed-flood", "--protocol", "oracle")
    outputs = ("--json", tmp_path / "out.json", "--plots", tmp_path / "plots")
    result = call("compare", *FILES, *chosen, *outputs)
    assert result.exit_code == 0, result.output
    reports = json.loads((tmp_path / "out.json").read_text())
    assert list(reports) == ["managed-flood", "oracle"]
    assert reports["oracle"]["reach_of_reachable_pct"] == 100
    drawn = sorted(path.name for path in (tmp_path / "plots").iterdir())
    assert drawn == [
        "airtime.png",
        "delays.png",
        "map_managed-flood.png",
        "map_oracle.png",
        "reach_over_time.png",
    ]
    assert all(path.stat().st_size > 5_000 for path in (tmp_path / "plots").iterdir())


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--traffic", f"{DATA / 'traffic_N10_s0.json'}:p7"), "has no trace 'p7'"),
        (("--traffic", "nothing"), "names no trace, write FILE:TRACE"),
        (("--traffic", "nothing:iso"), "cannot read nothing"),
        (("--topology", str(DATA / "peers.json")), "is not a topology"),
        (("--interest", "0"), "0.0"),
    ],
)
def test_what_cannot_be_run_is_said_in_a_sentence(arguments, complaint):
    result = call("net", *FILES, *arguments, "--protocol", "flood")
    assert result.exit_code != 0
    assert complaint in result.output
    assert "Traceback" not in result.output
