"""The role of one node in the election, how it comes about and what it has to say when.

Roles change only in become_follower, become_candidate and become_leader.
"""

from micropython import const

from skein import frame as f
from skein.beacon_pace import BeaconPace
from skein.claim import Claim
from skein.ids import ID_MAX, NOBODY
from skein.lost_leader import LostLeader
from skein.merge_guard import MergeGuard
from skein.ticks import ticks_add, ticks_diff

FOLLOWER = const(0)
CANDIDATE = const(1)
LEADER = const(2)
ROLE_NAMES = ("follower", "candidate", "leader")

FREE = const(0)  # what a person or the application wants of this node; see skein.override
LEAD = const(1)
FOLLOW = const(2)
RETIRE = const(3)

HYSTERESIS = const(10)  # of 255: by how much a leader's score is raised while it leads
_REPEATS = const(6)  # of the news of a leader, while a neighbour may not know it


class Role(Claim):
    """What this node is, and the instants at which it must act.

    node: its id.  score: 0..255, how fit it is to lead.  term: the last one known before boot.
    dice: an object with randrange(n).  `pace` holds the period of heartbeats.
    """

    def __init__(self, node: int, score: int, term: int, dice):
        super().__init__(node, score, term)
        self.pace = BeaconPace(dice)
        self.period_ms = self.pace.beat_ms
        self.guard = MergeGuard()
        self._dice = dice
        self.role = FOLLOWER
        self.will = FREE
        self.wanted = NOBODY  # whom to follow, if it leads
        self.beat_at = 0  # when the last heartbeat came
        self._made_at = 0  # and when the leader made it
        self.changes = 0
        self.lost = LostLeader()  # the last one
        self._better_beats = 0
        self._repeats = 0
        self._is_vacant = False  # the leader left by its own will, so nobody need defend it
        self._due_at = 0

    def start(self, now: int) -> None:
        """Begin to listen.  The first beacon is due at once, so that others answer soon."""
        self.pace.start(now)
        self.become_follower(NOBODY, 0, False, now)

    def become_follower(self, leader: int, score: int, is_elected: bool, now: int) -> None:
        """Follow `leader`, an elected one or a candidate; NOBODY means listen for one."""
        self._turn_to(leader, is_elected, now)
        self.role = FOLLOWER
        self.flags = 0
        self.deputy = NOBODY
        self.leader_score = score
        self._better_beats = 0
        self._hear_alive(now)
        if leader == NOBODY:
            self._due_at = ticks_add(now, self._listen_ms())
            self.pace.answer(now)
        else:
            self.pace.pass_on(now)

    def become_candidate(self, term: int, now: int) -> None:
        """Stand for election in `term`."""
        self._turn_to(self.node, False, now)
        self.role = CANDIDATE
        self.term = term
        self.flags = 0 if self._is_vacant else f.RIVAL
        self.deputy = NOBODY
        self.leader_score = self.score
        self.leader_hops = 0
        self.period_ms = self.pace.beat_ms
        self.beat = self._dice.randrange(0x10000)
        window_ms = self._window_ms()
        self._due_at = ticks_add(now, window_ms // 2 if self._is_vacant else window_ms)
        self.pace.speak_now(now)

    def become_leader(self, now: int, flags: int = 0) -> None:
        """Lead, and say so.  flags: RIVAL for one period, unless the last leader resigned."""
        self._turn_to(self.node, True, now)
        self.role = LEADER
        self.flags = f.MANUAL if self.will == LEAD else flags
        self.deputy = NOBODY
        self.leader_hops = 0
        self._beat_now(now)

    def succeed(self, now: int, flags: int = 0) -> None:
        """Lead in the next term."""
        self._turn_to(self.node, True, now)
        self.adopt_term(min(self.term + 1, ID_MAX))
        self.become_leader(now, flags)

    def end_reign(self, now: int) -> None:
        """The leader leads no more by its own will: its deputy leads, the others wait for that."""
        self.lost.note(self.leader, self.term, self.beat, self.beat_at)
        self._is_vacant = True
        if self.deputy == self.node and self.will < FOLLOW:
            self.succeed(now)
            return
        self._turn_to(self.leader, False, now)
        self.flags = f.RESIGNED
        wait_ms = 0 if self.deputy == NOBODY else self._window_ms() // 2
        self._due_at = ticks_add(now, wait_ms + self._dice.randrange(self._window_ms() // 2))
        self.pace.pass_on(now)

    def poll(self, now: int, neighbours=None) -> bool:
        """Do what is due; True means that a beacon should be sent now."""
        if ticks_diff(now, self._due_at) >= 0:
            self._on_due(now)
        if not self.pace.is_due(now):
            return False
        self.pace.spoke(now, self._silence_ms(neighbours, now))
        return True

    def next_deadline(self) -> int:
        """Instant of the next useful poll."""
        if ticks_diff(self.pace.due_at, self._due_at) < 0:
            return self.pace.due_at
        return self._due_at

    def misses_leader(self, beats: int, now: int) -> bool:
        """True for a follower that heard no newer beat for so many periods."""
        return self.role == FOLLOWER and ticks_diff(now, self.beat_at) >= beats * self.period_ms

    def want_flag(self, now: int) -> int:
        """MISSED or 0, for this node's own beacon."""
        is_lost = self.leader == NOBODY and self.lost.node != NOBODY
        return f.MISSED if is_lost or (self.is_elected and self.misses_leader(1, now)) else 0

    def said_score(self) -> int:
        """This node's score as it tells it: 0 while it would not lead."""
        return 0 if self.will >= FOLLOW else self.score

    def _on_due(self, now):
        if self.role == LEADER:
            self.flags &= ~f.RIVAL
            self._beat_now(now)
        elif self.role == CANDIDATE:
            self.become_leader(now, self.flags & f.RIVAL)
        elif self.leader != NOBODY and not self.flags & f.RESIGNED:
            self._lose_leader(now)
        elif self.will == LEAD:
            self.succeed(now)
        elif self.will == FOLLOW or self.leader == self.node:
            self.become_follower(NOBODY, 0, False, now)
        else:
            self.become_candidate(min(self.term + 1, ID_MAX), now)

    def _lose_leader(self, now):
        """It fell silent."""
        self.lost.note(self.leader, self.term, self.beat, self.beat_at)
        self.guard.lost()
        if self.is_elected and self.deputy == self.node and self.will < FOLLOW:
            self.succeed(now, f.RIVAL)
        else:
            self.become_follower(NOBODY, 0, False, now)

    def repeat(self) -> None:
        """Say it again after the next beacon, while a neighbour may not know it."""
        self._repeats = _REPEATS

    def _turn_to(self, leader, is_elected, now):
        if leader == self.leader and is_elected == self.is_elected:
            return
        self.changes += 1
        if self.is_elected and self.role == FOLLOWER and leader != self.leader:
            # Echoes of the former leader must not draw this node back to it.
            self.lost.note(self.leader, self.term, self.beat, self.beat_at)
        self.leader = leader
        self.is_elected = is_elected
        self._is_vacant = self._is_vacant and not is_elected
        self._repeats = _REPEATS if leader != NOBODY else 0

    def _hear_alive(self, now):
        self.beat_at = now
        self._made_at = now
        patience_ms = (self.pace.misses if self.is_elected else 1) * self.period_ms
        crossing_ms = min(self.leader_hops * self.pace.spread_ms, patience_ms)
        if self.deputy != self.node:
            crossing_ms += self.period_ms // 8  # so that the deputy comes first
        self._due_at = ticks_add(now, patience_ms + crossing_ms)

    def _beat_now(self, now):
        self.lost.expire(now)
        bonus = 0 if self.flags & f.RIVAL else HYSTERESIS
        self.leader_score = min(255, self.score + bonus)
        self.period_ms = self.pace.beat_ms
        self.beat = (self.beat + 1) & 0xFFFF
        self.beat_at = now
        self._due_at = ticks_add(now, self.pace.beat_ms)
        self.pace.speak_now(now)

    def _silence_ms(self, neighbours, now):
        """How long to say nothing, without news, after the beacon that is due now."""
        quarter_ms = self._window_ms() // 4  # a lost frame must not decide an election
        if self.role == CANDIDATE:
            return quarter_ms
        if self._repeats:
            self._repeats -= 1
            is_open = self.flags & f.RESIGNED or (
                neighbours is not None and not neighbours.all_follow(self.leader)
            )
            if is_open:
                return max(quarter_ms // 2, self.pace.spread_ms)
        if self.leader != NOBODY and not self.is_elected:
            return quarter_ms * 4
        if self.is_elected and self.misses_leader(1, now):
            return self.period_ms // 4
        if neighbours is not None and neighbours.count < self.pace.few:
            return self.period_ms // 2  # nobody else may bring the news that is lost here
        return self.period_ms * 5 // 4  # only a follower that missed a beat stays silent so long

    def _listen_ms(self):
        if self.will >= FOLLOW:
            return 3 * self.pace.beat_ms
        listen_ms = 0 if self.lost.node else 2 * self._window_ms()
        return listen_ms + self._dice.randrange(self._window_ms())

    def _window_ms(self):
        return self.pace.beat_ms // self.pace.windows
