"""What a summary holds, by the strategy of its topic."""

from skein import event as e
from skein.errors import EventError
from skein.strategies import NUMBERS, SEVERITIES
from skein.turns import CRITICAL, HIGH, LOW
from summing import TOPIC, SummingAir


def test_the_highest_priority_of_the_events_is_that_of_the_summary():
    air = SummingAir(3)
    leader = air.elected()
    for priority in (LOW, HIGH, LOW):
        air.emit((leader + 1) % 3, policy=e.policy(priority, e.SUMMARY, e.PRODUCT))
    air.emit((leader + 2) % 3, policy=e.policy(LOW, e.SUMMARY, e.PRODUCT))
    air.run(5000)
    assert [event.priority for event in air.events[leader]] == [HIGH]
    assert air.told(leader)[0]["priority"] == HIGH


def test_numbers_have_a_minimum_a_maximum_a_sum_and_a_mean():
    air = SummingAir(3)
    leader = air.elected()
    for number in range(3):
        air.summaries(number).use(TOPIC, NUMBERS)
        for value in (-40, number, 7):
            air.emit(number, str(value).encode())
    air.run(5000)
    (told,) = air.told(leader)
    assert (told["min"], told["max"], told["sum"], told["count"]) == (-40, 7, -96, 9)
    assert abs(told["mean"] + 96 / 9) < 0.01
    for payload in (b"21.5", b"", b"x", b"600000000"):
        try:
            air.emit(0, payload)
        except EventError:
            continue
        raise AssertionError(payload)


def test_severities_are_counted_by_priority():
    air = SummingAir(2)
    leader = air.elected()
    for number in range(2):
        air.summaries(number).use(TOPIC, SEVERITIES)
        for priority in (CRITICAL, LOW, LOW):
            air.emit(number, policy=e.policy(priority, e.SUMMARY, e.ANOMALY))
    air.run(5000)
    assert air.told(leader)[0]["severities"] == (2, 0, 0, 4)


class Longest:
    """An application's own strategy: the length of the longest payload."""

    number = 9
    length = 1

    def check(self, payload):
        pass

    def add(self, row, at, payload, priority):
        row[at] = max(row[at], len(payload))
        return False

    def merge(self, row, at, other, other_at):
        row[at] = max(row[at], other[other_at])
        return False

    def read(self, row, at, count):
        return {"longest": row[at]}


def test_an_application_adds_a_strategy_of_its_own():
    air = SummingAir(3)
    leader = air.elected()
    for number in range(3):
        air.summaries(number).use(TOPIC, Longest())
        air.emit(number, b"x" * (number + 2))
    air.run(5000)
    assert air.told(leader)[0]["longest"] == 4


def test_rows_of_an_unknown_strategy_are_refused_and_their_events_told_as_lost():
    air = SummingAir(2)
    leader = air.elected()
    air.summaries(1 - leader).use(TOPIC, Longest())
    for _ in range(3):
        air.emit(1 - leader)
    air.run(5000)
    assert air.told(leader) == []
    assert air.summaries(leader).lost == 3
