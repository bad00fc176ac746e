"""Cells that split when they are too large and join others when they are too small."""

from cells import FIRST_CELL, Cells, beacon, member
from fakes import RING_STARTS
from skein import beacon_parts as p
from skein.cell_size import JOIN, NOTHING, SPLIT
from skein.members import DEAD
from skein.role import FOLLOWER, LEADER

OTHER_CELL = FIRST_CELL + 7
PATIENCE_BEATS = 10


class HighestRoll:
    def randrange(self, n):
        return n - 1


def leader_of(members, **settings):
    """A node that leads a cell with so many others, all of them out of range."""
    node = member(**settings)
    node.election.become_leader(0)
    for number in range(members):
        node.cell.members.be_told(600 + number, 0, 0, 0)
    return node


def beats(node, count):
    """So many heartbeats of a leader, each of them told in a beacon; the last plan told."""
    frame = bytearray(p.TIERS_LEN)
    for _ in range(count):
        node.election.beat += 1
        node.cell.tiers.size.write(frame, 0)
        node.cell.tiers.size.write(frame, 0)
    return frame[p.PLAN]


def follower(plan=NOTHING, size=9, hops=1, **fields):
    """A node that follows leader 900, so many hops away, whose cell has this size and plan."""
    node = member()
    sender = 900 if hops == 1 else 901
    told = beacon(sender, FIRST_CELL, leader=900, hops=hops - 1, size=size, plan=plan, **fields)
    node.receive(0, told, -60, 0, 5)
    node.receive(0, beacon(900, FIRST_CELL, size=size, plan=plan, beat=2, **fields), -60, 0, 6)
    node.election.leader_hops = hops
    return node


def hear(node, **fields):
    """The cell of the node after it heard a beacon of the other one's leader."""
    fields.setdefault("size", 3)
    node.receive(0, beacon(950, OTHER_CELL, **fields), -60, 0, 10)
    return node.cell.tiers.cell


def test_a_leader_waits_ten_heartbeats_before_it_plans():
    for members, plan in ((9, SPLIT), (1, JOIN)):
        node = leader_of(members)
        assert beats(node, PATIENCE_BEATS - 1) == NOTHING
        assert beats(node, 1) == plan


def test_a_cell_within_its_limits_has_no_plan():
    for members in (2, 7):
        assert beats(leader_of(members), 3 * PATIENCE_BEATS) == NOTHING


def test_without_a_limit_no_cell_is_too_large_or_too_small():
    assert beats(leader_of(15, cell_max=0), 3 * PATIENCE_BEATS) == NOTHING
    assert beats(leader_of(0, cell_min=0), 3 * PATIENCE_BEATS) == NOTHING


def test_a_plan_ends_when_the_size_is_within_the_limits():
    node = leader_of(9)
    beats(node, PATIENCE_BEATS)
    for row in range(2):
        node.cell.members.turn(row, DEAD, 0)
    assert beats(node, 1) == NOTHING
    assert node.cell.tiers.size.head == 0


