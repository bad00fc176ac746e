"""Three real nodes on an air where whatever goes wrong is chosen.

Time moves in steps of GRID_MS.  At an instant all nodes whose deadline has come speak first and
hear then, which is the hard case: none has heard the other before it spoke.  What hearing makes
due at once is said in another round at the same instant.
"""

from skein import frame as f
from skein.ids import NOBODY
from skein.node import Node, OutgoingFrame
from skein.role import FOLLOWER, LEADER
from skein.settings import NodeSettings
from skein.ticks import ticks_add, ticks_diff
from tools.model.casting import BEATS, Casting, FixedDice, NoMessages, Radio
from tools.model.snapshot import GRID_MS, Snapshot

NODES = 3
_NOW = 1 << 20  # every state is restored to this instant
_NEVER_MS = 1 << 28
_RSSI_DBM = -60
_LAST_BEACON, _EARLIER_BEACON = 255, 200  # before number 0
_FIRST_AFTER_BOOT = 100  # whatever that is, it does not follow on the last
_TOP_BEAT = 10  # a beat that is so many behind the newest is as good as one that is more behind

# Who can hear whom, both ways.
ALL_LINKS = ((0, 1), (0, 2), (1, 2))
TOPOLOGIES = (ALL_LINKS, ((1, 2),), ((0, 2),), ((0, 1),), ((0, 1), (1, 2)))
WHOLE = 0
TOPOLOGY_NAMES = ("whole", "0 apart", "1 apart", "2 apart", "a line")


class BrokenRuleError(Exception):
    """A state that must never be."""


