"""What one node alone wants goes along the ways that lead to it, and nowhere else."""

from events_in_air import emit, forget_short, mesh, payloads, senders_of_events
from fakes import RING_STARTS
from skein.ids import topic_id

TOPIC = topic_id("anomaly.smoke")


def line_with(wanting, count=7, **settings):
    """A line of nodes of which these want the topic; every table is complete."""
    air = mesh(count, **settings)
    air.line()
    air.skip(40000)
    forget_short(air)
    for number in wanting:
        want(air, number)
    return air


def want(air, number, topic="anomaly.smoke"):
    diffusion = air.nodes[number].diffusion
    diffusion.wishes.want(topic, 3)
    diffusion.declare_soon(air.now)
    air.skip(3000)


def test_only_those_between_source_and_wisher_transmit():
    for start in RING_STARTS:
        air = line_with([5], start=start)
        senders = senders_of_events(air)
        emit(air, 3)
        air.run(2000)
        assert payloads(air, 5) == [b"x"]
        assert senders == {3: 1, 4: 1, 5: 1}  # the wisher's copy tells that it came


def test_what_two_want_goes_to_all():
    air = line_with([5, 6])
    senders = senders_of_events(air)
    emit(air, 3)
    air.run(2000)
    assert payloads(air, 5) == payloads(air, 6) == [b"x"]
    assert sorted(senders) == [0, 1, 2, 3, 4, 5, 6]


def test_while_the_table_may_lack_something_it_goes_to_all():
    air = line_with([5])
    senders = senders_of_events(air)
    for node in air.nodes:
        node.diffusion.interests.lose(air.now)
    emit(air, 3)
    air.run(2000)
    assert sorted(senders) == [0, 1, 2, 3, 4, 5, 6]


def test_it_arrives_under_loss_from_everywhere_and_once():
    air = line_with([6], seed=3)
    air.loss_percent = 30
    for number in range(6):
        emit(air, number, bytes([number]))
        air.run(3000)
    assert sorted(payloads(air, 6)) == [bytes([number]) for number in range(6)]


def lozenge():
    """0 and 1 hear 2, 3 and 4, who hear one another and 5; behind that is 6, the wisher."""
    air = line_with([], 7)
    air.heal()
    air.split((0, 1), (5, 6))
    air.split((2, 3, 4), (6,))
    air.skip(2000)
    want(air, 6)
    return air


def test_who_is_no_nearer_than_the_source_and_the_third_of_the_nearer_ones_stay_silent():
    air = lozenge()
    senders = senders_of_events(air)
    for count in range(10):
        emit(air, 0, bytes([count]))
        air.run(1000)
    assert len(payloads(air, 6)) == 10
    assert 1 not in senders
    assert senders[0] == senders[5] == senders[6] == 10
    assert 10 <= senders[2] + senders[3] + senders[4] <= 20


def test_another_way_is_taken_when_nodes_on_it_have_just_died():
    for survivor in (2, 3, 4):
        air = lozenge()
        for number in (2, 3, 4):
            if number != survivor:
                air.kill(number)
        emit(air, 0)
        air.run(2000)
        assert payloads(air, 6) == [b"x"]


def test_who_has_transmitted_it_repeats_itself_until_somebody_nearer_does():
    air = line_with([5])
    senders = senders_of_events(air)
    air.isolate(4)
    emit(air, 3)
    air.run(10)
    assert senders == {3: 1}
    air.heal()
    air.line()
    air.run(2000)
    assert payloads(air, 5) == [b"x"] and 2 <= senders[3] <= 3


def test_how_far_a_wisher_is_follows_the_copies_of_its_declaration():
    air = line_with([6])
    hops = [node.diffusion.interests.hops_to_only(TOPIC, 0) for node in air.nodes[:6]]
    assert hops == [6, 5, 4, 3, 2, 1]
    air.heal()
    air.nodes[6].diffusion.declare_soon(air.now)
    air.skip(3000)
    hops = [node.diffusion.interests.hops_to_only(TOPIC, 0) for node in air.nodes[:6]]
    assert hops == [1] * 6


def test_what_cannot_arrive_with_the_hops_that_it_has_is_passed_on_by_nobody():
    air = line_with([6])
    air.nodes[1].diffusion.hop_limit = 4
    senders = senders_of_events(air)
    emit(air, 1)
    air.run(2000)
    assert payloads(air, 6) == [] and sorted(senders) == [1]
    air.nodes[1].diffusion.hop_limit = 5
    emit(air, 1, b"y")
    air.run(2000)
    assert payloads(air, 6) == [b"y"]


def test_only_who_knows_nobody_else_that_wants_it_says_that_it_is_alone():
    air = line_with([5])
    interests = air.nodes[3].diffusion.interests
    assert interests.hops_to_only(TOPIC, 0) == 2
    want(air, 6)
    want(air, 5)
    interests.forget_all_but_renewed(air.nodes[6].id, air.now)  # as if that were lost
    assert interests.is_wanted(TOPIC, 0) and interests.hops_to_only(TOPIC, 0) == 0
    interests.lose(air.now)
    want(air, 3, "anomaly.gas")  # a table that may lack something knows of nobody's being alone
    assert air.nodes[2].diffusion.interests.hops_to_only(topic_id("anomaly.gas"), 0) == 0


def test_what_comes_with_more_hops_than_the_way_needs_goes_to_all():
    air = line_with([5])
    air.nodes[3].diffusion.interests.lose(air.now)  # the source does not know
    senders = senders_of_events(air)
    emit(air, 3)
    air.run(2000)
    assert sorted(senders) == [0, 1, 2, 3, 4, 5, 6]


def test_what_leads_away_is_counted():
    air = line_with([5])
    emit(air, 3)
    air.run(2000)
    left = [node.diffusion.relay.left_to_others for node in air.nodes]
    assert left == [0, 0, 1, 0, 0, 0, 1]
