"""What each neighbour may bring: a flood costs its own share, whatever its frames say."""

from fakes import FakeAir, FakeRadio, LowestRoll, node_of
from skein import event as e
from skein import frame as f
from skein.event_queue import EventQueue
from skein.interest_table import HIGH
from skein.neighbours import Neighbours
from skein.relay import Relay

FLOOD = 200  # messages a second
MOST = 125000 // FakeRadio().airtime_us(f.MTU // 2)  # an eighth of the channel


def relay(neighbours):
    """A relay with so many neighbours that send beacons."""
    table = Neighbours(8, 5000)
    for node in range(neighbours):
        table.histories[table.admit(100 + node, 0)] = 1
    return Relay(EventQueue(4, f.MTU), table, FakeRadio(), LowestRoll())


def taken(made, row, count):
    """How many of so many new messages of a row are taken."""
    numbers = [number * 97 for number in range(count)]  # scattered, as ids are
    found = 0
    for number in numbers:
        if made.hear(row, number):
            made.admit(row)
            found += 1
    return found


def seconds(made, *brought):
    """In each of four seconds these (row, count) come; what is taken in the last one."""
    for _ in range(3):
        for row, count in brought:
            taken(made, row, count)
        made.expire()
    return [taken(made, row, count) for row, count in brought]


def test_a_flood_is_taken_up_to_its_share_and_the_others_wholly():
    for around in (2, 5):
        flood, *others = seconds(relay(around), (0, FLOOD), (1, 5))
        assert 0 < flood <= 2 * (MOST // (around + 1))  # numbers are no perfect scatter
        assert others == [5]


def test_strangers_share_one_place_however_many_they_are():
    made = relay(5)
    ghost = made._neighbours.admit(900, 0)
    strangers, others, by_ghost = seconds(made, (-1, FLOOD), (1, FLOOD // 2), (ghost, 0))
    assert strangers + by_ghost <= 2
    assert others == FLOOD // 2


def test_who_brings_much_but_not_more_than_all_others_is_taken_wholly():
    assert seconds(relay(3), (0, 50), (1, 50), (2, 50)) == [50, 50, 50]


def test_a_line_passes_on_what_comes_from_one_side():
    assert seconds(relay(2), (0, MOST // 3), (1, 1)) == [MOST // 3, 1]


def test_a_share_is_whole_again_a_second_after_the_flood():
    made = relay(5)
    seconds(made, (0, FLOOD))
    made.expire()
    made.expire()
    assert taken(made, 0, 10) == 10


def test_an_event_of_another_neighbour_reaches_the_application_beside_a_flood():
    air = FakeAir(3)
    air.nodes[2].diffusion.wishes.want("alarm", HIGH)
    air.run(3000)
    frame = bytearray(f.MTU)
    f.put_header(frame, f.EVENT, 0, 7)
    policy = e.policy(0, e.FULL, e.PRODUCT)
    length = e.write(frame, air.nodes[2].diffusion.wishes.learn("alarm"), policy, 60, b"forged")
    for number in range(600):
        f.put_origin(frame, 5000 + number * 13, 0, number)
        f.put_id(frame, f.SENDER, node_of(1))
        air.nodes[2].receive(0, frame[:length], -60, 0, air.now)
        if number % 60 == 0:
            air.nodes[0].diffusion.emit("alarm", b"true", policy, 60, air.now)
        air.run(5)
    got = [event.payload for event in air.events[2]]
    assert got.count(b"true") == 10
    assert got.count(b"forged") < 600 - 200  # all of the first second, and its share after that


def test_what_is_beyond_a_share_is_not_kept_for_repair_either():
    air = FakeAir(2, repair=8)
    node = air.nodes[0]
    node.diffusion.wishes.want("alarm", HIGH)
    air.run(3000)
    frame = bytearray(f.PAYLOAD)
    f.put_header(frame, f.EVENT, 0, 7)
    f.put_id(frame, f.TOPIC, node.diffusion.wishes.learn("alarm"))
    f.put_u16(frame, f.LIFE_S, 60)
    share = node.diffusion.relay._taken
    row = node.neighbours.find(node_of(1))
    for number, taken in ((1, 0), (2, 255)):
        f.put_origin(frame, node_of(1), 0, number << 8 | 0x7F & ~node_of(1))
        share[row] = taken
        node.receive(0, frame, -60, 0, air.now)
        assert (node.repair.kept.find(frame, f.ORIGIN, air.now) >= 0) == (taken > 0)
