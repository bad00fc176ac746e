"""Who leads: one leader in each connected part of the mesh.

Every beacon carries the claim that its sender follows (skein.claim), so claims pass from
neighbour to neighbour and a leader need not be in radio range.

Liveness.  The leader counts its heartbeats; whoever meets a newer count passes it on with its
own beacon at once.  A beat so crosses the mesh as a wave, one beacon a node.  Who misses a beat
asks, and a neighbour that heard it answers.  The leader is lost when three of the periods that
it announced went by without a newer beat; who then hears of another's loss, and has missed two
beats itself, waits no longer.

Election.  Without a leader a node listens for a moment, then stands as a candidate in the next
term and wins unless a better claim arrives within the window.  Whoever is better than the
candidate stands against it.  Whoever heard the leader lately defends it: it lifts the leader's
term to the challenger's, so that the score decides.  A leader's score counts a little more
from its second heartbeat on, so that equals do not replace one another.

Succession.  The leader names its best neighbour as deputy.  The deputy leads in the next term
as soon as the leader resigns, reboots or is lost, a little before the others would stand.

What a node is, and does when nothing is heard, is in skein.role.
Source: the seeds' leader election (2 s, 6 s, score), with its faults mended.
"""

from micropython import const

from skein import frame as f
from skein.claim import outranks
from skein.ids import ID_MAX, NOBODY
from skein.role import FOLLOW, FOLLOWER, LEAD, LEADER, Role
from skein.ticks import ticks_add, ticks_diff

_MOST_BEATS = const(8)  # that may lie between two pieces of news
_NEAR_HOPS = const(4)  # news from farther away may be older
_BEATS_TO_CHALLENGE = const(5)  # so long must a follower be better before it stands


