from skein import event as e
from skein import frame as f
from skein.errors import EventError
from skein.event_queue import EventQueue
from skein.turns import CRITICAL, HIGH, LOW, NORMAL


def test_a_policy_gives_its_three_parts_back():
    for priority in range(4):
        for propagation in range(4):
            for kind in range(4):
                policy = e.policy(priority, propagation, kind)
                assert 0 <= policy < 64
                assert e.priority_of(policy) == priority
                assert e.propagation_of(policy) == propagation
                assert e.kind_of(policy) == kind


def test_each_kind_of_event_has_the_policy_and_the_life_of_the_source_documents():
    assert e.policy(NORMAL, e.FULL, e.PRODUCT) == e.PRODUCT_POLICY
    assert e.policy(LOW, e.QUERY, e.TELEMETRY) == e.TELEMETRY_POLICY
    assert e.policy(HIGH, e.FULL, e.ANOMALY) == e.ANOMALY_POLICY
    assert e.policy(CRITICAL, e.FULL, e.ANOMALY) == e.CRITICAL_POLICY
    assert e.policy(HIGH, e.FULL, e.COMMAND) == e.COMMAND_POLICY
    lives = (e.PRODUCT_LIFE_S, e.TELEMETRY_LIFE_S, e.ANOMALY_LIFE_S, e.CRITICAL_LIFE_S)
    assert lives == (300, 3600, 600, 300)
    assert e.COMMAND_LIFE_S == 300


def test_an_event_says_all_that_its_frame_holds():
    frame = bytearray(f.PAYLOAD) + b"21.5 and what a longer frame left behind"
    f.put_origin(frame, 0xBEEF, 3, 9)
    frame[f.HOPS] = 4 << 4 | 3
    frame[f.POLICY] = e.policy(LOW, e.QUERY, e.COMMAND)
    f.put_u16(frame, f.LIFE_S, 12345)
    event = e.Event("telemetry.room", frame, f.PAYLOAD + 4)
    assert (event.topic, event.payload, event.source) == ("telemetry.room", b"21.5", "0000beef")
    assert (event.priority, event.kind, event.hops) == (LOW, e.COMMAND, 3)
    assert event.life_s == 12345
    assert repr(event) == "<telemetry.room b'21.5' from 0000beef>"


def test_a_policy_of_which_nothing_is_said_is_normal_and_stays_on_the_node():
    assert e.POLICY == 0
    assert e.policy(NORMAL, e.LOCAL, e.PRODUCT) == 0
    assert (e.priority_of(0), e.propagation_of(0), e.delivery_of(0)) == (NORMAL, e.LOCAL, e.PLAIN)


def test_a_policy_out_of_its_range_is_an_error_and_no_other_policy():
    for wrong in ((4, 0, 0, 0), (0, -1, 0, 0), (0, 0, "x", 0), (0, 0, 0, 4), (True, 0, 0, 0)):
        try:
            e.policy(*wrong)
        except EventError as error:
            assert "from 0 to 3" in str(error)
        else:
            raise AssertionError(f"{wrong} made a policy")


LATEST = e.policy(LOW, e.FULL, e.TELEMETRY, e.LATEST)


def reading(number, origin=5, topic=9, policy=LATEST):
    frame = bytearray(f.PAYLOAD) + bytes((number,))
    f.put_header(frame, f.EVENT, 0, 7)
    f.put_origin(frame, origin, 0, number)
    f.put_id(frame, f.TOPIC, topic)
    frame[f.POLICY] = policy
    return frame


def put(queue, frame):
    return e.put(queue, frame, len(frame), 0)


def test_a_latest_event_takes_the_place_of_its_older_self():
    queue = EventQueue(4, f.MTU)
    slot = put(queue, reading(1))
    assert put(queue, reading(2)) == slot
    assert (len(queue), queue.superseded, queue.slots[slot][f.PAYLOAD]) == (1, 1, 2)


def test_a_latest_event_that_comes_late_displaces_no_newer_one():
    queue = EventQueue(4, f.MTU)
    slot = put(queue, reading(2))
    assert put(queue, reading(1)) == -1
    assert (len(queue), queue.slots[slot][f.PAYLOAD]) == (1, 2)
    assert sum(queue.refused) == 0


def test_a_latest_event_leaves_other_sources_topics_and_plain_events_alone():
    queue = EventQueue(8, f.MTU)
    plain = e.policy(LOW, e.FULL, e.TELEMETRY)
    for other in (reading(1), reading(2, origin=6), reading(3, topic=8), reading(4, policy=plain)):
        assert put(queue, other) >= 0
    assert put(queue, reading(5, policy=plain)) >= 0
    assert (len(queue), queue.superseded) == (5, 0)
    assert put(queue, reading(6)) >= 0
    assert (len(queue), queue.superseded) == (5, 1)
