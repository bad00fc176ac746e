"""The five verbs of one node, without a mesh around it."""

from array import array

from fakes import RING_STARTS, FakeAir, FakeRadio, LowestRoll, node_of
from skein import event as e
from skein import frame as f
from skein.node import Node, OutgoingFrame
from skein.settings import NodeSettings
from skein.ticks import ticks_add, ticks_diff


class SlowRadio:
    """A link on which every frame takes a second."""

    is_slow = True
    slot_us = 28000

    def airtime_us(self, length):
        return 1000000


def started(start=0, radio=None, **settings):
    node = Node(NodeSettings(node=5, **settings), radio or FakeRadio(), LowestRoll())
    node.start(start)
    return node


def hear_beacon_of(node, sender, now=0, score=0):
    frame = bytearray(f.BEACON_LEN)
    f.put_header(frame, f.BEACON, 0, 0)
    f.put_origin(frame, sender, 0, 0)
    frame[f.SCORE] = score
    f.put_id(frame, f.LEADER, 77)
    frame[f.ROLE] = f.ELECTED
    node.receive(0, frame, -60, 0, now)


def next_beacon(node, start, ms):
    out = OutgoingFrame()
    for elapsed in range(ms):
        node.poll(ticks_add(start, elapsed))
        while node.take_frame(out):
            if f.kind_of(out.buffer) == f.BEACON:
                return bytearray(out.buffer[: out.length])
    return None


def test_a_beacon_says_all_that_the_election_knows():
    node = started(score=140, mesh=3, epoch=9)
    next_beacon(node, 0, 10)
    election = node.election
    election.role, election.term, election.leader = 2, 70000, 5
    election.is_elected, election.leader_score, election.leader_hops = True, 150, 4
    election.beat = 0x1234
    election.pace.speak_now(100)
    frame = next_beacon(node, 100, 10)
    assert f.check(frame, 3) == f.OK
    assert (frame[f.ROLE], frame[f.SCORE], frame[f.LEADER_SCORE]) == (f.ELECTED | 2, 140, 150)
    assert (f.get_id(frame, f.TERM), f.get_id(frame, f.LEADER)) == (70000, 5)
    assert (f.get_u16(frame, f.BEAT), frame[f.LEADER_HOPS]) == (0x1234, 4)
    assert (f.get_id(frame, f.ORIGIN), frame[f.EPOCH]) == (5, 9)
    assert (f.hops_left(frame), f.get_u16(frame, f.SEQUENCE)) == (0, 1)
    node._beacons = 0xFFFF
    for sequence in (0xFFFF, 0):
        election.pace.speak_now(200)
        assert f.get_u16(next_beacon(node, 200, 10), f.SEQUENCE) == sequence


def test_what_a_neighbour_says_of_itself_is_kept_in_its_row():
    node = started()
    for sender, score in ((900, 33), (901, 44)):
        hear_beacon_of(node, sender, score=score)
        row = node.neighbours.find(sender)
        assert (node.neighbours.scores[row], node.neighbours.leaders[row]) == (score, 77)
        assert node.neighbours.rssi_dbm[row] == -60
    assert (node.frames_in, node.neighbours.count) == (2, 2)
    for sender in (900, 901):
        hear_beacon_of(node, sender, score=1)
    assert (node.frames_in, node.neighbours.count) == (4, 2)


def test_the_deadline_is_the_soonest_of_election_message_and_tidying():
    for start in RING_STARTS:
        node = started(start)
        hear_beacon_of(node, 900, start)
        node.poll(start)
        for beat, due, tidy in ((10, 20, 30), (30, 10, 20), (20, 30, 10)):
            election, diffusion = node.election, node.diffusion
            election._due_at = ticks_add(start, 9000)
            election.pace.due_at = ticks_add(start, beat)
            diffusion._pace.due_at = ticks_add(start, due)
            node._tidy_at = ticks_add(start, tidy)
            assert ticks_diff(node.next_deadline(), start) == 10


def test_a_node_tidies_once_a_second():
    for start in RING_STARTS:
        node = started(start)
        tidied_at = []
        for elapsed in range(3500):
            before = node._tidy_at
            node.poll(ticks_add(start, elapsed))
            if node._tidy_at != before:
                tidied_at.append(elapsed)
        assert tidied_at == [0, 1000, 2000, 3000]


