from skein import frame as f
from skein.errors import ConfigError
from skein.ids import topic_id
from skein.interest_table import CRITICAL, HIGH, LOW, NONE
from skein.wishes import Wishes


def rows(wishes):
    """The body of this node's declaration as {topic: level}, and its length."""
    frame = bytearray(b"\xff" * f.MTU)
    length = wishes.write_rows(frame)
    body = {}
    for row in range(frame[f.ROW_COUNT]):
        at = f.ROWS + row * f.ROW_LEN
        body[f.get_id(frame, at)] = frame[at + 4]
    return body, length


def refusal(function, *arguments):
    try:
        function(*arguments)
    except ConfigError as error:
        return str(error)
    return None


def test_a_declaration_holds_every_wish_with_its_level():
    wishes = Wishes(4)
    assert rows(wishes) == ({}, f.ROWS)
    wishes.want("a", LOW)
    wishes.want("b", HIGH)
    wishes.want("c", CRITICAL)
    wishes.want("b", NONE)
    assert rows(wishes) == (
        {topic_id("a"): LOW, topic_id("c"): CRITICAL},
        f.ROWS + 2 * f.ROW_LEN,
    )


def test_a_wish_said_again_changes_its_level_and_takes_no_second_place():
    wishes = Wishes(1)
    wishes.want("a", LOW)
    wishes.want("a", HIGH)
    assert wishes.level_of(topic_id("a")) == HIGH
    assert "at most 1 topics" in refusal(wishes.want, "b", LOW)


def test_no_longer_wanting_what_was_never_wanted_changes_nothing():
    wishes = Wishes(1)
    wishes.want("a", HIGH)
    wishes.want("b", NONE)
    assert rows(wishes)[0] == {topic_id("a"): HIGH}
    assert wishes.level_of(topic_id("b")) == NONE


def test_a_level_is_a_whole_number():
    for level in (True, 2.0, "3", None, -1, 5):
        assert "from 0 to 4" in refusal(Wishes(1).want, "a", level)


def test_a_topic_is_text_of_at_most_thirty_two_bytes():
    wishes = Wishes(2)
    assert refusal(wishes.learn, "t" * 32) is None
    assert refusal(wishes.learn, "é" * 16) is None
    for name in ("t" * 33, "é" * 17, "", b"bytes", None, 7):
        assert "1 to 32 bytes" in refusal(wishes.learn, name)


def test_two_names_with_one_id_are_refused_by_both_names():
    assert topic_id("t1030") == topic_id("t29704")
    wishes = Wishes(2)
    wishes.want("t1030", LOW)
    assert "'t29704' and 't1030' share an id" in refusal(wishes.want, "t29704", LOW)


def test_a_wish_for_a_prefix_is_one_for_every_topic_that_begins_with_it():
    wishes = Wishes(3)
    wishes.want("telemetry.", LOW)
    wishes.want("telemetry.heap", HIGH)
    assert wishes.level_of(topic_id("telemetry.temperature")) == LOW
    assert wishes.level_of(topic_id("telemetry.heap")) == HIGH
    for other in ("telemetry", "anomaly.temperature", "temperature", "telemetrics.heap"):
        assert wishes.level_of(topic_id(other)) == NONE
    wishes.want("telemetry.", NONE)
    assert wishes.level_of(topic_id("telemetry.temperature")) == NONE
    assert wishes.level_of(topic_id("telemetry.heap")) == HIGH


def test_a_prefix_is_one_word_and_a_dot_and_no_topic_itself():
    for name in (".", "telemetry.indoor.", ".."):
        assert name == "." or "no other one" in refusal(Wishes(1).want, name, LOW)
    assert "only a wish ends with a dot" in refusal(Wishes(1).learn, "telemetry.")


def test_a_topic_of_which_only_the_prefix_is_known_is_shown_with_it():
    wishes = Wishes(2)
    wishes.want("telemetry.", LOW)
    heap = topic_id("telemetry.heap")
    assert wishes.name_of(heap) == f"telemetry.#{heap & 0xFFFFF:05x}"
    wishes.learn("telemetry.heap")
    assert wishes.name_of(heap) == "telemetry.heap"


def test_a_topic_that_nobody_here_named_is_shown_by_its_id():
    wishes = Wishes(1)
    assert wishes.name_of(0xABC) == "00000abc"
    wishes.learn("a")
    assert wishes.name_of(topic_id("a")) == "a"


def test_names_of_topics_that_were_only_emitted_are_forgotten_and_those_wanted_are_not():
    made = Wishes(3)
    made.want("kept", 3)
    for number in range(100):
        made.learn(f"reading.{number}")
    assert len(made._names) == 6
    assert made.name_of(topic_id("kept")) == "kept"
    assert made.name_of(topic_id("reading.99")) == "reading.99"
