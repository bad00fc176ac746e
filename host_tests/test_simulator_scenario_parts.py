"""Streams, LoRa settings and times in scenario files."""

import json
from math import dist
from pathlib import Path

import pytest
from click.testing import CliRunner

from tools.simulator import SimulatorError
from tools.simulator.commands import sim
from tools.simulator.dice import Dice
from tools.simulator.frame import HIGH, NORMAL
from tools.simulator.lora import PRESETS, airtime_us, mean_range_m, sensitivity_dbm
from tools.simulator.network import Plan, Run
from tools.simulator.placement import line, lora_topology
from tools.simulator.protocols import PROTOCOLS, protocol_named
from tools.simulator.scenario import load_scenario
from tools.simulator.scenario_run import plan_of
from tools.simulator.traffic import one_at_a_time

DATA = Path(__file__).parent / "data" / "simulator"
SCENARIO = """\
seed = 4
duration_s = 10
protocol = "flood"
[nodes]
place = "random"
count = 5
[[traffic]]
kind = "stream"
frames_per_s = 5
keyframe_every = 4
sources = [1, 2]
[[fault]]
kind = "replay"
at_s = 5
frames_per_s = 1
nodes = [1]
"""


def scenario_of(tmp_path, text=SCENARIO, over=None):
    (tmp_path / "scenario.toml").write_text(text)
    return load_scenario(tmp_path / "scenario.toml", over)


def test_a_stream_has_its_rate_and_every_nth_frame_is_a_keyframe(tmp_path):
    messages = plan_of(scenario_of(tmp_path)).traffic.messages
    mine = [message for message in messages if message.source == 2]
    assert len(messages) == 2 * len(mine) == 100
    assert [message.born_us for message in mine] == [200_000 * turn for turn in range(50)]
    frames = [(message.payload_bytes, message.priority) for message in mine]
    assert frames == [(40, NORMAL) if turn % 4 else (200, HIGH) for turn in range(50)]


@pytest.mark.parametrize("preset", ["SHORT_FAST", "LONG_SLOW"])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_protocol_runs_at_every_speed(tmp_path, protocol, preset):
    over = {"radio.preset": preset, "protocol": protocol, "traffic": [], "fault": []}
    over |= {"nodes.area_m": [500, 500], "duration_s": 200, "warm_up_s": 0}
    over["traffic"] = [{"kind": "periodic", "every_s": 60}]
    run = Run(plan_of(scenario_of(tmp_path, over=over)))
    report = run.go()
    assert run.phy.name == f"lora {preset}"
    assert run.phy.sensitivity_dbm == sensitivity_dbm(PRESETS[preset])
    assert report["reach_pct"] == 100


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_slower_setting_takes_longer_for_the_same(protocol):
    def airtime_and_delay(preset):
        run = Run(plan_on(protocol, PRESETS[preset]))
        report = run.go()
        return report["airtime_ms_total"] / report["tx_total"], report["delay_ms"]["p50"]

    fast, slow = airtime_and_delay("SHORT_FAST"), airtime_and_delay("LONG_SLOW")
    shortest = airtime_us(40, PRESETS["LONG_SLOW"]) / airtime_us(40, PRESETS["SHORT_FAST"])
    assert slow[0] / fast[0] > 0.7 * shortest
    assert slow[1] > 5 * fast[1]


def plan_on(protocol, preset):
    chosen = protocol_named(protocol, preset=preset)
    topology = lora_topology(line(3, 100), chosen.phy, Dice(0).stream("offsets"))
    return Plan(topology, one_at_a_time(3, 3, 60_000_000), chosen)


@pytest.mark.parametrize("preset", ["SHORT_FAST", "LONG_SLOW"])
def test_waits_are_whole_slots_of_the_setting(preset):
    slot_us = PRESETS[preset].slot_us()
    run = Run(plan_on("flood", PRESETS[preset]))
    run.switch_on(0)
    drawn = {run.stations[0].delay_us(None) for _ in range(1_000)}
    assert drawn == {slot_us * slots for slots in range(32)}
    mac = protocol_named("skein", preset=PRESETS[preset])._mac(0, run)
    assert {mac.next_wait_us() for _ in range(500)} == {slot_us * n for n in range(1, 9)}


def test_nodes_are_strewn_as_far_as_the_setting_carries(tmp_path):
    def nearest_m(preset):
        over = {"radio.preset": preset, "nodes.count": 12}
        places = plan_of(scenario_of(tmp_path, over=over)).topology.positions
        return [min(dist(a, b) for b in places if b != a) for a in places]

    assert max(nearest_m("SHORT_FAST")) <= mean_range_m(sensitivity_dbm(PRESETS["SHORT_FAST"]))
    assert max(nearest_m("LONG_SLOW")) > mean_range_m(sensitivity_dbm(PRESETS["SHORT_FAST"]))


def test_net_runs_at_the_preset_that_is_asked_for(tmp_path):
    def airtime_ms(*options):
        out = tmp_path / "out.json"
        files = ("--topology", DATA / "topo_N10_s0.json")
        traffic = ("--traffic", f"{DATA / 'traffic_N10_s0.json'}:p600")
        words = ("net", *files, *traffic, "--protocol", "flood", *options, "--json", out)
        assert CliRunner().invoke(sim, [str(word) for word in words]).exit_code == 0
        report = json.loads(out.read_text())
        return report["airtime_ms_total"] / report["tx_total"]

    assert airtime_ms() == airtime_ms("--preset", "LONG_FAST")
    assert airtime_ms() == pytest.approx(airtime_us(56, PRESETS["LONG_FAST"]) / 1000, abs=0.01)
    slow = airtime_ms("--preset", "LONG_SLOW")
    assert slow == pytest.approx(airtime_us(56, PRESETS["LONG_SLOW"]) / 1000, abs=0.01)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("frames_per_s = 5", "frames_per_s = 0", "line 9: frames_per_s must be a number a second"),
        ("frames_per_s = 5\n", "", "line 7: frames_per_s is missing"),
        ("keyframe_every = 4", "keyframe_every = 0", "line 10: keyframe_every must be a whole"),
        ("at_s = 5", "at_s = 5\nrecord_s = 6", "line 14: at_s must not be before record_s"),
        ("at_s = 5", "at_s = 5\nuntil_s = 4", "line 15: until_s must not be before at_s"),
        ("sources", "start_s = 3\nend_s = 2\nsources", "line 12: end_s must not be before"),
        ('"replay"', '"flood"', "line 12: content is missing, one of garbage, messages"),
        ("nodes = [1]\n", "", "line 12: nodes is missing"),
        ("seed = 4", 'beside = ["smoke"]', "line 1: beside must be a list of protocols"),
        ("[[traffic]]", '[radio]\npreset = "FAST"\n[[traffic]]', "line 8: preset must be one of"),
        (
            "[[traffic]]",
            "[tolerance]\npoints = -1\n[[traffic]]",
            "line 8: points must be a number",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path, old, new, complaint):
    assert old in SCENARIO
    with pytest.raises(SimulatorError) as caught:
        plan_of(scenario_of(tmp_path, SCENARIO.replace(old, new, 1)))
    assert complaint in str(caught.value)
