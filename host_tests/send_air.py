"""Nodes that send payloads to one another, on the fake air."""

from fakes import FakeAir, node_of
from skein import event as e
from skein import frame as f
from skein.fragment import head_of
from skein.turns import NORMAL


def blob(length, seed=1):
    """Bytes of which no two pieces are alike."""
    made = bytearray(length)
    for at in range(length):
        made[at] = (seed + at * 7 + (at >> 8) * 31) & 0xFF
    return bytes(made)


def sends_of(node):
    return node.diffusion.assurances[e.PLAIN]


class SendAir(FakeAir):
    """Nodes with room for two payloads in each direction; `got` has what each one received."""

    def __init__(self, count, **settings):
        settings.setdefault("sends", 2)
        self.got = {}
        FakeAir.__init__(self, count, **settings)

    def _boot(self, number, epoch, term):
        self.got.setdefault(number, []).append([])  # a list for each life
        return FakeAir._boot(self, number, epoch, term)

    def send(self, number, payload, to=None, topic="", life_s=300):
        if isinstance(to, (list, tuple)):
            to = [node_of(each) for each in to]
        sends = sends_of(self.nodes[number])
        return sends.send((head_of(topic, payload), payload), to, NORMAL, life_s, self.now)

    def join(self, group, *numbers):
        for number in numbers:
            sends_of(self.nodes[number]).join(group, True, self.now)

    def step(self, ms=1):
        FakeAir.step(self, ms)
        for number, node in enumerate(self.nodes):
            whole = node and sends_of(node) and sends_of(node).next_whole()
            if whole:
                source, topic, view = whole
                self.got[number][-1].append((source, topic, bytes(view)))

    def payloads(self, number):
        """Of all its lives."""
        return [payload for life in self.got[number] for _, _, payload in life]


WHOLE = blob(4096)


def ready(count, **settings):
    """Nodes that know one another."""
    air = SendAir(count, **settings)
    air.skip(2500)
    return air


def has_all(air, numbers, payload=WHOLE):
    return lambda: all(air.payloads(number) == [payload] for number in numbers)


def frames_of(air, kind):
    """Which nodes transmit a frame of this kind, from now on."""
    senders, deliver = [], air.deliver

    def note(sender, frame):
        if f.kind_of(frame) == kind:
            senders.append(sender)
        deliver(sender, frame)

    air.deliver = note
    return senders
