"""What one node makes of the claims it hears, claim by claim; the mesh is in test_election."""

from lone_election import (
    BETTER,
    ME,
    SCORE,
    TERM,
    WORSE,
    candidate,
    claim,
    follower,
    hear,
    leader,
    listener,
    outcome,
)
from skein import frame as f
from skein.claim import outranks
from skein.ids import NOBODY
from skein.role import CANDIDATE, FOLLOWER, LEADER
from skein.ticks import ticks_diff


def test_a_listener_follows_any_leader_and_keeps_the_higher_term():
    for term, kept in ((1, TERM), (TERM, TERM), (TERM + 5, TERM + 5)):
        assert outcome(listener(), claim(900, term, WORSE)) == (FOLLOWER, 900, kept)


def test_a_listener_follows_a_better_candidate_of_its_own_or_a_later_term():
    for term in (TERM, TERM + 5):
        assert outcome(listener(), claim(900, term, BETTER, False)) == (FOLLOWER, 900, term)
    assert outcome(listener(), claim(900, TERM - 1, BETTER, False)) == (FOLLOWER, NOBODY, TERM)


def test_a_listener_stands_against_a_worse_candidate_in_that_ones_term():
    assert outcome(listener(), claim(900, TERM + 5, WORSE, False)) == (CANDIDATE, ME, TERM + 5)
    assert outcome(listener(), claim(ME - 1, TERM, SCORE, False)) == (CANDIDATE, ME, TERM)
    assert outcome(listener(), claim(ME + 1, TERM, SCORE, False)) == (FOLLOWER, ME + 1, TERM)


def test_a_candidate_yields_to_a_later_leader_and_to_a_better_one_of_any_term():
    assert outcome(candidate(), claim(900, TERM + 1, WORSE)) == (FOLLOWER, 900, TERM + 1)
    assert outcome(candidate(), claim(900, TERM - 1, BETTER)) == (FOLLOWER, 900, TERM)
    assert outcome(candidate(), claim(900, TERM, WORSE)) == (CANDIDATE, ME, TERM)


def test_a_candidate_yields_to_a_better_candidate_that_is_not_from_an_earlier_term():
    for term in (TERM, TERM + 1):
        assert outcome(candidate(), claim(900, term, BETTER, False)) == (FOLLOWER, 900, term)
    assert outcome(candidate(), claim(900, TERM - 1, BETTER, False)) == (CANDIDATE, ME, TERM)
    assert outcome(candidate(), claim(900, TERM, WORSE, False)) == (CANDIDATE, ME, TERM)


def test_a_follower_changes_to_a_later_leader_or_a_better_one_of_the_same_term():
    assert outcome(follower(), claim(800, TERM + 1, WORSE)) == (FOLLOWER, 800, TERM + 1)
    assert outcome(follower(), claim(901, TERM, BETTER)) == (FOLLOWER, 901, TERM)
    assert outcome(follower(), claim(800, TERM, BETTER)) == (FOLLOWER, 900, TERM)
    assert outcome(follower(), claim(901, TERM - 1, 255)) == (FOLLOWER, 900, TERM)


def test_a_follower_defends_its_leader_against_a_worse_candidate_by_lifting_its_term():
    made = follower()
    made.pace.spoke(0, 9000)
    assert outcome(made, claim(800, TERM + 1, WORSE, False), 3999) == (FOLLOWER, 900, TERM + 1)
    assert ticks_diff(made.pace.due_at, 3999) < made.pace.spread_ms  # and it says so
    assert outcome(follower(), claim(800, TERM, 255, False)) == (FOLLOWER, 900, TERM)
    assert outcome(follower(), claim(800, TERM + 1, 255, False)) == (FOLLOWER, 800, TERM + 1)


def test_a_follower_that_loses_its_leader_says_so_soon():
    made = follower()
    made.pace.spoke(0, 9000)
    hear(made, claim(NOBODY, TERM, 0, False, sender=900), 1000)
    assert made.pace.due_at == 1000


def test_a_leader_that_says_it_follows_another_leads_no_more():
    made = follower()
    hear(made, claim(NOBODY, TERM, 0, False, sender=900))
    assert (made.role, made.is_elected, made.flags) == (FOLLOWER, False, f.RESIGNED)
    made = follower()
    assert outcome(made, claim(800, TERM - 1, WORSE, sender=900)) == (FOLLOWER, 800, TERM)


def test_a_follower_answers_who_knows_no_leader_and_a_listener_does_not():
    for make, is_answered in ((follower, True), (leader, True), (candidate, False)):
        made = make()
        made.pace.spoke(0, 9000)
        hear(made, claim(NOBODY, TERM + 3, 0, False, sender=700), 1000)
        assert (made.pace.due_at < 9000) == is_answered
        assert made.term == TERM + 3


def test_a_rebooted_leader_tells_its_old_followers_that_it_leads_no_more():
    made = listener()
    made.pace.spoke(0, 9000)
    assert outcome(made, claim(ME, TERM + 4, 255, sender=700), 500) == (FOLLOWER, NOBODY, TERM + 4)
    assert made.pace.due_at < 9000
    ruling = leader()
    ruling.pace.spoke(0, 9000)
    assert outcome(ruling, claim(ME, TERM, 255, sender=700), 500) == (LEADER, ME, TERM)
    assert ruling.pace.due_at == 9000


def test_of_two_different_claims_exactly_one_outranks_the_other():
    claims = [(score, node) for score in (0, 1, 127, 128, 254, 255) for node in (1, 2, 0x3FFFFFFF)]
    for one in claims:
        assert not outranks(*one, *one)
        for other in claims:
            assert one == other or outranks(*one, *other) != outranks(*other, *one)
            for third in claims:
                if outranks(*one, *other) and outranks(*other, *third):
                    assert outranks(*one, *third)
