"""Who passes messages on where airtime is dear."""

from slow_air import SlowAir, SlowRadio

from fakes import LowestRoll
from hearing_lists import ME, told
from skein import event as e
from skein import hearing_frame as h
from skein.backbone import Backbone
from skein.neighbours import Neighbours
from skein.settings import NodeSettings

ROLE = h.ON_BACKBONE
LINK = h.ON_BACKBONE | h.BOTH_WAYS
HEARS_ME = (ME, LINK)


def backbone(*nodes):
    neighbours = Neighbours(20, 5000)
    made = Backbone(NodeSettings(node=ME), neighbours, SlowRadio(), LowestRoll())
    made.start(0)
    for node in nodes:
        made.hearing.forget_row(neighbours.admit(node, 0))
    return made


def test_of_two_neighbours_that_hear_each_other_one_may_go():
    made = backbone(10, 11)
    made.hear(told(HEARS_ME, (11, LINK)), 0, 0)
    made.hear(told(HEARS_ME, (10, LINK)), 1, 0)
    assert not made.is_needed()


def test_a_node_between_two_that_do_not_hear_each_other_is_needed():
    made = backbone(10, 11)
    made.hear(told(HEARS_ME), 0, 0)
    made.hear(told(HEARS_ME), 1, 0)
    assert made.is_needed()
    made.hear(told(HEARS_ME, (11, ROLE)), 0, 0)  # 11 does not hear 10: nothing comes back
    assert made.is_needed()


def test_two_that_are_joined_by_a_third_out_of_range_need_no_other():
    made = backbone(10, 11)
    made.hear(told(HEARS_ME, (99, LINK)), 0, 0)
    made.hear(told(HEARS_ME, (99, LINK)), 1, 0)
    assert not made.is_needed()
    made.hear(told(HEARS_ME, (98, LINK)), 1, 0)
    assert made.is_needed()


def test_a_neighbour_beside_the_backbone_must_have_another_server():
    made = backbone(10, 11)
    made.hear(told(HEARS_ME), 0, 0)
    made.hear(told(HEARS_ME, passes_on=0), 1, 0)
    assert made.is_needed()
    made.hear(told(HEARS_ME, (10, ROLE), passes_on=0), 1, 0)
    assert made.is_needed()  # 10 does not hear 11, so nothing that 11 says would go on
    made.hear(told(HEARS_ME, (10, LINK), passes_on=0), 1, 0)
    assert not made.is_needed()


def test_who_does_not_know_enough_is_needed():
    made = backbone()
    assert made.is_needed()
    made = backbone(10, 11)
    made.hear(told(HEARS_ME, (11, LINK)), 0, 0)
    assert made.is_needed()  # 11 has not said whom it hears


def test_a_neighbour_that_does_not_hear_this_node_is_none_of_its_business():
    made = backbone(10, 11)
    made.hear(told(HEARS_ME, (98, LINK)), 0, 0)
    made.hear(told((99, LINK)), 1, 0)
    assert not made.is_needed()


def test_who_alone_brings_to_a_leaf_what_comes_one_way_is_needed():
    made = backbone(10, 11)
    made.hear(told(HEARS_ME), 0, 0)
    assert made.is_needed()
    made.hear(told((99, LINK)), 1, 0)
    assert made.is_needed()


def test_who_is_called_is_needed_and_sends_although_all_it_knows_of_are_served():
    made = backbone(10, 11)
    made.hear(told(HEARS_ME, (11, LINK)), 0, 0)
    frame = told(HEARS_ME, (10, LINK)) + bytes((ME, 0))
    frame[h.PLACE] |= 1 << 4
    made.hear(frame, 1, 0)
    assert made.is_needed()


def test_more_nodes_than_the_table_holds_leave_this_one_needed():
    nodes = range(100, 120)
    made = backbone(*nodes)
    for row in range(20):
        far = [(1000 + 16 * row + n, LINK) for n in range(14)]
        made.hear(told(HEARS_ME, (100 + (row + 1) % 20, LINK), *far), row, 0)
    assert made.is_needed()


def test_who_has_few_neighbours_leaves_first_and_who_has_many_joins_first():
    few, many = backbone(10, 11, 12, 13), backbone(10, 11, 12, 13)
    for row in range(4):
        many.hear(told(HEARS_ME), row, 0)
    assert few._turn_ms(False) < many._turn_ms(False)
    few.is_member = many.is_member = False
    assert few._turn_ms(False) > many._turn_ms(False)


def test_on_a_line_the_ends_leave():
    air = SlowAir(5, seed=2)
    air.line()
    air.run(20000)
    assert air.members() == [1, 2, 3]


def test_among_nodes_that_all_hear_one_another_one_is_left_and_replaced_when_it_dies():
    air = SlowAir(4, seed=3)
    air.run(30000)
    members = air.members()
    assert len(members) == 1
    air.kill(members[0])
    air.run(60000)
    assert len(air.members()) == 1


def test_a_newcomer_that_only_a_leaf_hears_makes_the_leaf_join():
    air = SlowAir(4, seed=4)
    air.kill(3)
    air.split((3,), (0, 1))
    air.run(30000)
    assert len(air.members()) == 1
    air.power_on(3)
    air.run(30000)
    assert 2 in air.members()


def test_every_event_reaches_all_and_the_leaves_stay_silent():
    air = SlowAir(5, seed=5)
    air.line()
    for node in air.nodes:
        node.diffusion.wishes.want("a", 2)
    air.run(20000)
    air.nodes[0].diffusion.emit("a", b"x", e.ANOMALY_POLICY, 60, air.now)
    air.run(1000)
    assert [len(air.events[n]) for n in range(5)] == [0, 1, 1, 1, 1]
    assert air.nodes[4].diffusion.relay.left_to_others > 0
