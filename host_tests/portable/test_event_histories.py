"""After any history of loss, partitions and reboots that ends with a mesh, all read the same."""

from fakes import Dice, FakeAir
from skein import event as e
from skein.interest_table import HIGH
from skein.turns import NORMAL

NODES = 5
SMOKE = "anomaly.smoke"
POLICY = e.policy(NORMAL, e.FULL, e.ANOMALY)


class History:
    """A mesh that keeps 32 events, and what was emitted in it: (source, its boot, payload)."""

    def __init__(self, seed):
        self.dice = Dice(seed)
        loss_percent = (0, 10, 30)[self.dice.randrange(3)]
        self.air = FakeAir(NODES, loss_percent, seed, repair=32)
        self.emitted = []
        for number in range(NODES):
            self.want(number)
        self.air.skip(3000)

    def want(self, number):
        node = self.air.nodes[number]
        node.diffusion.wishes.want(SMOKE, HIGH)
        node.diffusion.declare_soon(self.air.now)

    def play(self):
        for _ in range(24):
            number = self.dice.randrange(NODES)
            deed = self.dice.randrange(8)
            if deed < 4:
                self.emit(number)
            elif deed == 4:
                self.air.split(range(number), range(number, NODES))
            elif deed == 5:
                self.air.isolate(number)
            elif deed == 6:
                self.air.heal()
            else:
                self.air.reboot(number)
                self.want(number)
            self.air.skip(self.dice.randrange(2500))
        self.air.heal()

    def emit(self, number):
        payload = b"%d" % len(self.emitted)
        if self.air.nodes[number].diffusion.emit(SMOKE, payload, POLICY, 3600, self.air.now):
            self.emitted.append((number, self.air.nodes[number].epoch, payload))

    def others(self, number):
        """What other nodes emitted since they booted: who heard of a boot takes no older ones."""
        return {
            payload
            for source, epoch, payload in self.emitted
            if source != number and epoch == self.air.nodes[source].epoch
        }

    def read(self, number):
        return [event.payload for event in self.air.events[number]]


def test_every_event_that_is_left_anywhere_is_read_everywhere_and_once():
    for seed in range(8):
        history = History(seed)
        history.play()
        history.air.skip(90000)
        known = set()
        for number in range(NODES):
            known.update(history.read(number))
        assert known, seed
        for number in range(NODES):
            read = history.read(number)
            assert len(read) == len(set(read)), (seed, number)
            assert set(read) >= known & history.others(number), (seed, number)
