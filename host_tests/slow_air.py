"""A mesh on a slow link in a fraction of a second a minute, and what its backbone is like.

Portable: plain Python that runs on CPython and on MicroPython alike.
"""

from fakes import FakeAir, FakeRadio


class SlowRadio(FakeRadio):
    is_slow = True


class SlowAir(FakeAir):
    """A slow link's rules at a fast link's pace, so that a test ends."""

    radio = SlowRadio()

    def ring(self):
        """Each node hears only the one before and the one after it, the first one the last."""
        count = len(self.nodes)
        self.plan_for_few()
        self.line()
        self._cuts.discard((0, count - 1))
        self._cuts.discard((count - 1, 0))

    def plan_for_few(self):
        """Let whoever leads plan although there are so few nodes."""
        for each in self.backbones():
            each.maker.fewest = 0

    def backbones(self):
        return [node.slow.backbone for node in self.nodes if node]

    def members(self):
        return [n for n, node in enumerate(self.nodes) if node and node.slow.backbone.is_member]

    def is_planned(self, count=None):
        """True if all that live do as one plan says, and this plan names so many."""
        backbones = self.backbones()
        follow = [each for each in backbones if each.follows_plan()]
        named = [each for each in backbones if each.plan.is_named() == each.is_member]
        numbers = {(each.plan.leader, each.plan.number) for each in backbones}
        is_one = len(follow) == len(named) == len(backbones) and len(numbers) == 1
        return is_one and (count is None or backbones[0].plan.count == count)

    def wait_for(self, holds, ms=300000):
        """Skip from one instant to the next until it holds."""
        for _ in range(ms // 1000):
            if holds():
                return True
            self.skip(1000)
        return False
