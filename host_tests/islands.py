"""Islands of a fast link, joined by boards that have a slow one too; stepped together.

Portable: plain Python that runs on CPython and on MicroPython alike.
"""

from fakes import Dice, FakeAir, FakeRadio
from skein import frame as f
from skein.bridge import Bridge
from skein.ticks import ticks_diff

SMALL = {"queue_slots": 8, "inbox_slots": 4, "neighbours": 8, "origins": 16, "interests": 24}


class SlowRadio(FakeRadio):
    """The figures of LoRa at SHORT_TURBO, about."""

    is_slow = True
    slot_us = 5000

    def airtime_us(self, length):
        return 10000 + 200 * length


class FarAir(FakeAir):
    """Keeps the kinds of the frames, and leaves events to the bridges."""

    radio = SlowRadio()
    first = 1000

    def __init__(self, count, **settings):
        super().__init__(count, **settings)
        self.kinds = []

    def deliver(self, sender, frame):
        self.kinds.append(f.kind_of(frame))
        super().deliver(sender, frame)

    def _drain(self, number, node):
        while node.take_frame(self._out):
            self.deliver(number, bytearray(self._out.buffer[: self._out.length]))


class Islands:
    """`count` islands of `size` boards; the first `bridges` of each are bridges.

    near.nodes and far.nodes: island i has the near nodes from i * size on, and the far ones from
    i * bridges on; then `lone` nodes on the slow link only.
    air: start and seed, as FakeAir has them.
    """

    def __init__(self, count, size=3, bridges=2, lone=0, **air):
        start, seed = air.get("start", 0), air.get("seed", 1)
        self.size = size
        self.per_island = bridges
        self.near = FakeAir(count * size, start=start, seed=seed, **SMALL)
        self.far = FarAir(count * bridges + lone, start=start, seed=seed + 100, **SMALL)
        self.count = count
        self.part()
        self.bridges = []
        for number in range(count * bridges):
            self.bridges.append(self._bridge(number))

    def part(self):
        """Nobody hears another island on the fast link."""
        for left in range(self.count):
            for right in range(left):
                self.near.split(self.numbers(left), self.numbers(right))

    def numbers(self, island):
        """Of the near nodes on an island."""
        return range(island * self.size, (island + 1) * self.size)

    def at_work(self, island):
        """The numbers, among all bridges, of those that are at work on an island."""
        first = island * self.per_island
        return [
            number
            for number in range(first, first + self.per_island)
            if self.bridges[number] and self.bridges[number].is_active
        ]

    def _near_number(self, bridge):
        return bridge // self.per_island * self.size + bridge % self.per_island

    def _bridge(self, number):
        near, far = self.near.nodes[self._near_number(number)], self.far.nodes[number]
        bridge = Bridge(near, far, FakeAir.radio, FarAir.radio, Dice(number + 7))
        bridge.start(self.near.now)
        return bridge

    def kill(self, number):
        """A bridge's board, of that number among all bridges."""
        self.near.kill(self._near_number(number))
        self.far.kill(number)
        self.bridges[number] = None

    def emit(self, number, topic, payload, policy):
        """The near node of this number emits."""
        node = self.near.nodes[number]
        return node.diffusion.emit(topic, payload, policy, 60, self.near.now)

    def want(self, number, topic, level=3):
        node = self.near.nodes[number]
        node.diffusion.wishes.want(topic, level)
        node.diffusion.declare_soon(self.near.now)

    def heard(self, number, topic):
        """The payloads of a topic that arrived at a near node."""
        return [event.payload for event in self.near.events[number] if event.topic == topic]

    def run(self, ms, until=None):
        """After how many milliseconds until() held; the whole time, or None, if it never did."""
        elapsed = 0
        while elapsed < ms:
            step_ms = min(ms - elapsed, self._idle_ms())
            elapsed += step_ms
            self.far.step(step_ms)
            self.near.step(step_ms)
            for bridge in self.bridges:
                if bridge:
                    bridge.poll(self.near.now)
            if until and until():
                return elapsed
        return None if until else elapsed

    def _idle_ms(self):
        idle_ms = min(self.near.idle_ms(), self.far.idle_ms())
        for bridge in self.bridges:
            if bridge:
                idle_ms = min(idle_ms, ticks_diff(bridge.due_at, self.near.now))
        return max(1, idle_ms)
