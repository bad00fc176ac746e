"""Stations for tests of the air: one that only listens, and the air that a test sets up."""

from types import SimpleNamespace

from tools.simulator.air import Air
from tools.simulator.dice import Dice
from tools.simulator.engine import Engine
from tools.simulator.frame import Frame
from tools.simulator.ledger import Ledger
from tools.simulator.lora import lora_phy
from tools.simulator.station import Station

STRONG_DBM = -100.0


class Listener(Station):
    """Keeps what it hears, by the content of the frames, and how often its own were over."""

    def __init__(self, number, run):
        super().__init__(number, run)
        self.heard = []
        self.over = 0

    def hear(self, frame, rssi_dbm, snr_db):
        self.heard.append(frame.content)

    def sent(self, frame):
        self.over += 1


class World:
    """A few listeners; `rssi` maps (sender, receiver) to dBm. `send` puts a frame on the air."""

    def __init__(self, nodes, rssi, phy=None):
        links = [{} for _ in range(nodes)]
        for (sender, receiver), rssi_dbm in rssi.items():
            links[sender][receiver] = rssi_dbm
        self.phy = phy or lora_phy()
        self.engine = Engine()
        self.ledger = Ledger(self.engine, nodes)
        self.dice = Dice(0)
        self.air = Air(self.engine, self.phy, links, self.dice, self.ledger)
        run = SimpleNamespace(
            engine=self.engine, air=self.air, ledger=self.ledger, dice=self.dice, phy=self.phy
        )
        self.stations = [Listener(number, run) for number in range(nodes)]
        for station in self.stations:
            self.air.attach(station)

    def send(self, at_us, sender, content, length_bytes=56):
        """Have `sender` send at that instant, without looking at the channel."""
        frame = Frame(length_bytes, None, content)
        self.engine.at(at_us, self.air.transmit, sender, frame)

    def heard(self, number):
        """What a station has heard once everything is over."""
        self.engine.run_until(self.engine.now_us + 60_000_000)
        return self.stations[number].heard

    def looks_busy(self, at_us, number):
        """What a look at the channel says at that instant, the outside left out."""
        self.engine.run_until(at_us)
        return self.air.is_busy(number)


def everybody_hears(nodes, rssi_dbm=STRONG_DBM):
    """Links between all."""
    return {(a, b): rssi_dbm for a in range(nodes) for b in range(nodes) if a != b}
