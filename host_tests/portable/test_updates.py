"""Values that change often: what is sent of them, when, and at what priority."""

from fakes import RING_STARTS, FakeAir
from skein import event as e
from skein import frame as f
from skein.errors import EventError
from skein.ids import topic_id
from skein.interest_table import CRITICAL, HIGH, LOW, MEDIUM, NONE
from skein.node import OutgoingFrame
from skein.ticks import ticks_add
from skein.turns import NORMAL

POSE = "product.pose"
OTHER = 77


def sender(level=NONE, start=0, **settings):
    """A node whose interest table is complete, and somebody who wants the pose at a level."""
    air = FakeAir(2, start=start, updates=2, **settings)
    air.skip(300)
    node = air.nodes[0]
    while not node.diffusion.interests.is_complete():
        air.skip(1000)
    want(air, level)
    return air, node, node.diffusion.wishes.learn(POSE)


def want(air, level, who=OTHER, topic=POSE):
    node = air.nodes[0]
    if level:
        node.diffusion.interests.put(topic_id(topic), who, level, air.now)


def sent(air, node, payload, is_key=True, priority=NORMAL):
    return node.updates.update(
        node.diffusion.wishes.learn(POSE), payload, is_key, priority, air.now
    )


def waiting(node):
    """(payload, priority) of all that is queued."""
    queue = node.diffusion.queue
    found = []
    for slot in range(queue.capacity):
        if queue.is_held(slot) and f.kind_of(queue.slots[slot]) == f.EVENT:
            frame = queue.slots[slot]
            payload = bytes(frame[f.PAYLOAD : queue.lengths[slot]])
            found.append((payload, e.priority_of(frame[f.POLICY])))
    return found


def queued_after(air, node, most_ms):
    """After how many milliseconds the first update is queued."""
    for passed in range(most_ms + 1):
        node.updates.poll(ticks_add(air.now, passed))
        if waiting(node):
            return passed
    return None


def test_nothing_is_sent_of_what_nobody_else_wants():
    air, node, _ = sender()
    node.diffusion.wishes.want(POSE, CRITICAL)  # this node's own wish does not count
    assert not sent(air, node, b"1")
    assert queued_after(air, node, 300) is None
    assert node.updates.unwanted == 1


def test_the_more_it_is_wanted_the_sooner_it_goes():
    for start in RING_STARTS:
        for level, delay_ms in ((CRITICAL, 0), (HIGH, 10), (MEDIUM, 50), (LOW, 200)):
            air, node, _ = sender(level, start)
            assert sent(air, node, b"1")
            assert queued_after(air, node, 300) == delay_ms


def test_no_update_is_more_urgent_than_it_says_nor_than_it_is_wanted():
    for level, priority, queued in (
        (CRITICAL, 1, 1),
        (CRITICAL, 3, 3),
        (HIGH, 1, 1),
        (MEDIUM, 1, 2),
        (LOW, 1, 3),
        (LOW, 0, 0),  # an alarm stays one
    ):
        air, node, _ = sender(level)
        assert sent(air, node, b"1", True, priority)
        queued_after(air, node, 300)
        assert waiting(node) == [(b"1", queued)]


def test_who_wants_it_little_gets_keyframes_and_who_wants_it_more_some_of_the_rest():
    for level, gone in (
        (LOW, []),
        (MEDIUM, [1, 3]),
        (HIGH, [1, 2, 3, 4]),
        (CRITICAL, [1, 2, 3, 4]),
    ):
        air, node, _ = sender(level)
        assert sent(air, node, b"0")
        queued_after(air, node, 300)
        for number in range(1, 5):
            went = sent(air, node, bytes((number,)), False)
            node.updates.poll(ticks_add(air.now, 300))
            assert went == (number in gone)
        assert node.updates.thinned == 4 - len(gone)


def test_the_highest_level_counts_since_one_transmission_serves_all():
    air, node, topic = sender(LOW)
    assert node.updates.level(topic) == LOW
    want(air, HIGH, who=OTHER + 1)
    assert node.updates.level(topic) == HIGH
    node.diffusion.interests.forget_all_but_renewed(OTHER + 1, ticks_add(air.now, 1))
    assert node.updates.level(topic) == LOW


def test_a_wish_for_its_prefix_is_one_for_it():
    air, node, topic = sender()
    want(air, MEDIUM, topic="product.")
    assert node.updates.level(topic) == MEDIUM