class Trio:
    """The nodes, and what may happen to them.

    A state is a list of numbers: those of each node, then the topology.
    """

    def __init__(self, casting: Casting):
        self.casting = casting
        self._out = OutgoingFrame()
        self._snapshots: list[Snapshot] = []
        self.nodes = [self._new(number, 0, 0) for number in range(NODES)]
        self._snapshots = [Snapshot(node) for node in self.nodes]
        self._width = len(self._snapshots[0].take(_NOW))
        self.topology = 0

    def state(self, passed_ms: int = 0) -> list[int]:
        """What the nodes are `passed_ms` later, in the form in which equal states are equal."""
        numbers = self.moment(passed_ms)
        self._shift_claims(numbers)
        self._shift_beacons(numbers)
        return numbers

    def moment(self, passed_ms: int) -> list[int]:
        """The same with terms and beats as they are, so that frames on their way still fit."""
        now = ticks_add(_NOW, passed_ms)
        numbers = []
        for snapshot in self._snapshots:
            numbers += snapshot.take(now)
        numbers.append(self.topology)
        return numbers

    def put_back(self, state: list[int]) -> None:
        for number, snapshot in enumerate(self._snapshots):
            snapshot.put_back(state[number * self._width : (number + 1) * self._width], _NOW)
        self.topology = state[-1]

    def wait_ms(self) -> int:
        """Until the next instant of the grid at which a node has something to do."""
        waits = [ticks_diff(node.next_deadline(), _NOW) for node in self.nodes]
        return max(0, -(-min(waits) // GRID_MS) * GRID_MS)

    def speak(self, wait_ms: int) -> list[tuple[int, int, bytearray]]:
        """Let `wait_ms` pass and poll all; what is then on its way: sender, receiver, frame."""
        now = ticks_add(_NOW, wait_ms)
        said = []
        for number, node in enumerate(self.nodes):
            term = node.election.term
            node.poll(now)
            while node.take_frame(self._out):
                frame = self._out.buffer[: self._out.length]
                said += [(number, other, frame) for other in self._heard_by(number)]
            self._check_node(number, term)
        return said

    def hear(self, number: int, frame: bytearray, wait_ms: int) -> None:
        """Node `number` gets a frame at the instant at which it was spoken."""
        node = self.nodes[number]
        election = node.election
        was_leader = election.role == LEADER
        term, own = election.term, (election.term, election.leader_score, node.id)
        node.receive(0, frame, _RSSI_DBM, 0, ticks_add(_NOW, wait_ms))
        self._check_node(number, term)
        if was_leader and election.role == FOLLOWER and election.leader != NOBODY:
            claim = (f.get_id(frame, f.TERM), frame[f.LEADER_SCORE], f.get_id(frame, f.LEADER))
            if claim <= own and not frame[f.ROLE] & f.MANUAL:
                raise BrokenRuleError(f"node {number} led and gave way to a lesser claim")

    def reboot(self, number: int, is_term_kept: bool) -> None:
        """RAM is lost; flash is kept, or was worn out and is empty."""
        old = self.nodes[number]
        term = old.election.term if is_term_kept else 0
        fresh = self._new(number, old.epoch + 1, term)
        fresh._beacons = _FIRST_AFTER_BOOT
        self._snapshots[number].put_back(Snapshot(fresh).take(_NOW), _NOW)

    def is_agreed(self) -> bool:
        """True if each connected part has one leader, and all of the part follow it."""
        for part in self._parts():
            leaders = [number for number in part if self.nodes[number].election.role == LEADER]
            if len(leaders) != 1:
                return False
            leader = self.nodes[leaders[0]].id
            for number in part:
                election = self.nodes[number].election
                if not election.is_elected or election.leader != leader:
                    return False
        return True

    def story(self) -> str:
        """One line about whom each follows."""
        words = []
        for number, node in enumerate(self.nodes):
            election = node.election
            followed = "nobody" if election.leader == NOBODY else str(election.leader - 1)
            verb = "follows" if election.is_elected or election.leader == NOBODY else "awaits"
            if election.role == LEADER:
                words.append(f"{number} leads in term {election.term}")
            elif election.leader == node.id:
                words.append(f"{number} stands in term {election.term}")
            else:
                words.append(f"{number} {verb} {followed} in term {election.term}")
        return ", ".join(words)

    def _new(self, number, epoch, term):
        settings = NodeSettings(
            node=number + 1,
            epoch=epoch,
            term=term,
            score=self.casting.scores[number],
            neighbours=NODES - 1,
        )
        node = Node(settings, Radio(), FixedDice(self.casting.shares[number], self._fresh_beat))
        node.diffusion = NoMessages(ticks_add(_NOW, _NEVER_MS))
        node.start(_NOW)
        return node

    def _fresh_beat(self):
        known = [0]
        for snapshot in self._snapshots:
            numbers = snapshot.take(_NOW)
            known += [numbers[beat] for _, _, beat in snapshot.claims]
        return (max(known) + 20 * _TOP_BEAT) % BEATS

    def _heard_by(self, number):
        for one, other in TOPOLOGIES[self.topology]:
            if number == one:
                yield other
            elif number == other:
                yield one

    def _parts(self):
        parts = [{number} for number in range(NODES)]
        for one, other in TOPOLOGIES[self.topology]:
            joined = next(part for part in parts if one in part)
            joined |= next(part for part in parts if other in part)
            parts = [joined] + [part for part in parts if not part & joined]
        return parts

    def _check_node(self, number, former_term):
        election = self.nodes[number].election
        if election.term < former_term:
            raise BrokenRuleError(f"node {number} went back from term {former_term}")
        is_own = election.leader == number + 1
        if (election.role == FOLLOWER) == is_own:
            raise BrokenRuleError(f"node {number} has a role that is not that of its claim")
        if is_own and (election.role == LEADER) != election.is_elected:
            raise BrokenRuleError(f"node {number} has a role that is not that of its claim")

    def _shift_beacons(self, numbers):
        """Beacons count from 0 again: of those before, only whether the last was heard matters."""
        bases = [number * self._width for number in range(NODES)]
        said = [base + self._snapshots[0].said for base in bases]
        for base, snapshot in zip(bases, self._snapshots, strict=True):
            for node, heard in snapshot.heard:
                if numbers[base + node] != NOBODY:
                    sender = numbers[base + node] - 1
                    is_last = (numbers[said[sender]] - numbers[base + heard]) & 0xFF == 1
                    numbers[base + heard] = _LAST_BEACON if is_last else _EARLIER_BEACON
        for place in said:
            numbers[place] = 0

    def _shift_claims(self, numbers):
        """Terms count from the lowest, and a leader's beats from its own."""
        newest: dict[int, int] = {}
        claims = []
        for number, snapshot in enumerate(self._snapshots):
            base = number * self._width
            for leader, term, beat in snapshot.claims:
                claims.append((base + leader, base + term, base + beat))
        for leader, _, beat in claims:
            known = newest.setdefault(numbers[leader], numbers[beat])
            if _ahead(numbers[beat], known) > 0:
                newest[numbers[leader]] = numbers[beat]
        for leader, _, beat in claims:
            behind = _ahead(newest[numbers[leader]], numbers[beat])
            is_known = numbers[leader] != NOBODY
            numbers[beat] = _TOP_BEAT - min(behind, _TOP_BEAT) if is_known else 0
        known = [term for leader, term, _ in claims if numbers[leader] != NOBODY or numbers[term]]
        lowest = min((numbers[term] for term in known), default=1)
        for term in known:
            numbers[term] -= lowest - 1


def _ahead(beat, other):
    """How many beats one is ahead of another; they wrap at 65536."""
    return ((beat - other + 0x8000) & 0xFFFF) - 0x8000
