"""What beacons tell of members: what is believed, what is answered, what is told first."""

from fakes import RING_STARTS, LowestRoll
from skein import beacon_parts as p
from skein import frame as f
from skein.beacon_pace import BeaconPace
from skein.member_news import MemberNews
from skein.members import ALIVE, DEAD, LEFT, SUSPECT, TELLINGS, Members
from skein.neighbours import Neighbours
from skein.ticks import ticks_add, ticks_diff

ME = 500
UNIT_MS = 250  # an eighth of 2 s
LIFETIME_MS = 7000


class Speaker:
    """A node's members and what it says and hears of them, at an instant of its own."""

    def __init__(self, start=0, capacity=8):
        self.now = start
        pace = BeaconPace(LowestRoll())
        neighbours = Neighbours(4, LIFETIME_MS)
        pace.start(start)
        pace.spoke(start, 5000)
        self.pace = pace
        self.members = Members(capacity, pace, neighbours)
        self.news = MemberNews(ME, self.members, pace, neighbours)

    def know(self, node, heard_ms_ago=0, state=ALIVE, boot=0, news=0):
        row = self.members.be_told(node, boot, ticks_add(self.now, -heard_ms_ago), self.now)
        self.members.turn(row, state, self.now)
        self.members.news[row] = news
        return row

    def hear(self, *rows):
        """Rows of (node, boot, state, age in units)."""
        frame = bytearray(p.FIRST_ROW + len(rows) * p.ROW_LEN)
        f.put_period(frame, f.PERIOD, 8 * UNIT_MS)
        frame[p.WHAT] = len(rows)
        at = p.FIRST_ROW
        for node, boot, state, units in rows:
            f.put_id(frame, at, node)
            frame[at + p.BOOT] = boot
            frame[at + p.STATE] = state << 6 | p.age_code(units)
            at += p.ROW_LEN
        self.news.hear(frame, self.now)

    def say(self):
        """The rows of the next beacon, as (node, boot, state, age in units)."""
        frame = bytearray(f.MTU)
        f.put_period(frame, f.PERIOD, 8 * UNIT_MS)
        rows = []
        for row in range(self.news.write(frame, self.now)):
            at = p.FIRST_ROW + row * p.ROW_LEN
            state = frame[at + p.STATE]
            rows.append((f.get_id(frame, at), frame[at + p.BOOT], state >> 6, p.get_age(state)))
        return rows

    def state(self, node):
        row = self.members.find(node)
        return self.members.states[row] if row >= 0 else None

    def heard_ms_ago(self, node):
        return ticks_diff(self.now, self.members.heard_at[self.members.find(node)])

    def answers(self):
        """True if a beacon is due before its time."""
        return ticks_diff(self.pace.due_at, self.now) < 5000


def test_whom_a_neighbour_tells_of_becomes_a_member():
    for start in RING_STARTS:
        speaker = Speaker(start)
        speaker.hear((900, 7, ALIVE, 4), (901, 8, ALIVE, 0))
        assert (speaker.state(900), speaker.state(901)) == (ALIVE, ALIVE)
        assert (speaker.heard_ms_ago(900), speaker.heard_ms_ago(901)) == (4 * UNIT_MS, 0)
        assert list(speaker.members.boots[:2]) == [7, 8]


def test_an_unknown_node_that_is_not_alive_or_was_not_heard_for_long_takes_no_row():
    speaker = Speaker()
    speaker.hear((900, 0, SUSPECT, 40), (901, 0, DEAD, 40), (902, 0, LEFT, 0))
    speaker.hear((903, 0, ALIVE, 100))
    assert speaker.members.count == 0
    assert list(speaker.members.changes) == [0, 0, 0, 0]


def test_younger_evidence_is_taken_over_and_older_is_not():
    for start in RING_STARTS:
        speaker = Speaker(start)
        speaker.know(900, heard_ms_ago=10 * UNIT_MS)
        speaker.hear((900, 0, ALIVE, 4))
        assert speaker.heard_ms_ago(900) == 4 * UNIT_MS
        speaker.hear((900, 0, ALIVE, 8))
        assert speaker.heard_ms_ago(900) == 4 * UNIT_MS


def test_a_suspicion_is_believed_by_those_who_know_no_better():
    speaker = Speaker()
    speaker.know(900, heard_ms_ago=9000)
    speaker.hear((900, 0, SUSPECT, 36))
    assert speaker.state(900) == SUSPECT
    assert speaker.members.news[0] == TELLINGS


def test_who_heard_a_suspect_since_answers_and_does_not_believe_it():
    for state in (SUSPECT, DEAD, LEFT):
        speaker = Speaker()
        speaker.know(900, heard_ms_ago=5 * UNIT_MS)
        speaker.hear((900, 0, state, 40))
        assert speaker.state(900) == ALIVE
        assert speaker.members.news[0] == 1
        assert speaker.say() == [(900, 0, ALIVE, 5)]


def test_a_living_row_refutes_only_with_later_evidence():
    for state in (SUSPECT, DEAD, LEFT):
        speaker = Speaker()
        speaker.know(900, heard_ms_ago=10000, state=state)
        speaker.hear((900, 0, ALIVE, 40))
        assert speaker.state(900) == state
        assert speaker.members.news[0] == 1
        speaker.hear((900, 0, ALIVE, 20))
        assert speaker.state(900) == ALIVE


