"""Leading, following and resigning by order, and the deputy who takes over."""

from fakes import FakeAir, node_of
from skein import override
from skein.ids import NOBODY
from skein.role import LEADER

RESIGNATION_MS = 1000
DEPUTY_MS = 60  # to say it, to hear it and to say that; the others wait for 250 at least
CHALLENGE_MS = 30000  # far more than a better follower takes to stand


def settled(count, **settings):
    air = FakeAir(count, **settings)
    assert air.run(8000, air.agreed)
    air.run(4000)  # the leader has named its deputy, and told of it
    return air


def election(air, number):
    return air.nodes[number].election


def follower_of(air):
    """The number of one that does not lead."""
    return 1 if air.leaders() == [0] else 0


def test_who_is_told_to_lead_is_followed_by_all_at_once_whatever_others_score():
    air = settled(5)
    chosen = follower_of(air)
    air.nodes[chosen].fitness = 0
    override.lead(election(air, chosen), air.now)
    assert air.run(RESIGNATION_MS, lambda: air.agreed() == node_of(chosen))
    assert air.leaders() == [chosen]


def test_who_was_told_to_lead_is_still_followed_after_many_heartbeats():
    air = settled(5)
    chosen = follower_of(air)
    override.lead(election(air, chosen), air.now)
    air.run(RESIGNATION_MS)
    for number in range(5):
        air.nodes[number].fitness = 255 if number != chosen else 0
    changes = [election(air, number).changes for number in range(5)]
    air.run(CHALLENGE_MS)
    assert [election(air, number).changes for number in range(5)] == changes


def test_of_two_that_are_told_to_lead_one_leads():
    air = settled(4)
    for number in (0, 1):
        override.lead(election(air, number), air.now)
    air.run(4000)
    assert len(air.leaders()) == 1 and air.leaders()[0] in (0, 1)
    assert air.agreed() == node_of(air.leaders()[0])


def test_an_order_to_lead_comes_through_when_the_winner_of_two_is_gone():
    air = settled(4)
    for number in (0, 1):
        override.lead(election(air, number), air.now)
    air.run(4000)
    winner = air.leaders()[0]
    air.kill(winner)
    air.run(9000)
    assert air.leaders() == [1 - winner]


def test_a_leader_that_resigns_is_replaced_by_its_deputy_before_others_stand():
    air = settled(5)
    former = air.leaders()[0]
    deputy = election(air, former).deputy
    assert deputy not in (NOBODY, node_of(former))
    override.resign(election(air, former), air.now)
    assert air.run(DEPUTY_MS, lambda: air.agreed() == deputy)


def test_a_leader_that_resigns_before_it_knows_a_deputy_is_replaced_within_a_second():
    air = settled(5)
    former = air.leaders()[0]
    election(air, former).deputy = NOBODY
    override.resign(election(air, former), air.now)
    assert air.run(RESIGNATION_MS, lambda: air.agreed() not in (0, node_of(former)))


def test_a_deputy_that_is_gone_holds_a_resignation_up_for_a_second_at_most():
    air = settled(5)
    former = air.leaders()[0]
    air.kill([node_of(number) for number in range(5)].index(election(air, former).deputy))
    override.resign(election(air, former), air.now)
    assert air.run(2 * RESIGNATION_MS, lambda: air.agreed() not in (0, node_of(former)))


def test_who_resigned_leads_again_only_when_nobody_else_is_there():
    air = settled(3)
    former = air.leaders()[0]
    override.resign(election(air, former), air.now)
    air.run(CHALLENGE_MS)
    assert air.leaders() != [former]
    for number in range(3):
        if number != former:
            air.kill(number)
    air.run(CHALLENGE_MS)
    assert air.leaders() == [former]


def test_who_is_told_to_follow_stands_for_no_election_even_alone():
    air = settled(2)
    former = air.leaders()[0]
    override.follow(election(air, former), NOBODY, air.now)
    air.run(RESIGNATION_MS)
    assert air.leaders() == [1 - former]
    air.kill(1 - former)
    air.run(CHALLENGE_MS)
    assert air.leaders() == []


def test_who_is_told_whom_to_follow_does_so_though_another_claim_is_later():
    for is_told in (False, True):
        air = settled(3)
        leader = air.leaders()[0]
        later, number = [n for n in range(3) if n != leader]
        air.isolate(later)
        air.run(12000)
        assert election(air, later).role == LEADER
        assert election(air, later).term > election(air, leader).term
        if is_told:
            override.follow(election(air, number), node_of(leader), air.now)
        air.heal()
        air.cut(leader, later)
        air.run(6000)
        assert election(air, number).leader == node_of(leader if is_told else later)


def test_who_is_released_takes_part_again():
    air = settled(3)
    chosen = follower_of(air)
    override.lead(election(air, chosen), air.now)
    air.run(RESIGNATION_MS)
    override.release(election(air, chosen), air.now)
    better = (chosen + 1) % 3
    air.nodes[better].fitness = 255
    air.run(CHALLENGE_MS)
    assert air.leaders() == [better]
    assert election(air, better).role == LEADER
