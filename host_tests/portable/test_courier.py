"""Messages to one node: ways, receipts, repetitions, and what becomes of those that get stuck."""

from fakes import RING_STARTS, FakeAir, node_of
from skein import courier as c
from skein import event as e
from skein import frame as f
from skein.ids import NOBODY
from skein.node import OutgoingFrame
from skein.routes import Routes
from skein.ticks import ticks_add

ME = node_of(0)
NEAR, FAR, OTHER = 901, 902, 903


def carrier(start=0):
    """A node with a courier that hears NEAR, and through it FAR; and its air."""
    air = FakeAir(1, start=start, summary_ms=1000)
    air.run(10)
    node = air.nodes[0]
    node.neighbours.admit(NEAR, air.now)
    hear(air, message(FAR, sender=NEAR, step=OTHER))
    return air, node


def hear(air, frame):
    air.nodes[0].receive(0, frame, -60, 0, air.now)


def message(origin, sender=None, step=ME, sequence=1, to=FAR):
    frame = bytearray(c.BODY) + b"body"
    f.put_header(frame, f.CARRIED, 0, 7)
    f.put_origin(frame, origin, 0, sequence)
    f.put_id(frame, f.SENDER, sender or origin)
    f.put_id(frame, c.DESTINATION, to)
    f.put_id(frame, c.NEXT, step)
    frame[f.HOPS] += 0 if sender is None else 1
    frame[c.WHAT] = 99
    return frame


def receipt(sender, message):
    frame = bytearray(15 + 7)
    f.put_header(frame, f.RECEIPT, 0, 0)
    f.put_origin(frame, sender, 0, 0)
    frame[14] = 1
    frame[15:22] = message[f.ORIGIN : f.HEADER_LEN]
    return frame


def sent(air, ms, kind=f.CARRIED):
    """The frames of this kind that the node transmits within so many milliseconds."""
    out, frames, node = OutgoingFrame(), [], air.nodes[0]
    for _ in range(ms):
        air.now = ticks_add(air.now, 1)
        node.poll(air.now)
        while node.take_frame(out):
            if f.kind_of(out.buffer) == kind:
                frames.append(bytearray(out.buffer[: out.length]))
    return frames


def test_a_message_is_passed_on_towards_its_end_with_one_hop_fewer_to_go():
    for start in RING_STARTS:
        air, _ = carrier(start)
        hear(air, message(OTHER))
        (first, *_) = sent(air, 30)
        assert f.get_id(first, c.NEXT) == NEAR
        assert f.get_id(first, f.SENDER) == ME
        assert (f.hops_left(first), f.hops_travelled(first)) == (6, 1)
        assert first[c.BODY :] == b"body"


def test_a_receipt_of_the_neighbour_that_was_meant_ends_it_and_no_other_does():
    air, node = carrier()
    hear(air, message(OTHER))
    assert len(sent(air, 5)) == 1
    hear(air, receipt(OTHER, message(OTHER)))
    assert len(sent(air, 200)) == 1  # repeated: that was not its next neighbour
    hear(air, receipt(NEAR, message(OTHER, sequence=2)))
    assert len(sent(air, 400)) >= 1  # nor was that the message
    hear(air, receipt(NEAR, message(OTHER)))
    assert sent(air, 9000) == []
    assert node.courier.given_up == 0


def test_what_no_neighbour_takes_is_given_up_after_six_tries_and_counted():
    air, node = carrier()
    hear(air, message(OTHER))
    for _ in range(30):
        hear(air, message(FAR, sender=NEAR, step=OTHER))  # the way stays known
        node.courier._receipts.count = 0
        if node.courier.given_up:
            break
        sent(air, 500)
    assert node.courier.sent == 6
    assert node.courier.given_up == 1
    assert node.courier.has_room()


