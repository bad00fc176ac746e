"""Nodes that keep summaries, on an air of their own, and what their applications counted."""

from fakes import FakeAir, node_of
from skein import event as e
from skein.summary_reader import read
from skein.turns import NORMAL

TOPIC = "product.detection"
POLICY = e.policy(NORMAL, e.SUMMARY, e.PRODUCT)


class SummingAir(FakeAir):
    """Each node keeps summaries: windows of 1 s at the source and of 2 s at its leader."""

    def __init__(self, count, loss_percent=0, seed=1, start=0, **settings):
        settings.setdefault("summary_ms", 1000)
        settings.setdefault("tier_ms", 2000)
        settings.setdefault("origins", 16)
        FakeAir.__init__(self, count, loss_percent, seed, start, **settings)

    def summaries(self, number):
        return self.nodes[number].diffusion.summaries

    def emit(self, number, payload=b"", topic=TOPIC, policy=POLICY):
        return self.nodes[number].diffusion.emit(topic, payload, policy, 300, self.now)

    def told(self, number, topic=TOPIC):
        """The summaries that this node's application was given."""
        strategies = self.summaries(number).strategies
        events = [event for event in self.events[number] if event.topic == topic]
        return [told for told in (read(event, strategies) for event in events) if told]

    def counted(self, number, topic=TOPIC):
        return sum([told["count"] for told in self.told(number, topic)])

    def elected(self, wanting=(TOPIC,)):
        """Run until one leads and all know it; its number.  Its application wants the topics."""
        ids = [node_of(number) for number in range(len(self.nodes))]
        self.run(20000, until=self.agreed)
        leader = ids.index(self.agreed())
        for topic in wanting:
            self.nodes[leader].diffusion.wishes.want(topic, 3)
        self.run(2500)
        return leader
