"""Members of a cell on the air: who knows whom, through deaths, goodbyes, reboots and parting."""

from fakes import FakeAir, FakeRadio, LowestRoll, node_of
from skein import beacon_parts as p
from skein import frame as f
from skein.members import ALIVE, DEAD, LEFT, SUSPECT
from skein.node import Node, OutgoingFrame
from skein.settings import NodeSettings
from skein.ticks import TICKS_MAX


def cell(count, **settings):
    return FakeAir(count, members=16, start=TICKS_MAX - 5000, **settings)


def line_of(count, **settings):
    air = cell(count, **settings)
    air.line()
    return air


def state(air, viewer, number):
    members = air.nodes[viewer].cell.members
    row = members.find(node_of(number))
    return members.states[row] if row >= 0 else None


def all_see(air, number, expected):
    return all(
        state(air, viewer, number) == expected
        for viewer in range(len(air.nodes))
        if viewer != number and air.nodes[viewer]
    )


def boots_of(air, number):
    """Which boot of a node each of those before it knows."""
    tables = [node.cell.members for node in air.nodes[:number]]
    return [members.boots[members.find(node_of(number))] for members in tables]


def all_know_all(air):
    return all(all_see(air, number, ALIVE) for number in range(len(air.nodes)))


def settled(air):
    assert air.run(60000, lambda: all_know_all(air))
    return air


def test_all_come_to_know_all_over_several_hops():
    air = settled(line_of(6))
    assert [node.cell.members.count for node in air.nodes] == [5] * 6


def test_all_come_to_know_all_when_three_frames_in_ten_are_lost():
    air = line_of(6, loss_percent=30, seed=2)
    assert air.run(60000, lambda: [node.cell.members.count for node in air.nodes] == [5] * 6)


def test_nobody_is_suspected_while_all_live():
    air = settled(line_of(6))
    air.run(100000)
    for node in air.nodes:
        assert list(node.cell.members.changes) == [5, 0, 0, 0]


def test_a_death_is_known_everywhere_soon():
    air = settled(line_of(5))
    air.kill(4)
    assert air.run(10000, lambda: state(air, 3, 4) == SUSPECT)
    assert air.run(20000, lambda: all_see(air, 4, DEAD))
    assert [node.cell.members.count for node in air.nodes if node] == [3] * 4


def test_a_goodbye_is_no_death():
    air = settled(line_of(5, loss_percent=10))
    air.nodes[4].cell.leave(air.now)
    air.run(300)
    assert state(air, 3, 4) == LEFT
    air.kill(4)
    assert air.run(15000, lambda: all_see(air, 4, LEFT))
    for node in air.nodes[:4]:
        assert list(node.cell.members.changes) == [4, 0, 0, 1]


def test_a_goodbye_is_said_three_times_and_in_every_beacon_after_it():
    air = settled(cell(2))
    out = OutgoingFrame()
    node = air.nodes[0]
    node.cell.leave(air.now)
    said = 0
    for _ in range(500):
        air.now = (air.now + 1) & TICKS_MAX
        node.poll(air.now)
        while node.take_frame(out):
            assert out.buffer[p.WHAT] & p.LEAVING
            said += 1
    assert said >= 3


def test_who_left_is_back_with_its_next_boot_at_once():
    air = settled(line_of(4))
    air.nodes[3].cell.leave(air.now)
    assert air.run(10000, lambda: all_see(air, 3, LEFT))
    air.reboot(3)
    assert air.run(100, lambda: state(air, 2, 3) == ALIVE)
    assert air.run(10000, lambda: all_know_all(air))
    assert boots_of(air, 3) == [1, 1, 1]


def test_a_reboot_is_neither_a_death_nor_a_new_member():
    air = settled(line_of(4))
    air.reboot(3)
    assert air.run(20000, lambda: boots_of(air, 3) == [1, 1, 1])
    assert all_know_all(air)
    for node in air.nodes[:3]:
        assert list(node.cell.members.changes) == [4, 0, 0, 0]
        assert node.cell.members.count == 3


def test_what_a_node_passed_on_after_its_goodbye_does_not_bring_it_back():
    air = settled(cell(2))
    air.nodes[1].cell.leave(air.now)
    air.run(300)
    event = bytearray(f.PAYLOAD)
    f.put_header(event, f.EVENT, 0, 0)
    f.put_origin(event, node_of(1), 0, 9)
    air.deliver(1, event)
    assert state(air, 0, 1) == LEFT


def test_any_frame_of_a_member_shows_that_it_lives():
    air = settled(cell(2))
    air.isolate(1)
    air.run(6900)
    assert state(air, 0, 1) == ALIVE
    event = bytearray(f.PAYLOAD)
    f.put_header(event, f.EVENT, 0, 0)
    f.put_origin(event, node_of(1), 0, 9)
    air.nodes[0].receive(0, event, -60, 0, air.now)
    air.run(6900)
    assert state(air, 0, 1) == ALIVE
    air.run(300)
    assert state(air, 0, 1) == SUSPECT


