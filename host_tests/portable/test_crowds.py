"""Topics that more nodes want than have said so."""

from test_ways import declaration

from hearing_lists import ME
from skein import frame as f
from skein.crowds import Crowds
from skein.ids import PREFIX
from skein.interest_table import HIGH, InterestTable

TOPIC = PREFIX | 7
LIFETIME_MS = 1000


def crowds(wishers):
    table = InterestTable(20, LIFETIME_MS)
    for node in range(100, 100 + wishers):
        table.put(TOPIC, node, HIGH, 0)
    return Crowds(table)


def told(wishers, topic=TOPIC):
    """This node's own declaration, when so many others want the same."""
    frame = declaration(0, origin=ME)
    f.put_id(frame, f.ROWS, topic)
    crowds(wishers).tell(frame, ME, 0)
    return frame


def test_who_declares_what_many_want_says_so_and_whoever_hears_it_knows():
    for wishers, are_many in ((11, False), (12, True)):
        made = crowds(0)
        made.hear(told(wishers), 0)
        assert made.has(TOPIC, 0) == are_many
        assert not made.has(TOPIC + 1, 0)


def test_the_level_is_read_beside_it():
    frame = told(12)
    assert frame[f.ROWS + 4] & f.LEVEL == 3
    assert f.check(frame, 0) == f.OK


def test_it_is_forgotten_as_declarations_are():
    made = crowds(0)
    made.hear(told(12), 0)
    assert made.has(TOPIC, LIFETIME_MS - 1)
    assert not made.has(TOPIC, LIFETIME_MS)


def test_what_many_want_by_its_first_word_counts_for_each_topic_with_it():
    made = crowds(0)
    frame = told(12)
    f.put_id(frame, f.ROWS, TOPIC & PREFIX)
    made.hear(frame, 0)
    assert made.has(TOPIC, 0)


def test_of_too_many_topics_the_first_is_forgotten():
    made = crowds(0)
    for number in range(17):
        frame = told(12)
        f.put_id(frame, f.ROWS, TOPIC + number)
        made.hear(frame, 0)
        made.hear(frame, 0)
    assert not made.has(TOPIC, 0)
    assert made.has(TOPIC + 1, 0) and made.has(TOPIC + 16, 0)
