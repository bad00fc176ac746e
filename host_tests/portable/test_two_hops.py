"""With two-hop knowledge a node of a fast link repeats nothing that all around have."""

from events_in_air import emit, mesh, payloads, senders_of_events
from fakes import RING_STARTS

ALL = 6


def acquainted(count, shape=None, **settings):
    """Nodes that all want the topic and have told one another whom they hear."""
    air = mesh(count, range(count), two_hops=1, **settings)
    if shape:
        shape(air)
    air.skip(40000)
    return air


def square(air):
    """0 and 3 hear 1 and 2, and not each other."""
    air.cut(0, 3)


def two_hops_of(air, number):
    return air.nodes[number].two_hops


def test_where_all_hear_the_source_one_more_passes_it_on():
    for start in RING_STARTS:
        air = acquainted(ALL, start=start)
        senders = senders_of_events(air)
        emit(air, 0)
        air.run(1000)
        assert [payloads(air, number) for number in range(1, ALL)] == [[b"x"]] * (ALL - 1)
        assert senders[0] == 1 and len(senders) == 2  # for a single copy is not known to be heard


def test_who_brings_it_to_somebody_else_passes_on_and_the_second_one_does_not():
    air = acquainted(4, square)
    senders = senders_of_events(air)
    for count in range(8):
        emit(air, 0, bytes([count]))
        air.run(500)
    assert len(payloads(air, 3)) == 8
    assert senders[0] == senders[3] == senders[1] + senders[2] == 8
    assert two_hops_of(air, 1).relay.needless + two_hops_of(air, 2).relay.needless == 8


def test_until_a_neighbour_has_told_whom_it_hears_it_counts_as_unserved():
    air = mesh(4, two_hops=1)
    assert two_hops_of(air, 0).hearing.count_both_ways() == 3
    for node in air.nodes:
        for row in range(3):
            node.two_hops.hearing.forget_row(row)
    senders = senders_of_events(air)
    emit(air, 0)
    air.run(100)
    assert len(senders) == 3  # the last one has heard all others


def test_a_node_that_does_not_hear_the_source_gets_it_from_another():
    air = acquainted(4, lambda air: air.cut_one_way(0, 3))
    emit(air, 0)
    air.run(500)
    assert payloads(air, 3) == [b"x"]


def test_on_little_power_a_node_leaves_it_to_others():
    air = acquainted(4, square)
    two_hops_of(air, 1).stamina = 0
    senders = senders_of_events(air)
    for count in range(8):
        emit(air, 0, bytes([count]))
        air.run(500)
    assert len(payloads(air, 3)) == 8
    assert 1 not in senders and senders[2] == 8
    air.kill(2)  # but it does what nobody else can
    air.skip(20000)
    emit(air, 0, b"y")
    air.run(1000)
    assert payloads(air, 3)[-1] == b"y"


def test_a_copy_that_was_lost_is_repaired():
    air = acquainted(ALL, repair=8)
    for count in range(8):
        air.loss_percent = 30
        emit(air, count % ALL, bytes([count]))
        air.run(200)
    air.run(20000)
    for number in range(ALL):
        own = [bytes([count]) for count in range(8) if count % ALL == number]
        assert sorted(payloads(air, number) + own) == [bytes([count]) for count in range(8)]


def lists_of(air):
    return [node.two_hops._count for node in air.nodes if node]


def test_lists_become_rare_while_nothing_changes():
    air = acquainted(4)
    air.skip(200000)
    before = lists_of(air)
    air.skip(600000)
    assert max(lists_of(air)) <= max(before) + 6
    before = lists_of(air)[:3]
    air.kill(3)
    air.skip(20000)  # it is missed after a while; to tell it takes 2 s
    assert min([lists_of(air)[number] - before[number] for number in range(3)]) > 0
    assert two_hops_of(air, 0).hearing.count_both_ways() == 2


def test_a_node_tells_what_it_knows():
    air = acquainted(4)
    emit(air, 0)
    air.run(500)
    told = [two_hops_of(air, number).status(air.now) for number in range(1, 4)]
    assert [each["both_ways"] for each in told] == [each["stamina"] for each in told] == [3] * 3
    assert sum(each["left_to_others"] for each in told) == 2
