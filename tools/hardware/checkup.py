"""What is wrong with a board, and what to do about it."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tools.hardware import boards, keys, pin_rules, release, settings
from tools.hardware.chips import named_in
from tools.hardware.port import Port

OK, NOTE, WRONG = "ok", "note", "wrong"

_OLDEST_MICROPYTHON = [1, 24]
_ENOUGH_HEAP_PERCENT = 30
_TOO_LITTLE_HEAP_PERCENT = 10
_CLOCK_MAY_DIFFER_S = 60
_SPEAKS_WITHIN_S = 10


@dataclass(frozen=True)
class Finding:
    """state: OK, NOTE for what may be meant so, or WRONG.  advice: what to do."""

    subject: str
    state: str
    text: str
    advice: str = ""


def examine(port: Port) -> list[Finding]:
    """Ask a board, while its node goes on.  Raises BoardError when it does not answer."""
    told = port.ask("checkup")
    board = boards.load(told["board"]) if told["board"] in boards.names() else None
    pins = sorted({pin for _, pin in pin_rules.pins(board.wiring)}) if board else []
    return findings(told, board, port.ask("pins", {"PINS": pins}))


def findings(told: dict[str, Any], board: boards.Board | None, refused: list[int]):
    """The same from what a board told and which pins of its wiring its chip refused."""
    node = told["node"]
    return [
        _chip(told, board),
        _micropython(told),
        _release(told, board),
        _node(node),
        _heap(told),
        *(_radio(node) if node else ()),
        *_bridge(told["bridge"]),
        *_settings(told["config"]),
        _key(told["config"], node),
        _clock(told["utc"]),
        _pins(board, refused),
    ]


def _key(config, node):
    key = settings.given_in(config).get("key")
    if not key:
        advice = "anyone in range can take part: skein keys set"
        return Finding("key", NOTE, "none: frames are not authenticated", advice)
    text = f"{keys.fingerprint(key)}; nothing is encrypted"
    forged = node.get("forged") if node else 0
    if forged:
        advice = "boards with another key, or none, are in range, or somebody tries"
        return Finding("key", NOTE, f"{text}; {forged} frames had no good tag", advice)
    return Finding("key", OK, text)


def _chip(told, board):
    chip = named_in(told["machine"])
    if chip is None:
        return Finding("chip", WRONG, told["machine"], "Skein knows ESP32, S3, C3 and C6")
    if board and board.chip is not chip:
        return Finding(
            "chip",
            WRONG,
            f"{chip.title}, but {board.name} has an {board.chip.title}",
            "deploy with the name of the board that it is",
        )
    return Finding("chip", OK, chip.title)


def _micropython(told):
    version = ".".join(str(part) for part in told["micropython"])
    if told["micropython"][:2] < _OLDEST_MICROPYTHON:
        return Finding("MicroPython", WRONG, version, "1.24 or newer is needed: skein flash")
    return Finding("MicroPython", OK, version)


def _release(told, board):
    if not board:
        what = "not put there by skein deploy" if told["node"] else "nothing is deployed"
        return Finding("firmware", NOTE if told["node"] else WRONG, what, "skein deploy BOARD")
    text = f"{told['folder'].strip('/')}, as {board.name}"
    if told["folder"] != "/" + release.build(board).folder:
        advice = f"this checkout has another one: skein deploy {board.name}"
        return Finding("firmware", NOTE, text, advice)
    return Finding("firmware", OK, text)


def _node(node):
    if not node:
        return Finding("node", WRONG, "no node runs", "reset the board and look: skein repl")
    if not node["app"].startswith("running"):
        return Finding("node", NOTE, f"{node['name']}; app.py {node['app']}", "correct app.py")
    if node["role"] == "sleeper":
        if node["keeper"]:
            return Finding("node", OK, f"{node['name']} sleeps; its keeper is {node['keeper']}")
        advice = (
            "a board in range needs `sleepers` in its settings, and the same `mesh`, `channel`"
        )
        return Finding("node", NOTE, f"{node['name']} sleeps, and found no keeper", advice)
    follows = f"follows {node['leader']}" if node["leader"] else "knows no leader"
    return Finding("node", OK, f"{node['name']}, {node['role']}, {follows}")


def _heap(told):
    percent = told["heap_free"] * 100 // told["heap_total"]
    text = f"{told['heap_free'] // 1024} KB free, {percent} %"
    if percent >= _ENOUGH_HEAP_PERCENT:
        return Finding("heap", OK, text)
    state = WRONG if percent < _TOO_LITTLE_HEAP_PERCENT else NOTE
    return Finding("heap", state, text, "smaller tables: skein config queue=12 neighbours=16")


def _radio(node) -> Iterator[Finding]:
    text = f"{node['frames_out']} frames out, {node['frames_in']} in"
    if node["radio_restarts"]:
        restarts = f"{text}, restarted {node['radio_restarts']} times"
        yield Finding("radio", NOTE, restarts, "the driver refuses frames; look at the supply")
    elif not node["frames_out"] and node["uptime_s"] >= _SPEAKS_WITHIN_S:
        yield Finding("radio", WRONG, text, "the radio sends nothing: switch the power off and on")
    else:
        yield Finding("radio", OK, text)
    if node["neighbours"]:
        yield Finding("neighbours", OK, str(node["neighbours"]))
    else:
        advice = "if there should be one: the same `mesh` and `channel`, and within range?"
        yield Finding("neighbours", NOTE, "none is heard", advice)


def _bridge(bridge) -> Iterator[Finding]:
    """Of a board with both radios."""
    if not bridge:
        return
    count = bridge["far_neighbours"]
    text = f"{'at work' if bridge['is_at_work'] else 'stands by'}, hears {count} on LoRa"
    if count:
        yield Finding("bridge", OK, text)
    else:
        advice = "is there another board with the same `region`, modem setting and `mesh`?"
        yield Finding("bridge", NOTE, text, advice)


def _settings(text: str) -> Iterator[Finding]:
    mistakes = settings.mistakes_in(text)
    for mistake in mistakes:
        yield Finding("settings", WRONG, mistake, "skein config NAME=VALUE")
    if not mistakes:
        yield Finding("settings", OK, "no mistakes")
    given = settings.given_in(text)
    if given.get("radio", "espnow") == "espnow":
        yield Finding("region", OK, "not needed: the radio is ESP-NOW")
    elif given.get("region") is None:
        yield Finding(
            "region", WRONG, "not set", "LoRa is silent without: skein config region=..."
        )
    else:
        yield Finding("region", OK, f"{given['region']} for {given['radio']}")


def _clock(utc):
    year, month, day, hour, minute, second = utc
    text = f"{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    if abs((datetime.datetime(*utc) - now).total_seconds()) > _CLOCK_MAY_DIFFER_S:
        return Finding("clock", NOTE, text, "nothing needs it yet; mpremote rtc --set sets it")
    return Finding("clock", OK, text)


def _pins(board, refused):
    if not board:
        return Finding("pins", NOTE, "not known without a board", "skein deploy BOARD")
    if refused:
        text = f"the chip has no {', '.join(str(pin) for pin in refused)}"
        return Finding("pins", WRONG, text, "deploy with the name of the board that it is")
    return Finding("pins", OK, f"those of {board.name} exist")
