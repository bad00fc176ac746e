"""The token bucket that keeps a link within the law, and its memory of it."""

from device.airtime_governor import AirtimeGovernor
from fakes import RING_STARTS, Dice
from skein.ticks import ticks_add
from skein.turns import CRITICAL, HIGH, LOW, NORMAL

LONGEST_US = 2156544  # 255 bytes at LONG_FAST
HOUR_S = 3600


class FakeLedger:
    """The flash, by what was written to it."""

    def __init__(self, is_writable=True):
        self.term = 0
        self.is_writable = is_writable
        self.saves = 0

    def save(self, term):
        self.saves += 1
        if self.is_writable:
            self.term = term


def most_in_an_hour(sent):
    """The most airtime in us that fell into any hour.  sent: (begin in us, length in us)."""
    hour_us = HOUR_S * 1000000
    most = 0
    for at, _ in sent:
        within = 0
        for begin, length in sent:
            within += max(0, min(begin + length, at + hour_us) - max(begin, at))
        most = max(most, within)
    return most


def send_all_day(governor, start, seconds, step_ms=1000, level=CRITICAL):
    """(begin, length) of what a node sends that always has something to send."""
    sent, now = [], start
    for ms in range(0, seconds * 1000, step_ms):
        now = ticks_add(start, ms)
        if level <= governor.lowest(now):
            governor.reserve()
            governor.spend(LONGEST_US)
            sent.append((ms * 1000, LONGEST_US))
    return sent, now


def test_no_hour_at_all_holds_more_than_is_allowed():
    for start in RING_STARTS:
        for duty in (10, 100, 1000):
            governor = AirtimeGovernor(duty, LONGEST_US, FakeLedger(), start)
            sent, _ = send_all_day(governor, start, 2 * HOUR_S, 2200)
            assert most_in_an_hour(sent) <= HOUR_S * 100 * duty


def test_who_always_sends_gets_seven_tenths_of_what_is_allowed():
    governor = AirtimeGovernor(1000, LONGEST_US, FakeLedger(), 0)
    sent, _ = send_all_day(governor, 0, 3 * HOUR_S, 2200)
    last_hour = [length for at, length in sent if at >= 2 * HOUR_S * 1000000]
    assert sum(last_hour) >= 0.7 * 360 * 1000000


def test_the_emptier_the_bucket_the_more_urgent_a_message_must_be():
    governor = AirtimeGovernor(1000, LONGEST_US, FakeLedger(), 0)
    seen = []
    while governor.lowest(0) >= 0:
        seen.append(governor.lowest(0))
        governor.reserve()
        governor.spend(LONGEST_US)
    assert sorted(seen, reverse=True) == seen
    for level in (LOW, NORMAL, HIGH, CRITICAL):
        assert level in seen
    assert governor.level_us < LONGEST_US


def test_low_traffic_leaves_half_the_bucket_to_what_matters_more():
    governor = AirtimeGovernor(1000, LONGEST_US, FakeLedger(), 0)
    _, now = send_all_day(governor, 0, HOUR_S, level=LOW)
    assert governor.level_us >= governor.capacity_us // 2 - LONGEST_US
    critical, _ = send_all_day(governor, now, 60)
    assert len(critical) >= 20


def test_a_hundred_reboots_in_an_hour_do_not_make_it_more():
    dice = Dice(3)
    ledger = FakeLedger()
    sent, at_ms = [], 0
    for _ in range(100):
        governor = AirtimeGovernor(1000, LONGEST_US, ledger, at_ms)
        lives_s = 1 + dice.randrange(60)
        part, _ = send_all_day(governor, at_ms, lives_s, 2200)
        sent += [(at_ms * 1000 + at, length) for at, length in part]
        at_ms += lives_s * 1000
    assert len(sent) > 50
    assert most_in_an_hour(sent) <= 360 * 1000000
    assert sum(length for _, length in sent) <= governor.capacity_us + at_ms * 100


def test_a_crash_before_anything_was_sent_costs_nothing():
    ledger = FakeLedger()
    for _ in range(20):
        governor = AirtimeGovernor(1000, LONGEST_US, ledger, 0)
        assert governor.lowest(0) == LOW
    assert governor.level_us == governor.capacity_us


def test_a_boot_begins_with_what_was_written_off():
    ledger = FakeLedger()
    first = AirtimeGovernor(1000, LONGEST_US, ledger, 0)
    send_all_day(first, 0, 30, 2200)
    second = AirtimeGovernor(1000, LONGEST_US, ledger, 5)
    assert first.level_us - first.capacity_us // 16 <= second.level_us <= first.level_us


def test_what_filled_up_again_is_told_to_the_flash():
    ledger = FakeLedger()
    governor = AirtimeGovernor(1000, LONGEST_US, ledger, 0)
    _, now = send_all_day(governor, 0, 120, 2200)
    assert governor.lowest(now) == CRITICAL or governor.level_us < governor.capacity_us // 2
    for _ in range(3 * HOUR_S):
        now = ticks_add(now, 1000)
        governor.lowest(now)
    assert governor.level_us == governor.capacity_us
    governor.reserve()
    assert ledger.term * 1000 <= governor.capacity_us // 16 + 1000


def test_a_flash_that_cannot_be_written_means_an_empty_bucket_at_each_boot():
    governor = AirtimeGovernor(1000, LONGEST_US, FakeLedger(is_writable=False), 0)
    assert governor.lowest(0) == -1
    sent, _ = send_all_day(governor, 0, HOUR_S)
    assert most_in_an_hour(sent) <= 360 * 1000000
    assert len(sent) > 50


def test_an_hour_of_overload_writes_the_flash_some_twenty_times_and_then_no_more():
    ledger = FakeLedger()
    governor = AirtimeGovernor(1000, LONGEST_US, ledger, 0)
    _, now = send_all_day(governor, 0, HOUR_S, 2200)
    in_first_hour = ledger.saves
    assert 16 <= in_first_hour <= 32
    send_all_day(governor, now, HOUR_S, 2200)
    assert ledger.saves == in_first_hour  # it says already that nothing is left