def test_one_that_has_lost_a_member_is_corrected_by_those_who_hear_it():
    air = settled(cell(4))
    air.cut(0, 1)
    air.run(60000)
    assert state(air, 0, 1) == ALIVE
    for node in air.nodes:
        assert node.cell.members.changes[DEAD] == 0


def test_the_parts_of_a_parted_cell_find_each_other_in_full():
    air = settled(line_of(6))
    air.cut(2, 3)
    for viewer, others in ((0, (3, 4, 5)), (5, (0, 1, 2))):
        assert air.run(200000, lambda: all(state(air, viewer, n) == DEAD for n in others))  # noqa: B023
    air.heal()
    air.line()
    assert air.run(60000, lambda: all_know_all(air))


def test_a_forged_death_is_refuted_by_the_member_itself():
    air = settled(line_of(3))
    forged = bytearray(p.FIRST_ROW + p.ROW_LEN)
    f.put_header(forged, f.BEACON, 0, 0)
    f.put_origin(forged, node_of(0), 0, 0)
    f.put_period(forged, f.PERIOD, 2000)
    forged[p.WHAT] = 1
    f.put_id(forged, p.FIRST_ROW, node_of(2))
    forged[p.FIRST_ROW + p.STATE] = DEAD << 6 | p.age_code(16)
    before = air.nodes[1].frames_out
    for _ in range(50):
        air.nodes[1].receive(0, forged, -60, 0, air.now)
        air.run(20)
        assert state(air, 1, 2) == ALIVE  # it hears it itself
    assert air.nodes[1].frames_out - before < 20
    air.run(10000)
    assert all_know_all(air)


def test_invented_members_push_out_nobody_who_is_heard_and_die_out():
    air = settled(cell(3))
    forged = bytearray(p.FIRST_ROW + p.ROWS_MAX * p.ROW_LEN)
    f.put_header(forged, f.BEACON, 0, 0)
    f.put_period(forged, f.PERIOD, 2000)
    forged[p.WHAT] = p.ROWS_MAX
    f.put_origin(forged, node_of(1), 0, 0)
    for number in range(40):
        for row in range(p.ROWS_MAX):
            f.put_id(forged, p.FIRST_ROW + row * p.ROW_LEN, 1 + number * p.ROWS_MAX + row)
        air.nodes[0].receive(0, forged, -60, 0, air.now)
    members = air.nodes[0].cell.members
    assert members.count == 16
    assert members.refused == 40 * p.ROWS_MAX - 14
    assert (state(air, 0, 1), state(air, 0, 2)) == (ALIVE, ALIVE)
    air.run(200000)
    assert [node.cell.members.count for node in air.nodes] == [2, 2, 2]


def test_a_node_without_a_table_passes_over_the_rows():
    air = settled(cell(2))
    plain = Node(NodeSettings(node=77), FakeRadio(), LowestRoll())
    plain.start(air.now)
    assert plain.cell is None
    out = OutgoingFrame()
    air.nodes[0].election.pace.speak_now(air.now)
    air.nodes[0].poll(air.now)
    assert air.nodes[0].take_frame(out)
    plain.receive(0, bytearray(out.buffer[: out.length]), -60, 0, air.now)
    assert plain.neighbours.find(node_of(0)) >= 0
    assert plain.election.leader == air.nodes[0].election.leader


def test_a_node_without_a_table_is_a_member_for_those_who_hear_it():
    air = cell(1)
    beacon = bytearray(f.BEACON_LEN)
    f.put_header(beacon, f.BEACON, 0, 0)
    f.put_origin(beacon, 77, 5, 0)
    air.nodes[0].receive(0, beacon, -60, 0, air.now)
    assert air.nodes[0].cell.members.states[0] == ALIVE
    assert air.nodes[0].cell.news.nonsense == 0


def test_garbage_after_a_beacon_is_counted_and_the_beacon_heard():
    air = cell(1)
    beacon = bytearray(f.BEACON_LEN + 9)
    f.put_header(beacon, f.BEACON, 0, 0)
    f.put_origin(beacon, 77, 5, 0)
    beacon[p.WHAT] = 3
    air.nodes[0].receive(0, beacon, -60, 0, air.now)
    assert air.nodes[0].cell.news.nonsense == 1
    assert air.nodes[0].neighbours.find(77) >= 0


def test_heartbeats_take_their_longer_beacons_into_account():
    with_rows, without = cell(1, neighbours=60), FakeAir(1, neighbours=60)
    for air in (with_rows, without):
        for number in range(60):
            air.nodes[0].neighbours.admit(node_of(number + 9), air.now)
        air.run(1100)
    assert with_rows.nodes[0].election.pace.beat_ms > without.nodes[0].election.pace.beat_ms
