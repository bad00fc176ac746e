"""Who leads: one leader in each connected part of the mesh.

A claim is (term, score, id) of a node that leads or wants to.  The higher term wins, then the
higher score, then the higher id.  Every beacon carries the claim that its sender follows, so
claims pass from neighbour to neighbour and a leader need not be in radio range.

Liveness.  The leader counts its heartbeats; whoever meets a newer count passes it on with its
own beacon at once.  A beat so crosses the mesh as a wave, one beacon a node, and the leader is
lost when three periods went by without a newer one.

Election.  Without a leader a node listens for a moment, then stands as a candidate in the next
term and wins unless a better claim arrives within the window.  Whoever is better than the
candidate stands against it.  Whoever heard the leader lately defends it: it lifts the leader's
term to the challenger's, so that the score decides.  A leader's score counts a little more
while it leads, so that equals do not replace one another.

Roles change only in become_follower, become_candidate and become_leader.
Source: the seeds' leader election (2 s, 6 s, score), with its faults mended.
"""

from micropython import const

from skein import frame as f
from skein.beacon_pace import BeaconPace
from skein.ids import ID_MAX, NOBODY
from skein.lost_leader import LostLeader
from skein.ticks import ticks_add, ticks_diff

FOLLOWER = const(0)
CANDIDATE = const(1)
LEADER = const(2)
ROLE_NAMES = ("follower", "candidate", "leader")

HYSTERESIS = const(10)  # of 255: by how much a leader's score is raised while it leads
_MISSES = const(3)
_BEATS_TO_CHALLENGE = const(5)  # so long must a follower be better before it stands


