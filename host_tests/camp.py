"""Sleepers and their keepers, in the air that nodes share."""

from fakes import Dice, FakeAir, node_of
from skein import event as e
from skein import sleep_frame as s
from skein.keeper import Keeper
from skein.node import OutgoingFrame
from skein.sleeper import Sleeper
from skein.ticks import ticks_add, ticks_diff

PERIOD_MS = 10000


ALARM = e.ANOMALY_POLICY


class Camp:
    """Node 0 of a mesh is a keeper, or several are; sleepers hear keepers only."""

    def __init__(self, nodes=3, keepers=1, sleepers=1, rows=4, slots=8):
        self.air = FakeAir(nodes)
        self.keepers = []
        for number in range(keepers):
            node = self.air.nodes[number]
            keeper = Keeper(node, FakeAir.radio, Dice(50 + number), rows, slots)
            keeper.start(self.air.now)
            self.keepers.append(keeper)
        self.sleepers = []
        for number in range(sleepers):
            sleeper = Sleeper(node_of(100 + number), 0, 1, PERIOD_MS, Dice(70 + number))
            self.sleepers.append(sleeper)
        self.heard = [[] for _ in range(sleepers)]
        self.wakes_at = [self.air.now] * sleepers
        self.awake_ms = 0
        self.drop = None  # drop(frame): True loses a frame between keepers and sleepers
        self.air.deliver = self.deliver
        self._out = OutgoingFrame()

    def deliver(self, sender, frame):
        if s.is_one(frame):
            if not (self.drop and self.drop(frame)):
                for sleeper in self.sleepers:
                    sleeper.receive(frame, self.air.now)
                for keeper in self.keepers:
                    keeper.receive(frame, self.air.now)
        elif sender is not None:
            FakeAir.deliver(self.air, sender, frame)

    def run(self, ms, until=None):
        """After how many milliseconds until() held; the whole time, or None, if it never did."""
        elapsed = 0
        while elapsed < ms:
            step_ms = min(ms - elapsed, self._idle_ms())
            elapsed += step_ms
            self.air.step(step_ms)
            for number, sleeper in enumerate(self.sleepers):
                self._step(number, sleeper, step_ms)
            if until and until():
                return elapsed
        return None if until else elapsed

    def _idle_ms(self):
        idle_ms = self.air.idle_ms()
        for number, sleeper in enumerate(self.sleepers):
            next_at = sleeper.next_deadline() if sleeper.is_awake else self.wakes_at[number]
            idle_ms = min(idle_ms, ticks_diff(next_at, self.air.now))
        return max(1, idle_ms)

    def _step(self, number, sleeper, step_ms):
        now = self.air.now
        if sleeper.is_awake:
            self.awake_ms += step_ms
        elif ticks_diff(now, self.wakes_at[number]) >= 0:
            sleeper.wake(now)
            self.wakes_at[number] = ticks_add(now, sleeper.period_ms)
        if not sleeper.is_awake:
            return
        sleeper.poll(now)
        while sleeper.take_frame(self._out):
            self.deliver(None, bytearray(self._out.buffer[: self._out.length]))
        event = sleeper.next_event(now)
        while event:
            self.heard[number].append(event.payload)
            event = sleeper.next_event(now)

    def emit(self, number, payload, topic="smoke"):
        node = self.air.nodes[number]
        return node.diffusion.emit(topic, payload, ALARM, 60, self.air.now)

    def want(self, number, topic="smoke"):
        node = self.air.nodes[number]
        node.diffusion.wishes.want(topic, 3)
        node.diffusion.declare_soon(self.air.now)

    def got(self, number):
        return [event.payload for event in self.air.events[number]]
