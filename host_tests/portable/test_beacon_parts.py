"""What may follow the body of a beacon: its bytes, and what is refused."""

from skein import beacon_parts as p
from skein import frame as f


def beacon(*rows):
    """A beacon with a row for each (node, boot, state and age)."""
    frame = bytearray(p.FIRST_ROW + len(rows) * p.ROW_LEN)
    f.put_header(frame, f.BEACON, 0, 0)
    f.put_origin(frame, 77, 0, 0)
    frame[p.WHAT] = len(rows)
    at = p.FIRST_ROW
    for node, boot, state in rows:
        f.put_id(frame, at, node)
        frame[at + p.BOOT] = boot
        frame[at + p.STATE] = state
        at += p.ROW_LEN
    return frame


def test_the_parts_begin_where_the_body_ends():
    assert p.WHAT == f.BEACON_LEN
    assert p.FIRST_ROW == p.WHAT + 1
    assert p.STATE + 1 == p.ROW_LEN
    assert p.FIRST_ROW + p.ROWS_MAX * p.ROW_LEN <= f.MTU - f.TAG_LEN


def test_rows_look_like_this_on_the_air():
    """Boards of different builds must understand each other: these bytes never change."""
    frame = beacon((0x12345678, 3, 0x45), (9, 255, 0xFF))
    assert bytes(frame[f.BEACON_LEN :]) == b"\x02\x78\x56\x34\x12\x03\x45\x09\x00\x00\x00\xff\xff"
    assert (p.LEAVING, p.LONGEST_AGE, p.ROWS_MAX, p.AGES_A_PERIOD) == (0x40, 63, 8, 8)


def test_a_beacon_with_whole_rows_may_be_read():
    assert f.check(beacon((5, 0, 0)), 0) == f.OK
    assert p.check(beacon())
    assert p.check(beacon((5, 0, 0), (0x3FFFFFFF, 0, 0)))
    assert p.check(beacon(*[(5, 0, 0)] * p.ROWS_MAX))


def test_a_beacon_without_parts_has_none_to_read():
    assert not p.check(bytearray(f.BEACON_LEN))


def test_more_rows_than_a_beacon_may_have_are_refused():
    assert not p.check(beacon(*[(5, 0, 0)] * (p.ROWS_MAX + 1)))


def test_a_count_that_does_not_match_the_length_is_refused():
    for count in (0, 1, 3, 15):
        frame = beacon((5, 0, 0), (6, 0, 0))
        frame[p.WHAT] = count
        assert not p.check(frame)
    assert not p.check(beacon((5, 0, 0))[:-1])
    assert not p.check(beacon((5, 0, 0)) + b"x")


def test_a_row_of_nobody_or_with_an_id_beyond_thirty_bits_is_refused():
    assert not p.check(beacon((5, 0, 0), (0, 0, 0)))
    frame = beacon((5, 0, 0), (6, 0, 0))
    frame[p.FIRST_ROW + p.ROW_LEN + 3] = 0x40
    assert not p.check(frame)


def test_an_age_never_grows_younger_and_at_most_an_eighth_older():
    for units in range(1913):
        told = p.get_age(p.age_code(units))
        assert units <= told <= units + units // 8 + 1
    for units in range(9):
        assert p.get_age(p.age_code(units)) == units


def test_an_age_beyond_its_bits_is_the_longest():
    assert p.get_age(p.LONGEST_AGE) == 1912
    for units in (1912, 1913, 100000, 0x3FFFFFFF):
        assert p.age_code(units) == p.LONGEST_AGE


def test_the_state_does_not_change_the_age():
    for state in range(4):
        assert p.get_age(state << 6 | p.age_code(40)) == 40
