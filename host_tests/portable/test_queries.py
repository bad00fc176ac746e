"""Queries: what is kept, who answers, and how answers of many nodes become one."""

from fakes import RING_STARTS, FakeAir, node_of
from skein import event as e
from skein import frame as f
from skein import query as q
from skein.asking import ask
from skein.errors import EventError
from skein.event_store import EventStore
from skein.ids import NOBODY, text
from skein.relay import MOST_TRIES
from skein.ticks import ticks_add
from skein.turns import LOW

LOCAL_POLICY = e.policy(LOW, e.LOCAL, e.TELEMETRY)


class AskingAir(FakeAir):
    """Nodes that keep events in 4 KB each."""

    def __init__(self, count, **settings):
        settings.setdefault("store_bytes", 4096)
        FakeAir.__init__(self, count, **settings)

    def emit(self, number, topic, payload, policy=e.TELEMETRY_POLICY, life_s=3600):
        self.nodes[number].diffusion.emit(topic, payload, policy, life_s, self.now)

    def ask(self, number, prefix=b"", newest=5, scope=(q.MESH, NOBODY), filters=None):
        """Ask, wait as long as it takes, and give what was found."""
        queries = self.nodes[number].diffusion.queries
        query = (scope, newest, prefix, filters or (0, q.AGE_ANY, NOBODY))
        self.asking = ask(queries, query, 3000, self.now)
        self.waited_ms = self.run(4000, until=lambda: self.asking.is_over(self.now))
        return self.asking.results(self.nodes[number].diffusion.wishes, self.now)

    def settle(self):
        self.run(20000, until=self.agreed)
        self.run(1000)


def texts(events):
    return [event.payload for event in events]


def test_the_newest_of_all_nodes_come_first():
    for start in RING_STARTS:
        air = AskingAir(3, start=start)
        air.settle()
        for count in range(9):
            air.emit(count % 3, "telemetry.heap", b"%d" % count)
            air.run(1100)
        found = air.ask(0, b"telemetry.", newest=5)
        assert texts(found) == [b"8", b"7", b"6", b"5", b"4"]
        assert [event.source for event in found[:3]] == [
            text(air.nodes[number].id) for number in (2, 1, 0)
        ]
        assert found[0].topic == "telemetry.heap"
        assert [event.age_s for event in found] == [4, 5, 6, 7, 8]  # 3 s of them of waiting
        assert air.asking.total == 9 and air.asking.is_truncated()
        assert air.asking.node_count == 3


def test_what_does_not_leave_its_node_can_be_asked_for_on_it_alone():
    air = AskingAir(2)
    air.settle()
    air.emit(0, "product.secret", b"x", LOCAL_POLICY)
    assert texts(air.ask(0, scope=(q.NODE, air.nodes[0].id))) == [b"x"]
    assert air.waited_ms <= 1
    assert air.ask(1) == []
    assert air.ask(1, scope=(q.NODE, air.nodes[0].id)) == []


def test_answers_cross_several_hops_under_loss_and_come_once():
    for seed in (1, 2, 3):
        air = AskingAir(5, loss_percent=10, seed=seed)
        air.line()
        air.settle()
        for number in range(5):
            for count in range(3):
                air.emit(number, "telemetry.heap", b"%d.%d" % (number, count) + bytes(100))
        found = air.ask(0, b"telemetry.", newest=20)
        assert len(found) == len(set(texts(found))) == 15
        assert air.asking.total == 15 and not air.asking.is_truncated()


def test_a_query_of_one_node_is_over_as_soon_as_it_has_told_all():
    air = AskingAir(3)
    air.settle()
    for count in range(4):
        air.emit(1, "telemetry.heap", b"%d" % count + bytes(150))
    found = air.ask(0, scope=(q.NODE, air.nodes[1].id))
    assert len(found) == 4
    assert air.waited_ms < 1000
    assert air.ask(0, b"nothing", scope=(q.NODE, air.nodes[1].id)) == []
    assert air.waited_ms < 1000
    assert air.ask(0, scope=(q.NODE, node_of(99))) == []
    assert air.waited_ms == 3000


def test_a_cell_is_those_who_follow_one_leader_and_subordinates_follow_who_asks():
    air = AskingAir(3)
    air.settle()
    leader = [node.id for node in air.nodes].index(air.agreed())
    for number in range(3):
        air.emit(number, "telemetry.heap", b"%d" % number)
    member = (leader + 1) % 3
    cell = air.ask(member, scope=(q.CELL, air.agreed()))
    assert len(cell) == 3
    assert air.ask(member, scope=(q.CELL, node_of(70))) == []
    below = air.ask(leader, scope=(q.SUBORDINATES, air.nodes[leader].id))
    assert sorted(texts(below)) == [b"%d" % n for n in range(3) if n != leader]
    assert air.ask(member, scope=(q.SUBORDINATES, air.nodes[member].id)) == []


