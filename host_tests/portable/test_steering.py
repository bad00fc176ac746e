"""Whom a node names to pass an event on to those who want it, and how a frame says so."""

from test_ways import declaration

from hearing_lists import LINK, ME, told
from skein import frame as f
from skein import steered_frame as s
from skein.hearing import Hearing
from skein.ids import PREFIX
from skein.interest_table import HIGH, InterestTable
from skein.neighbours import Neighbours
from skein.packed_frame import PAYLOAD, squeeze
from skein.steering import WISHERS_MAX, Steering
from skein.ways import Ways
from slow_relay import event

TOPIC = PREFIX | 7


class Mesh:
    """What node ME knows, with neighbours 10, 11 and 12 that hear it, in the rows 0 to 2."""

    def __init__(self, **steps):
        neighbours = Neighbours(20, 5000)
        hearing = Hearing(ME, neighbours)
        for node in (10, 11, 12):
            row = neighbours.admit(node, 0)
            hearing.forget_row(row)
            hearing.hear(told((ME, LINK)), row)
        self.neighbours = neighbours
        self.interests = InterestTable(20, 1000)
        self.ways = Ways(20, ME, hearing)
        self.steering = Steering(ME, self.ways, hearing, neighbours)
        for wisher, rows in steps.items():
            self.want(int(wisher[1:]), rows)

    def want(self, wisher, rows, topic=TOPIC):
        self.interests.put(topic, wisher, HIGH, 0)
        for row in rows:
            self.ways.hear(declaration(1, origin=wisher), row)

    def named(self, wishers=s.ALL, salt=0):
        """The rows that are named for an event, in order; None where that does not help."""
        frame = event()
        f.put_id(frame, f.TOPIC, TOPIC)
        if not self.steering.plan(frame, wishers, salt, self.interests):
            return None
        return list(self.steering.rows[: self.steering.count])


def test_one_neighbour_is_named_for_all_to_whom_it_leads():
    mesh = Mesh(_501=(0, 1), _502=(1,), _503=(1, 2))
    assert mesh.named() == [1]
    mesh.want(504, (2,))
    assert mesh.named() == [1, 2]
    assert mesh.steering.sets[1] == s.mark_of(504, 0)


def test_of_neighbours_that_lead_to_as_many_the_loudest_is_named():
    mesh = Mesh(_501=(0, 1, 2))
    for row, rssi_dbm in enumerate((-90, -70, -80)):
        mesh.neighbours.hear(row, rssi_dbm, 0)
    assert mesh.named() == [1]


def test_nobody_is_named_for_who_hears_this_node_for_itself_or_for_the_source():
    mesh = Mesh()
    for node in (12, ME, 7):  # 7 made the event
        mesh.want(node, ())
    assert mesh.named() == []


def test_a_wish_for_the_prefix_counts_and_one_for_another_topic_does_not():
    mesh = Mesh()
    mesh.want(501, (2,), TOPIC & PREFIX)
    mesh.want(502, (1,), TOPIC + 1)
    assert mesh.named() == [2]


def test_without_a_way_to_each_of_them_nobody_is_named():
    mesh = Mesh(_501=(0,), _502=())
    assert mesh.named() is None
    mesh.interests.forget_all_but_renewed(502, 1)
    assert mesh.named() == [0]


def test_where_many_want_it_nobody_is_named():
    mesh = Mesh()
    for wisher in range(501, 501 + WISHERS_MAX):
        mesh.want(wisher, (0,))
    assert mesh.named() == [0]
    mesh.want(600, (0,))
    assert mesh.named() is None


def test_only_those_in_the_set_are_cared_for_and_all_of_them_must_be_known():
    mesh = Mesh(_501=(0,), _502=(1,))
    one, other = s.mark_of(501, 0), s.mark_of(502, 0)
    assert one != other
    assert mesh.named(other) == [1]
    unknown = 0xFFFF & ~(one | other)
    assert mesh.named(other | unknown) is None


def test_the_source_mixes_ids_so_that_wishers_differ():
    mesh = Mesh()
    alike = (0x101, 0x202, 0x303)
    for wisher in alike:
        mesh.want(wisher, (0,))
    assert len({s.mark_of(node, 0) for node in alike}) == 1
    frame = event()
    f.put_id(frame, f.TOPIC, TOPIC)
    salt = mesh.steering.choose_salt(frame, mesh.interests)
    assert len({s.mark_of(node, salt) for node in alike}) == 3


def test_a_frame_tells_each_that_is_named_its_turn_and_whom_to_care_for():
    mesh = Mesh(_501=(0,), _502=(0,), _503=(2,))
    assert mesh.named() == [0, 2]
    frame = bytearray(f.MTU)
    frame[: f.PAYLOAD] = event()
    length = mesh.steering.write(frame, f.PAYLOAD, 9)
    frame = frame[: squeeze(frame, length, 0)]
    assert f.kind_of(frame) == f.STEERED and f.check(frame, 0) == f.OK
    end = s.end_of_event(frame)
    assert (end, s.salt_of(frame)) == (PAYLOAD, 9)
    assert [s.turn_of(frame, end, node) for node in (10, 11, 12)] == [0, -1, 1]
    assert s.set_at(frame, end, 0) == s.mark_of(501, 0) | s.mark_of(502, 0)


def test_a_steered_frame_that_is_not_whole_has_no_event():
    mesh = Mesh(_501=(0,))
    mesh.named()
    frame = bytearray(f.MTU)
    frame[: f.PAYLOAD] = event()
    length = mesh.steering.write(frame, f.PAYLOAD, 0)
    frame = frame[: squeeze(frame, length, 0)]
    for cut in range(PAYLOAD, len(frame)):
        assert s.end_of_event(frame[:cut] + bytes((1,))) == 0 or cut == len(frame) - 1
    frame[-1] = s.NAMES_MAX + 1
    assert s.end_of_event(frame) == 0
    frame[-1] = 1
    frame[f.POLICY] |= f.TRAILED  # a byte for the delivery has no room
    assert s.end_of_event(frame) == 0
