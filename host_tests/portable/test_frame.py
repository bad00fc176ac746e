from fakes import Dice
from skein import frame as f
from skein.ids import ID_MAX

MESH = 9


def beacon():
    frame = bytearray(f.BEACON_LEN)
    f.put_header(frame, f.BEACON, MESH, 0)
    f.put_origin(frame, 0x12345678, 3, 65535)
    f.put_id(frame, f.TERM, 70000)
    f.put_id(frame, f.LEADER, ID_MAX)
    return frame


def event(payload=b"hot", hop_limit=7):
    frame = bytearray(f.PAYLOAD) + payload
    f.put_header(frame, f.EVENT, MESH, hop_limit)
    f.put_origin(frame, 5, 0, 1)
    f.put_id(frame, f.TOPIC, 77)
    return frame


def interest(rows=2):
    frame = bytearray(f.ROWS + rows * f.ROW_LEN)
    f.put_header(frame, f.INTEREST, MESH, 7)
    f.put_origin(frame, 5, 0, 1)
    frame[f.ROW_COUNT] = rows
    return frame


def test_header_and_tag_take_at_most_twenty_bytes():
    assert f.HEADER_LEN + f.TAG_LEN <= 20


def test_fields_come_back_as_they_were_written():
    frame = beacon()
    assert f.check(frame, MESH) == f.OK
    assert f.kind_of(frame) == f.BEACON
    assert f.get_id(frame, f.SENDER) == f.get_id(frame, f.ORIGIN) == 0x12345678
    assert (frame[f.EPOCH], f.get_u16(frame, f.SEQUENCE)) == (3, 65535)
    assert f.get_id(frame, f.TERM) == 70000
    assert f.get_id(frame, f.LEADER) == ID_MAX


def test_every_cut_of_a_frame_is_refused():
    for whole in (beacon(), interest()):
        for length in range(len(whole)):
            assert f.check(whole[:length], MESH) != f.OK
    for length in range(f.PAYLOAD):
        assert f.check(event()[:length], MESH) == f.TOO_SHORT


def test_a_frame_that_is_too_long_is_refused():
    assert f.check(event(bytes(f.MTU - f.PAYLOAD)), MESH) == f.OK
    assert f.check(event(bytes(f.MTU - f.PAYLOAD + 1)), MESH) == f.TOO_LONG
    assert f.check(beacon() + bytes(f.MTU - f.BEACON_LEN), MESH) == f.OK  # parts may follow it
    assert f.check(beacon() + bytes(f.MTU - f.BEACON_LEN + 1), MESH) == f.TOO_LONG
    assert f.check(interest() + b"x", MESH) == f.TOO_LONG


def test_another_version_another_mesh_and_an_unknown_kind_are_refused():
    frame = event()
    frame[f.KIND] = 2 << 5 | f.EVENT
    assert f.check(frame, MESH) == f.OTHER_VERSION
    assert f.check(event(), MESH + 1) == f.OTHER_MESH
    frame = event()
    frame[f.KIND] = f.VERSION << 5 | 4
    assert f.check(frame, MESH) == f.UNKNOWN_KIND


def test_an_id_beyond_thirty_bits_is_refused_in_every_field():
    for make, fields in (
        (beacon, (f.SENDER, f.ORIGIN, f.TERM, f.LEADER, f.DEPUTY)),
        (event, (f.SENDER, f.ORIGIN, f.TOPIC)),
        (interest, (f.SENDER, f.ORIGIN, f.ROWS, f.ROWS + f.ROW_LEN)),
    ):
        for field in fields:
            frame = make()
            frame[field + 3] = 0x40
            assert f.check(frame, MESH) == f.BAD_FIELD


def test_a_count_of_rows_beyond_the_frame_is_refused():
    frame = interest(2)
    frame[f.ROW_COUNT] = 3
    assert f.check(frame, MESH) == f.TOO_SHORT
    frame[f.ROW_COUNT] = 255
    assert f.check(frame, MESH) == f.BAD_FIELD


def test_a_frame_from_nobody_is_refused():
    for make in (beacon, event, interest):
        for field in (f.SENDER, f.ORIGIN):
            frame = make()
            f.put_id(frame, field, 0)
            assert f.check(frame, MESH) == f.BAD_FIELD


def test_the_largest_id_and_the_most_rows_are_taken():
    for make, fields in (
        (beacon, (f.SENDER, f.ORIGIN, f.TERM, f.LEADER, f.DEPUTY)),
        (event, (f.SENDER, f.ORIGIN, f.TOPIC)),
        (interest, (f.SENDER, f.ORIGIN, f.ROWS, f.ROWS + f.ROW_LEN)),
    ):
        frame = make()
        for field in fields:
            f.put_id(frame, field, ID_MAX)
        assert f.check(frame, MESH) == f.OK
    assert f.check(interest(f.ROWS_MAX), MESH) == f.OK
    assert f.check(interest(f.ROWS_MAX + 1), MESH) == f.BAD_FIELD
    assert f.check(event(b""), MESH) == f.OK


