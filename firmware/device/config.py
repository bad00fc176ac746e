"""Reads config.json: this board's settings, with every mistake named in one sentence.

A mistake never stops a board that may hang in a tree: the setting keeps its default, the board
goes on, and the sentences are printed at boot and shown by mesh.status().
"""

import json

from micropython import const

FILE = "config.json"
_LONGEST_FILE = const(2048)  # characters; a thousand hold every setting
_MOST_MISTAKES = const(8)  # all are kept for mesh.status()
_MEMBERS_TO_COUNT = const(32)
_REPAIR_BESIDE = const(8)  # two_hops
_LONGEST_VALUE = const(40)  # characters of what is quoted


def _whole(low, high):
    def check(value):
        if type(value) is int and low <= value <= high:
            return None
        return f"a whole number from {low} to {high}"

    return check


def _number(low, high):
    def check(value):
        if type(value) in (int, float) and low <= value <= high:
            return None
        return f"a number from {low} to {high}"

    return check


def _text(longest):
    def check(value):
        if isinstance(value, str) and 0 < len(value) <= longest:
            return None
        return f"a text of 1 to {longest} characters"

    return check


def _one_of(*choices):
    def check(value):
        if value in choices:
            return None
        return "one of " + ", ".join([json.dumps(choice) for choice in choices])

    return check


def _key(value):
    if isinstance(value, str) and len(value) in (0, 32) and not value.strip("0123456789abcdef"):
        return None
    return "32 hexadecimal digits, as skein keys makes them"


def _texts(value):
    if isinstance(value, list) and all([isinstance(text, str) for text in value]):
        return None
    return "a list of texts"


# name: (default, check); a check answers what the value should have been, or None
SETTINGS = {
    "name": ("", _text(16)),  # for people; the board's id comes from its MAC
    "mesh": ("skein", _text(16)),  # boards of another mesh are not heard
    "key": ("", _key),  # authenticates frames; the same on all boards; "": none
    "radio": ("espnow", _text(28)),  # or "lora:" or "espnow+lora:" and the name of a modem setting
    "region": ("", _text(8)),  # whose rules a LoRa radio obeys
    "channel": (6, _whole(1, 13)),  # of Wi-Fi; the same on all boards
    "tx_power_dbm": (None, _whole(2, 20)),  # None: what the chip does by itself
    "hop_limit": (15, _whole(0, 15)),
    "sleep": ("", _text(12)),  # or "light:" or "deep:" and the seconds from one wake to the next
    "sleepers": (0, _whole(0, 8)),  # for which this board keeps events; 0: none
    "power": ("mains", _one_of("mains", "battery")),
    "sensors": ([], _texts),
    "neighbours": (32, _whole(2, 128)),  # rows and slots of the tables
    "origins": (32, _whole(2, 128)),
    "queue": (20, _whole(4, 64)),
    "inbox": (8, _whole(1, 64)),
    "interests": (48, _whole(1, 200)),
    "ordered": (0, _whole(0, 64)),  # sources and topics whose events are kept in order; 0: none
    "summary_ms": (0, _whole(0, 60000)),  # a window of summaries at its source; 0: no summaries
    "tier_ms": (5000, _whole(100, 60000)),  # and at a leader
    "confirmed": (0, _whole(0, 16)),  # own events that wait to be confirmed; 0: none
    "store_bytes": (0, _whole(0, 32000)),  # for events that can be asked for; 0: none
    "state": (0, _whole(0, 36)),  # entries that all nodes hold; 0: none
    "repair": (None, _whole(0, 32)),  # events kept for who missed them; None: as heap allows
    "two_hops": (0, _whole(0, 1)),  # 1: learn who hears whom, and pass on less; needs repair
    "initial_fanout": (4, _whole(1, 32)),  # neighbours that have an event and serve the others
    "max_fanout": (8, _whole(1, 32)),  # and where much is lost
    "adaptive_threshold": (0.9, _number(0, 1)),  # less is delivered: more serve, and repeat
    "redundancy_factor": (1, _number(1, 4)),  # so often each node sends each event at least
    "updates": (0, _whole(0, 16)),  # topics of values that change often; 0: none
    "sends": (0, _whole(0, 4)),  # payloads up to 4 KB at a time, in each direction; 0: none
    "members": (0, _whole(0, 200)),  # of the cell, over several hops; 0: no such table
    "cell": ("", _text(16)),  # where a mesh has several, each with a leader
    "cell_min": (0, _whole(0, 200)),  # a smaller cell joins another; 0: never
    "cell_max": (0, _whole(0, 200)),  # a larger cell splits; 0: never
}
# What of these differs from its default is handed on in such parts.
_RELAY_UNITS = {
    "initial_fanout": 1,
    "max_fanout": 1,
    "adaptive_threshold": 100,
    "redundancy_factor": 100,
}


