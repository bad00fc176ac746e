from skein import event as e
from skein import frame as f
from skein.event_queue import CRITICAL, HIGH, LOW, NORMAL


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
