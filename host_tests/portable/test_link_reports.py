"""How reports of links come to the leader."""

from fakes import LowestRoll, node_of
from hearing_lists import LINK, told
from skein import frame as f
from skein import hearing_frame as h
from skein import report_frame as r
from skein.election import Election
from skein.hearing import Hearing
from skein.link_reports import LinkReports
from skein.neighbours import Neighbours
from skein.node import OutgoingFrame
from skein.report_carrier import ReportCarrier
from skein.settings import NodeSettings
from skein.ticks import ticks_add

LEADER = 1


class Radio:
    def airtime_us(self, length):
        return 9999


class Collector:
    """In the place of the leader's planner."""

    def __init__(self):
        self.heard = []

    def hear(self, frame, at, now):
        self.heard.append(f.get_u16(frame, at + r.BY) & h.SHORT)


class Hop:
    """A node on the way to the leader, with neighbours that hear it, too."""

    def __init__(self, node, hops, *neighbours):
        self.node = node
        self.table = Neighbours(8, 5000)
        self.hearing = Hearing(node, self.table)
        self.planner = Collector()
        election = Election(node, 0, 0, LowestRoll())
        if node == LEADER:
            election.become_leader(0)
        else:
            election.become_follower(LEADER, 0, True, 0)
        election.leader_hops = hops
        self.election = election
        settings = NodeSettings(node=node)
        self.carrier = ReportCarrier(settings, self.hearing, self.planner, Radio(), LowestRoll())
        self.carrier.join(election)
        self.out = OutgoingFrame()
        self.now = 0
        for other, distance in neighbours:
            row = self.table.admit(other, 0)
            self.hearing.forget_row(row)
            self.carrier.forget_row(row)
            self.hearing.hear(told((node, LINK)), row)
            self.carrier.hear_beacon(beacon(other, distance), row)

    def report(self, by, links=()):
        length = r.LINKS + 2 * len(links)
        at = self.carrier.room_for(length)
        frame = self.carrier.frame
        f.put_u16(frame, at, by)
        frame[at + r.COUNT] = len(links)
        for index, link in enumerate(links):
            f.put_u16(frame, at + r.LINKS + 2 * index, link)
        self.carrier.append(length, 0, self.now)

    def sent(self, ms=5000):
        """The frames that it sends within so many milliseconds."""
        frames = []
        for _ in range(ms):
            self.now = ticks_add(self.now, 1)
            if self.carrier.take(self.out, self.now):
                frames.append(bytearray(self.out.buffer[: self.out.length]))
                assert r.is_whole(frames[-1])
        return frames

    def first(self):
        """The next frame that it sends."""
        while True:
            for frame in self.sent(1):
                return frame

    def hear(self, frame):
        assert r.is_whole(frame)
        sender = f.get_id(frame, f.SENDER)
        self.carrier.hear(frame, self.table.find(sender), self.now)


def beacon(sender, hops, leader=LEADER):
    frame = bytearray(f.BEACON_LEN)
    f.put_id(frame, f.SENDER, sender)
    f.put_id(frame, f.LEADER, leader)
    frame[f.LEADER_HOPS] = hops
    return frame


def test_reports_of_two_go_on_together_to_the_neighbour_that_is_nearest():
    hop = Hop(10, 2, (11, 2), (12, 1), (13, 3))
    hop.report(10, (11, 12))
    other = Hop(13, 3, (10, 2))
    other.report(13)
    hop.hear(other.first())
    receipt, frame = hop.first(), hop.first()
    assert receipt[h.HEARD_COUNT] == 0 and r.is_for(receipt, 13)
    assert frame[h.HEARD_COUNT] == 2 and r.is_for(frame, 12)


def test_the_farther_away_the_sooner_reports_go():
    near, far = Hop(10, 1, (LEADER, 0)), Hop(11, 7, (10, 6))
    near.report(10)
    far.report(11)
    assert len(far.sent(200)) == 1
    assert not near.sent(1000)