def load(path: str = "/" + FILE) -> tuple:
    """(settings, mistakes): every setting by name, and a sentence for each thing that is wrong.

    A missing file means defaults throughout.
    """
    try:
        with open(path) as file:
            text = file.read(_LONGEST_FILE + 1)
    except OSError:
        return _checked({})
    except ValueError:  # bytes that are no text
        return _refused("is not valid JSON")
    if len(text) > _LONGEST_FILE:
        return _refused(f"has more than {_LONGEST_FILE} characters")
    text = text.strip()
    # The chip's parser takes the end of a file for a closing brace, so a torn file would pass.
    if text[:1] != "{" or text[-1:] != "}":
        return _refused("must hold one object in braces")
    try:
        return _checked(json.loads(text))
    except ValueError:
        return _refused("is not valid JSON")
    except (MemoryError, RuntimeError):
        return _refused("is nested too deep")


def _checked(given):
    settings, mistakes = {}, []
    for name, (default, check) in SETTINGS.items():
        settings[name] = given.get(name, default)
        expected = check(given[name]) if name in given else None
        if expected:
            settings[name] = default
            mistakes.append(
                f"{FILE}: {name!r} must be {expected}, not {_quoted(given[name])}; "
                f"{json.dumps(default)} is used instead."
            )
    for name in given:
        if name not in SETTINGS:
            known = ", ".join(sorted(SETTINGS))
            mistakes.append(f"{FILE}: {name!r} is not a setting; known are {known}.")
    if (settings["cell_min"] or settings["cell_max"]) and not settings["members"]:
        settings["members"] = _MEMBERS_TO_COUNT
        mistakes.append(
            f"{FILE}: a cell's size needs its members; {_MEMBERS_TO_COUNT} are used instead of 0."
        )
    if settings["two_hops"] and not settings["repair"]:
        if settings["repair"] == 0:
            mistakes.append(
                f"{FILE}: 'two_hops' needs 'repair'; {_REPAIR_BESIDE} is used instead of 0."
            )
        settings["repair"] = _REPAIR_BESIDE
    if settings["initial_fanout"] > settings["max_fanout"]:
        mistakes.append(
            f"{FILE}: 'max_fanout' must not be less than 'initial_fanout', which is"
            f" {settings['initial_fanout']}; 4 and 8 are used instead."
        )
        settings["initial_fanout"], settings["max_fanout"] = 4, 8
    if len(mistakes) > _MOST_MISTAKES:
        more = len(mistakes) - _MOST_MISTAKES
        mistakes[_MOST_MISTAKES:] = [f"{FILE}: {more} more mistakes are not listed."]
    return settings, mistakes


def relay(settings: dict) -> dict:
    """What the relay is to do otherwise than by itself, as a NodeSettings takes it."""
    return {
        name: int(settings[name] * unit + 0.5)
        for name, unit in _RELAY_UNITS.items()
        if settings[name] != SETTINGS[name][0]
    }


def _quoted(value):
    text = json.dumps(value)
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + " ..."


def _refused(why):
    settings, _ = _checked({})
    return settings, [f"{FILE}: the file {why}; every setting has its default."]
