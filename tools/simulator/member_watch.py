"""Whether the nodes of a run are right about who belongs to the mesh, and since when."""

import itertools


class MemberWatch:
    """Follows what each node that is on says of each other one, from an engine's instants.

    A node is right about another when it counts it among the members if and only if it is on.
    Nobody says anything before the first `sees`; then `report` is empty.
    """

    def __init__(self, engine, nodes: int):
        self._engine = engine
        self._nodes = nodes
        self._is_on = [True] * nodes
        self._members: list[set[int]] = [set() for _ in range(nodes)]
        self._wrong: set[tuple[int, int]] = set(itertools.permutations(range(nodes), 2))
        self._is_used = False
        self._first_right_us: int | None = None
        self._wrong_since_us: int | None = None
        self._wrong_us = 0
        self.deaths = 0
        self.losses = 0
        self.goodbyes = 0

    def sees(self, viewer: int, members: set[int]) -> None:
        """All that this node counts among the members now, without itself."""
        self._is_used = True
        changed = self._members[viewer] ^ members
        self._members[viewer] = members
        for subject in changed:
            self._judge(viewer, subject)
        self._note()

    def departs(self, subject: int, is_dead: bool) -> None:
        """A node turned from counting `subject` among the members to not doing so."""
        if not is_dead:
            self.goodbyes += 1
        elif self._is_on[subject]:
            self.losses += 1
        else:
            self.deaths += 1

    def is_wrong(self) -> bool:
        """True while somebody is wrong about somebody."""
        return bool(self._wrong)

    def switched(self, node: int, is_on: bool) -> None:
        """A node lost power, and with it all it knew, or has power again."""
        self._is_on[node] = is_on
        self._members[node] = set()
        for other in range(self._nodes):
            if other != node:
                self._judge(node, other)
                self._judge(other, node)
        self._note()

    def report(self) -> dict:
        """Times and counts.

        members_right_ms: from the begin until all are right about all; None when never.
        members_wrong_ms: time after that in which somebody was wrong about somebody.
        deaths: how often a node took one that was off for dead; losses: one that was on.
        goodbyes: how often a node learned that another one left.
        """
        if not self._is_used:
            return {}
        wrong_us = self._wrong_us
        if self._wrong_since_us is not None:
            wrong_us += self._engine.now_us - self._wrong_since_us
        first_us = self._first_right_us
        return {
            "members_right_ms": None if first_us is None else first_us / 1000,
            "members_wrong_ms": wrong_us / 1000,
            "deaths": self.deaths,
            "losses": self.losses,
            "goodbyes": self.goodbyes,
        }

    def _judge(self, viewer, subject):
        is_member = subject in self._members[viewer]
        if self._is_on[viewer] and is_member != self._is_on[subject]:
            self._wrong.add((viewer, subject))
        else:
            self._wrong.discard((viewer, subject))

    def _note(self):
        now_us = self._engine.now_us
        if not self._wrong and self._first_right_us is None:
            self._first_right_us = now_us
        elif self._wrong and self._first_right_us is not None and self._wrong_since_us is None:
            self._wrong_since_us = now_us
        elif not self._wrong and self._wrong_since_us is not None:
            self._wrong_us += now_us - self._wrong_since_us
            self._wrong_since_us = None
