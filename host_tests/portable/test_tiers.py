"""Cells and the formation above them: who leads what, and what crosses from cell to cell."""

from cells import FIRST_CELL, Cells, beacon, member
from fakes import RING_STARTS, FakeAir, node_of
from skein import beacon_parts as p
from skein import event as e
from skein import frame as f
from skein import override
from skein.cell_size import SPLIT
from skein.interest_table import HIGH
from skein.members import LEFT
from skein.node import OutgoingFrame
from skein.role import LEADER

SETTLING_MS = 20000


def settled(sizes, **settings):
    air = Cells(sizes, **settings)
    assert air.run(SETTLING_MS, air.is_settled)
    return air


def next_beacon(node, now):
    out = OutgoingFrame()
    node.election.pace.speak_now(now)
    node.poll(now)
    assert node.take_frame(out)
    return bytearray(out.buffer[: out.length])


def claim_of_formation(frame, leader, term, beat):
    """Put into a beacon that `leader` leads the formation."""
    at = p.tiers_at(frame) + p.CLAIM - f.ROLE
    frame[at + f.ROLE] = f.ELECTED
    f.put_id(frame, at + f.LEADER, leader)
    f.put_id(frame, at + f.TERM, term)
    f.put_u16(frame, at + f.BEAT, beat)


def test_the_part_of_the_tiers_looks_like_this_on_the_air():
    """Boards of different builds must understand each other: these bytes never change."""
    assert (p.TIERS, p.SIZE, p.PLAN, p.HEAD, p.CLAIM, p.TIERS_LEN) == (0x80, 4, 5, 6, 10, 30)
    assert p.CLAIM + f.BEACON_LEN - f.ROLE == p.TIERS_LEN
    node = member()
    top = node.cell.tiers.formation
    top.leader, top.is_elected, top.term, top.beat = 0x1234, True, 7, 0x0506
    frame = next_beacon(node, 5)
    at = p.tiers_at(frame)
    assert f.check(frame, 0) == f.OK and p.check(frame)
    assert at == len(frame) - p.TIERS_LEN == p.FIRST_ROW
    assert f.get_id(frame, at) == FIRST_CELL
    claim = bytes(f.ROLE) + frame[at + p.CLAIM :]
    assert (f.get_id(claim, f.LEADER), f.get_id(claim, f.TERM)) == (0x1234, 7)
    assert (f.get_u16(claim, f.BEAT), claim[f.ROLE] & f.ELECTED) == (0x0506, f.ELECTED)


def test_a_part_of_the_tiers_that_is_cut_short_is_refused():
    frame = beacon(900, FIRST_CELL)
    assert p.check(frame)
    assert not p.check(frame[:-1])
    frame[p.WHAT] = 0
    assert not p.check(frame)


def test_each_cell_has_its_leader_and_they_elect_one_of_theirs():
    for start in RING_STARTS:
        air = settled((3, 3, 3), start=start)
        assert len(air.cell_leaders()) == 3
        for number, node in enumerate(air.nodes):
            leader = [n.id for n in air.nodes].index(node.election.leader)
            assert leader // 3 == number // 3


def test_the_formation_holds_over_several_hops_and_with_losses():
    air = Cells((3, 3, 3), loss_percent=10)
    air.line()
    assert air.run(60000, air.is_settled)


def test_only_leaders_of_cells_ever_stand_for_the_formation():
    air = Cells((3, 3), loss_percent=10)
    for _ in range(30000):
        air.step()
        for node in air.nodes:
            top = node.cell.tiers.formation
            assert top.leader != node.id or node.election.role == LEADER
    assert air.is_settled()


def test_a_node_alone_leads_its_cell_and_the_formation():
    air = settled((1,))
    assert air.formation() == air.nodes[0].id


def test_the_death_of_a_cells_leader_concerns_its_cell_alone():
    air = settled((3, 3))
    top = air.formation()
    other = [number for number, node in enumerate(air.nodes) if node.election.role == LEADER]
    other = [number for number in other if air.nodes[number].id != top][0]
    changes = [node.election.changes for node in air.nodes]
    air.kill(other)
    air.run(500)
    assert air.run(SETTLING_MS, air.is_settled)
    assert air.formation() == top
    for number, node in enumerate(air.nodes):
        if node and number // 3 != other // 3:
            assert node.election.changes == changes[number]


def test_when_the_formations_leader_dies_another_head_leads_it():
    air = settled((3, 3))
    top = air.formation()
    air.kill([node.id for node in air.nodes].index(top))
    assert air.run(60000, lambda: air.is_settled() and air.formation() != top)