def test_while_the_table_may_lack_something_all_counts_as_wanted():
    air, node, topic = sender()
    node.diffusion.interests.lose(air.now)
    assert node.updates.level(topic) == HIGH


def test_what_waits_gives_way_to_what_is_newer_and_keeps_its_time():
    air, node, _ = sender(LOW)
    sent(air, node, b"1")
    node.updates.poll(ticks_add(air.now, 150))
    air.now = ticks_add(air.now, 150)
    sent(air, node, b"2")
    assert queued_after(air, node, 300) == 50
    assert waiting(node)[0][0] == b"2"
    assert node.updates.superseded == 1


def test_a_keyframe_that_waits_gives_way_to_no_delta():
    air, node, _ = sender(HIGH)
    sent(air, node, b"key")
    assert not sent(air, node, b"delta", False)
    queued_after(air, node, 300)
    assert waiting(node)[0][0] == b"key"
    assert sent(air, node, b"delta", False)
    node.updates.poll(ticks_add(air.now, 300))
    assert [payload for payload, _ in waiting(node)] == [b"key", b"delta"]


def test_in_the_queue_only_deltas_give_way():
    air, node, _ = sender(CRITICAL)
    for payload, is_key in ((b"key", True), (b"one", False), (b"two", False), (b"KEY", True)):
        sent(air, node, payload, is_key)
        node.updates.poll(air.now)
    assert sorted(payload for payload, _ in waiting(node)) == [b"KEY", b"key", b"two"]


def flood(air, node, is_key):
    """How many of a thousand in 100 ms go."""
    before = node.updates.sent
    for number in range(1000):
        sent(air, node, bytes(200), is_key)
        node.updates.poll(ticks_add(air.now, number // 10))
        node.diffusion.queue.expire(air.now)
        for slot in range(node.diffusion.queue.capacity):
            if node.diffusion.queue.is_held(slot):
                node.diffusion.queue.sent(slot)
    return node.updates.sent - before


def test_updates_take_a_quarter_of_the_channel_and_deltas_leave_half_of_that_to_keyframes():
    whole_us = FakeAir.radio.airtime_us(f.MTU)
    one_us = FakeAir.radio.airtime_us(f.PAYLOAD + 200)
    for is_key, least_us in ((True, 0), (False, 4 * whole_us)):
        air, node, _ = sender(CRITICAL)
        most = (8 * whole_us - least_us + 99_000 // 4) // one_us
        assert most - 1 <= flood(air, node, is_key) <= most
        assert node.updates.over_budget > 900


def test_a_keyframe_is_needed_once_more_nodes_want_it():
    air, node, topic = sender()
    assert not node.updates.needs_keyframe(topic)
    want(air, LOW)
    assert node.updates.needs_keyframe(topic)
    sent(air, node, b"key")
    assert not node.updates.needs_keyframe(topic)
    want(air, HIGH, who=OTHER + 1)
    assert node.updates.needs_keyframe(topic)


def test_one_topic_more_than_the_rows_is_refused_and_counted():
    air, node, _ = sender()
    for name, is_taken in (("a", True), ("b", True), ("c", False), ("b", True)):
        want(air, HIGH, topic=name)
        topic = node.diffusion.wishes.learn(name)
        assert node.updates.update(topic, b"1", True, NORMAL, air.now) == is_taken
    assert node.updates.refused == 1


def test_what_no_event_can_have_is_an_error_of_one_sentence():
    air, node, topic = sender(HIGH)
    for payload, priority in ((bytes(224), NORMAL), ("text", NORMAL), (b"1", 4), (b"1", "HIGH")):
        try:
            node.updates.update(topic, payload, True, priority, air.now)
        except EventError as error:
            assert str(error)
        else:
            raise AssertionError(f"{payload!r} at {priority!r} was taken")


def test_an_update_reaches_who_wants_it_over_the_air():
    air = FakeAir(3, updates=2)
    air.nodes[2].diffusion.wishes.want(POSE, HIGH)
    air.nodes[2].diffusion.declare_soon(air.now)
    air.skip(3000)
    sent(air, air.nodes[0], b"here")
    air.skip(300)
    assert [event.payload for event in air.events[2]] == [b"here"]


def test_a_node_sleeps_until_an_update_is_due():
    air, node, _ = sender(LOW)
    sent(air, node, b"1")
    due = ticks_add(air.now, 200)
    assert node.updates.next_deadline(ticks_add(air.now, 5000)) == due
    assert not node.updates.take(OutgoingFrame(), air.now)
