"""The shared channel by itself, in made-up time: turns, time on air, loss, range, cuts."""

import math

import pytest

from tools.virtual import wire
from tools.virtual.links import Links
from tools.virtual.medium import Medium, airtime_s

ALL = b"\xff" * 6
FLAGS = wire.IS_STA_ON | wire.IS_ESPNOW_ON


class Record:
    """A medium whose deliveries and completions are kept with their time."""

    def __init__(self, boards: int, links: Links | None = None, seed: int = 1):
        self.now = 0.0
        self.delivered: list[tuple[int, bytes, int]] = []
        self.finished: list[tuple[int, float]] = []
        self.medium = Medium(links or Links(), seed, self._deliver, self._finish)
        for number in range(boards):
            station = self.medium.station(number)
            station.flags, station.channel, station.mac = FLAGS, 6, bytes((2, 0, 0, 0, 0, number))

    def send(self, number: int, message: bytes, destination: bytes = ALL) -> None:
        self.medium.send(self.medium.station(number), destination, message, self.now)

    def run(self) -> None:
        """Until nothing is due any more."""
        while (due_at := self.medium.next_due_at()) is not None:
            self.now = due_at
            self.medium.step(self.now)

    def heard_by(self, number: int) -> list[bytes]:
        return [message for listener, message, _ in self.delivered if listener == number]

    def _deliver(self, station, data):
        length = int.from_bytes(data[2:4], "little")
        rssi_dbm = data[8] - 256
        self.delivered.append((station.number, data[15 : 15 + length], rssi_dbm))

    def _finish(self, station):
        self.finished.append((station.number, self.now))


@pytest.mark.parametrize(("message_bytes", "airtime_ms"), [(32, 0.792), (64, 1.048), (250, 2.536)])
def test_a_frame_takes_as_long_as_at_one_megabit_with_the_long_preamble(message_bytes, airtime_ms):
    assert airtime_s(message_bytes) * 1000 == pytest.approx(airtime_ms)


def test_everybody_in_range_on_the_channel_hears_a_broadcast_once():
    record = Record(4)
    record.medium.station(3).channel = 1
    record.send(0, b"hello")
    record.run()
    assert sorted(record.delivered)[0][:2] == (1, b"hello")
    assert [number for number, _, _ in sorted(record.delivered)] == [1, 2]


def test_boards_that_hear_each_other_never_send_at_the_same_time():
    record = Record(5)
    for number in range(5):
        for _ in range(20):
            record.send(number, bytes(250))
    record.run()
    ends = [at for _, at in record.finished]
    assert len(ends) == 100
    gaps = [after - before for before, after in zip(ends, ends[1:], strict=False)]
    assert min(gaps) >= airtime_s(250)
    assert {number for number, _ in record.finished[:20]} == {0, 1, 2, 3, 4}  # and take turns


def test_boards_that_do_not_hear_each_other_do_not_wait():
    links = Links(groups=[{0}, {1}])
    record = Record(2, links)
    for number in (0, 1):
        for _ in range(20):
            record.send(number, bytes(250))
    record.run()
    assert record.finished[-1][1] < 30 * airtime_s(250)


def test_other_channels_are_not_waited_for():
    record = Record(2)
    record.medium.station(1).channel = 11
    for number in (0, 1):
        for _ in range(20):
            record.send(number, bytes(250))
    record.run()
    assert record.finished[-1][1] < 30 * airtime_s(250)
    assert record.delivered == []


def test_loss_is_drawn_at_each_listener_by_itself():
    record = Record(3, seed=7)
    record.medium.loss_percent = 30
    for n in range(1000):
        record.send(0, n.to_bytes(2, "big"))
        record.run()
    first, second = set(record.heard_by(1)), set(record.heard_by(2))
    assert 640 < len(first) < 760
    assert 640 < len(second) < 760
    assert 420 < len(first & second) < 560  # 0.7 * 0.7
    counts = record.medium.station(1).counts
    assert counts.frames_in + counts.frames_lost == 1000


def test_the_same_seed_gives_the_same_air():
    def story(seed):
        record = Record(3, seed=seed)
        record.medium.loss_percent = 50
        for n in range(50):
            record.send(n % 3, bytes([n]))
        record.run()
        return record.delivered

    assert story(3) == story(3)
    assert story(3) != story(4)


def test_strength_falls_with_distance_and_ends_at_the_range():
    links = Links(positions_m={0: (0, 0), 1: (10, 0), 2: (0, 100), 3: (101, 0)}, range_m=100)
    assert links.rssi_dbm(0, 1) == pytest.approx(-70)
    assert links.rssi_dbm(0, 2) == -95
    assert links.rssi_dbm(0, 3) is None
    assert Links().rssi_dbm(0, 1) == -40


def test_given_links_may_be_one_way():
    links = Links(given={(0, 1): -60.0})
    assert links.rssi_dbm(0, 1) == -60
    assert links.rssi_dbm(1, 0) is None
    assert Links(blocked={(1, 0)}).rssi_dbm(1, 0) is None
    assert Links(blocked={(1, 0)}).rssi_dbm(0, 1) is not None


def test_a_cut_parts_its_groups_and_those_not_named():
    links = Links(groups=[{0, 1}, {2}])
    heard = {(a, b) for a in range(5) for b in range(5) if links.rssi_dbm(a, b) is not None}
    pairs = {(0, 1), (1, 0), (3, 4), (4, 3)}
    assert heard == pairs | {(n, n) for n in range(5)}


def test_an_acknowledgement_needs_the_way_back():
    record = Record(2, Links(given={(0, 1): -60.0}))
    record.send(0, b"x", destination=record.medium.station(1).mac)
    record.run()
    assert record.heard_by(1) == [b"x"]
    assert (record.medium.station(0).sent, record.medium.station(0).failed) == (1, 1)


def test_a_unicast_reaches_only_whom_it_names():
    record = Record(3)
    record.send(0, b"x", destination=record.medium.station(2).mac)
    record.run()
    assert [listener for listener, _, _ in record.delivered] == [2]
    assert record.medium.station(0).failed == 0


def test_a_delay_comes_after_the_time_on_air():
    record = Record(2)
    record.medium.delay_ms = 50
    record.send(0, bytes(250))
    record.run()
    assert record.now == pytest.approx(0.05 + airtime_s(250), abs=0.001)


def test_a_wedged_or_switched_off_board_puts_nothing_on_the_air():
    record = Record(2)
    record.medium.station(0).is_wedged = True
    record.medium.station(1).flags = 0
    record.send(0, b"x")
    record.send(1, b"x")
    record.run()
    assert record.finished == []
    assert math.isclose(record.medium.station(0).counts.airtime_ms, 0)


def test_a_board_that_is_switched_off_loses_its_queue():
    record = Record(2)
    for _ in range(5):
        record.send(0, b"x")
    record.medium.station(0).switch_off()
    record.run()
    assert record.delivered == []


def test_counts_say_what_a_board_sent_and_got():
    record = Record(2)
    record.send(0, bytes(100))
    record.send(0, bytes(50))
    record.run()
    sent, got = record.medium.station(0).counts, record.medium.station(1).counts
    assert (sent.frames_out, sent.bytes_out, got.frames_in) == (2, 150, 2)
    assert sent.airtime_ms == pytest.approx((airtime_s(100) + airtime_s(50)) * 1000)