def test_a_message_that_comes_again_gets_a_receipt_again_and_is_carried_once():
    air, node = carrier()
    hear(air, message(OTHER))
    hear(air, receipt(NEAR, message(OTHER)))
    assert len(sent(air, 30, f.RECEIPT)) == 1
    hear(air, receipt(NEAR, message(OTHER)))
    hear(air, message(OTHER))
    assert len(sent(air, 30, f.RECEIPT)) == 1
    assert node.courier.has_room()
    assert sent(air, 3000) == []


def test_what_finds_no_room_or_no_way_gets_no_receipt():
    air, node = carrier()
    for sequence in range(9):
        hear(air, message(OTHER, sequence=sequence))
    assert not node.courier.has_room()
    assert node.courier.refused == 1
    (frame,) = sent(air, 16, f.RECEIPT)
    assert frame[14] == 8
    hear(air, message(OTHER, sequence=20, to=12345))
    assert sent(air, 100, f.RECEIPT) == []


def test_a_message_goes_not_back_to_where_it_came_from():
    air, node = carrier()
    hear(air, message(OTHER, sender=NEAR))
    assert sent(air, 300) == []
    assert node.courier.refused == 1


def test_its_age_grows_while_it_waits():
    air, _ = carrier()
    young = message(OTHER)
    f.put_u16(young, c.AGE_CS, 500)
    hear(air, young)
    ages = [f.get_u16(frame, c.AGE_CS) for frame in sent(air, 1000)]
    assert ages[0] == 500
    assert 595 >= ages[-1] > 520


def test_frames_of_others_have_every_other_turn():
    air, node = carrier()
    for sequence in range(6):
        hear(air, message(OTHER, sequence=sequence))
    for number in range(6):
        node.diffusion.emit("a", b"%d" % number, e.ANOMALY_POLICY, 60, air.now)
    out, kinds = OutgoingFrame(), []
    node.poll(air.now)
    while node.take_frame(out):
        kinds.append(f.kind_of(out.buffer))
    carried = [place for place, kind in enumerate(kinds) if kind == f.CARRIED]
    assert f.EVENT in kinds[carried[0] : carried[0] + 3]


def routes_with(rows, capacity=4):
    routes = Routes(capacity, 1000)
    for destination, step, hops, at in rows:
        routes._learn(destination, step, hops, False, at)
    return routes


def test_fewer_hops_are_a_better_way_and_an_old_way_is_none():
    for start in RING_STARTS:
        routes = routes_with([(7, 1, 3, start), (7, 2, 2, start), (7, 3, 4, start)])
        assert routes.step_to(7, start) == 2
        late = ticks_add(start, 999)
        routes._learn(7, 4, 9, False, late)
        assert routes.step_to(7, late) == 2
        later = ticks_add(start, 1000)
        assert routes.step_to(7, later) == NOBODY
        routes._learn(7, 4, 9, False, later)
        assert routes.step_to(7, later) == 4


def test_a_way_that_led_nowhere_gives_way_to_any_other_but_not_to_itself():
    routes = routes_with([(7, 1, 1, 0)])
    routes.shun(7)
    routes._learn(7, 1, 1, False, 10)
    assert routes.hops[0] == 255
    routes._learn(7, 2, 5, False, 20)
    assert routes.step_to(7, 20) == 2


def test_a_beacon_tells_the_way_to_its_leader_and_origins_push_no_leader_out():
    routes = Routes(3, 1000)
    beacon = bytearray(f.BEACON_LEN)
    f.put_header(beacon, f.BEACON, 0, 0)
    f.put_origin(beacon, 5, 0, 0)
    f.put_id(beacon, f.LEADER, 6)
    beacon[f.LEADER_HOPS] = 2
    routes.hear(beacon, 0)
    assert (routes.step_to(5, 0), routes.step_to(6, 0)) == (5, 5)
    for origin in range(100, 120):
        routes._learn(origin, 5, 2, False, 1)
    assert (routes.step_to(5, 1), routes.step_to(6, 1), routes.step_to(119, 1)) == (5, 5, 5)
    assert routes.step_to(118, 1) == NOBODY
