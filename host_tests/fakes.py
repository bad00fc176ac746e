"""Stand-ins for the clock, the dice, the radio and the air, shared by all tests.

Portable: plain Python that runs on CPython and on MicroPython alike.
"""

from skein.ids import node_id
from skein.node import Node, OutgoingFrame
from skein.settings import NodeSettings
from skein.ticks import TICKS_MAX, ticks_add, ticks_diff

# Every test about time runs from each of these: ring start, ring middle, ring end.
# The last two turn the sign or the ring over 20 ms into the test.
RING_STARTS = (0, TICKS_MAX // 2 - 20, TICKS_MAX - 20)


class LowestRoll:
    """Dice that always show the lowest side."""

    def randrange(self, n):
        return 0


class Dice:
    """Seeded dice that roll the same on every interpreter (MicroPython has no random.Random)."""

    def __init__(self, seed):
        self._state = seed * 2654435 + 12345 & 0x3FFFFFFF

    def randrange(self, n):
        self._state = self._state * 1103515245 + 12345 & 0x3FFFFFFF
        return (self._state >> 8) % n


class FakeRadio:
    """The figures of ESP-NOW at 1 Mb/s."""

    is_slow = False
    slot_us = 1000

    def airtime_us(self, length):
        return 192 + (43 + length) * 8


class FakeAir:
    """Nodes that hear one another, stepped 1 ms at a time.

    loss_percent: of frames, for each receiver.  drop loses the next frames of one node; cut,
    isolate and heal change who hears whom; kill and reboot take what a node holds in RAM.
    """

    radio = FakeRadio()
    first = 0  # the number from which the nodes' ids are made

    def __init__(self, count, loss_percent=0, seed=1, start=0, **settings):
        self.now = start
        self.loss_percent = loss_percent
        self.frames = 0
        self._dice = Dice(seed)
        self._settings = settings
        self._cuts = set()
        self._drops = {}
        self._out = OutgoingFrame()
        self.events = {}
        self._flash = {}
        self.nodes = []
        for number in range(count):
            self.nodes.append(self._boot(number, 0, 0))

    def _boot(self, number, epoch, term):
        node = Node(
            NodeSettings(
                node=node_of(self.first + number), epoch=epoch, term=term, **self._settings
            ),
            self.radio,
            Dice(self._dice.randrange(1 << 20)),
        )
        node.start(self.now)
        self.events[number] = []
        return node

    def reboot(self, number):
        """All of its RAM is lost; its term and its count of boots are kept."""
        self.kill(number)
        self.power_on(number)

    def kill(self, number):
        node = self.nodes[number]
        if node:
            self._flash[number] = ((node.epoch + 1) & 0xFF, node.election.term)
        self.nodes[number] = None

    def power_on(self, number):
        """A dead node is back, with what its flash holds."""
        if not self.nodes[number]:
            self.nodes[number] = self._boot(number, *self._flash[number])

    def drop(self, number, frames=1):
        """Nobody hears the next frames that this node transmits."""
        self._drops[number] = frames

    def cut(self, one, other):
        """Neither hears the other from now on."""
        self._cuts.add((one, other))
        self._cuts.add((other, one))

    def cut_one_way(self, sender, receiver):
        self._cuts.add((sender, receiver))

    def split(self, left, right):
        for one in left:
            for other in right:
                self.cut(one, other)

    def isolate(self, number):
        self.split((number,), [n for n in range(len(self.nodes)) if n != number])

    def line(self):
        """Each node hears only the one before and the one after it."""
        count = len(self.nodes)
        for one in range(count):
            for other in range(one + 2, count):
                self.cut(one, other)

    def heal(self):
        """Everybody hears everybody, and what was to be dropped is not."""
        self._cuts.clear()
        self._drops.clear()

    def parts(self):
        """The sets of living nodes that reach each other, both ways and over others."""
        parts = []
        waiting = [n for n, node in enumerate(self.nodes) if node]
        while waiting:
            part = set()
            reached = [waiting[0]]
            while reached:
                one = reached.pop()
                part.add(one)
                for other in waiting:
                    cuts = ((one, other), (other, one))
                    if other not in part and not [c for c in cuts if c in self._cuts]:
                        reached.append(other)
            waiting = [n for n in waiting if n not in part]
            parts.append(part)
        return parts

    def run(self, ms, until=None):
        """Step the clock; stops early, and says after how many ms, when until() holds."""
        for elapsed in range(ms):
            self.step()
            if until and until():
                return elapsed + 1
        return None if until else ms

    def skip(self, ms):
        """The same as run(ms), but only the instants at which a node has something to do."""
        end = ticks_add(self.now, ms)
        while self.now != end:
            self.step(min(self.idle_ms(), ticks_diff(end, self.now)))

    def idle_ms(self):
        """How long no node has anything to do, at least 1."""
        waits = [ticks_diff(n.next_deadline(), self.now) for n in self.nodes if n]
        return max(1, min(waits)) if waits else 1000

    def step(self, ms=1):
        self.now = ticks_add(self.now, ms)
        for number, node in enumerate(self.nodes):
            if node:
                node.poll(self.now)
                self._drain(number, node)

    def _drain(self, number, node):
        out = self._out
        while node.take_frame(out):
            self.frames += 1
            self.deliver(number, bytearray(out.buffer[: out.length]))
        event = node.next_event()
        while event:
            self.events[number].append(event)
            event = node.next_event()

    def deliver(self, sender, frame):
        """Put a frame on the air as if node number `sender` had transmitted it."""
        if self._drops.get(sender):
            self._drops[sender] -= 1
            return
        for number, node in enumerate(self.nodes):
            if not node or number == sender or (sender, number) in self._cuts:
                continue
            if self._dice.randrange(100) >= self.loss_percent:
                node.receive(0, frame, -60, 0, self.now)

    def leaders(self):
        """The numbers of the nodes that lead."""
        return [n for n, node in enumerate(self.nodes) if node and node.election.role == 2]

    def agreed(self, among=None):
        """The id that every living node, or each of those, follows as elected, or 0."""
        numbers = range(len(self.nodes)) if among is None else among
        elections = [self.nodes[n].election for n in numbers if self.nodes[n]]
        followed = {each.leader if each.is_elected else 0 for each in elections}
        return followed.pop() if len(followed) == 1 else 0


def node_of(number):
    """The id of node `number`: that of the board with this address."""
    return node_id(bytes((2, 0, 0, 0, number >> 8, number & 0xFF)))
