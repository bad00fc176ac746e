"""Nodes that share state, on the fake air."""

from fakes import FakeAir


class StateAir(FakeAir):
    """Nodes that hold state in 16 rows."""

    def __init__(self, count, **settings):
        settings.setdefault("state", 16)
        FakeAir.__init__(self, count, **settings)

    def set(self, number, name, value):
        self.nodes[number].replica.set(name, value, self.now)

    def count(self, number, name, amount):
        self.nodes[number].replica.count(name, amount, self.now)

    def values(self, name):
        """What each living node holds under a name."""
        return [node.replica.get(name) for node in self.nodes if node]

    def is_same(self):
        return len({node.replica.table.sum() for node in self.nodes if node}) == 1

    def settle(self, ms=60000):
        """Until all hold the same; how long that took."""
        took_ms = self.run(ms, until=self.is_same)
        assert self.is_same(), f"not the same after {took_ms} ms"
        return took_ms
