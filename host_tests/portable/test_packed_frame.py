"""How events lie in a PACKED frame, and what of it is read."""

from fakes import Dice, LowestRoll
from skein import event as e
from skein import frame as f
from skein import packed_frame as p

MESH = 3
SENDER = 12
POLICY = e.policy(2, e.FULL, e.PRODUCT)
TRAILED = e.policy(2, e.FULL, e.PRODUCT, e.IN_ORDER)
LIFE_S = 896  # takes one byte as it is
HEAD_LEN = 8  # of a further event


def event(payload=b"forty bytes, as in the loads of the bench", origin=7, topic=9, policy=POLICY):
    frame = bytearray(f.MTU)
    f.put_header(frame, f.EVENT, MESH, 7)
    f.put_origin(frame, origin, 2, 300 + origin)
    f.put_id(frame, f.SENDER, SENDER)
    return frame[: e.write(frame, topic, policy, LIFE_S, payload)]


def packed(*events, flags=0):
    """These events in one frame.  flags: of each further one, with SAME or without."""
    frame = bytearray(f.MTU)
    frame[: len(events[0])] = events[0]
    frame[f.KIND] ^= f.EVENT ^ f.PACKED
    code = p.life_code(LIFE_S, LowestRoll())
    at = len(events[0])
    if len(events) == 1:
        return frame[: p.squeeze(frame, at, code)]
    p.begin(frame, at, code)
    for place, other in enumerate(events[1:]):
        more = p.MORE if place + 2 < len(events) else 0
        sent = bytearray(other)
        sent[p.LIFE] = code
        at = p.append(frame, at, sent, len(other), more | flags)
    return frame[:at]


def unpacked(frame):
    """The events in a frame, and whether all of it was read."""
    unpacking = p.Unpacking()
    events = []
    goes_on = unpacking.begin(frame, len(frame))
    while goes_on:
        events.append(bytes(unpacking.event[: unpacking.length]))
        goes_on = unpacking.follow(frame, len(frame))
    return events, not unpacking.is_bad


def test_one_event_takes_a_byte_less_and_comes_back_as_it_was():
    for one in (event(), event(b""), event(b"", policy=TRAILED), event(bytes(f.MTU - f.PAYLOAD))):
        frame = packed(one)
        assert len(frame) == len(one) - 1
        assert f.check(frame, MESH) == f.OK
        assert unpacked(frame) == ([bytes(one)], True)


def test_several_events_come_back_each_as_it_was():
    others = event(b"", 8, 10), event(b"x", 9, policy=TRAILED), event(origin=10)
    for count in (1, 2, 3):
        events = (event(),) + others[:count]
        frame = packed(*events)
        assert f.check(frame, MESH) == f.OK
        assert unpacked(frame) == ([bytes(each) for each in events], True)


def test_one_like_the_one_before_brings_neither_topic_nor_policy_nor_life():
    one, other = event(), event(origin=8)
    payload = len(one) - f.PAYLOAD
    frame = packed(one, other, flags=p.SAME)
    assert len(frame) == p.PAYLOAD + 1 + payload + HEAD_LEN + payload
    assert unpacked(frame) == ([bytes(one), bytes(other)], True)
    assert len(packed(one, other)) == len(frame) + p.RECORD_LEN - p.SAME_LEN


def test_the_payload_of_the_first_one_is_found():
    for frame in (packed(event(b"ab")), packed(event(b"ab"), event(b"cd"))):
        assert frame[p.payload_at(frame) :][:2] == b"ab"


class Roll:
    """Dice that always show the same, where they have that side; -1: their highest."""

    def __init__(self, side):
        self._side = side

    def randrange(self, n):
        return self._side % n


def test_a_life_in_one_byte_is_off_by_a_sixteenth_at_most():
    for life_s in (1, 31, 32, 33, 300, 600, 3600, 3601, 40000, 65533, f.LIFE_MAX_S):
        for side in (0, -1):
            found_s = p.life_of(p.life_code(life_s, Roll(side)))
            assert abs(found_s - life_s) * 16 <= life_s
            assert life_s > 31 or found_s == life_s
    assert p.life_of(p.life_code(f.LIFE_FOREVER, LowestRoll())) == f.LIFE_FOREVER
    assert p.life_code(0, LowestRoll()) == 0


