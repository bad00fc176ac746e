"""What a heartbeat of the leader does, and what counts as one."""

from fakes import RING_STARTS, LowestRoll
from lone_election import (
    BETTER,
    ME,
    SCORE,
    TERM,
    WORSE,
    claim,
    follower,
    hear,
    leader,
    listener,
    outcome,
    run_until,
)
from skein.election import Election
from skein.ids import NOBODY
from skein.role import FOLLOWER, HYSTERESIS, LEADER
from skein.ticks import ticks_add, ticks_diff


def test_a_follower_that_missed_two_beats_defends_its_leader_no_more():
    for start in RING_STARTS:
        heard = claim(800, TERM + 1, SCORE + 1, False)
        made = follower(start)
        assert outcome(made, heard, ticks_add(start, 3999)) == (FOLLOWER, 900, TERM + 1)
        made = follower(start)
        assert outcome(made, heard, ticks_add(start, 4000)) == (FOLLOWER, 800, TERM + 1)
        made = follower(start)
        same_term = claim(800, TERM, SCORE + 1, False)
        assert outcome(made, same_term, ticks_add(start, 4000)) == (FOLLOWER, 900, TERM)


def test_a_leader_defends_itself_however_long_ago_its_beat_was():
    assert outcome(leader(), claim(900, TERM + 1, SCORE + 9, False), 1900) == (
        LEADER,
        ME,
        TERM + 1,
    )
    assert outcome(leader(), claim(900, TERM + 1, SCORE + 10, False)) == (FOLLOWER, 900, TERM + 1)
    assert outcome(leader(), claim(900, TERM + 1, WORSE)) == (FOLLOWER, 900, TERM + 1)
    assert outcome(leader(), claim(900, TERM, SCORE + HYSTERESIS)) == (FOLLOWER, 900, TERM)
    assert outcome(leader(), claim(499, TERM, SCORE + HYSTERESIS)) == (LEADER, ME, TERM)


def test_a_newer_beat_keeps_the_leader_and_is_passed_on_and_an_older_one_is_not():
    for start in RING_STARTS:
        for beat, is_newer in ((100, False), (99, False), (101, True), (100 + 0x7FFF, True)):
            made = follower(start)
            made.pace.spoke(start, 9000)
            later = ticks_add(start, 3000)
            hear(made, claim(900, TERM, BETTER - 5, sender=800, beat=beat, hops=3), later)
            assert (ticks_diff(made.pace.due_at, later) < 20) == is_newer
            assert (made.beat_at == later) == is_newer
            assert made.leader_hops == (4 if is_newer else 1)
            assert made.leader_score == (BETTER - 5 if is_newer else BETTER)
            lost_after = run_until(made, start, 9900, lambda e: e.leader == NOBODY)
            assert (lost_after > 8000) == is_newer


def test_a_count_of_beats_wraps_and_a_count_of_hops_stops_at_its_byte():
    made = listener()
    hear(made, claim(800, TERM - 1, WORSE, hops=255))
    assert made.leader_hops == 255
    hear(made, claim(900, TERM, BETTER, beat=0xFFFF, hops=254))
    assert made.leader_hops == 255
    hear(made, claim(900, TERM, BETTER, beat=0, hops=255))
    assert (made.beat, made.leader_hops) == (0, 255)


def test_any_frame_of_the_leader_counts_as_its_heartbeat_and_of_another_does_not():
    for neighbour, is_leader in ((900, True), (800, False)):
        made = follower()
        run_until(made, 0, 5000, lambda e: False)
        made.hear_neighbour(neighbour, 5000)
        run_until(made, 5000, 5000, lambda e: False)
        assert (made.leader == 900) == is_leader
    hopeful = listener()
    hear(hopeful, claim(900, TERM, BETTER, False))
    hopeful.hear_neighbour(900, 1900)  # no beat of a leader: it has not won yet
    assert hopeful.beat_at == 0


def test_a_leader_beats_every_period_and_its_raised_score_stays_in_its_byte():
    for start in RING_STARTS:
        made = Election(ME, 250, TERM, LowestRoll())
        made.start(start)
        made.become_candidate(TERM, start)
        made.become_leader(start)
        assert made.leader_score == 255
        beats = []
        for elapsed in range(1, 8001):
            before = made.beat
            made.poll(ticks_add(start, elapsed))
            if made.beat != before:
                assert (made.beat - before) & 0xFFFF == 1
                beats.append(elapsed)
        assert beats == [2000, 4000, 6000, 8000]
