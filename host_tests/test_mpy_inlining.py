"""Small functions are written out where they are called before a board gets the firmware."""

import random

import pytest

from skein.ticks import TICKS_MAX, ticks_add, ticks_diff
from tools.mpy import compiler
from tools.mpy.constants import fold
from tools.mpy.inlining import INLINED, inline

_PARTS = """from micropython import const

AT = const(2)


def low_of(frame):
    return frame[AT] & 0x0F


def both(frame, at):
    return frame[at] | frame[at + 1] << 8
"""
_HEAD = "from skein import parts as p\nfrom skein.ticks import ticks_add, ticks_diff\n"


def _inlined(body):
    """The body, and what stays of the import of ticks."""
    sources = {"skein.parts": _PARTS, "skein.whole": _HEAD + body}
    text = inline(sources, {"skein.parts": ("low_of", "both")})["skein.whole"]
    _, ticks, new = text.split("\n", 2)
    return new, ticks


def test_a_call_becomes_the_expression_with_its_arguments_in_it():
    assert _inlined("x = p.low_of(a.b[3]) + 1\n")[0] == "x = (a.b[3][2] & 15) + 1\n"
    assert _inlined("x = p.both(f, p.AT)\n")[0] == "x = (f[p.AT] | f[p.AT + 1] << 8)\n"


def test_a_call_inside_another_ones_arguments_is_written_out_too():
    assert (
        _inlined("x = g(p.low_of(p.both(f, 1)))\n")[0]
        == "x = (g((f[1] | f[1 + 1] << 8)[2] & 15))\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "x = p.both(g(), 1)\n",  # would be called twice
        "x = p.both(f, a + 1)\n",
        "x = p.both(frame=f, at=1)\n",
        "x = low_of(f)\n",  # not that one
        "x = q.low_of(f)\n",
        "x = f'{p.low_of(f)}'\n",
        "x = ticks_diff(a, b)\n",
        "x = ticks_diff(a, b) > 0\n",
        "x = ticks_diff(a, b) >= 1\n",
        "x = ticks_add(a, 1)\nif ticks_diff(\n    a, b\n) < 0:\n    pass\n",
    ],
)
def test_what_would_be_worked_out_twice_or_lies_on_several_lines_stays(text):
    assert _inlined(text)[0] == text


def test_a_module_writes_out_its_own_functions():
    text = _PARTS + "\n\nx = low_of(f)\n"
    assert inline({"parts": text}, {"parts": ("low_of",)})["parts"].endswith("x = (f[2] & 15)\n")


def test_a_condition_looks_at_the_bit_and_a_value_stays_true_or_false():
    for asked, new in (
        ("if a and ticks_diff(b, c) < 0:\n    pass\n", "if a and (b - c >> 29 & 1):\n    pass\n"),
        ("x = 1 if ticks_diff(b, c) >= 0 else 2\n", "x = 1 if (not b - c >> 29 & 1) else 2\n"),
        ("x = ticks_diff(b, c) < 0\n", "x = (b - c >> 29 & 1 == 1)\n"),
        ("x = ticks_diff(b, c) >= 0\n", "x = (b - c >> 29 & 1 == 0)\n"),
    ):
        assert _inlined(asked)[0] == new


def test_an_import_stays_as_long_as_something_uses_it():
    asked = "x = ticks_diff(a, b) < 0\n"
    assert _inlined(asked)[1] == "from skein.ticks import ticks_add"
    assert _inlined(asked + "y = ticks_diff(a, b)\n")[1] == _HEAD.splitlines()[1]
    alone = inline({"whole": "from skein.ticks import ticks_diff\n\n" + asked})
    assert alone["whole"] == "pass\n\nx = (a - b >> 29 & 1 == 1)\n"


def test_the_bit_says_what_the_difference_does_all_around_the_ring():
    dice = random.Random(3)
    text = "def ask(a, b):\n    return ticks_diff(a, b) < 0, ticks_diff(a, b) >= 0\n"
    names = {}
    exec(inline({"whole": "from skein.ticks import ticks_diff\n" + text})["whole"], names)
    near = [0, 1, TICKS_MAX, TICKS_MAX // 2, TICKS_MAX // 2 + 1]
    for _ in range(3000):
        a = dice.choice([*near, dice.randrange(TICKS_MAX + 1)])
        b = dice.choice(
            [*near, ticks_add(a, dice.randrange(-5, 6)), dice.randrange(TICKS_MAX + 1)]
        )
        assert names["ask"](a, b) == (ticks_diff(a, b) < 0, ticks_diff(a, b) >= 0)
        assert -(2**30) <= a - b < 2**30  # a small int on the board: no heap


def test_the_written_out_functions_of_the_firmware_answer_as_they_did():
    sources = compiler.sources()
    whole = fold(inline(sources))
    dice = random.Random(5)
    for module, functions in INLINED.items():
        assert set(functions) <= {
            line.split("(")[0][4:] for line in sources[module].splitlines() if line[:4] == "def "
        }
    calls = "from skein import {0} as m\n\ndef ask(frame, byte):\n    return ({1})\n"
    asked = {
        "skein.event": "".join(f"m.{name}(byte), " for name in INLINED["skein.event"]),
        "skein.frame": "m.kind_of(frame), m.hops_left(frame), m.hops_travelled(frame), "
        "m.get_u16(frame, 4)",
    }
    for module, call in asked.items():
        text = calls.format(module.partition(".")[2], call)
        plain, written_out = {}, {}
        exec(text, plain)
        new = inline({**sources, "asker": text})["asker"]
        assert "m." not in new
        exec(new, written_out)
        for _ in range(200):
            frame = bytes(dice.randrange(256) for _ in range(30))
            byte = dice.randrange(256)
            assert plain["ask"](frame, byte) == written_out["ask"](frame, byte)
    assert "ticks_diff(now, self.due_at[slot]) >= 0" not in whole["skein.event_queue"]


def test_every_line_of_the_firmware_stays_where_it_was():
    sources = compiler.sources()
    for name, text in inline(sources).items():
        assert text.count("\n") == sources[name].count("\n"), name
