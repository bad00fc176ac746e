"""What an event may cost in memory and on the air, and who may speak for whom."""

from fakes import FakeAir
from lone_node import ORIGIN, event, lone_node
from skein import event as e
from skein import frame as f
from skein.event_queue import EventQueue
from skein.event_store import NAME, EventStore
from skein.ids import topic_id
from skein.node import OutgoingFrame
from skein.seen_table import STALE
from skein.ticks import ticks_add


def test_an_hour_of_telemetry_leaves_the_memory_as_large_as_it_was():
    """One reading a second, which nobody reads and which is kept to be asked for."""
    air, node = lone_node(store_bytes=4096)
    diffusion = node.diffusion
    diffusion.interests.put(topic_id("telemetry.heap"), ORIGIN, 1, air.now)

    def sizes():
        store = diffusion.queries.others
        return len(diffusion.queue.slots), len(store.bytes), len(store._offsets)

    before = sizes()
    held = []
    out = OutgoingFrame()
    for second in range(3600):
        air.now = ticks_add(air.now, 1000)
        node.diffusion.emit("telemetry.heap", b"%08d" % second, e.TELEMETRY_POLICY, 3600, air.now)
        node.poll(air.now)
        while node.take_frame(out):
            pass
        store = diffusion.queries.others
        held.append(store.end - store.first)
    assert sizes() == before
    assert len(diffusion.queue) <= diffusion.queue.capacity
    assert max(held) == held[-1] == held[1000]
    newest = store.offset(store.end - 1) + NAME + len("telemetry.heap")
    assert bytes(store.bytes[newest : newest + 8]) == b"00003599"


def test_two_lives_of_one_node_do_not_overwrite_each_others_events():
    """A counter that begins anew after a reboot gives two events one number."""
    air, node = lone_node(store_bytes=4096)
    for epoch in (1, 2):
        frame = event(7)
        frame[f.EPOCH] = epoch
        frame[f.PAYLOAD] = epoch
        node.receive(0, frame, -60, 0, air.now)
    alarms = node.diffusion.queries.alarms
    assert alarms.end - alarms.first == 2
    kept = [alarms.bytes[alarms.offset(number) + NAME] for number in (0, 1)]
    assert kept == [1, 2]
    assert node.diffusion.seen.meet(ORIGIN, 1, 8, air.now) == STALE  # its former self is over


def test_an_event_takes_seven_bytes_beside_header_and_payload_and_eight_with_a_receipt():
    for delivery, most in ((e.PLAIN, 7), (e.LATEST, 7), (e.IN_ORDER, 8), (e.CONFIRMED, 8)):
        air = FakeAir(2, ordered=4, confirmed=2)
        air.run(20000, until=air.agreed)
        policy = e.policy(0, e.FULL, e.ANOMALY, delivery)
        node = air.nodes[0]
        assert node.diffusion.emit(
            "anomaly.a-topic-with-a-long-name", b"12345", policy, 60, air.now
        )
        slot = list(node.diffusion.queue.priorities).index(0)
        assert node.diffusion.queue.lengths[slot] - f.HEADER_LEN - 5 == most


def test_whatever_an_application_emits_is_from_its_own_node_and_boot():
    air = FakeAir(1)
    node = air.nodes[0]
    for policy in (e.POLICY, e.PRODUCT_POLICY, e.ANOMALY_POLICY, e.COMMAND_POLICY):
        assert node.diffusion.emit("product.x", b"x", policy, 60, air.now)
        for queue in (node.diffusion.queue, node.diffusion.inbox):
            for slot in range(queue.capacity):
                if queue.is_held(slot):
                    frame = queue.slots[slot]
                    assert f.get_id(frame, f.ORIGIN) == f.get_id(frame, f.SENDER) == node.id
                    assert frame[f.EPOCH] == node.epoch


def test_all_that_was_refused_displaced_or_expired_is_counted_by_level():
    store = EventStore(512)
    assert store.open(300, 60, 0) < 0 and store.too_long == 1
    for second in range(40):
        store.open(50, 60, 1000 * second)
    assert store.evicted == 40 - (store.end - store.first)
    queue = EventQueue(4, f.MTU)
    for priority in (3, 3, 3, 2, 2, 0, 0, 0, 0, 0):
        queue.push(bytes(40), 40, priority, 0, 500)
    assert list(queue.refused) == [1, 0, 0, 0]
    assert list(queue.displaced) == [0, 0, 2, 3]
    queue.expire(500)
    assert list(queue.expired) == [4, 0, 0, 0]