def test_the_leader_takes_all_and_says_so():
    leader = Hop(LEADER, 0, (10, 1))
    hop = Hop(10, 1, (LEADER, 0))
    hop.report(10)
    hop.report(77)
    leader.hear(hop.first())
    assert leader.planner.heard == [10, 77]
    hop.hear(leader.first())
    assert not hop.sent()


def test_who_hears_no_receipt_repeats_itself_then_turns_to_another_and_rests():
    hop = Hop(10, 2, (11, 1), (12, 1))
    hop.report(10)
    frames = hop.sent(4000)
    assert [f.get_u16(frame, r.NEXT) for frame in frames] == [11, 11, 11, 12, 12, 12]
    assert hop.carrier.given_up == 1
    assert not hop.sent(3000)


def test_a_receipt_for_what_was_sent_before_leaves_what_came_since():
    hop = Hop(10, 1, (LEADER, 0))
    hop.report(10)
    leader = Hop(LEADER, 0, (10, 1))
    leader.hear(hop.first())
    hop.report(55, (10,))
    hop.hear(leader.first())
    leader.hear(hop.first())
    assert leader.planner.heard == [10, 55]


def test_what_nobody_takes_is_given_up_in_the_end():
    hop = Hop(10, 2)
    hop.report(10)
    hop.report(11)
    hop.sent(20000)
    assert (hop.carrier.given_up, hop.carrier.lost) == (3, 2)


def test_what_finds_no_room_is_not_acknowledged():
    hop, other = Hop(10, 2, (11, 3)), Hop(11, 3, (10, 2))
    hop.report(10, range(60))
    hop.report(12, range(30))
    other.report(11, range(30))
    hop.hear(other.first())
    assert hop.carrier.refused == 1
    assert not hop.carrier._receipt_for >= 0


def test_reports_that_go_in_circles_end():
    hop, other = Hop(10, 2, (11, 2)), Hop(11, 2, (10, 2))
    hop.report(10)
    frame = hop.first()
    frame[f.HOPS] = 15
    other.hear(frame)
    assert other.carrier.lost == 1 and len(other.sent()) == 1


def test_whoever_follows_another_leader_is_no_step():
    hop = Hop(10, 2, (11, 1))
    hop.carrier.hear_beacon(beacon(11, 1, leader=9), 0)
    hop.report(10)
    assert not hop.sent()


def test_a_frame_that_ends_too_soon_or_too_late_is_not_read():
    hop = Hop(node_of(3), 2, (11, 1))
    hop.report(10, (1, 2, 3))
    hop.report(11, (1,))
    frame = hop.first()
    for length in range(f.HEADER_LEN, len(frame)):
        assert not r.is_whole(frame[:length])
    assert not r.is_whole(frame + bytes(1))
    assert not h.is_whole(frame) and not h.is_plan(frame)


class Plan:
    """What reports ask of a plan."""

    missing = -1

    def __init__(self, rows):
        self.airtime_ms = 10
        self.told = bytearray(rows)


def reporting(is_reporter, minutes, missing=-1):
    """When a node beside the leader reports, in seconds; after the first it gets a new link."""
    hop = Hop(10, 1, (LEADER, 0), (11, 2))
    plan = Plan(8)
    reports = LinkReports(10, hop.hearing, plan, hop.carrier)
    reports.join(hop.election)
    reports.start(0)
    made = []
    for second in range(60 * minutes):
        now = 1000 * second
        reports.poll(is_reporter, 3, now)
        if hop.carrier.frame[h.HEARD_COUNT]:
            made.append(second)
            hop.carrier.empty()
            if len(made) == 1:
                row = hop.table.admit(12, now)
                hop.hearing.forget_row(row)
                hop.hearing.hear(told((10, LINK)), row)
                plan.missing = missing
    return made


def test_who_passes_nothing_on_reports_nothing():
    assert reporting(True, 2) != []
    assert reporting(False, 10) == []


def test_a_change_is_reported_soon_where_one_of_the_backbone_fell_silent():
    first, later = reporting(True, 4)
    assert later - first >= 34  # 3400 airtimes of 10 ms
    same, sooner = reporting(True, 4, missing=77)
    assert same == first and 8 <= sooner - first < 34
