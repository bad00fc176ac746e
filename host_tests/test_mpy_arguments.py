"""Arguments become one letter each before a board gets the firmware, and mean the same."""

import pytest

from tools.mpy import compiler
from tools.mpy.arguments import FOR_APPLICATIONS, shorten

_SUMS = """offset = 100


def product(left, right: int, a=1):
    return left * right * a + offset


def table(rows, *more, step):
    def cell(row, column):
        return row * column + len(rows) + step

    return [cell(row, column) for row in rows for column in more]


class Scale:
    def of(self, value, unit="g", /):
        return (lambda text: f"{text} {unit}")(value)


found = product(2, 3), table([1, 2], 5, step=7), Scale().of(9)
"""


def _run(text):
    names = {}
    exec(text, names)
    return names["found"]


def test_shortened_functions_give_what_they_gave_on_the_same_lines():
    short = shorten({"sums": _SUMS})["sums"]
    assert _run(short) == _run(_SUMS) == (106, [14, 19], "9 g")
    assert short.count("\n") == _SUMS.count("\n")


def test_each_function_uses_the_first_letters_that_nothing_else_in_it_has():
    short = shorten({"sums": _SUMS})["sums"]
    assert "def product(b, c: int, a=1):\n    return b * c * a + offset" in short
    assert "def of(self, a, b=" in short


def test_an_argument_that_some_call_names_keeps_its_name_in_all_functions():
    other = "def f(left=1):\n    return left\n\n\ng = f(left=2)\n"
    short = shorten({"sums": _SUMS, "other": other})
    assert short["other"] == other
    assert "def product(left, b: int, a=1):" in short["sums"]
    assert "*a, step):" in short["sums"].replace("*b, step", "*a, step")


def test_modules_that_applications_call_stay_as_they_are():
    assert shorten({"sums": _SUMS}, kept=("sums",))["sums"] == _SUMS
    assert set(compiler.sources()) >= FOR_APPLICATIONS


def test_a_function_with_more_arguments_than_letters_keeps_the_last_ones():
    names = [f"argument_{number}" for number in range(30)]
    text = (
        f"def f({', '.join(names)}):\n    return [{', '.join(names)}]\n\n\nfound = f(*range(30))\n"
    )
    short = shorten({"many": text})["many"]
    assert _run(short) == list(range(30))
    assert "argument_29" in short and "argument_0" not in short


def test_what_is_no_python_is_told_with_its_module():
    with pytest.raises(SyntaxError) as caught:
        shorten({"bad": "def f(:\n"})
    assert caught.value.filename == "bad"