class Election:
    """This node's part in the election.

    node: its id.  score: 0..255, how fit it is to lead.  term: the last one known before boot.
    dice: an object with randrange(n).  `pace` holds the period of heartbeats.
    """

    def __init__(self, node: int, score: int, term: int, dice):
        self.node = node
        self.score = score
        self.term = term
        self.pace = BeaconPace(dice)
        self._dice = dice
        self.role = FOLLOWER
        self.leader = NOBODY
        self.leader_score = 0
        self.leader_hops = 0
        self.is_elected = False  # False while the one in `leader` is a candidate
        self.beat = 0
        self.beat_at = 0
        self.changes = 0
        self._lost = LostLeader()
        self._better_beats = 0
        self._due_at = 0

    def start(self, now: int) -> None:
        """Begin to listen.  The first beacon is due at once, so that others answer soon."""
        self.pace.start(now)
        self.become_follower(NOBODY, 0, False, now)

    def become_follower(self, leader: int, score: int, is_elected: bool, now: int) -> None:
        """Follow `leader`, an elected one or a candidate; NOBODY means listen for one."""
        self._turn_to(leader, is_elected)
        self.role = FOLLOWER
        self.leader_score = score
        self._better_beats = 0
        self._hear_alive(now)
        if leader == NOBODY:
            listen_ms = 0 if self._lost.node else 2 * self._window_ms()
            self._due_at = ticks_add(now, listen_ms + self._dice.randrange(self._window_ms()))
            self.pace.answer(now)
        else:
            self.pace.pass_on(now)

    def become_candidate(self, term: int, now: int) -> None:
        """Stand for election in `term`."""
        self._turn_to(self.node, False)
        self.role = CANDIDATE
        self.term = term
        self.leader_score = self.score
        self.leader_hops = 0
        self.beat = self._dice.randrange(0x10000)
        self._due_at = ticks_add(now, self._window_ms())
        self.pace.speak_now(now)

    def become_leader(self, now: int) -> None:
        """The window has passed without a better claim: lead, and say so."""
        self._turn_to(self.node, True)
        self.role = LEADER
        self._lost.note(NOBODY, 0, 0)
        self._beat_now(now)

    def poll(self, now: int) -> bool:
        """Do what is due; True means that a beacon should be sent now."""
        if ticks_diff(now, self._due_at) >= 0:
            self._on_due(now)
        if not self.pace.is_due(now):
            return False
        if self.leader != NOBODY and not self.is_elected:
            self.pace.spoke(now, self._window_ms() // 4)  # a lost frame must not decide it
        else:  # only a follower that missed a beat stays silent for so long
            self.pace.spoke(now, self.pace.beat_ms * 5 // 4)
        return True

    def next_deadline(self) -> int:
        """Instant of the next useful poll."""
        if ticks_diff(self.pace.due_at, self._due_at) < 0:
            return self.pace.due_at
        return self._due_at

    def hear_beacon(self, frame, now: int) -> None:
        """A neighbour said whom it follows.  frame: a BEACON that passed frame.check."""
        sender = f.get_id(frame, f.SENDER)
        leader = f.get_id(frame, f.LEADER)
        term = f.get_id(frame, f.TERM)
        if sender == self.leader and leader != sender:
            self._lose_leader(now)  # it has rebooted or follows another: it leads no more
        if leader == NOBODY:
            self._adopt_term(term)
            if self.is_elected:
                self.pace.answer(now)
        elif leader == self.node:
            self._adopt_term(term)
            if self.role == FOLLOWER:
                self.pace.answer(now)  # it follows what this node was before it rebooted
        elif leader == self.leader:
            self._adopt_term(term)
            self._hear_news(frame, now)
        elif not self._lost.is_echo(leader, term, f.get_u16(frame, f.BEAT)):
            self._weigh(frame, leader, term, now)

    def hear_neighbour(self, node: int, now: int) -> None:
        """`node` transmitted something; from the leader any frame counts as a heartbeat."""
        if node == self.leader and self.is_elected:
            self._hear_alive(now)

    def _on_due(self, now):
        if self.role == LEADER:
            self._beat_now(now)
        elif self.role == CANDIDATE:
            self.become_leader(now)
        elif self.leader == NOBODY:
            self.become_candidate(min(self.term + 1, ID_MAX), now)
        else:
            self._lose_leader(now)

    def _weigh(self, frame, leader, term, now):
        """Another claim than ours: follow it, stand against it, or hold to our own."""
        score = frame[f.LEADER_SCORE]
        is_elected = frame[f.ROLE] & f.ELECTED != 0
        outranks = _outranks(score, leader, self.leader_score, self.leader)
        if is_elected:
            accepted = self._accepts_leader(term, outranks)
        else:
            accepted = self._accepts_candidate(term, outranks, now)
        self._adopt_term(term)
        if not accepted:
            self.pace.answer(now)
        elif is_elected or _outranks(score, leader, self.score, self.node):
            self.become_follower(leader, score, is_elected, now)
            self.beat = f.get_u16(frame, f.BEAT)
            self.leader_hops = min(255, frame[f.LEADER_HOPS] + 1)
        else:
            self.become_candidate(self.term, now)

    def _accepts_leader(self, term, outranks):
        if self.leader == NOBODY:
            return True
        if not self.is_elected:
            return term > self.term or outranks
        return term > self.term or (term == self.term and outranks)

    def _accepts_candidate(self, term, outranks, now):
        if self.leader == NOBODY:
            return term >= self.term
        if not self.is_elected:
            return term >= self.term and outranks
        if self.role != LEADER and ticks_diff(now, self.beat_at) >= 2 * self.pace.beat_ms:
            return term > self.term
        return term > self.term and outranks

    def _hear_news(self, frame, now):
        """The claim that we follow, heard again; a newer beat is passed on at once."""
        is_elected = frame[f.ROLE] & f.ELECTED != 0
        score = frame[f.LEADER_SCORE]
        beat = f.get_u16(frame, f.BEAT)
        is_newer = 0 < (beat - self.beat) & 0xFFFF < 0x8000
        if is_newer:
            self.beat = beat
            self.leader_score = score
            self.leader_hops = min(255, frame[f.LEADER_HOPS] + 1)
        if is_elected and not self.is_elected:
            self.become_follower(self.leader, score, True, now)
        elif is_newer:
            self._hear_alive(now)
            self.pace.pass_on_beat(now)
            self._consider_challenge(now)

    def _consider_challenge(self, now):
        if not self.is_elected or self.score <= self.leader_score:
            self._better_beats = 0
            return
        self._better_beats += 1
        if self._better_beats >= _BEATS_TO_CHALLENGE:
            self._better_beats = 0
            self.become_candidate(min(self.term + 1, ID_MAX), now)

    def _adopt_term(self, term):
        self.term = max(self.term, term)

    def _hear_alive(self, now):
        self.beat_at = now
        patience_ms = (self.pace.misses if self.is_elected else 1) * self.pace.beat_ms
        crossing_ms = min(self.leader_hops * self.pace.spread_ms, patience_ms)
        self._due_at = ticks_add(now, patience_ms + crossing_ms)

    def _turn_to(self, leader, is_elected):
        if leader == self.leader and is_elected == self.is_elected:
            return
        self.changes += 1
        if self.is_elected and self.role == FOLLOWER and leader != self.leader:
            # Echoes of the former leader must not draw this node back to it.
            self._lost.note(self.leader, self.term, self.beat)
        self.leader = leader
        self.is_elected = is_elected

    def _lose_leader(self, now):
        self._lost.note(self.leader, self.term, self.beat)
        self.become_follower(NOBODY, 0, False, now)

    def _beat_now(self, now):
        self.leader_score = min(255, self.score + HYSTERESIS)
        self.beat = (self.beat + 1) & 0xFFFF
        self.beat_at = now
        self._due_at = ticks_add(now, self.pace.beat_ms)
        self.pace.speak_now(now)

    def _window_ms(self):
        return self.pace.beat_ms // 4


def _outranks(score, node, other_score, other):
    return score > other_score if score != other_score else node > other