class Election(Role):
    """This node's part in the election: what it makes of all that it hears."""

    def hear_beacon(self, frame, now: int, history: int = 255) -> None:
        """A neighbour said whom it follows.

        frame: a BEACON that passed frame.check.  history: of its link, see skein.merge_guard;
        a link that lost most unseats no leader.
        """
        sender = f.get_id(frame, f.SENDER)
        leader = f.get_id(frame, f.LEADER)
        if sender == self.leader and leader != sender:
            self._hear_abdication(leader, now)
        if leader == NOBODY:
            self._hear_listener(frame, now)
        elif leader == self.node:
            self._hear_follower(frame, now)
        elif leader == self.leader and not self.flags & f.RESIGNED:
            self._hear_news(frame, now)
        elif frame[f.ROLE] & f.RESIGNED:
            self.pace.answer(now)
        elif not self.lost.is_echo(leader, frame):
            self._weigh(frame, leader, history, now)

    def hear_neighbour(self, node: int, now: int) -> None:
        """`node` transmitted something; from the leader any frame counts as a heartbeat."""
        if node == self.leader and self.is_elected:
            self._hear_alive(now)

    def _hear_follower(self, frame, now):
        """A neighbour names this node, which may have rebooted since, or resigned, or won."""
        flags = frame[f.ROLE]
        self.adopt_term(f.get_id(frame, f.TERM))
        if self.role == FOLLOWER:
            self.pace.answer(now)
        elif self.role == LEADER and (flags & f.RESIGNED or self._asks(frame)):
            self._hold(now)

    def _hear_abdication(self, leader, now):
        """The leader itself says that it follows another, or has rebooted and knows of none."""
        if leader == NOBODY and self.is_elected:
            self.end_reign(now)
        elif leader != NOBODY or not self.flags & f.RESIGNED:
            self.lost.note(self.leader, self.term, self.beat, self.beat_at)
            self._is_vacant = self.is_elected
            self.become_follower(NOBODY, 0, False, now)

    def _hear_listener(self, frame, now):
        """A neighbour has no leader.  If this node misses the same one, it waits no longer."""
        term = f.get_id(frame, f.TERM)
        is_shared = frame[f.ROLE] & f.MISSED and term >= self.term
        self.adopt_term(term)
        if not self.is_elected:
            return
        if is_shared and self.misses_leader(self.pace.misses - 1, now):
            self._lose_leader(now)
        else:
            self.pace.answer(now)

    def _hear_news(self, frame, now):
        """The claim that we follow, heard again; a newer beat is passed on at once."""
        ahead = self.beats_since(frame)
        since_at = self._made_at
        self.adopt_term(f.get_id(frame, f.TERM))
        if frame[f.ROLE] & f.RESIGNED:
            if ahead >= 0:
                self._copy(frame)
                self.end_reign(now)
        elif ahead > 0:
            if frame[f.ROLE] & f.ELECTED and not self.is_elected:
                self.become_follower(self.leader, 0, True, now)
            self._copy(frame)
            made_at = self._dated(since_at, ahead, now)
            self._hear_alive(made_at if frame[f.ROLE] & f.MISSED else now)
            self._made_at = made_at
            self.guard.heard_beat(self.period_ms, now)
            self.lost.expire(now)
            self.pace.pass_on_beat(now)
            self._consider_challenge(now)
        elif self.is_elected and self._asks(frame):
            self.pace.answer(now)

    def _dated(self, since_at, ahead, now):
        """When the leader made a heartbeat, to within a sixteenth: it may be old news.

        ahead: how many beats it is newer than the one that was made at `since_at`, one a period.
        """
        period_ms = self.period_ms + self.period_ms // 16
        made_at = ticks_add(since_at, min(ahead, _MOST_BEATS) * period_ms)
        return made_at if ticks_diff(now, made_at) > 0 else now

    def _asks(self, frame):
        """Whose heartbeat is old asks for a newer one, unless it is only a little behind."""
        flags = frame[f.ROLE]
        return (flags & f.MISSED or not flags & f.ELECTED) and self.beats_since(frame) < 0

    def _weigh(self, frame, leader, history, now):
        """Another claim than ours: follow it, stand against it, or hold to our own."""
        made_at = now
        if leader == self.lost.node and frame[f.ROLE] & f.MISSED:
            ahead = f.get_u16(frame, f.BEAT) - self.lost.beat & 0xFFFF
            made_at = self._dated(self.lost.heard_at, ahead, now)
            if ticks_diff(now, made_at) >= self.pace.misses * self.period_ms:
                return
        is_missed = self._is_leader_doubtful(now)
        is_settled = self.is_elected and not is_missed and not self.flags & f.RIVAL
        if is_settled and not self.guard.trusts(history):
            self._hold(now)
            return
        is_better = self.yields_to(frame, is_missed)
        if self.is_elected and self.wanted != NOBODY and self.wanted in (leader, self.leader):
            is_better = leader == self.wanted
        self.adopt_term(f.get_id(frame, f.TERM))
        if not is_better:
            self._hold(now)
        elif frame[f.ROLE] & f.ELECTED or self._supports(frame, leader):
            if is_settled:
                self.guard.merged(now)
            self.become_follower(leader, 0, frame[f.ROLE] & f.ELECTED != 0, now)
            self._copy(frame)
            self._hear_alive(made_at)
        else:
            self.become_candidate(self.term, now)

    def _hold(self, now):
        """Answer another claim with ours, more than once while its sender may not know it."""
        if self.pace.answer(now) and self.is_elected:
            self.repeat()

    def _is_leader_doubtful(self, now):
        """True if the last news is older than a living leader's can be, for its distance."""
        age_ms = ticks_diff(now, self._made_at)
        allowed_ms = (self.pace.misses - 1) * self.period_ms
        allowed_ms += max(0, self.leader_hops - _NEAR_HOPS) * self.period_ms // 8
        return self.role == FOLLOWER and age_ms >= allowed_ms

    def _supports(self, frame, candidate):
        if self.will >= FOLLOW:
            return True
        return outranks(frame[f.LEADER_SCORE], candidate, self.score, self.node)

    def _consider_challenge(self, now):
        if self.will == LEAD and not self.flags & f.MANUAL:
            self.succeed(now)
        elif self.flags & f.MANUAL or self.said_score() <= self.leader_score:
            self._better_beats = 0
        else:
            self._better_beats += 1
            if self._better_beats >= _BEATS_TO_CHALLENGE:
                self.become_candidate(min(self.term + 1, ID_MAX), now)

    def _copy(self, frame):
        self.copy(frame, self.pace.beat_ms, self.pace.longest_ms)
