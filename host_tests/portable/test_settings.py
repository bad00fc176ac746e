from skein.errors import ConfigError
from skein.ids import ID_MAX
from skein.settings import LIMITS, RELAY_LIMITS, NodeSettings

ENDS = {
    "node": (1, ID_MAX),
    "epoch": (0, 255),
    "term": (0, ID_MAX),
    "score": (0, 255),
    "mesh": (0, 255),
    "hop_limit": (0, 15),
    "neighbours": (2, 250),
    "origins": (2, 250),
    "queue_slots": (4, 250),
    "inbox_slots": (1, 250),
    "interests": (1, 250),
    "wishes": (1, 40),
    "members": (0, 250),
    "ordered": (0, 64),
    "confirmed": (0, 16),
    "summary_ms": (0, 60000),
    "tier_ms": (100, 60000),
    "store_bytes": (0, 32000),
    "state": (0, 36),
    "updates": (0, 16),
    "repair": (0, 32),
    "two_hops": (0, 1),
    "sends": (0, 4),
    "cell": (0, ID_MAX),
    "cell_min": (0, 250),
    "cell_max": (0, 250),
}


def build(**values):
    """The settings, or the sentence with which they were refused."""
    values.setdefault("node", 7)
    try:
        return NodeSettings(**values)
    except ConfigError as error:
        return str(error)


def test_both_ends_of_every_range_are_taken_and_what_lies_beyond_is_refused():
    assert sorted(ENDS) == sorted(LIMITS)
    for name, (smallest, largest) in ENDS.items():
        for value in (smallest, largest):
            assert getattr(build(**{name: value}), name) == value
        for value in (smallest - 1, largest + 1):
            assert f"{name} must be a whole number from {smallest}" in build(**{name: value})


def test_a_value_that_is_no_whole_number_is_refused():
    for value in (True, 7.0, "7", None):
        assert "score must be a whole number" in build(score=value)


def test_a_node_has_no_default_and_every_other_setting_has_one_in_its_range():
    assert "node must be" in build(node=None)
    try:
        NodeSettings()
    except ConfigError as error:
        assert "node must be" in str(error)
    made = build()
    for name, (smallest, largest) in ENDS.items():
        assert smallest <= getattr(made, name) <= largest


def test_an_unknown_name_is_refused():
    assert "'colour' is not a setting" in build(colour=1)


def test_what_tunes_the_relay_is_kept_apart_and_only_what_is_given():
    assert build().relay == {}
    ends = {
        "initial_fanout": (1, 32),
        "max_fanout": (1, 32),
        "adaptive_threshold": (0, 100),
        "redundancy_factor": (100, 400),
    }
    assert sorted(ends) == sorted(RELAY_LIMITS)
    for name, (smallest, largest) in ends.items():
        for value in (smallest, largest):
            assert build(**{name: value}).relay == {name: value}
        for value in (smallest - 1, largest + 1, 1.5, None):
            assert f"{name} must be a whole number from {smallest} to {largest}" in build(
                **{name: value}
            )


def test_a_maximum_below_the_initial_fan_out_is_refused():
    assert build(initial_fanout=5, max_fanout=4) == (
        "max_fanout must be at least initial_fanout, which is 5"
    )
    assert build(initial_fanout=5, max_fanout=5).relay["max_fanout"] == 5
    assert build(initial_fanout=9).relay == {"initial_fanout": 9}