def test_filters_are_class_age_source_and_prefix():
    air = AskingAir(2)
    air.settle()
    air.emit(1, "telemetry.heap", b"old")
    air.run(5000)
    for topic, payload, policy in (
        ("telemetry.heat", b"new", e.TELEMETRY_POLICY),
        ("anomaly.smoke", b"smoke", e.ANOMALY_POLICY),
    ):
        air.emit(1, topic, payload, policy)
        air.run(10)
    air.emit(0, "telemetry.heap", b"own")
    telemetry = 1 << e.TELEMETRY
    assert texts(air.ask(0, filters=(telemetry, 3, NOBODY))) == [b"own", b"new"]
    air.run(16000)  # a query in two seconds
    assert texts(air.ask(0, filters=(1 << e.ANOMALY, q.AGE_ANY, NOBODY))) == [b"smoke"]
    found = air.ask(0, filters=(telemetry, q.AGE_ANY, air.nodes[1].id))
    assert texts(found) == [b"new", b"old"]
    assert texts(air.ask(0, b"telemetry.heat")) == [b"new"]
    assert texts(air.ask(0, b"telemetry.heaters")) == []


def test_an_alarm_outlives_its_source_and_is_told_once():
    air = AskingAir(4)
    air.settle()
    leader = [node.id for node in air.nodes].index(air.agreed())
    victim, asker = [number for number in range(4) if number != leader][:2]
    air.nodes[leader].diffusion.wishes.want("critical.fire", 3)
    air.run(3000)
    air.emit(victim, "critical.fire", b"hot", e.CRITICAL_POLICY, 300)
    air.run(1000)
    assert texts(air.ask(asker, b"critical.fire")) == [b"hot"]
    air.kill(victim)
    assert texts(air.ask(asker, b"critical.fire")) == [b"hot"]
    assert air.asking.node_count == 1  # the leader alone tells what others emitted
    assert [event.topic for event in air.ask(leader)] == ["critical.fire"]


def test_what_has_outlived_its_life_is_not_found():
    air = AskingAir(2)
    air.settle()
    air.emit(1, "telemetry.heap", b"long", life_s=f.LIFE_FOREVER)
    air.run(10)
    air.emit(1, "telemetry.heap", b"short", life_s=5)
    assert texts(air.ask(0)) == [b"short", b"long"]
    air.run(5000)
    (found,) = air.ask(0)
    assert (found.payload, found.life_s) == (b"long", f.LIFE_FOREVER)


def test_telemetry_pushes_out_no_alarm_and_the_newest_push_out_the_oldest():
    air = AskingAir(1)
    air.run(10)
    air.emit(0, "anomaly.smoke", b"smoke", e.ANOMALY_POLICY)
    air.run(10)
    for count in range(500):
        air.emit(0, "telemetry.heap", b"%d" % count)
    queries = air.nodes[0].diffusion.queries
    assert queries.others.evicted > 300
    found = air.ask(0, newest=20)
    assert texts(found)[:3] == [b"499", b"498", b"497"]
    assert texts(air.ask(0, b"anomaly")) == [b"smoke"]


def test_an_event_that_fits_no_answer_is_cut_and_says_so():
    air = AskingAir(2)
    air.settle()
    payload = bytes(range(200))
    air.emit(1, "telemetry.heap", payload)
    (found,) = air.ask(0)
    assert found.is_cut
    assert found.payload == payload[: len(found.payload)]
    assert len(found.payload) > 150


def test_one_query_at_a_time():
    air = AskingAir(1)
    air.run(10)
    queries = air.nodes[0].diffusion.queries
    query = ((q.MESH, NOBODY), 5, b"", (0, q.AGE_ANY, NOBODY))
    ask(queries, query, 3000, air.now)
    try:
        ask(queries, query, 3000, air.now)
    except EventError:
        ask(queries, query, 3000, ticks_add(air.now, 3000))
        return
    raise AssertionError


def forged_query(origin, sequence, newest=20):
    frame = bytearray(q.PREFIX)
    f.put_header(frame, f.QUERY, 0, 7)
    f.put_origin(frame, origin, 0, sequence)
    f.put_id(frame, f.SENDER, node_of(0))  # a neighbour, whom nobody suspects
    frame[q.SCOPE] = q.MESH
    frame[q.NEWEST] = newest
    f.put_u16(frame, q.AGE_S, q.AGE_ANY)
    return frame


def test_a_flood_of_forged_queries_makes_a_node_send_a_bounded_amount():
    air = AskingAir(2)
    air.settle()
    for _ in range(40):
        air.emit(1, "telemetry.heap", bytes(90))
    air.run(40000)
    before = air.frames
    for count in range(3000):  # ten a second, for five minutes of them
        air.deliver(0, forged_query(node_of(count % 20 + 50), count))
        air.run(100)
    queries = air.nodes[1].diffusion.queries
    assert queries.refused > 2000
    # 8 queries, and one more in two seconds: each passed on eight times at most, and answered
    # with six frames that six tries bring nowhere, beside both nodes' beacons.
    assert air.frames - before < 158 * (MOST_TRIES + 36) + 2 * 400


def test_a_store_gives_the_right_bytes_back_whatever_comes():
    store = EventStore(512)
    model = []
    state = 7
    for count in range(3000):
        state = state * 1103515245 + 12345 & 0x3FFFFFFF
        length = 13 + (state >> 8) % 220
        offset = store.open(length, 60, count)
        for at in range(length):
            store.bytes[offset + at] = count & 0xFF
        model = model[-40:] + [(length, count & 0xFF)]
        held = model[len(model) - (store.end - store.first) :]
        for place, number in enumerate(range(store.first, store.end)):
            length, mark = held[place]
            at = store.offset(number)
            assert store.length(number) == length
            assert bytes(store.bytes[at : at + length]) == bytes((mark,)) * length
    assert store.open(257, 60, 0) == -1
    assert store.too_long == 1
