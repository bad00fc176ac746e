"""What one node makes of the messages it hears, frame by frame."""

from fakes import RING_STARTS, FakeAir, node_of
from skein import event as e
from skein import frame as f
from skein.ids import NOBODY, topic_id
from skein.interest_table import CRITICAL, HIGH, NONE
from skein.node import OutgoingFrame
from skein.ticks import ticks_add, ticks_diff

ORIGIN = node_of(50)
SMOKE = topic_id("anomaly.smoke")


def lone_node(start=0, **settings):
    """A node that knows one neighbour, number 50, and whose tables count as complete."""
    air = FakeAir(1, start=start, **settings)
    node = air.nodes[0]
    node.diffusion.interests._is_short = False
    air.run(600)
    node.receive(0, declaration(0, {}), -60, 0, air.now)
    return air, node


def declaration(sequence, wants, origin=ORIGIN):
    frame = bytearray(f.ROWS + len(wants) * f.ROW_LEN)
    f.put_header(frame, f.INTEREST, 0, 7)
    f.put_origin(frame, origin, 0, sequence)
    frame[f.ROW_COUNT] = len(wants)
    at = f.ROWS
    for topic in wants:
        f.put_id(frame, at, topic)
        frame[at + 4] = wants[topic]
        at += f.ROW_LEN
    return frame


def event(sequence, origin=ORIGIN, sender=None, life_s=60, hop_limit=7):
    frame = bytearray(f.PAYLOAD) + b"x"
    f.put_header(frame, f.EVENT, 0, hop_limit)
    f.put_origin(frame, origin, 0, sequence)
    f.put_id(frame, f.SENDER, sender or origin)
    f.put_id(frame, f.TOPIC, SMOKE)
    frame[f.POLICY] = e.ANOMALY_POLICY
    f.put_u16(frame, f.LIFE_S, life_s)
    return frame


def transmitted(air, kind, ms):
    """The frames of this kind that the node sends within so many milliseconds."""
    out = OutgoingFrame()
    frames = []
    node = air.nodes[0]
    for _ in range(ms):
        air.now = ticks_add(air.now, 1)
        node.poll(air.now)
        while node.take_frame(out):
            if f.kind_of(out.buffer) == kind:
                frames.append(bytes(out.buffer[: out.length]))
    return frames


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


def test_an_event_without_life_is_neither_delivered_nor_passed_on():
    air, node = lone_node()
    node.diffusion.wishes.want("anomaly.smoke", HIGH)
    node.receive(0, event(1, life_s=0), -60, 0, air.now)
    assert node.next_event() is None
    assert transmitted(air, f.EVENT, 200) == []
    node.receive(0, event(2, life_s=1), -60, 0, air.now)
    assert node.next_event().payload == b"x"


def test_an_event_that_is_wanted_beyond_is_passed_on_with_one_hop_fewer():
    for start in RING_STARTS:
        air, node = lone_node(start)
        node.receive(0, declaration(1, {SMOKE: HIGH}, node_of(51)), -60, 0, air.now)
        node.receive(0, event(1), -60, 0, air.now)
        copies = transmitted(air, f.EVENT, 1000)
        assert copies
        assert f.get_id(copies[0], f.SENDER) == node.id
        assert f.get_id(copies[0], f.ORIGIN) == ORIGIN
        assert (f.hops_left(copies[0]), f.hops_travelled(copies[0])) == (6, 1)
        assert len(copies[0]) == f.PAYLOAD + 1


def test_an_event_that_only_its_origin_wants_stops_here():
    air, node = lone_node()
    node.receive(0, declaration(1, {SMOKE: HIGH}), -60, 0, air.now)
    node.receive(0, event(2), -60, 0, air.now)
    assert transmitted(air, f.EVENT, 500) == []


def test_an_event_with_no_hops_left_is_delivered_and_stops_here():
    air, node = lone_node()
    node.diffusion.wishes.want("anomaly.smoke", HIGH)
    node.receive(0, event(1, hop_limit=0), -60, 0, air.now)
    assert node.next_event().payload == b"x"
    assert transmitted(air, f.EVENT, 500) == []


def test_neither_the_sender_nor_the_origin_in_range_is_waited_for():
    air, node = lone_node()
    node.diffusion.wishes.want("anomaly.smoke", HIGH)
    relayer = node_of(51)
    node.receive(0, declaration(1, {}, relayer), -60, 0, air.now)
    transmitted(air, f.INTEREST, 1500)
    node.receive(0, event(1, sender=relayer), -60, 0, air.now)
    assert len(transmitted(air, f.EVENT, 1000)) == 1


def test_a_message_heard_again_is_counted_and_one_from_before_a_reboot_is_stale():
    air, node = lone_node()
    node.receive(0, event(1), -60, 0, air.now)
    node.receive(0, event(1), -60, 0, air.now)
    assert (node.diffusion.duplicates, node.diffusion.stale) == (1, 0)
    former = event(2)
    former[f.EPOCH] = 255
    node.receive(0, former, -60, 0, air.now)
    assert (node.diffusion.duplicates, node.diffusion.stale) == (1, 1)


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


def test_its_own_message_come_back_is_no_news():
    air, node = lone_node()
    node.diffusion.wishes.want("anomaly.smoke", HIGH)
    node.receive(0, event(1, origin=node.id, sender=ORIGIN), -60, 0, air.now)
    assert node.next_event() is None
    assert node.diffusion.duplicates == 1


def test_a_declaration_is_made_soon_after_boot_and_then_every_thirty_seconds():
    for start in RING_STARTS:
        air = FakeAir(1, start=start)
        node = air.nodes[0]
        node.diffusion.wishes.want("anomaly.smoke", HIGH)
        made_at = []
        sequence = node.diffusion._sequence
        for elapsed in range(0, 100000, 10):
            node.poll(ticks_add(start, elapsed))
            if node.diffusion._sequence != sequence:
                sequence = node.diffusion._sequence
                made_at.append(elapsed)
        assert made_at[0] == 500
        gaps = [made_at[at + 1] - made_at[at] for at in range(len(made_at) - 1)]
        assert len(gaps) == 3
        assert all(27000 < gap <= 30010 for gap in gaps)


def test_the_life_that_is_left_is_never_rounded_down_to_nothing():
    air, node = lone_node()
    node.diffusion.emit("anomaly.smoke", b"x", e.ANOMALY_POLICY, 2, air.now)
    assert node.diffusion.unwanted == 1
    node.diffusion.interests.lose(air.now)
    assert node.diffusion.emit("anomaly.smoke", b"x", e.ANOMALY_POLICY, 2, air.now)
    out = OutgoingFrame()
    assert node.diffusion.take(out, ticks_add(air.now, 1500))
    while f.kind_of(out.buffer) != f.EVENT:
        assert node.diffusion.take(out, ticks_add(air.now, 1500))
    assert f.get_u16(out.buffer, f.LIFE_S) == 1


def test_a_node_sleeps_until_what_waits_is_due_and_not_for_ever():
    for start in RING_STARTS:
        air, node = lone_node(start)
        transmitted(air, f.INTEREST, 2000)
        assert len(node.diffusion.queue) == 0
        far = ticks_diff(node.diffusion.next_deadline(), air.now)
        assert 20000 < far <= 30000
        node.diffusion.interests.lose(air.now)
        node.diffusion.emit("anomaly.smoke", b"x", e.ANOMALY_POLICY, 60, air.now)
        assert node.diffusion.next_deadline() == air.now
