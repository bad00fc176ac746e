"""Part `scale` of the benchmark: it runs what it says, and tells a goal that was missed."""

from dataclasses import replace

from tools.bench import scale

_SMALL = scale.Scale("ESP-NOW", 20, 300, 300, 600, (150.0, 150.0))


def _row(small):
    return scale._row(small, lambda share: None)


def test_a_run_is_repeated_to_the_reception_and_its_time_does_not_enter():
    first, second = _row(_SMALL), _row(_SMALL)
    took = 3
    assert first[:took] + first[took + 1 :] == second[:took] + second[took + 1 :]
    events, receptions = int(first[5]), int(first[6].replace(",", ""))
    assert events > 0
    assert receptions > 20 * 300 * 0.4  # a beacon of each node each 2.5 s is heard at least once


def test_a_goal_that_no_run_can_meet_is_told_as_missed():
    assert _row(_SMALL)[4] == "600 (met)"
    assert _row(replace(_SMALL, limit_s=0))[4] == "0 (missed)"