def test_timers_stretch_with_the_airtime_of_a_beacon_and_the_nodes_around():
    node = started(radio=SlowRadio())
    for sender in (900, 901, 902):
        hear_beacon_of(node, sender)
    node.poll(0)
    pace = node.election.pace
    assert pace.beat_ms == 40 * 4 * 1000  # one fortieth of the channel for four nodes
    assert pace.spread_ms == 4 * 4 * 1000
    assert node.neighbours.lifetime_ms == pace.beat_ms * 13 // 2  # twice six misses, and a half
    quick = started()
    quick.poll(0)
    assert (quick.election.pace.beat_ms, quick.election.pace.spread_ms) == (2000, 20)
    assert quick.neighbours.lifetime_ms == 7000


def test_links_and_an_hour_of_uptime_raise_the_score_and_small_changes_are_not_told():
    node = started(score=100)
    for sender in (900, 901):
        hear_beacon_of(node, sender)
    node.poll(0)
    assert node.election.score == 108  # four points a link
    hear_beacon_of(node, 902)
    node.poll(1000)
    assert node.election.score == 108
    hear_beacon_of(node, 903)
    node.poll(2000)
    assert node.election.score == 116
    for second in range(3, 4300):
        for sender in range(900, 904):
            node.neighbours.hear(node.neighbours.find(sender), -60, second * 1000)
        node.poll(second * 1000)
    assert node.election.score == 124  # a point each five minutes, told from eight on
    assert node._calm == 13


def test_a_node_that_hardly_anybody_hears_says_its_beacons_twice_a_period():
    for radio, neighbours, silence_ms in (
        (FakeRadio(), 2, 1000),
        (FakeRadio(), 3, 2500),
        (SlowRadio(), 0, 50000),
    ):
        node = started(radio=radio)
        for sender in range(900, 900 + neighbours):
            hear_beacon_of(node, sender)
        node.poll(0)
        node.election.become_leader(0)
        node.election.repeat()
        node.neighbours.leaders[:neighbours] = array("i", [5] * neighbours)
        node.poll(0)
        assert ticks_diff(node.election.pace.due_at, 0) == silence_ms


def test_a_neighbour_that_returns_in_the_row_of_another_is_served_anew():
    air = FakeAir(1)
    node = air.nodes[0]
    hear_beacon_of(node, 900)
    node.diffusion.emit("a", b"x", e.ANOMALY_POLICY, 60, air.now)
    node.diffusion.relay.cover(0, node.neighbours.find(900))
    node.neighbours.ids[node.neighbours.find(900)] = 0
    hear_beacon_of(node, 901)
    out = OutgoingFrame()
    assert node.diffusion.take(out, air.now)
    assert node.diffusion.queue.is_held(0)  # 901 was not heard to have it


def test_a_frame_from_a_node_without_a_row_is_heard_all_the_same():
    node = started(neighbours=2)
    for sender in (900, 901):
        hear_beacon_of(node, sender, score=1)
    hear_beacon_of(node, 902, score=250)
    assert node.neighbours.find(902) == -1
    assert list(node.neighbours.scores) == [1, 1]
    assert node.neighbours.refused == 1
    event = bytearray(f.PAYLOAD)
    f.put_header(event, f.EVENT, 0, 7)
    f.put_origin(event, node_of(60), 0, 0)
    f.put_id(event, f.SENDER, 902)
    f.put_id(event, f.TOPIC, 3)
    event[f.POLICY] = e.PRODUCT_POLICY
    f.put_u16(event, f.LIFE_S, 60)
    node.receive(0, event, -60, 0, 1)
    assert len(node.diffusion.queue) == 1


def test_the_inbox_forgets_what_the_application_left_too_long():
    node = started()
    node.diffusion.wishes.want("a", 3)
    event = bytearray(f.PAYLOAD)
    f.put_header(event, f.EVENT, 0, 0)
    f.put_origin(event, 900, 0, 0)
    f.put_id(event, f.TOPIC, node.diffusion.wishes.learn("a"))
    event[f.POLICY] = e.PRODUCT_POLICY
    f.put_u16(event, f.LIFE_S, 2)
    node.receive(0, event, -60, 0, 0)
    node.poll(1000)
    assert len(node.diffusion.inbox) == 1
    node.poll(2000)
    assert len(node.diffusion.inbox) == 0
    assert node.next_event() is None
    assert node.diffusion.delivered == 0


def test_a_node_whose_airtime_is_rationed_beats_as_if_there_were_more_nodes():
    for quiet in (1, 10, 100):
        node = started(radio=SlowRadio())
        node.quiet = quiet
        node.poll(0)
        assert node.election.pace.beat_ms == 40 * quiet * 1000
