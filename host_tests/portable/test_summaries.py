"""Summaries: windows at the source and at the leader, and nothing counted twice."""

from fakes import RING_STARTS
from skein import courier as c
from skein import frame as f
from skein.receipts import Receipts
from skein.ticks import ticks_add
from summing import TOPIC, SummingAir


def emit_each(air, members, times, pause_ms=100):
    for _ in range(times):
        for number in members:
            assert air.emit(number)
        air.run(pause_ms)


def test_what_members_count_reaches_the_leader_as_one_summary_a_window():
    for start in RING_STARTS:
        air = SummingAir(4, start=start)
        leader = air.elected()
        emit_each(air, range(4), 20)
        air.run(5000)
        assert air.counted(leader) == 80
        assert len(air.told(leader)) <= 4  # 2 s of events, windows of 2 s
        assert max(told["sources"] for told in air.told(leader)) == 4
        assert all([told["is_exact"] for told in air.told(leader)])


def test_an_event_to_be_summarised_does_not_leave_its_source():
    air = SummingAir(3)
    leader = air.elected()
    member = (leader + 1) % 3
    before = air.nodes[member].courier.sent
    emit_each(air, (member,), 300, pause_ms=10)  # 100 a second, for 3 s
    air.run(3000)
    assert air.nodes[member].courier.sent - before <= 5
    assert air.counted(leader) == 300


def test_nothing_is_counted_twice_or_lost_under_loss():
    for seed in (1, 2, 3):
        air = SummingAir(6, loss_percent=10, seed=seed)
        leader = air.elected()
        emit_each(air, range(6), 100, pause_ms=50)
        air.run(9000)
        assert air.counted(leader) == 600
        repeated = sum([node.courier.sent for node in air.nodes]) - sum(
            [air.summaries(n).reported for n in range(6)]
        )
        assert repeated > 0  # or the loss would have tried nothing


def test_reports_cross_several_hops():
    air = SummingAir(5, loss_percent=10)
    air.line()
    leader = air.elected()
    emit_each(air, range(5), 20)
    air.run(9000)
    assert air.counted(leader) == 100


def test_a_repeated_and_a_replayed_report_count_once():
    air = SummingAir(3)
    leader = air.elected()
    frames = []
    hear = air.nodes[leader].courier.hear

    def listen(frame, now):
        if f.kind_of(frame) == f.CARRIED:
            frames.append(bytearray(frame))
        hear(frame, now)

    air.nodes[leader].courier.hear = listen
    emit_each(air, [n for n in range(3) if n != leader], 10)
    air.run(4000)
    heard = list(frames)
    assert heard and air.counted(leader) == 20
    emit_each(air, [n for n in range(3) if n != leader], 400, pause_ms=10)
    for frame in heard * 3:
        air.nodes[leader].courier._receipts = Receipts()  # the courier's own memory is short
        air.nodes[leader].receive(0, frame, -60, 0, air.now)
    air.run(9000)
    assert air.summaries(leader).duplicates >= 3 * len(heard)
    assert air.counted(leader) == 820


def test_a_report_that_is_too_old_to_be_told_from_a_repeated_one_is_refused():
    air = SummingAir(2)
    leader = air.elected()
    summaries = air.summaries(leader)
    frame = report_of(777, [(9, 5)])
    f.put_u16(frame, c.AGE_CS, 3100 * 2)
    summaries.receive(frame, air.now)
    assert (summaries.stale, summaries.merged) == (1, 0)


def report_of(origin, rows, epoch=0, sequence=1):
    """A report of counts: rows of (topic, count)."""
    body = bytearray()
    for topic, count in rows:
        row = bytearray(14)
        row[0] = 14
        f.put_id(row, 1, topic)
        row[5] = 2 << 4
        f.put_u16(row, 6, count)
        body += row
    frame = bytearray(c.BODY) + body
    f.put_header(frame, f.CARRIED, 0, 7)
    f.put_origin(frame, origin, epoch, sequence)
    frame[c.WHAT] = c.REPORT
    return frame


