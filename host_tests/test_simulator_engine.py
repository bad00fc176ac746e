"""Virtual time, chance and clocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.simulator.dice import Dice
from tools.simulator.engine import Engine
from tools.simulator.station import TICKS_PERIOD_MS, LocalClock


def test_actions_run_in_the_order_of_their_instants():
    engine, ran = Engine(), []
    for at_us in (30, 10, 20):
        engine.at(at_us, ran.append, at_us)
    engine.run_until(25)
    assert ran == [10, 20]
    assert engine.now_us == 25


def test_actions_of_one_instant_run_in_the_order_of_asking():
    engine, ran = Engine(), []
    for name in "cab":
        engine.at(5, ran.append, name)
    engine.run_until(5)
    assert ran == ["c", "a", "b"]


def test_an_action_taken_back_does_not_run():
    engine, ran = Engine(), []
    entry = engine.after(5, ran.append, "no")
    engine.cancel(entry)
    engine.cancel(entry)
    engine.run_until(10)
    assert ran == []


def test_the_past_cannot_be_asked_for():
    engine = Engine()
    engine.run_until(10)
    with pytest.raises(ValueError, match="has passed"):
        engine.at(9, print)


def test_streams_of_chance_do_not_disturb_each_other():
    left, right = Dice(1).stream("left"), Dice(1).stream("right")
    right.random()
    assert left.random() == Dice(1).stream("left").random()
    assert Dice(1).stream("left").random() != Dice(2).stream("left").random()
    assert Dice(1).stream("left").random() != Dice(1).stream("right").random()


@given(
    offset_ms=st.integers(0, TICKS_PERIOD_MS - 1),
    drift_ppm=st.floats(-100, 100),
    now_us=st.integers(0, 10**11),
    wait_ms=st.integers(0, 10**7),
)
def test_a_timer_on_a_local_clock_fires_when_the_clock_shows_its_instant(
    offset_ms, drift_ppm, now_us, wait_ms
):
    clock = LocalClock(offset_ms, drift_ppm)
    wanted = (clock.ticks_ms(now_us) + wait_ms) % TICKS_PERIOD_MS
    at_us = clock.instant_us(wanted, now_us)
    assert at_us >= now_us
    assert clock.ticks_ms(at_us) == wanted


def test_a_local_instant_that_has_passed_is_now():
    clock = LocalClock(offset_ms=TICKS_PERIOD_MS - 5)
    assert clock.instant_us(TICKS_PERIOD_MS - 2, now_us=20_000) == 20_000
