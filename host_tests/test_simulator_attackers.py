"""Nodes that flood and that replay, and what stands in the books of such a run."""

import json

import pytest
from simulator_stations import World, everybody_hears

from tools.simulator.attackers import Flooder, Replayer
from tools.simulator.espnow import espnow_phy
from tools.simulator.frame import Frame
from tools.simulator.network import Run
from tools.simulator.recording import recording_to
from tools.simulator.scenario import load_scenario
from tools.simulator.scenario_run import plan_of

CALM = """\
seed = 4
duration_s = 60
warm_up_s = 2
protocol = "flood"
[nodes]
place = "grid"
count = 9
spacing_m = 60
[radio]
kind = "espnow"
[[traffic]]
kind = "periodic"
every_s = 2
"""
GARBAGE = """
[[fault]]
kind = "flood"
content = "garbage"
frames_per_s = 50
at_s = 10
until_s = 30
nodes = [4]
"""
REPLAY = """
[[fault]]
kind = "replay"
record_s = 10
at_s = 40
frames_per_s = 10
nodes = [4]
"""


def run_of(tmp_path, text, protocol="flood"):
    """The finished run, its report, and its recording."""
    (tmp_path / "scenario.toml").write_text(text)
    plan = plan_of(load_scenario(tmp_path / "scenario.toml", {"protocol": protocol}))
    with recording_to(tmp_path / "trace.jsonl") as recorder:
        run = Run(plan, recorder)
        report = run.go()
    lines = (tmp_path / "trace.jsonl").read_text().splitlines()
    return run, report, [json.loads(line) for line in lines]


def foreign(events):
    return [each for each in events if each.get("is_foreign")]


@pytest.mark.parametrize("protocol", ["flood", "skein"])
def test_garbage_is_sent_at_its_rate_and_in_its_time(tmp_path, protocol):
    _, _, events = run_of(tmp_path, CALM + GARBAGE, protocol)
    sent = foreign(events)
    assert {each["node"] for each in sent} == {4}
    assert all(12e6 <= each["t_us"] < 32e6 for each in sent)
    assert sent[0]["t_us"] < 12.1e6 and sent[-1]["t_us"] > 31.9e6
    assert 800 < len(sent) <= 1_000  # a busy channel costs a few of the thousand
    assert {each["length"] for each in sent} == {60}


def test_garbage_is_read_by_the_firmware_and_is_noise_to_the_peers(tmp_path):
    _, _, events = run_of(tmp_path, CALM + GARBAGE, "flood")
    assert sum(each.get("why") == "garbage" for each in events) > 800
    run, report, events = run_of(tmp_path, CALM + GARBAGE, "skein")
    assert not [each for each in events if each.get("why") == "garbage"]
    for node, station in enumerate(run.stations):
        assert (sum(station.node.rejected) > 500) == (node != 4)
    assert report["reach_pct"] > 95


@pytest.mark.parametrize("fault", [GARBAGE, REPLAY])
def test_frames_of_an_attacker_are_not_in_the_books_of_the_protocol(tmp_path, fault):
    run, report, events = run_of(tmp_path, CALM + fault)
    own = [e for e in events if e["event"] == "send" and not e.get("is_foreign")]
    assert foreign(events)
    assert report["tx_total"] == len(own)
    assert report["overhead_airtime_pct"] == 0
    assert report["airtime_ms_total"] == pytest.approx(sum(e["airtime_us"] for e in own) / 1000)


def test_replayed_frames_are_those_that_the_node_heard_in_their_order(tmp_path):
    _, _, events = run_of(tmp_path, CALM + REPLAY)
    heard = [e for e in events if e["event"] == "heard" and e["node"] == 4]
    recorded = sum(12e6 <= each["t_us"] < 42e6 for each in heard)
    sent = foreign(events)
    assert all(each["t_us"] >= 42e6 for each in sent)
    assert 50 < len(sent) <= recorded
    messages = [each["message"] for each in sent]
    assert messages == sorted(messages)


def test_an_old_frame_is_no_new_message(tmp_path):
    calm, attacked = tmp_path / "calm", tmp_path / "attacked"
    calm.mkdir(), attacked.mkdir()
    for protocol in ("flood", "skein"):
        _, report, _ = run_of(calm, CALM, protocol)
        _, harmed, _ = run_of(attacked, CALM + REPLAY, protocol)
        assert harmed["delivered_pairs"] <= report["reachable_pairs"]
        assert harmed["reach_pct"] > report["reach_pct"] - 3


def test_a_flood_of_messages_is_traffic_of_its_own_topic(tmp_path):
    text = GARBAGE.replace('"garbage"', '"messages"').replace("= 50", "= 5")
    run, report, events = run_of(tmp_path, CALM + text)
    flood = [each for each in run.traffic.messages if each.topic == "flood"]
    assert len(flood) == 5 * 20
    assert {each.source for each in flood} == {4}
    assert report["by_topic"]["all"]["messages"] == 29
    assert not foreign(events)


def test_an_attacker_without_power_is_silent(tmp_path):
    killed = '\n[[fault]]\nkind = "reboot"\nat_s = 15\noff_s = 5\nnodes = [4]\n'
    _, _, events = run_of(tmp_path, CALM + GARBAGE + killed)
    instants = [each["t_us"] / 1e6 - 2 for each in foreign(events)]
    assert not [each for each in instants if 15 <= each < 20]
    assert min(instants) < 15 and max(instants) > 20


class Mesh(World):
    """A world that attackers can run in; all stations are on."""

    def __init__(self):
        super().__init__(3, everybody_hears(3, rssi_dbm=-60), espnow_phy())


def test_an_attacker_never_speaks_into_a_frame_that_it_hears():
    mesh = Mesh()
    mesh.send(0, 1, "long", length_bytes=250)
    mesh.engine.at(100, Flooder(mesh, 0, 10_000, 20).go, 5_000)
    assert "long" in mesh.heard(2)
    assert len(mesh.stations[2].heard) > 1


def test_a_replayer_sends_each_frame_once():
    mesh = Mesh()
    replayer = Replayer(mesh, 0, 100)
    for place in range(3):
        mesh.send(place * 10_000, 1, place)
    mesh.engine.at(50_000, replayer.go, 5_000_000)
    assert mesh.heard(2) == [0, 1, 2, 0, 1, 2]


def test_a_frame_that_came_after_the_recording_is_not_replayed():
    mesh = Mesh()
    replayer = Replayer(mesh, 0, 100)
    mesh.send(0, 1, "before")
    mesh.engine.at(20_000, replayer.go, 200_000)
    mesh.send(15_000, 1, "while")
    mesh.send(60_000, 1, "after")
    assert mesh.heard(2) == ["before", "while", "before", "while", "after"]


def test_the_end_of_an_injected_frame_is_no_concern_of_the_station():
    mesh = Mesh()
    mesh.air.inject(0, Frame(20, None, "x"))
    assert mesh.heard(1) == ["x"]
    assert mesh.stations[0].over == 0
