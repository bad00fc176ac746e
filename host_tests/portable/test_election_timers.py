"""When one node speaks, stands, leads and loses its leader."""

from fakes import RING_STARTS, Dice
from lone_election import (
    BETTER,
    GRACE_MS,
    LISTEN_MS,
    LOSS_MS,
    ME,
    SCORE,
    TERM,
    WINDOW_MS,
    WORSE,
    candidate,
    claim,
    follower,
    hear,
    leader,
    listener,
    outcome,
    run_until,
)
from skein import frame as f
from skein.election import Election
from skein.ids import ID_MAX, NOBODY
from skein.role import CANDIDATE, FOLLOWER, HYSTERESIS, LEADER
from skein.ticks import ticks_add, ticks_diff


def test_a_lone_node_listens_then_stands_in_the_next_term_and_leads():
    for start in RING_STARTS:
        made = listener(start)
        assert run_until(made, start, 3000, lambda e: e.role == CANDIDATE) == LISTEN_MS
        assert (made.leader, made.is_elected, made.term) == (ME, False, TERM + 1)
        assert made.leader_score == SCORE
        started = ticks_add(start, LISTEN_MS)
        assert run_until(made, started, 3000, lambda e: e.role == LEADER) == WINDOW_MS
        assert (made.leader, made.is_elected, made.term) == (ME, True, TERM + 1)
        assert (made.leader_score, made.flags) == (SCORE, f.RIVAL)  # no incumbent yet
        run_until(made, ticks_add(start, LISTEN_MS + WINDOW_MS), 2000, lambda e: not e.flags)
        assert (made.role, made.leader_score) == (LEADER, SCORE + HYSTERESIS)


def test_a_worse_claim_does_not_put_a_candidates_victory_off():
    for start in RING_STARTS:
        made = candidate(start)
        for elapsed in (100, 200, 300, 400):
            hear(made, claim(400, TERM, WORSE, False), ticks_add(start, elapsed))
        assert run_until(made, start, 3000, lambda e: e.role == LEADER) == WINDOW_MS


def test_a_new_node_speaks_at_once_and_a_new_follower_passes_the_news_on():
    for start in RING_STARTS:
        made = listener(start)
        assert made.poll(start)
        later = ticks_add(start, 300)
        hear(made, claim(900, TERM, BETTER), later)
        assert made.poll(later)
        assert not any([made.poll(ticks_add(later, e)) for e in range(1, 2500)])
        assert made.poll(ticks_add(later, 2500))  # it missed a beat: the others may help


def test_a_leader_speaks_at_each_beat_and_is_no_hop_from_itself():
    made = follower()
    made.become_candidate(TERM + 1, 0)
    assert made.leader_hops == 0
    made.become_leader(0)
    made.pace.spoke(0, 9000)
    assert not any([made.poll(elapsed) for elapsed in range(2000)])
    assert made.poll(2000)


def test_who_waited_for_a_candidate_in_vain_stands_without_listening_again():
    made = listener()
    hear(made, claim(900, TERM, BETTER, False))
    lost_after = run_until(made, 0, 9000, lambda e: e.leader == NOBODY)
    assert run_until(made, lost_after, 2000, lambda e: e.role == CANDIDATE) <= 1


def test_the_last_term_is_never_exceeded():
    made = listener(term=ID_MAX)
    assert run_until(made, 0, 3000, lambda e: e.role == LEADER)
    assert made.term == ID_MAX


def test_a_silent_leader_is_lost_after_three_periods_and_a_silent_candidate_after_one():
    for start in RING_STARTS:
        made = follower(start)
        lost_after = LOSS_MS + made.leader_hops * made.pace.spread_ms + GRACE_MS
        assert lost_after == 6270
        assert run_until(made, start, 9000, lambda e: e.leader == NOBODY) == lost_after
        assert (
            run_until(made, ticks_add(start, lost_after), 600, lambda e: e.role == CANDIDATE) <= 20
        )
        made = listener(start)
        hear(made, claim(900, TERM, BETTER, False), start)
        assert 2250 <= run_until(made, start, 9000, lambda e: e.leader == NOBODY) <= 2270


def test_a_far_leader_gets_the_time_that_its_beats_need_to_cross_the_mesh():
    made = listener()
    hear(made, claim(900, TERM, BETTER, hops=9))
    hear(made, claim(900, TERM, BETTER, hops=9, beat=101))
    assert made.leader_hops == 10
    assert run_until(made, 0, 9000, lambda e: e.leader == NOBODY) == LOSS_MS + 10 * 20 + GRACE_MS


def test_invented_hops_cannot_keep_a_silent_leader_for_more_than_twice_the_time():
    for start in RING_STARTS:
        made = listener(start)
        made.pace.spread_ms = 100
        for beat in (100, 101):
            hear(made, claim(900, TERM, BETTER, hops=255, beat=beat), start)
        lost_after = run_until(made, start, 20000, lambda e: e.leader == NOBODY)
        assert lost_after == 2 * LOSS_MS + GRACE_MS


def test_a_candidate_that_won_is_followed_as_elected():
    made = listener()
    for beat in (100, 101):
        hear(made, claim(900, TERM, BETTER, False, beat=beat))
        assert not made.is_elected
    hear(made, claim(900, TERM, BETTER + 10, True, beat=100))
    assert not made.is_elected  # an echo of an earlier reign
    hear(made, claim(900, TERM, BETTER + 10, True, beat=102))
    assert made.is_elected
    assert made.leader_score == BETTER + 10


def test_a_follower_that_is_better_for_five_beats_stands_and_one_pause_begins_anew():
    made = follower(leader_score=SCORE - 1)
    for beat in range(101, 105):
        hear(made, claim(900, TERM, SCORE - 1, beat=beat))
    hear(made, claim(900, TERM, SCORE, beat=105))
    for beat in range(106, 110):
        hear(made, claim(900, TERM, SCORE - 1, beat=beat))
        assert made.role == FOLLOWER
    assert outcome(made, claim(900, TERM, SCORE - 1, beat=110)) == (CANDIDATE, ME, TERM + 1)


def test_a_candidate_repeats_itself_four_times_in_its_window():
    for start in RING_STARTS:
        made = candidate(start)
        said = [e for e in range(WINDOW_MS) if made.poll(ticks_add(start, e))]
        assert said == [0, 125, 250, 375]


def test_every_change_of_leader_and_of_standing_is_counted_once():
    made = listener()
    assert made.changes == 0
    hear(made, claim(900, TERM, BETTER, False))
    hear(made, claim(900, TERM, BETTER, True))
    hear(made, claim(900, TERM, BETTER, True, beat=101))
    assert made.changes == 2
    made.become_candidate(TERM + 1, 0)
    made.become_leader(0)
    assert made.changes == 4


def test_the_next_deadline_is_the_sooner_of_beacon_and_decision():
    for start in RING_STARTS:
        made = leader(start)
        made.poll(start)
        assert ticks_diff(made.next_deadline(), start) == 2000
        made.pace.answer(start)
        assert ticks_diff(made.next_deadline(), start) == 2000 // 16


def test_survivors_of_a_leader_would_stand_at_instants_spread_over_a_window():
    stood_at = []
    for seed in range(20):
        made = Election(ME, SCORE, TERM, Dice(seed))
        made.start(0)
        hear(made, claim(900, TERM, BETTER), 0)
        now = 0
        while made.role == FOLLOWER:
            now += 1
            made.poll(now)
        stood_at.append(now)
    assert WINDOW_MS // 2 < max(stood_at) - min(stood_at) <= WINDOW_MS
    assert len(set(stood_at)) >= 15