def test_the_reason_for_a_refusal_is_the_first_that_applies():
    assert f.check(beacon()[: f.HEADER_LEN - 1], MESH) == f.TOO_SHORT
    for frame in (beacon(), interest()):
        assert f.check(frame[:-1], MESH) == f.TOO_SHORT
    assert f.check(interest() + b"x", MESH) == f.TOO_LONG
    frame = bytearray(f.HEADER_LEN)
    f.put_header(frame, 4, MESH, 0)
    f.put_origin(frame, 5, 0, 0)
    assert f.check(frame, MESH) == f.UNKNOWN_KIND
    assert len(f.REASONS) == f.BAD_FIELD + 1


def test_a_period_in_one_byte_is_never_shorter_and_at_most_a_sixteenth_longer():
    frame = bytearray(f.BEACON_LEN)
    for period_ms in (250, 251, 300, 2001, 12345, 320000, 15872000):
        f.put_period(frame, f.PERIOD, period_ms)
        assert period_ms <= f.get_period(frame, f.PERIOD) <= period_ms * 17 // 16 + 16


def test_a_period_beyond_its_byte_becomes_the_nearest_that_fits():
    frame = bytearray(f.BEACON_LEN)
    for period_ms, written_ms in (
        (0, 250),
        (2000, 2000),
        (15872001, 15872000),
        (ID_MAX, 15872000),
    ):
        f.put_period(frame, f.PERIOD, period_ms)
        assert f.get_period(frame, f.PERIOD) == written_ms


def test_a_longer_period_is_a_larger_byte():
    frame = bytearray(1)
    before_ms = 0
    for byte in range(256):
        frame[0] = byte
        assert f.get_period(frame, 0) > before_ms
        before_ms = f.get_period(frame, 0)
        f.put_period(frame, 0, before_ms)
        assert frame[0] == byte


def test_version_one_looks_like_this_on_the_air():
    """Boards of different builds must understand each other: these bytes never change."""
    assert bytes(beacon()) == (
        b"\x21\x09\x00\x78\x56\x34\x12\x78\x56\x34\x12\x03\xff\xff"
        b"\x00\x00\x70\x11\x01\x00\xff\xff\xff\x3f\x00\x00\x00\x00"
        b"\x00\x00\x00\x00\x00\x00"
    )
    frame = event(b"hot")
    frame[f.POLICY] = 0x15
    f.put_u16(frame, f.LIFE_S, 0x102)
    assert bytes(frame) == (
        b"\x23\x09\x70\x05\x00\x00\x00\x05\x00\x00\x00\x00\x01\x00\x4d\x00\x00\x00\x15\x02\x01hot"
    )
    frame = interest(1)
    f.put_id(frame, f.ROWS, 0x01020304)
    frame[f.ROWS + 4] = 3
    assert bytes(frame) == (
        b"\x22\x09\x70\x05\x00\x00\x00\x05\x00\x00\x00\x00\x01\x00\x01\x04\x03\x02\x01\x03"
    )
    fields = (f.ROLE, f.SCORE, f.LEADER_SCORE, f.BEAT, f.LEADER_HOPS, f.ELECTED)
    assert fields == (14, 15, 24, 25, 27, 0x80)
    assert (f.DEPUTY, f.LEADER_PERIOD, f.PERIOD) == (28, 32, 33)
    assert (f.RESIGNED, f.MANUAL, f.RIVAL, f.MISSED) == (0x40, 0x20, 0x10, 0x08)
    assert (f.MTU, f.TAG_LEN, f.LIFE_FOREVER, f.LIFE_MAX_S) == (250, 6, 0xFFFF, 0xFFFE)
    assert (f.BEACON_LEN, f.ROWS_MAX, f.HOPS_MAX) == (34, 40, 15)


def test_hops_that_would_carry_over_are_refused():
    frame = event()
    frame[f.HOPS] = 5 << 4 | 11
    assert f.check(frame, MESH) == f.BAD_FIELD


def test_a_frame_is_passed_on_as_often_as_its_hop_limit_says():
    frame = event(hop_limit=15)
    passed = 0
    while f.hops_left(frame):
        f.pass_on(frame, 100 + passed)
        assert f.check(frame, MESH) == f.OK
        passed += 1
    assert passed == f.hops_travelled(frame) == 15
    assert f.get_id(frame, f.SENDER) == 114
    assert f.get_id(frame, f.ORIGIN) == 5


def test_random_bytes_get_an_answer_and_never_an_exception():
    dice = Dice(3)
    for _ in range(2000):
        frame = bytearray([dice.randrange(256) for _ in range(dice.randrange(60))])
        assert 0 <= f.check(frame, MESH) < len(f.REASONS)


def test_an_event_whose_delivery_needs_a_byte_is_too_short_without_one():
    frame = bytearray(f.PAYLOAD)
    f.put_header(frame, f.EVENT, 0, 7)
    f.put_origin(frame, 5, 0, 1)
    assert f.check(frame, 0) == f.OK
    frame[f.POLICY] = f.TRAILED
    assert f.check(frame, 0) == f.TOO_SHORT
    assert f.check(frame + b"\x00", 0) == f.OK