def test_the_next_leader_of_a_dead_ones_cell_takes_its_place_above():
    air = settled((3, 3))
    top = air.formation()
    dead = [node.id for node in air.nodes].index(top)
    air.kill(dead)
    assert air.run(11000, lambda: air.is_settled() and air.formation() != top)
    heir = [node.id if node else 0 for node in air.nodes].index(air.formation())
    assert heir // 3 == dead // 3


def test_who_heads_a_new_cell_leaves_the_formation_to_who_leads_it():
    node = member(cell_max=4)
    for beat in (1, 2):
        told = beacon(900, FIRST_CELL, size=9, plan=SPLIT, head=500 * (beat - 1), beat=beat)
        claim_of_formation(told, 900, 3, beat)
        node.receive(0, told, -60, 0, beat)
        node.poll(beat)
    assert (node.election.role, node.cell.tiers.cell) == (LEADER, 500)
    formation = node.cell.tiers.formation
    assert (formation.leader, formation.term, formation.is_elected) == (900, 3, True)


def test_who_no_longer_leads_its_cell_leads_the_formation_no_more():
    air = settled((3, 3))
    top = air.formation()
    node = air.nodes[[node.id for node in air.nodes].index(top)]
    override.resign(node.election, air.now)
    assert air.run(SETTLING_MS, lambda: air.is_settled() and air.formation() != top)


def test_a_rebooted_node_is_in_its_cell_and_knows_its_chain_soon():
    air = settled((3, 3))
    top = air.formation()
    for number in range(6):
        if air.nodes[number].election.role != LEADER:
            air.reboot(number)
            break
    assert air.run(6000, air.is_settled)
    assert air.formation() == top


def test_the_formation_beats_four_times_slower_and_costs_no_frames():
    air = settled((4, 4))
    plain = FakeAir(8, members=8)
    plain.run(SETTLING_MS)
    air.run(SETTLING_MS)
    frames = [air.frames, plain.frames]
    tops = [node.cell.tiers.formation for node in air.nodes]
    beats = [tops[0].beat, air.nodes[0].election.beat]
    air.run(80000)
    plain.run(80000)
    assert (tops[0].beat - beats[0], air.nodes[0].election.beat - beats[1]) == (10, 40)
    assert air.frames - frames[0] <= (plain.frames - frames[1]) * 21 // 20
    assert {top.leader for top in tops} == {air.formation()}


def test_a_claim_of_another_cell_does_not_count_in_this_one():
    node = member()
    node.receive(0, beacon(900, FIRST_CELL), -60, 0, 5)
    assert node.election.leader == 900
    for sequence in range(9):
        other = beacon(901, FIRST_CELL + 1, term=99, score=255, sequence=sequence)
        node.receive(0, other, -60, 0, 10)
    assert (node.election.leader, node.election.term) == (900, 10)
    assert node.neighbours.find(901) >= 0


def test_a_beacon_that_names_no_cell_is_of_no_cell():
    node = member()
    plain = beacon(901, FIRST_CELL)[: f.BEACON_LEN]
    node.receive(0, plain, -60, 0, 5)
    assert node.election.leader == 0
    assert node.cell.members.find(901) == -1


def test_who_went_to_another_cell_has_left_this_one():
    node = member()
    node.receive(0, beacon(900, FIRST_CELL), -60, 0, 5)
    row = node.cell.members.find(900)
    node.receive(0, beacon(900, FIRST_CELL + 1), -60, 0, 10)
    assert node.cell.members.states[row] == LEFT
    assert node.cell.members.count == 0


def test_members_of_another_cell_are_not_counted_here():
    air = settled((3, 4))
    air.run(5000)
    assert [node.cell.members.count for node in air.nodes] == [2, 2, 2, 3, 3, 3, 3]


def test_events_cross_from_cell_to_cell():
    air = settled((2, 2))
    air.line()
    air.nodes[3].diffusion.wishes.want("anomaly.smoke", HIGH)
    air.nodes[3].diffusion.declare_soon(air.now)
    air.run(1000)
    air.nodes[0].diffusion.emit("anomaly.smoke", b"hot", e.ANOMALY_POLICY, 60, air.now)
    assert air.run(3000, lambda: len(air.events[3]) == 1)


def test_a_cell_without_members_needs_no_table():
    air = FakeAir(3, cell=FIRST_CELL)
    assert air.run(SETTLING_MS, lambda: air.nodes[0].cell.tiers.formation.is_elected)
    assert air.agreed() in [node_of(number) for number in range(3)]
    assert len(air.nodes[0].cell.members.ids) == 0
