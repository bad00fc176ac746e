from skein.ids import ID_MAX, NOBODY, PREFIX, hash30, node_id, text, topic_id


def test_ids_are_never_nobody_and_fit_thirty_bits():
    for number in range(2000):
        an_id = hash30(b"x%d" % number)
        assert NOBODY < an_id <= ID_MAX


def test_boards_with_neighbouring_addresses_get_different_ids():
    ids = {node_id(bytes((0x24, 0x6F, 0x28, 1, 2, last))) for last in range(256)}
    assert len(ids) == 256


def test_a_topic_has_the_same_id_on_every_interpreter():
    assert text(topic_id("anomaly.smoke")) == "18a18af8"  # what boards in the field use
    assert topic_id("anomaly.smoke") != topic_id("anomaly.smokf")


def test_two_hundred_topics_of_one_first_word_do_not_collide():
    ids = {topic_id(f"telemetry.room{n // 20}.sensor{n % 20}") for n in range(200)}
    assert len(ids) == 200


def test_topics_with_one_first_word_share_the_id_of_their_prefix():
    prefix = topic_id("telemetry.")
    assert prefix and prefix & ~PREFIX == 0
    for name in ("telemetry.a", "telemetry.a.b", "telemetry.temperature"):
        assert topic_id(name) & PREFIX == prefix and topic_id(name) & ~PREFIX
    for name in ("telemetry", "a", "anomaly.telemetry."):
        assert topic_id(name) & PREFIX != prefix


def test_the_usual_first_words_have_prefixes_of_their_own():
    words = "telemetry anomaly critical command product state sensor alarm log door robot video"
    words += (
        " audio chat light motor event status job position battery power fire level camera sends"
    )
    words = words.split()
    assert len({topic_id(word + ".") for word in words}) == len(words)
