"""What one node makes of the events it hears, frame by frame."""

from fakes import RING_STARTS, node_of
from lone_node import ORIGIN, SMOKE, declaration, event, lone_node, transmitted
from skein import event as e
from skein import frame as f
from skein import ids
from skein.interest_table import HIGH
from skein.node import OutgoingFrame
from skein.ticks import ticks_add, ticks_diff
from skein.turns import HIGH as HIGH_PRIORITY
from skein.turns import LOW


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


def test_its_own_message_come_back_is_no_news():
    air, node = lone_node()
    node.diffusion.wishes.want("anomaly.smoke", HIGH)
    node.receive(0, event(1, origin=node.id, sender=ORIGIN), -60, 0, air.now)
    assert node.next_event() is None
    assert node.diffusion.duplicates == 1


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


def test_an_endless_life_stays_endless_and_a_refused_event_touches_no_other_life():
    air, node = lone_node(inbox_slots=1)
    node.diffusion.wishes.want("anomaly.smoke", HIGH)
    node.receive(0, event(1, life_s=f.LIFE_FOREVER), -60, 0, air.now)
    node.receive(0, event(2, life_s=1), -60, 0, air.now)
    assert node.diffusion.inbox.life_ms(0, air.now) == -1
    node.poll(ticks_add(air.now, 100000000))
    assert node.next_event().life_s == f.LIFE_FOREVER
    assert node.diffusion.delivered == 1


def test_an_event_is_not_sent_at_the_end_of_its_life():
    air, node = lone_node()
    transmitted(air, f.INTEREST, 1500)
    node.diffusion.interests.lose(air.now)
    node.diffusion.emit("anomaly.smoke", b"x", e.ANOMALY_POLICY, 2, air.now)
    out = OutgoingFrame()
    assert not node.diffusion.take(out, ticks_add(air.now, 2000))
    assert node.diffusion.queue.expired[HIGH_PRIORITY] == 1


def test_an_event_to_pass_on_keeps_its_own_life():
    air, node = lone_node()
    node.diffusion.wishes.want("anomaly.smoke", HIGH)
    node.receive(0, event(1, life_s=60), -60, 0, air.now)
    slot = node.diffusion.relay.find(ORIGIN, 0, 1)
    assert node.diffusion.queue.life_ms(slot, air.now) == 60000


def test_a_copy_from_a_node_without_a_row_covers_no_neighbour():
    air, node = lone_node(neighbours=2)
    node.receive(0, event(7, origin=901, life_s=0), -60, 0, air.now)  # now both rows are taken
    node.diffusion.interests.lose(air.now)
    for number in (1, 2):
        node.receive(0, event(number, sender=901), -60, 0, air.now)
    covered = bytes(node.diffusion.relay._covered)
    node.receive(0, event(2, sender=902), -60, 0, air.now)
    assert node.neighbours.find(902) == -1
    assert bytes(node.diffusion.relay._covered) == covered


def test_an_origin_is_forgotten_ten_minutes_after_its_last_message():
    air, node = lone_node()
    node.poll(ticks_add(air.now, 599999))
    assert len(node.diffusion.seen) == 1
    node.poll(ticks_add(air.now, 600999))
    assert len(node.diffusion.seen) == 0


def test_a_local_event_never_leaves_the_node_and_its_own_application_reads_it():
    air, node = lone_node()
    node.diffusion.interests.lose(air.now)  # everything counts as wanted elsewhere
    transmitted(air, f.INTEREST, 2000)
    node.diffusion.wishes.want("anomaly.smoke", HIGH)
    assert node.diffusion.emit("anomaly.smoke", b"own", e.POLICY, 60, air.now)
    assert node.diffusion.emit("anomaly.rain", b"unread", e.POLICY, 60, air.now)
    event = node.next_event()
    assert (event.payload, event.source, event.hops) == (b"own", ids.text(node.id), 0)
    assert node.next_event() is None
    assert transmitted(air, f.EVENT, 1000) == []


def test_a_local_event_on_the_air_is_a_forgery_and_goes_nowhere():
    air, node = lone_node()
    node.diffusion.wishes.want("anomaly.smoke", HIGH)
    forged = event(1)
    forged[f.POLICY] = e.POLICY
    node.receive(0, forged, -60, 0, air.now)
    assert node.next_event() is None
    assert transmitted(air, f.EVENT, 500) == []


def test_a_full_inbox_tells_who_emits_a_local_event():
    air, node = lone_node(inbox_slots=1)
    node.diffusion.wishes.want("anomaly.smoke", HIGH)
    assert node.diffusion.emit("anomaly.smoke", b"1", e.POLICY, 60, air.now)
    assert not node.diffusion.emit("anomaly.smoke", b"2", e.POLICY, 60, air.now)


def test_of_latest_events_that_wait_only_the_newest_is_sent():
    air, node = lone_node()
    transmitted(air, f.INTEREST, 2000)
    node.diffusion.interests.lose(air.now)
    policy = e.policy(LOW, e.FULL, e.TELEMETRY, e.LATEST)
    for number in range(3):
        assert node.diffusion.emit("telemetry.t", bytes((number,)), policy, 60, air.now)
    out = OutgoingFrame()
    assert node.diffusion.take(out, air.now)
    assert out.buffer[f.PAYLOAD] == 2
    assert not node.diffusion.take(out, air.now)
