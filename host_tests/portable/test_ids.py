from skein.ids import ID_MAX, NOBODY, hash30, node_id, text, topic_id


def test_ids_are_never_nobody_and_fit_thirty_bits():
    for number in range(2000):
        an_id = hash30(b"x%d" % number)
        assert NOBODY < an_id <= ID_MAX


def test_boards_with_neighbouring_addresses_get_different_ids():
    ids = {node_id(bytes((0x24, 0x6F, 0x28, 1, 2, last))) for last in range(256)}
    assert len(ids) == 256


def test_a_topic_has_the_same_id_on_every_interpreter():
    assert text(topic_id("anomaly.smoke")) == "32118af8"  # what boards in the field use
    assert topic_id("anomaly.smoke") != topic_id("anomaly.smokf")


def test_two_thousand_topic_names_do_not_collide():
    ids = {topic_id(f"telemetry.room{n // 50}.sensor{n % 50}") for n in range(2000)}
    assert len(ids) == 2000