def test_a_plan_that_helps_is_given_time_and_one_that_does_not_is_made_anew():
    node = leader_of(12)
    size = node.cell.tiers.size
    beats(node, PATIENCE_BEATS)
    first = size.head
    beats(node, PATIENCE_BEATS // 2)
    node.cell.members.turn(node.cell.members.find(first), DEAD, 0)
    beats(node, PATIENCE_BEATS - 1)
    assert (size.head, size.splits) == (first, 1)
    beats(node, 1)
    assert size.head != first and size.splits == 2


def test_the_head_of_a_new_cell_is_the_member_out_of_range_heard_of_longest_ago():
    node = leader_of(9)
    members = node.cell.members
    for row in range(9):
        members.heard_at[row] = 100 - row
    node.neighbours.admit(members.ids[8], 0)
    members.states[7] = DEAD
    beats(node, PATIENCE_BEATS)
    assert node.cell.tiers.size.head == members.ids[6]


def test_where_all_are_in_range_the_head_is_the_one_heard_worst():
    node = leader_of(9)
    for row in range(9):
        neighbour = node.neighbours.admit(node.cell.members.ids[row], 0)
        node.neighbours.rssi_dbm[neighbour] = -60 - (row * 5) % 9
    beats(node, PATIENCE_BEATS)
    worst = min(range(9), key=lambda row: node.neighbours.rssi_dbm[row])
    assert node.cell.tiers.size.head == node.neighbours.ids[worst]


def test_who_is_named_as_head_leads_a_new_cell_that_bears_its_id():
    node = follower(SPLIT, head=500)
    assert (node.cell.tiers.cell, node.election.role) == (500, LEADER)
    assert node.cell.members.count == 0
    assert node.cell.tiers.moves == 1


def test_who_is_named_though_the_cell_is_not_too_large_stays():
    node = follower(SPLIT, size=8, head=500)
    assert (node.cell.tiers.cell, node.election.role) == (FIRST_CELL, FOLLOWER)


def test_a_member_goes_over_to_a_nearer_leader_while_its_cell_splits():
    assert hear(follower(SPLIT, hops=3)) == OTHER_CELL
    assert hear(follower(NOTHING, hops=3)) == FIRST_CELL
    node = follower(SPLIT, hops=3)
    hear(node)
    assert (node.election.leader, node.election.leader_hops) == (950, 1)


def test_a_member_does_not_go_to_a_leader_that_is_farther():
    assert hear(follower(SPLIT, hops=2), hops=1) == OTHER_CELL
    assert hear(follower(SPLIT, hops=2), hops=2) == FIRST_CELL


def test_a_member_goes_only_to_a_cell_that_stays_smaller_and_has_no_plan():
    assert hear(follower(SPLIT, hops=3), size=7) == OTHER_CELL
    assert hear(follower(SPLIT, hops=3), size=8) == FIRST_CELL
    assert hear(follower(SPLIT, hops=3), size=0) == FIRST_CELL
    assert hear(follower(SPLIT, hops=3), plan=JOIN) == FIRST_CELL
    assert hear(follower(SPLIT, hops=3), is_elected=False) == FIRST_CELL


def test_a_member_rolls_the_dice_once_a_heartbeat():
    node = follower(SPLIT, hops=3)
    size = node.cell.tiers.size
    size._dice, lowest = HighestRoll(), size._dice
    assert hear(node) == FIRST_CELL
    size._dice = lowest
    assert hear(node) == FIRST_CELL
    node.election.beat += 1
    assert hear(node) == OTHER_CELL


def test_a_cell_that_is_dissolved_joins_a_larger_one_with_room_for_all():
    for size, goes in ((2, False), (3, True), (6, True), (7, False)):
        node = follower(JOIN, size=2)
        assert (hear(node, size=size) == OTHER_CELL) == (goes or size == 2)
    node = follower(JOIN, size=2)
    node.receive(0, beacon(950, FIRST_CELL - 1, size=2), -60, 0, 10)
    assert node.cell.tiers.cell == FIRST_CELL  # of equal ones that with the higher id stays


def test_a_leader_dissolves_its_cell_but_goes_last():
    node = leader_of(1)
    beats(node, PATIENCE_BEATS)
    assert hear(node) == FIRST_CELL
    node.cell.members.turn(0, DEAD, 0)
    assert hear(node) == OTHER_CELL
    assert (node.election.role, node.election.leader) == (FOLLOWER, 950)


def test_a_leader_goes_before_those_who_cannot_get_away_without_it():
    node = leader_of(1)
    beats(node, 2 * PATIENCE_BEATS - 1)
    assert hear(node) == FIRST_CELL
    beats(node, 1)
    assert hear(node) == OTHER_CELL


def test_an_old_word_of_the_leader_does_not_undo_a_newer_one():
    node = follower(SPLIT, size=9)
    stale = beacon(901, FIRST_CELL, leader=900, hops=1, size=3, plan=NOTHING, beat=1)
    node.receive(0, stale, -60, 0, 10)
    size = node.cell.tiers.size
    assert (size.size, size.plan) == (9, SPLIT)
    newer = beacon(901, FIRST_CELL, leader=900, hops=1, size=8, plan=NOTHING, beat=3)
    node.receive(0, newer, -60, 0, 10)
    assert (size.size, size.plan) == (8, NOTHING)


def test_a_leader_takes_no_plan_from_others():
    node = leader_of(5)
    node.receive(0, beacon(500 + 1, FIRST_CELL, leader=500, plan=SPLIT, head=500), -60, 0, 10)
    assert node.cell.tiers.size.plan == NOTHING


def test_a_large_cell_splits_until_every_cell_has_its_size():
    air = Cells((7,), cell_min=2, cell_max=4, start=RING_STARTS[2])
    assert air.run(90000, lambda: air.sizes()[0] <= 4 and air.is_settled())
    sizes = air.sizes()
    air.run(20000)
    assert air.sizes() == sizes
    assert min(sizes) >= 2
    assert sum([node.cell.tiers.moves for node in air.nodes]) <= 7


def test_a_small_cell_joins_its_neighbour():
    air = Cells((4, 1), cell_min=2, cell_max=6)
    assert air.run(60000, lambda: air.sizes() == [5] and air.is_settled())
    assert [node.cell.tiers.cell for node in air.nodes] == [FIRST_CELL] * 5


def test_a_small_cell_that_hears_no_other_stays_as_it_is():
    air = Cells((2,), cell_min=4)
    air.run(60000)
    assert air.sizes() == [2] and air.is_settled()