def test_a_full_table_of_reporters_refuses_a_stranger_and_forgets_nobody():
    air = SummingAir(2)
    leader = air.elected()
    summaries = air.summaries(leader)
    for origin in range(1, 20):
        summaries.receive(report_of(origin, [(9, 1)]), air.now)
    assert (summaries.refused, summaries.merged) == (3, 16)
    summaries.receive(report_of(1, [(9, 1)]), air.now)
    assert summaries.duplicates == 1
    assert summaries.merged == 16
    later = ticks_add(air.now, 61000)
    summaries.receive(report_of(20, [(9, 1)]), later)
    assert summaries.merged == 17


def test_a_rebooted_source_counts_on_and_its_former_self_does_not():
    air = SummingAir(2)
    summaries = air.summaries(air.elected())
    for epoch, sequence in ((3, 9), (4, 9), (3, 10), (4, 9)):
        summaries.receive(report_of(700, [(9, 1)], epoch, sequence), air.now)
    assert summaries.merged == 2
    assert summaries.duplicates == 2


def test_a_full_table_of_windows_closes_the_oldest_early():
    air = SummingAir(2)
    for number in range(2):
        for windows in (air.summaries(number).own, air.summaries(number).tier):
            del windows.rows[2:]
    topics = ["a", "b", "c", "d", "e"]
    leader = air.elected(wanting=topics)
    for topic in topics:
        for _ in range(3):
            assert air.emit(1 - leader, topic=topic)
    assert air.summaries(1 - leader).closed_early == 3
    air.run(9000)
    assert [air.counted(leader, topic) for topic in topics] == [3] * 5
    assert air.summaries(leader).closed_early > 0


def test_windows_wait_for_a_leader_and_then_tell_their_real_bounds():
    air = SummingAir(2)
    air.run(100)
    assert air.summaries(0).above() == -1
    for _ in range(4):
        assert air.emit(0)
    leader = air.elected()
    air.run(20000, until=lambda: air.told(leader))
    (told,) = air.told(leader)
    assert told["count"] == 4
    assert told["started_s_ago"] == told["ended_s_ago"] >= 2


def test_bounds_are_those_of_the_first_and_the_last_event():
    for start in RING_STARTS:
        air = SummingAir(3, start=start)
        leader = air.elected()
        began = air.now
        air.emit((leader + 1) % 3)
        air.run(700)
        air.emit((leader + 2) % 3)
        air.run(9000, until=lambda: air.told(leader))  # noqa: B023 - called at once
        waited_s = (air.now - began & 0x3FFFFFFF) / 1000
        (told,) = air.told(leader)
        assert abs(told["started_s_ago"] - waited_s) < 0.1
        assert abs(told["started_s_ago"] - told["ended_s_ago"] - 0.7) < 0.1


def test_a_leader_that_steps_down_hands_on_what_it_holds():
    air = SummingAir(3)
    leader = air.elected()
    heir = (leader + 1) % 3
    air.emit((leader + 2) % 3)
    air.run(1500)
    summaries = air.summaries(leader)
    assert summaries.tier.count == 1
    summaries.above = lambda: air.nodes[heir].id
    air.run(2000)
    assert summaries.tier.count == 0
    assert air.summaries(heir).merged == 1


class CellsAir(SummingAir):
    """Two cells of three, all in range of each other."""

    def _boot(self, number, epoch, term):
        self._settings["cell"] = 70 + number // 3
        return SummingAir._boot(self, number, epoch, term)

    def heads(self):
        self.run(30000, until=self.is_settled)
        self.run(3000)
        ids = [node.id for node in self.nodes]
        top = ids.index(self.nodes[0].cell.tiers.formation.leader)
        return top, [ids.index(node.election.leader) for node in self.nodes]

    def is_settled(self):
        tops = {node.cell.tiers.formation.leader for node in self.nodes}
        return len(tops) == 1 and all(
            [n.election.is_elected and n.cell.tiers.formation.is_elected for n in self.nodes]
        )


def test_cells_report_to_the_leader_of_the_formation_and_nothing_counts_twice():
    for loss_percent in (0, 10):
        air = CellsAir(6, loss_percent=loss_percent)
        top, heads = air.heads()
        assert set(heads[:3]) & set(heads[3:]) == set()
        air.nodes[top].diffusion.wishes.want(TOPIC, 3)
        emit_each(air, range(6), 30)
        air.run(15000)
        assert air.counted(top) == 180
        assert max(told["sources"] for told in air.told(top)) == 6
        other = (set(heads) - {top}).pop()
        assert air.summaries(other).merged > 0  # it merged its cell's before it reported
        assert air.told(other) == []
