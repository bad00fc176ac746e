"""Events IN_ORDER, as one node hears them and as two nodes pass them."""

from fakes import RING_STARTS, FakeAir, node_of
from lone_node import ORIGIN, SMOKE, lone_node
from skein import event as e
from skein import frame as f
from skein.errors import EventError
from skein.event_queue import EventQueue
from skein.interest_table import HIGH
from skein.ordering import Ordering
from skein.ticks import ticks_add
from skein.turns import NORMAL

POLICY = e.policy(NORMAL, e.FULL, e.PRODUCT, e.IN_ORDER)


def listener(start=0, ordered=4, **settings):
    air, node = lone_node(start, ordered=ordered, **settings)
    node.diffusion.wishes.want("anomaly.smoke", HIGH)
    return air, node


def hear(air, node, count, **changes):
    """The event with this count arrives, in a message whose number is the count, too."""
    frame = bytearray(f.PAYLOAD) + bytes((count, count))
    f.put_header(frame, f.EVENT, 0, 0)
    number = 1000 + count + (256 if count < changes.get("lap_below", 0) else 0)
    f.put_origin(frame, changes.get("origin", ORIGIN), changes.get("epoch", 0), number)
    f.put_id(frame, f.TOPIC, SMOKE)
    frame[f.POLICY] = POLICY
    f.put_u16(frame, f.LIFE_S, 600)
    node.receive(0, frame, -60, 0, air.now)


def read(node):
    """The payloads of all that the application gets now."""
    payloads = []
    event = node.next_event()
    while event:
        payloads.append(event.payload[0])
        event = node.next_event()
    return payloads


def wait(air, node, ms):
    for _ in range(ms):
        air.now = ticks_add(air.now, 1)
        node.poll(air.now)


def test_what_overtook_its_forerunner_waits_for_it():
    for start in RING_STARTS:
        air, node = listener(start)
        for count in (7, 10, 9):
            hear(air, node, count)
        assert read(node) == [7]
        hear(air, node, 8)
        assert read(node) == [8, 9, 10]
        assert node.diffusion.assurances[e.IN_ORDER].lost == 0


def test_a_gap_that_lasts_too_long_is_given_up_and_counted():
    for start in RING_STARTS:
        air, node = listener(start)
        for count in (1, 5, 4, 8):
            hear(air, node, count)
        assert read(node) == [1]
        wait(air, node, 1999)
        assert read(node) == []
        wait(air, node, 1)
        assert read(node) == [4, 5]
        wait(air, node, 1999)
        assert read(node) == []
        wait(air, node, 1)
        assert read(node) == [8]
        assert node.diffusion.assurances[e.IN_ORDER].lost == 4


def test_what_comes_after_its_successors_is_dropped_and_counted():
    air, node = listener()
    for count in (1, 3):
        hear(air, node, count)
    wait(air, node, 2000)
    hear(air, node, 2)
    assert read(node) == [1, 3]
    assert node.diffusion.assurances[e.IN_ORDER].late == 1


def test_the_order_goes_on_when_the_count_begins_anew_at_256():
    air, node = listener(inbox_slots=4)
    for count in (254, 0, 255, 1):
        hear(air, node, count, lap_below=2)
    assert read(node) == [254, 255, 0, 1]


def test_a_source_that_rebooted_begins_anew():
    air, node = listener()
    hear(air, node, 200)
    hear(air, node, 0, epoch=1)
    hear(air, node, 1, epoch=1)
    assert read(node) == [200, 0, 1]


def test_sources_do_not_wait_for_each_other():
    air, node = listener()
    hear(air, node, 1)
    hear(air, node, 3)
    hear(air, node, 9, origin=node_of(51))
    assert read(node) == [1, 9]


def test_a_full_table_forgets_the_order_of_the_pair_used_longest_ago_and_loses_no_event():
    air, node = listener(ordered=1)
    hear(air, node, 1)
    hear(air, node, 3)
    hear(air, node, 9, origin=node_of(51))
    assert read(node) == [1, 9]
    wait(air, node, 4000)
    assert read(node) == [3]
    assert node.diffusion.assurances[e.IN_ORDER].evicted == 1


def test_a_full_inbox_loses_what_comes_too_early_and_says_so():
    air, node = listener(inbox_slots=1)
    hear(air, node, 1)
    assert read(node) == [1]
    hear(air, node, 3)
    hear(air, node, 4)
    assert node.diffusion.assurances[e.IN_ORDER].lost == 1
    hear(air, node, 2)  # it finds no place either, yet what waits for it goes on
    assert read(node) == [3]


def test_the_application_meets_the_order_of_the_source_over_a_lossy_air():
    air = FakeAir(2, loss_percent=20, ordered=2)
    air.nodes[1].diffusion.wishes.want("anomaly.smoke", HIGH)
    air.run(2000)
    for number in range(40):
        sent = air.nodes[0].diffusion
        assert sent.emit("anomaly.smoke", bytes((number,)), POLICY, 60, air.now)
        air.run(60)
    air.run(5000)
    heard = [event.payload[0] for event in air.events[1]]
    assert heard == sorted(heard)
    assert len(heard) >= 38


def test_a_refused_event_leaves_no_gap_behind():
    air, node = listener(queue_slots=4)
    diffusion = node.diffusion
    diffusion.interests.lose(air.now)
    for _ in range(20):
        diffusion.emit("a.b", b"x", POLICY, 60, air.now)
    counts = [frame[f.PAYLOAD + 1] for frame in diffusion.queue.slots if frame[f.POLICY] == POLICY]
    assert sorted(counts) == list(range(len(counts)))
    assert diffusion.assurances[e.IN_ORDER].mark(f.get_id(diffusion.draft, f.TOPIC)) == len(counts)


def test_an_order_that_is_not_switched_on_is_refused_to_the_sender_and_read_all_the_same():
    air, node = listener(ordered=0)
    try:
        node.diffusion.emit("a.b", b"x", POLICY, 60, air.now)
    except EventError as error:
        assert "ordered" in str(error)
    else:
        raise AssertionError("it was taken")
    for count in (3, 1):
        hear(air, node, count)
    assert read(node) == [3, 1]


def test_the_node_wakes_when_a_gap_ends():
    class Inbox:
        inbox = EventQueue(4, f.MTU)
        assurances = [None] * 4

    made = Ordering(2, 1, Inbox(), False)
    assert made.next_deadline(5000) == 5000
    made._has_gap[1] = 1
    made._gap_ends_at[1] = 4000
    assert made.next_deadline(5000) == 4000
