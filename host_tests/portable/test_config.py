import json
import os

from device import config

FILE = "test_config.tmp"


def load(text):
    """(settings, mistakes) from a file with this text."""
    with open(FILE, "w") as file:
        file.write(text)
    try:
        return config.load(FILE)
    finally:
        os.remove(FILE)


def only_mistake(**given):
    _, mistakes = load(json.dumps(given))
    assert len(mistakes) == 1, mistakes
    return mistakes[0]


def test_without_a_file_everything_has_its_default():
    settings, mistakes = config.load("no such file")
    assert mistakes == []
    assert settings["channel"] == 6 and settings["mesh"] == "skein"


def test_what_the_file_says_is_used():
    settings, mistakes = load('{"channel": 11, "name": "gate", "sensors": ["smoke"]}')
    assert mistakes == []
    assert (settings["channel"], settings["name"], settings["sensors"]) == (11, "gate", ["smoke"])


def test_an_unknown_name_is_told_with_the_known_ones():
    mistake = only_mistake(chanel=1)
    assert mistake.startswith("config.json: 'chanel' is not a setting; known are adaptive_thresh")


def test_a_bad_channel_is_told_and_the_default_is_used():
    for channel in (0, 14, -1, "6", 6.5, None, True, [6]):
        settings, mistakes = load(json.dumps({"channel": channel}))
        expected = "config.json: 'channel' must be a whole number from 1 to 13, not "
        assert mistakes == [expected + json.dumps(channel) + "; 6 is used instead."]
        assert settings["channel"] == 6


def test_every_setting_refuses_a_value_of_the_wrong_type():
    for name in config.SETTINGS:
        assert name in only_mistake(**{name: {"a": 1}})


def test_each_mistake_gets_its_own_sentence():
    _, mistakes = load('{"channel": 99, "power": "solar", "nam": "x"}')
    assert len(mistakes) == 3
    assert all(mistake.startswith("config.json: ") for mistake in mistakes)
    assert '"mains", "battery"' in mistakes[0] + mistakes[1]


def test_a_file_that_is_not_json_is_told_in_one_sentence():
    for text in ("{channel: 6}", '{"channel": six}', "{'channel': 6}"):
        settings, mistakes = load(text)
        assert mistakes == [
            "config.json: the file is not valid JSON; every setting has its default."
        ]
        assert settings["channel"] == 6


def test_a_file_without_braces_is_told_in_one_sentence():
    for text in ("", "{", '{"channel": 6', '{"channel": 6} x', "[]", "6", "null"):
        _, mistakes = load(text)
        assert len(mistakes) == 1 and "one object in braces" in mistakes[0]


def test_a_file_that_is_too_long_is_told_in_one_sentence():
    settings, mistakes = load('{"channel": 11}' + " " * 2034)
    assert mistakes == [
        "config.json: the file has more than 2048 characters; every setting has its default."
    ]
    assert settings["channel"] == 6
    settings, mistakes = load('{"channel": 11}' + " " * 2033)
    assert mistakes == [] and settings["channel"] == 11


def test_what_is_nested_too_deep_is_one_mistake():
    for text in ('{"sensors": ' + "[" * 1000 + "]" * 1000 + "}", '{"x":' * 250 + "1" + "}" * 250):
        settings, mistakes = load(text)
        assert len(mistakes) == 1
        assert settings["sensors"] == []


def test_a_long_value_is_quoted_in_part():
    assert len(only_mistake(name="x" * 1000)) < 140


def test_the_size_of_a_cell_without_members_is_a_mistake_and_members_are_counted():
    for name in ("cell_min", "cell_max"):
        settings, mistakes = load(json.dumps({"cell": "north", name: 5}))
        assert settings["members"] == 32
        assert len(mistakes) == 1 and "needs its members" in mistakes[0]
        settings, mistakes = load(json.dumps({"cell": "north", name: 5, "members": 9}))
        assert (settings["members"], mistakes) == (9, [])


def test_the_settings_of_the_relay_are_numbers_in_their_range():
    settings, mistakes = load('{"adaptive_threshold": 0.75, "redundancy_factor": 1.5}')
    assert mistakes == [] and settings["redundancy_factor"] == 1.5
    mistake = only_mistake(adaptive_threshold=75)
    assert "'adaptive_threshold' must be a number from 0 to 1, not 75; 0.9 is used" in mistake
    assert "'redundancy_factor' must be a number from 1 to 4, not 0.5" in only_mistake(
        redundancy_factor=0.5
    )
    assert "'initial_fanout' must be a whole number from 1 to 32" in only_mistake(
        initial_fanout=2.5
    )


def test_only_what_differs_from_its_default_tunes_the_relay():
    assert config.relay(load('{"max_fanout": 8, "redundancy_factor": 1.0}')[0]) == {}
    settings, _ = load('{"max_fanout": 12, "adaptive_threshold": 0.29, "redundancy_factor": 2}')
    assert config.relay(settings) == {
        "max_fanout": 12,
        "adaptive_threshold": 29,
        "redundancy_factor": 200,
    }


def test_a_maximum_below_the_initial_fan_out_is_one_mistake_and_both_have_their_defaults():
    settings, mistakes = load('{"initial_fanout": 9}')
    assert mistakes == [
        "config.json: 'max_fanout' must not be less than 'initial_fanout', which is 9;"
        " 4 and 8 are used instead."
    ]
    assert (settings["initial_fanout"], settings["max_fanout"]) == (4, 8)


def test_of_many_mistakes_some_are_listed_and_the_rest_is_counted():
    _, mistakes = load(json.dumps({f"k{n}": n for n in range(50)}))
    assert len(mistakes) == 9
    assert mistakes[8] == "config.json: 42 more mistakes are not listed."


def test_two_hop_knowledge_comes_with_repair():
    for given, repair, count in (
        ({"two_hops": 1}, 8, 0),
        ({"two_hops": 1, "repair": 4}, 4, 0),
        ({"two_hops": 1, "repair": 0}, 8, 1),
        ({"repair": 0}, 0, 0),
    ):
        settings, mistakes = load(json.dumps(given))
        assert settings["repair"] == repair
        assert len(mistakes) == count
        assert not count or "'two_hops' needs 'repair'; 8 is used" in mistakes[0]
