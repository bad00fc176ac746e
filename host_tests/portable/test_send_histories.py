"""After any history of loss, partitions and reboots, each payload is whole, once, or expired."""

from fakes import Dice
from send_air import SendAir, blob

NODES = 3
LIFE_S = 600


class History:
    """Random deeds, then a heal; `sent` has (payload, receipt, source's life, receivers)."""

    def __init__(self, seed, nodes=NODES):
        self.nodes = nodes
        self.dice = Dice(seed)
        self.sent = []
        self.air = SendAir(nodes, seed=seed, sends=2, loss_percent=30)
        self.air.skip(2000)
        for _ in range(10):
            self.deed(self.dice.randrange(nodes))
            self.air.skip(self.dice.randrange(1500))
        self.air.heal()

    def deed(self, number):
        deed = self.dice.randrange(6)
        air = self.air
        if deed < 3 and len([sent for sent in self.sent if sent[2] == number]) < 2:
            self.send(number, deed)
        elif deed == 3:
            air.split(range(number), range(number, self.nodes))
        elif deed == 4:
            air.heal()
        elif deed == 5:
            air.reboot(number)

    def send(self, number, how):
        others = [each for each in range(self.nodes) if each != number]
        to = (None, others[:1], others[1:])[how]
        payload = blob(300 + self.dice.randrange(900), len(self.sent))
        receipt = self.air.send(number, payload, to, life_s=LIFE_S)
        life = len(self.air.got[number])
        self.sent.append((payload, receipt, number, life, others if to is None else to))


def check(history, is_over):
    """Nothing comes torn, or twice in a life of its receiver, and nothing is told that is not so.

    Of a payload to all it is told how many have it, since who they are may not be known.
    """
    air = history.air
    known = [payload for payload, *_ in history.sent]
    for number in range(history.nodes):
        for life in air.got[number]:
            payloads = [payload for _, _, payload in life]
            assert len(set(payloads)) == len(payloads)
            assert not [payload for payload in payloads if payload not in known]
    for payload, receipt, source, life, receivers in history.sent:
        if len(air.got[source]) == life:  # else who should have gone on lost it with its RAM
            missing = [number for number in receivers if payload not in air.payloads(number)]
            has_said_so = receipt.state == 2 or receipt.acknowledged <= len(receivers) - len(
                missing
            )
            assert not missing or (is_over and has_said_so), (source, receivers, missing)


def test_what_was_sent_arrives_whole_and_once_when_the_mesh_is_whole_again():
    for seed in range(2):
        history = History(seed)
        history.air.skip(70000)  # twice the longest pause
        check(history, False)


def test_what_a_mesh_in_pieces_could_not_bring_is_told_as_expired():
    for seed in (21,):
        history = History(seed)
        history.air.split((0, 1), (2,))
        history.air.skip(1000 * LIFE_S)
        check(history, True)