def test_a_life_in_one_byte_is_right_on_the_average():
    for life_s in (33, 100, 300, 601, 3599):
        lives = [p.life_of(p.life_code(life_s, Roll(side))) for side in range(128)]
        assert sum(lives) == 128 * life_s


def test_a_life_takes_the_code_of_the_one_before_where_that_is_as_near():
    assert p.life_code(3600, Roll(0)) == p.life_code(3600, Roll(-1)) + 1
    for code in (p.life_code(3600, Roll(0)), p.life_code(3600, Roll(-1))):
        for side in (0, -1):
            assert p.life_code(3600, Roll(side), code) == code
            assert p.life_code(3584, Roll(side), code) == p.life_code(3584, Roll(0))


def test_each_byte_is_a_life():
    lives = [p.life_of(code) for code in range(256)]
    assert lives == sorted(lives) and lives[0] == 0 and lives[1] == 1
    assert set(lives[-20:]) == {f.LIFE_MAX_S, f.LIFE_FOREVER}


def test_of_a_frame_that_was_cut_only_what_is_whole_is_read():
    events = event(), event(b"xyz", 8, 10), event(b"last", 9)
    frame = packed(*events)
    first = p.LENGTH + 1 + len(events[0]) - f.PAYLOAD
    second = first + p.RECORD_LEN + 3
    assert unpacked(frame[:first]) == ([bytes(events[0])], False)
    for cut in range(p.LENGTH, len(frame)):
        found, is_whole = unpacked(frame[:cut])
        assert found[:2] == [bytes(each) for each in events[: (cut >= first) + (cut >= second)]]
        assert is_whole == (cut >= len(frame) - len(b"last"))


def test_nothing_is_read_from_a_bad_event_on():
    one = event(b"")
    at = p.LENGTH + 1
    good = packed(one, event(b"ab", 8), event(b"", 9))
    for place, value in ((at, 0x88), (at + 11, 0x40), (at + 14, 200)):
        frame = bytearray(good)
        frame[place] = value
        assert unpacked(frame) == ([bytes(one)], False)
    frame = bytearray(good)
    for place in range(at + 1, at + 4):
        frame[place] = 0  # the origin
    frame[at + 4] &= ~0x3F
    assert unpacked(frame) == ([bytes(one)], False)
    assert unpacked(packed(event(b"", policy=TRAILED)[:-1])) == ([], False)


def test_a_payload_beyond_the_longest_frame_is_refused():
    frame = packed(event(bytes(f.MTU - f.PAYLOAD))) + b"x"
    assert f.check(frame, MESH) == f.OK
    assert unpacked(frame) == ([], False)


def test_no_more_than_four_events_are_read():
    events = [event(b"", origin) for origin in range(1, 9)]
    found, _ = unpacked(packed(*events, flags=p.SAME))
    assert found == [bytes(each) for each in events[: p.RECORDS_MAX]]


def test_whatever_a_frame_holds_each_event_that_is_read_may_be_heard():
    dice = Dice(15)
    counts = [0] * (p.RECORDS_MAX + 1)
    for _ in range(1500):
        frame = packed(event(b"abc"), event(b"", 8, 10), event(b"d", 9), event(b"", 10), flags=0)
        frame += bytes(dice.randrange(30))
        for _ in range(dice.randrange(12)):
            at = p.LIFE + dice.randrange(len(frame) - p.LIFE)
            frame[at] = dice.randrange(256) >> dice.randrange(8)
        frame[f.TOPIC + 3] = dice.randrange(2) * p.MORE
        if f.check(frame, MESH) != f.OK:
            continue
        found, _ = unpacked(frame)
        counts[len(found)] += 1
        for each in found:
            assert f.check(each, MESH) == f.OK
            assert f.kind_of(each) == f.EVENT and f.get_id(each, f.SENDER) == SENDER
    assert min(counts)  # each number of events was met
