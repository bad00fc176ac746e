from skein.ticks import MAX_DELTA_MS, TICKS_MAX, ticks_add, ticks_diff


def test_difference_counts_across_the_wrap():
    assert ticks_diff(4, TICKS_MAX) == 5
    assert ticks_diff(TICKS_MAX, 4) == -5


def test_adding_crosses_the_wrap_both_ways():
    assert ticks_add(TICKS_MAX, 1) == 0
    assert ticks_add(0, -1) == TICKS_MAX


def test_longest_span_survives_a_round_trip():
    for start in (0, 1, MAX_DELTA_MS, TICKS_MAX):
        end = ticks_add(start, MAX_DELTA_MS)
        assert ticks_diff(end, start) == MAX_DELTA_MS
