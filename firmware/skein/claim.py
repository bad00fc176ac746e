"""Who is said to lead, and which of two claims wins.

A claim is (term, score, id) of a node that leads or wants to.  One that somebody ordered by hand
comes before all others; then the higher term wins, then the higher score, then the higher id.
"""

from skein import frame as f
from skein.ids import NOBODY

KEPT_FLAGS = f.MANUAL | f.RIVAL | f.RESIGNED


class Claim:
    """The claim that a node follows or makes, field by field as a beacon carries it.

    leader: NOBODY while there is none.  is_elected: False while the one in `leader` is a
    candidate, or has resigned.  period_ms: within which news of the leader comes this way.
    """

    def __init__(self, node: int, score: int, term: int):
        self.node = node
        self.score = score
        self.term = term
        self.leader = NOBODY
        self.leader_score = 0
        self.leader_hops = 0
        self.is_elected = False
        self.flags = 0
        self.beat = 0
        self.deputy = NOBODY
        self.period_ms = 0

    def write(self, frame) -> None:
        """Fill in the body of a beacon, but for the sender's own part."""
        frame[f.ROLE] = self.flags | (f.ELECTED if self.is_elected else 0)
        f.put_id(frame, f.TERM, self.term)
        f.put_id(frame, f.LEADER, self.leader)
        frame[f.LEADER_SCORE] = self.leader_score
        f.put_u16(frame, f.BEAT, self.beat)
        frame[f.LEADER_HOPS] = self.leader_hops
        f.put_id(frame, f.DEPUTY, self.deputy)
        f.put_period(frame, f.LEADER_PERIOD, self.period_ms)

    def copy(self, frame, least_ms: int, most_ms: int) -> None:
        """Take what a beacon says of the leader we follow; its period within two bounds."""
        self.leader_score = frame[f.LEADER_SCORE]
        self.flags = frame[f.ROLE] & KEPT_FLAGS
        self.beat = f.get_u16(frame, f.BEAT)
        self.leader_hops = min(255, frame[f.LEADER_HOPS] + 1)
        self.deputy = f.get_id(frame, f.DEPUTY)
        self.period_ms = max(least_ms, min(most_ms, f.get_period(frame, f.LEADER_PERIOD)))

    def beats_since(self, frame) -> int:
        """How many heartbeats a beacon is ahead of what we know, -32768..32767."""
        return ((f.get_u16(frame, f.BEAT) - self.beat & 0xFFFF) ^ 0x8000) - 0x8000

    def adopt_term(self, term: int) -> None:
        """Terms never go back."""
        self.term = max(self.term, term)

    def yields_to(self, frame, is_leader_missed: bool) -> bool:
        """True if the claim in a beacon beats ours.

        is_leader_missed: nothing proves that our leader lives, so a later term is enough; while
        it lives, those who want to replace it, or just did, must also outrank it.
        """
        flags = frame[f.ROLE]
        if self.leader == NOBODY or self.flags & f.RESIGNED:
            return flags & f.ELECTED != 0 or f.get_id(frame, f.TERM) >= self.term
        if flags & f.MANUAL and not self.flags & f.MANUAL:
            return True
        if self.flags & f.MANUAL and not flags & f.MANUAL and not is_leader_missed:
            return False
        return self._is_beaten(frame, flags, is_leader_missed)

    def _is_beaten(self, frame, flags, is_leader_missed):
        later = f.get_id(frame, f.TERM) - self.term
        is_outranked = outranks(
            frame[f.LEADER_SCORE], f.get_id(frame, f.LEADER), self.leader_score, self.leader
        )
        is_seated = flags & f.ELECTED != 0
        if not self.is_elected:
            return (is_seated and later > 0) or (is_outranked and (is_seated or later >= 0))
        if is_leader_missed or not flags & f.RIVAL:
            is_due = is_seated and (is_leader_missed or is_outranked)
            return later > 0 or (later == 0 and is_due)
        return is_outranked and later >= (0 if is_seated else 1)


def outranks(score: int, node: int, other_score: int, other: int) -> bool:
    return score > other_score if score != other_score else node > other
