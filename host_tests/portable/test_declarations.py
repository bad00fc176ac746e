"""What one node makes of the declarations of interest it hears, and how it makes its own."""

from fakes import RING_STARTS, FakeAir, FakeRadio, LowestRoll, node_of
from lone_node import ORIGIN, SMOKE, declaration, lone_node, transmitted
from skein import frame as f
from skein.ids import NOBODY
from skein.interest_table import CRITICAL, HIGH, NONE
from skein.node import Node
from skein.settings import NodeSettings
from skein.ticks import ticks_add


def test_an_older_declaration_that_comes_late_withdraws_nothing():
    air, node = lone_node()
    node.receive(0, declaration(12, {7: HIGH, 8: HIGH}), -60, 0, air.now)
    node.receive(0, declaration(11, {7: HIGH}), -60, 0, ticks_add(air.now, 5))
    assert node.diffusion.interests.is_wanted(8, NOBODY)
    node.receive(0, declaration(13, {7: HIGH}), -60, 0, ticks_add(air.now, 9))
    assert not node.diffusion.interests.is_wanted(8, NOBODY)


def test_a_level_that_does_not_exist_counts_as_the_highest_and_level_none_as_no_wish():
    air, node = lone_node(interests=2)
    table = node.diffusion.interests
    node.receive(0, declaration(1, {7: CRITICAL, 8: CRITICAL}), -60, 0, air.now)
    node.receive(0, declaration(1, {9: 255, 10: 255}, origin=node_of(66)), -60, 0, air.now)
    assert table.is_wanted(7, NOBODY) and table.is_wanted(8, NOBODY)
    node.receive(0, declaration(2, {7: 0}), -60, 0, ticks_add(air.now, 1))
    assert not table.is_wanted(7, NOBODY)


def test_a_node_that_wants_nothing_any_more_says_so_once_and_then_no_more():
    air, node = lone_node()
    node.diffusion.wishes.want("anomaly.smoke", HIGH)
    node.diffusion.declare_soon(air.now)
    assert transmitted(air, f.INTEREST, 1500)[0][f.ROW_COUNT] == 1
    node.diffusion.wishes.want("anomaly.smoke", NONE)
    node.diffusion.declare_soon(air.now)
    assert transmitted(air, f.INTEREST, 1500)[0][f.ROW_COUNT] == 0
    node.diffusion.declare_soon(air.now)
    assert transmitted(air, f.INTEREST, 1500) == []


def test_a_declaration_is_made_soon_after_boot_and_then_every_thirty_seconds():
    for start in RING_STARTS:
        air = FakeAir(1, start=start)
        node = air.nodes[0]
        node.diffusion.wishes.want("anomaly.smoke", HIGH)
        made_at = []
        sequence = node.diffusion.sequence
        for elapsed in range(0, 100000, 10):
            node.poll(ticks_add(start, elapsed))
            if node.diffusion.sequence != sequence:
                sequence = node.diffusion.sequence
                made_at.append(elapsed)
        assert 500 <= made_at[0] < 4500
        gaps = [made_at[at + 1] - made_at[at] for at in range(len(made_at) - 1)]
        assert len(gaps) == 3
        assert all(27000 < gap <= 30010 for gap in gaps)


def test_declarations_do_not_pile_up_while_nobody_is_in_range():
    for start in RING_STARTS:
        air = FakeAir(1, start=start)
        air.nodes[0].diffusion.wishes.want("anomaly.smoke", HIGH)
        held = []
        for elapsed in range(0, 200000, 100):
            air.nodes[0].poll(ticks_add(start, elapsed))
            held.append(len(air.nodes[0].diffusion.queue))
        assert max(held) == 1


def test_a_declaration_to_pass_on_does_not_wait_for_ever_either():
    air, node = lone_node()
    node.receive(0, declaration(1, {SMOKE: HIGH}), -60, 0, air.now)
    slot = node.diffusion.relay.find(ORIGIN, 0, 1)
    assert node.diffusion.queue.life_ms(slot, air.now) == 10000


def test_declarations_grow_rarer_with_the_nodes_the_neighbours_and_the_airtime():
    class LazyRadio(FakeRadio):
        def airtime_us(self, length):
            return 100000

    node = Node(NodeSettings(node=5), LazyRadio(), LowestRoll())
    node.start(0)
    diffusion = node.diffusion
    for neighbours, refresh_ms in (
        (2, 40 * 3 * 3 * 101),
        (4, 40 * 5 * 5 * 101),
        (25, 40 * 26 * 26 * 101),
    ):
        while node.neighbours.count < neighbours:
            node.neighbours.admit(900 + node.neighbours.count, 0)
        diffusion.declare_soon(0)
        diffusion.poll(0)
        assert diffusion._pace.due_at == refresh_ms
        assert diffusion.interests.lifetime_ms == refresh_ms * 7 // 2


class SlowRadio(FakeRadio):
    is_slow = True

    def airtime_us(self, length):
        return 500000


def test_nobody_declares_what_enough_others_have_declared():
    for radio, enough in ((FakeRadio(), 3), (SlowRadio(), 16)):
        node = Node(NodeSettings(node=5), radio, LowestRoll())
        diffusion = node.diffusion
        diffusion.wishes.want("a", HIGH)
        topic = diffusion.wishes.learn("a")
        node.start(0)
        for other in range(901, 900 + enough):
            diffusion.interests.put(topic, other, HIGH, 0)
        diffusion.declare_soon(0)
        diffusion.poll(0)
        assert len(diffusion.queue) == 1  # one less is too few
        diffusion.queue.sent(diffusion.queue.take(0))
        for other in range(901, 901 + enough):
            diffusion.interests.put(topic, other, HIGH, 0)
        diffusion._has_declared = False
        diffusion.declare_soon(0)
        diffusion.poll(0)
        assert len(diffusion.queue) == 0


def test_others_whose_rows_end_before_the_next_chance_to_declare_do_not_speak_for_this_node():
    node = Node(NodeSettings(node=5), FakeRadio(), LowestRoll())
    diffusion = node.diffusion
    diffusion.wishes.want("a", HIGH)
    topic = diffusion.wishes.learn("a")
    node.start(0)
    for other in (901, 902, 903):
        diffusion.interests.put(topic, other, HIGH, 0)
    refresh_ms = diffusion.interests.lifetime_ms * 2 // 7
    last_heard_of = diffusion.interests.lifetime_ms - refresh_ms
    diffusion.declare_soon(last_heard_of - refresh_ms)
    diffusion.poll(last_heard_of - refresh_ms)
    assert len(diffusion.queue) == 0
    diffusion.declare_soon(last_heard_of)
    diffusion.poll(last_heard_of)
    assert len(diffusion.queue) == 1


def test_on_a_slow_link_declarations_are_half_an_hour_apart():
    node = Node(NodeSettings(node=5), SlowRadio(), LowestRoll())
    node.diffusion.wishes.want("a", HIGH)
    node.start(0)
    node.diffusion.declare_soon(0)
    node.diffusion.poll(0)
    assert node.diffusion.interests.lifetime_ms == 1800000 * 7 // 2
    node.diffusion.queue.sent(node.diffusion.queue.take(0))
    node.diffusion.poll(1799999)
    assert len(node.diffusion.queue) == 0
    node.diffusion.poll(1800000)
    assert len(node.diffusion.queue) == 1