def test_of_the_same_evidence_the_worse_conclusion_came_later():
    for state, worse in ((ALIVE, SUSPECT), (SUSPECT, DEAD), (DEAD, LEFT)):
        speaker = Speaker()
        speaker.know(900, heard_ms_ago=36 * UNIT_MS, state=state)
        speaker.hear((900, 0, worse, 36))
        assert speaker.state(900) == worse
        speaker.hear((900, 0, state, 36))
        assert speaker.state(900) == worse


def test_a_node_answers_whoever_says_that_it_is_not_alive():
    for state in (SUSPECT, DEAD, LEFT):
        for start in RING_STARTS:
            speaker = Speaker(start)
            speaker.hear((ME, 0, ALIVE, 0))
            assert not speaker.answers()
            speaker.hear((ME, 0, state, 40))
            assert speaker.answers()
            assert speaker.members.find(ME) == -1


def test_a_later_boot_is_believed_on_later_evidence_whatever_its_number():
    for boot in (6, 4):
        speaker = Speaker()
        speaker.know(900, heard_ms_ago=10000, state=LEFT, boot=5)
        speaker.hear((900, boot, ALIVE, 2))
        assert (speaker.state(900), speaker.members.boots[0]) == (ALIVE, boot)


def test_an_earlier_boot_is_answered_with_the_later_one():
    speaker = Speaker()
    speaker.know(900, heard_ms_ago=1000, boot=6)
    speaker.hear((900, 5, ALIVE, 16), (900, 5, DEAD, 40))
    assert (speaker.state(900), speaker.members.boots[0], speaker.members.news[0]) == (ALIVE, 6, 1)


def test_nobody_is_lost_so_soon():
    speaker = Speaker()
    speaker.know(900, heard_ms_ago=9000)
    for state in (SUSPECT, DEAD):
        speaker.hear((900, 0, state, 2))
    assert speaker.state(900) == ALIVE
    assert speaker.news.nonsense == 2
    speaker.hear((900, 0, LEFT, 2))
    assert speaker.state(900) == LEFT


def test_an_age_beyond_its_bits_brings_no_evidence():
    speaker = Speaker()
    speaker.know(900, heard_ms_ago=1912 * UNIT_MS + 90000, state=DEAD)
    before_ms = speaker.heard_ms_ago(900)
    speaker.hear((900, 0, DEAD, 1912), (900, 0, ALIVE, 1912))
    assert (speaker.state(900), speaker.heard_ms_ago(900)) == (DEAD, before_ms)


def test_the_news_come_first_and_each_is_told_three_times():
    speaker = Speaker()
    for node, news in ((900, 1), (901, TELLINGS), (902, 2)):
        speaker.know(node, news=news)
    told = [[row[0] for row in speaker.say()] for _ in range(4)]
    assert told == [[901, 902, 900], [901, 902], [901], []]


def test_no_more_rows_than_a_beacon_may_have_and_none_twice():
    speaker = Speaker(capacity=30)
    for node in range(900, 920):
        speaker.know(node, news=TELLINGS)
    told = [row[0] for row in speaker.say()]
    assert len(told) == len(set(told)) == p.ROWS_MAX
    later = [row[0] for row in speaker.say() + speaker.say()]
    assert len(set(told + later)) == 20


def test_what_improved_most_is_told_before_the_rest():
    for start in RING_STARTS:
        speaker = Speaker(start)
        for node in (900, 901, 902):
            speaker.know(node)
        assert speaker.say() == []
        speaker.now = ticks_add(start, 20000)
        for node, gained_ms in ((900, 10000), (901, 20000), (902, 15000)):
            row = speaker.members.find(node)
            speaker.members.heard_at[row] = ticks_add(start, gained_ms)
        assert [row[0] for row in speaker.say()] == [901, 902, 900]
        assert speaker.say() == []


def test_evidence_that_hardly_improved_is_not_worth_its_bytes():
    speaker = Speaker()
    row = speaker.know(900)
    least_ms = speaker.members.silence_ms() // 16
    speaker.now = least_ms
    speaker.members.heard_at[row] = least_ms - 1
    assert speaker.say() == []
    speaker.members.heard_at[row] = least_ms
    assert len(speaker.say()) == 1


def test_the_departed_are_named_once_in_sixteen_beacons_in_turn():
    speaker = Speaker()
    for node, state in ((900, DEAD), (901, ALIVE), (902, LEFT)):
        speaker.know(node, heard_ms_ago=30000, state=state)
    told = [row[0] for _ in range(64) for row in speaker.say()]
    assert told == [902, 900, 902, 900]
    for rows in range(16):
        named = speaker.say()
        assert bool(named) == (rows == 15)


def test_an_age_is_told_in_the_units_of_the_beacon_rounded_up():
    for start in RING_STARTS:
        speaker = Speaker(start)
        speaker.know(900, heard_ms_ago=5 * UNIT_MS + 1, news=1)
        assert speaker.say() == [(900, 0, ALIVE, 6)]
