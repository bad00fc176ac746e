"""An hour of EU868 at overload, simulated: every node within its sub-band's limit, alarms arrive.

The firmware's node and governor on the simulator's air at LONG_FAST, ten percent of any hour.
"""

from dataclasses import dataclass

import pytest

from device.airtime_governor import AirtimeGovernor
from device.lora_plan import plan
from skein.frame import MTU
from tools.simulator.frame import CRITICAL, LOW, Message
from tools.simulator.lora import LONG_FAST
from tools.simulator.mac import LoRaMac
from tools.simulator.network import Plan, Run
from tools.simulator.skein_station import Skein, SkeinStation
from tools.simulator.topology import Topology
from tools.simulator.traffic import Traffic

NODES = 5
SECOND_US = 1_000_000
HOUR_US = 3600 * SECOND_US
LOW_GAP_S = 6
ALARM_GAP_S = 300
PLAN, _ = plan("lora:LONG_FAST", "EU868", "skein")
ALLOWED_US = HOUR_US * PLAN.duty // 10000


@dataclass
class Flash:
    """A ledger that outlives a reboot, as the run's storage does."""

    term: int = 0
    is_writable: bool = True

    def save(self, term):
        self.term = term


class GovernedStation(SkeinStation):
    """A node whose link has a governor, as device/lora_link.py uses one."""

    retry_ms = 250

    def start(self):
        flash = self.run.storage[self.number].setdefault("airtime", Flash())
        self.governor = AirtimeGovernor(PLAN.duty, PLAN.airtime.of(MTU), flash, self._now())
        super().start()

    def _may_send(self, now):
        lowest = self.governor.lowest(now)
        if lowest >= 0:
            self.node.diffusion.queue.lowest = lowest
        if lowest < 0 or not self._mac.is_idle():
            return False
        self.governor.reserve()
        return True


class GovernedMac(LoRaMac):
    """Spends what goes on the air."""

    station = None

    def _try(self):
        length = self._queue[0].length_bytes
        before = self._air.used_us[self._number]
        super()._try()
        if self._air.used_us[self._number] > before:
            self.station.governor.spend(PLAN.airtime.of(length))


class GovernedSkein(Skein):
    def station(self, number, run, shared):
        mac = GovernedMac(number, run, LONG_FAST.slot_us())
        mac.station = GovernedStation(number, run, mac, {"queue_slots": 32})
        return mac.station


class Log:
    """(begin, length) of each node's transmissions, in us."""

    def __init__(self):
        self.sent = [[] for _ in range(NODES)]

    def describe(self, run):
        pass

    def write(self, at_us, event, **facts):
        if event == "send":
            self.sent[facts["node"]].append((at_us, facts["airtime_us"]))


def overload(hours):
    """Each node has a LOW message every few seconds, and all together an alarm in five minutes."""
    births = [
        (at_s * SECOND_US + number * 700_000, number, LOW)
        for at_s in range(10, int(hours * 3600), LOW_GAP_S)
        for number in range(NODES)
    ]
    births += [
        (at_s * SECOND_US, at_s // ALARM_GAP_S % NODES, CRITICAL)
        for at_s in range(ALARM_GAP_S, int(hours * 3600) - 60, ALARM_GAP_S)
    ]
    messages = tuple(
        Message(number, source, born_us, 40, priority)
        for number, (born_us, source, priority) in enumerate(sorted(births))
    )
    return Traffic("overload", messages, int(hours * HOUR_US))


def go(hours, faults=()):
    links = tuple(
        {other: -90.0 for other in range(NODES) if other != number} for number in range(NODES)
    )
    topology = Topology(tuple((10.0 * n, 0.0, 1.0) for n in range(NODES)), links)
    log = Log()
    run = Run(Plan(topology, overload(hours), GovernedSkein(), seed=3, faults=faults), log)
    run.go()
    return run, log


def most_in_an_hour_us(sent):
    """The most airtime that fell into any hour, wherever it begins."""
    most = first = within = 0
    for begin, length in sent:
        within += length
        while sent[first][0] + sent[first][1] <= begin + length - HOUR_US:
            within -= sent[first][1]
            first += 1
        # The frame that straddles the hour's begin counts whole: never too little.
        most = max(most, within)
    return most


@pytest.fixture(scope="module")
def overloaded():
    return go(1.75)


def test_every_node_stays_within_ten_percent_of_every_hour(overloaded):
    _, log = overloaded
    for sent in log.sent:
        assert most_in_an_hour_us(sent) <= ALLOWED_US


def test_the_load_is_more_than_the_law_allows(overloaded):
    run, log = overloaded
    for number, sent in enumerate(log.sent):
        assert most_in_an_hour_us(sent) >= 0.6 * ALLOWED_US
        station = run.stations[number]
        queue = station.node.diffusion.queue
        assert queue.displaced[LOW] + queue.refused[LOW] + queue.expired[LOW] > 0
        assert station.governor.level_us < station.governor.capacity_us * 5 // 8


def test_alarms_arrive_all_the_same(overloaded):
    run, _ = overloaded
    alarms = [message for message in run.traffic.messages if message.priority == CRITICAL]
    assert len(alarms) >= 15
    arrived = [len(run.ledger.delivered_at_us.get(message.number, {})) for message in alarms]
    assert sum(arrived) >= 0.95 * len(alarms) * (NODES - 1)  # what collisions leave
    waits_us = sorted(
        at_us - message.born_us
        for message in alarms
        for at_us in run.ledger.delivered_at_us.get(message.number, {}).values()
    )
    assert waits_us[len(waits_us) // 2] <= 2 * SECOND_US


def test_twenty_reboots_do_not_buy_a_node_more():
    faults = []
    for crash in range(20):
        at_us = 600 * SECOND_US + crash * 45 * SECOND_US
        faults.append((at_us, lambda run: run.switch_off(0)))
        faults.append((at_us + SECOND_US, lambda run: run.switch_on(0)))
    run, log = go(1.25, tuple(faults))
    assert most_in_an_hour_us(log.sent[0]) <= ALLOWED_US
    flash = run.storage[0]["airtime"]
    governor = run.stations[0].governor
    assert isinstance(flash.term, int) and flash.term * 1000 <= governor.capacity_us + 1000
    spent_us = sum(length for _, length in log.sent[0])
    most_us = governor.capacity_us + int(1.25 * 3600) * (ALLOWED_US - governor.capacity_us) // 3600
    assert spent_us <= most_us
