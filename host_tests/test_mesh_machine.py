"""Random topologies, loss, churn and partitions, as hypothesis finds the worst of them.

A machine does to two to six nodes whatever it likes: powers them on and off, reboots them, cuts
and joins links, loses frames.  At any time it may leave them alone for the settling time, and then
the rules of an election hold.  `make prove` lets it play ten thousand times.
"""

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from fakes import FakeAir
from skein.election import Election
from skein.role import FOLLOWER, HYSTERESIS, LEADER

SETTLING_MS = 40_000  # three missed beats, an election, and a better follower's challenge
LOSSY_SETTLING_MS = 120_000
WATCHED_MS = 10_000
MOST_NODES = 6

numbers = st.integers(0, MOST_NODES - 1)
times_ms = st.sampled_from((1, 20, 130, 500, 1500, 2500, 5000, 7000))


class MeshMachine(RuleBasedStateMachine):
    """What may happen to a mesh.  A number that no node has stands for one that does."""

    @initialize(
        count=st.integers(2, MOST_NODES),
        dice=st.integers(0, 1 << 16),
        scores=st.lists(st.sampled_from((0, 100, 104, 200, 255)), min_size=6, max_size=6),
        missing=st.sets(st.tuples(numbers, numbers), max_size=8),
    )
    def power(self, count, dice, scores, missing):
        self.count = count
        self.air = FakeAir(count, seed=dice)
        self.scores = scores
        self.lives = {}
        for one, other in missing:
            self.air.cut(one, other)
        self._note()

    @rule(ms=times_ms)
    def wait(self, ms):
        self.air.skip(ms)

    @rule(number=numbers)
    def kill(self, number):
        self.air.kill(number % self.count)

    @rule(number=numbers, ms=times_ms)
    def reboot(self, number, ms):
        self.air.kill(number % self.count)
        self.air.skip(ms)
        self.air.power_on(number % self.count)

    @rule()
    def power_all(self):
        for number in range(self.count):
            self.air.power_on(number)

    @rule(one=numbers, other=numbers)
    def cut(self, one, other):
        self.air.cut(one % self.count, other % self.count)

    @rule(number=numbers)
    def isolate(self, number):
        self.air.isolate(number % self.count)

    @rule(group=st.sets(numbers), ms=times_ms)
    def partition(self, group, ms):
        everybody = range(self.count)
        self.air.split([n for n in everybody if n in group], set(everybody) - group)
        self.air.skip(ms)

    @rule()
    def heal(self):
        self.air.heal()

    @rule(number=numbers, frames=st.integers(1, 5))
    def drop(self, number, frames):
        self.air.drop(number % self.count, frames)

    @rule(percent=st.sampled_from((0, 10, 30, 60)))
    def lose(self, percent):
        self.air.loss_percent = percent

    @rule()
    def kill_leaders(self):
        for number in self.air.leaders():
            self.air.kill(number)

    @rule()
    def settle(self):
        """Left alone and without loss, each part has one leader and keeps it."""
        self._settle()
        changes = self._changes()
        self.air.skip(WATCHED_MS)
        assert self._changes() == changes, "leadership changed though nothing happened"

    @rule(percent=st.sampled_from((10, 30)))
    def settle_under_loss(self, percent):
        """Frames get lost, and yet each part comes to one leader."""
        self.air.loss_percent = percent
        for _ in range(LOSSY_SETTLING_MS // 1000):
            self.air.skip(1000)
            if not self._disagreements():
                return
        raise AssertionError(f"no agreement at {percent} % loss: {self._disagreements()}")

    @precondition(lambda self: any(self.air.nodes))
    @rule(number=numbers, gain=st.integers(0, HYSTERESIS))
    def incumbent_stays(self, number, gain):
        """Nobody displaces a healthy leader by a score that is within the hysteresis."""
        self._settle()
        number %= self.count
        node = self.air.nodes[number]
        if node is None or node.election.role != FOLLOWER:
            return
        leader = self.air.nodes[self._leader_of(number)]
        _make_fit(node, min(255, leader.election.score + gain))
        self.air.skip(30_000)
        assert leader.election.role == LEADER, "a follower displaced a healthy leader"

    @precondition(lambda self: None in self.air.nodes and any(self.air.nodes))
    @rule()
    def incumbent_meets_newcomers(self):
        """Those that were off come back, and displace only who is worse by the hysteresis."""
        self._settle()
        before = [self.air.nodes[number] for number in self.air.leaders()]
        for number in range(self.count):
            self.air.power_on(number)
        self.air.skip(SETTLING_MS)
        for part in self.air.parts():
            nodes = {self.air.nodes[number].id: self.air.nodes[number] for number in part}
            former = [node for node in before if node.id in nodes]
            if len(former) == 1:
                winner = nodes[self.air.agreed(part)]
                least = former[0].election.score + HYSTERESIS
                assert winner is former[0] or winner.election.score > least

    def teardown(self):
        """Every life ends with the rule that matters most."""
        if hasattr(self, "air"):
            self.settle()

    @invariant()
    def terms_never_go_back(self):
        if hasattr(self, "air"):
            for number, node in enumerate(self.air.nodes):
                life, term = self.lives[number]
                if node is life and node is not None:
                    assert node.election.term >= term, f"node {number} went back from {term}"
            self._note()

    @invariant()
    def role_and_claim_agree(self):
        for node in self.air.nodes if hasattr(self, "air") else ():
            if node:
                is_own = node.election.leader == node.id
                assert (node.election.role != FOLLOWER) == is_own
                assert not is_own or (node.election.role == LEADER) == node.election.is_elected

    def _note(self):
        for number, node in enumerate(self.air.nodes):
            life, _ = self.lives.get(number, (None, 0))
            if node and node is not life:
                _make_fit(node, self.scores[number])
            self.lives[number] = (node, node.election.term if node else 0)

    def _settle(self):
        self.air.loss_percent = 0
        self.air.skip(SETTLING_MS)
        assert not self._disagreements()

    def _disagreements(self):
        """The parts that have not exactly one leader whom all of them follow."""
        leaders = set(self.air.leaders())
        found = []
        for part in self.air.parts():
            own = leaders & part
            ids = {self.air.nodes[number].id for number in own}
            if len(own) != 1 or self.air.agreed(part) not in ids:
                found.append((sorted(part), sorted(own)))
        return found

    def _leader_of(self, number):
        (part,) = [part for part in self.air.parts() if number in part]
        (leader,) = set(self.air.leaders()) & part
        return leader

    def _changes(self):
        return [node.election.changes for node in self.air.nodes if node]


def _make_fit(node, score):
    """Give a node this score, or the nearest to it that its links leave."""
    gain = max(score - node.election.score, -node.fitness)
    node.fitness += gain
    node.election.score += gain


def play(runs, first_dice, is_shrunk=True):
    run_state_machine_as_test(
        seed(first_dice)(MeshMachine),
        settings=settings(
            max_examples=runs,
            stateful_step_count=12,
            deadline=None,
            database=None,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink) if is_shrunk else (Phase.generate,),
        ),
    )


def test_the_rules_of_an_election_hold_in_hundreds_of_random_lives():
    play(200, 1)


def test_leaders_that_hear_no_other_leader_are_caught(monkeypatch):
    hear = Election.hear_beacon

    def deaf_while_leading(self, *heard):
        if self.role != LEADER:
            hear(self, *heard)

    monkeypatch.setattr(Election, "hear_beacon", deaf_while_leading)
    with pytest.raises(AssertionError):
        play(50, 1, is_shrunk=False)


def test_a_leader_without_hysteresis_is_caught(monkeypatch):
    monkeypatch.setattr("skein.role.HYSTERESIS", 0)
    with pytest.raises(AssertionError):
        play(200, 1, is_shrunk=False)


@pytest.mark.long
@pytest.mark.parametrize("first_dice", range(20))
def test_the_rules_of_an_election_hold_in_ten_thousand_random_lives(first_dice):
    """Five hundred for each of the twenty."""
    play(500, 1000 + first_dice)
