"""A board that makes up messages costs its own share of the channel, and nobody else's."""

import pytest

from skein import frame as f
from skein.relay import Relay
from tools.simulator.forger import ADDRESS, ORIGIN, SENDER, Forger
from tools.simulator.network import Run
from tools.simulator.scenario import load_scenario
from tools.simulator.scenario_run import plan_of

FLOODER = 5  # has eight neighbours
WARM_UP_S, FLOOD_S, NOTICED_S = 15, 8, 2
STORY = f"""\
seed = 1
duration_s = {FLOOD_S + 3}
warm_up_s = {WARM_UP_S}
protocol = "skein"
[nodes]
place = "grid"
count = 16
spacing_m = 60
[radio]
kind = "espnow"
[[traffic]]
kind = "poisson"
mean_s = 3
topic = "alarm"
end_s = {FLOOD_S}
sources = {[number for number in range(16) if number != FLOODER]}
"""


def flooded(path, forged, seed=1):
    """(share of events that arrived, relays of forged ones by each node in a second).

    Relays count from when the flood can be noticed.
    """
    (path / "story.toml").write_text(STORY.replace("seed = 1", f"seed = {seed}"))
    run = Run(plan_of(load_scenario(path / "story.toml", {})))
    relays = [0] * 16

    def count(transmission):
        content = transmission.frame.content
        is_forged = f.kind_of(content) == f.EVENT and content[f.PAYLOAD] == 0xFF
        is_noticed = transmission.start_us > (WARM_UP_S + NOTICED_S) * 1_000_000
        if is_forged and is_noticed and not transmission.is_foreign:
            relays[transmission.sender] += 1

    def begin():
        noted = run.ledger.transmitted
        run.ledger.transmitted = lambda sent: (count(sent), noted(sent))
        forger = Forger(run, FLOODER, 200, "alarm", forged)
        forger.go((WARM_UP_S + FLOOD_S) * 1_000_000)

    run.engine.at(WARM_UP_S * 1_000_000, begin)
    return run.go()["reach_of_reachable_pct"], [count / (FLOOD_S - NOTICED_S) for count in relays]


@pytest.mark.parametrize("forged", [ORIGIN, SENDER, ADDRESS])
def test_events_of_others_arrive_beside_two_hundred_forged_ones_a_second(tmp_path, forged):
    reach, relays = flooded(tmp_path, forged, seed=2)
    assert reach == 100
    assert (sum(relays) == 0) == (forged == SENDER)  # whose radio tells who it is


def test_without_shares_a_flood_would_be_passed_on_a_third_more_often(tmp_path, monkeypatch):
    _, relays = flooded(tmp_path, ORIGIN)
    monkeypatch.setattr(Relay, "expire", lambda _: None)
    _, unbounded = flooded(tmp_path, ORIGIN)
    assert 0 < sum(relays) * 4 / 3 < sum(unbounded)
