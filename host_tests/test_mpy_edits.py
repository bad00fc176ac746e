"""Edits of a source text, each checked against what stands there."""

import pytest

from tools.mpy.constants import fold
from tools.mpy.edits import edited
from tools.mpy.names import shorten


def test_edits_of_one_line_do_not_move_each_other():
    assert edited("ab = cd + ab\n", [(1, 0, "ab", "x"), (1, 10, "ab", "xyz")]) == "x = cd + xyz\n"


def test_places_count_bytes_and_not_characters():
    assert edited("'ä' + ab", [(1, 7, "ab", "x")]) == "'ä' + x"


def test_an_edit_without_an_old_text_takes_the_rest_of_the_line():
    assert edited("if x: import y\nz", [(1, 6, None, "pass")]) == "if x: pass\nz"


def test_an_edit_where_something_else_stands_is_refused():
    with pytest.raises(ValueError, match=r"line 2: there is no 'ab' at 1 in 'x = ab'"):
        edited("\nx = ab", [(2, 1, "ab", "y")])


def test_names_and_constants_inside_an_f_string_are_found():
    text = """from skein.parts import LEAST
from skein import parts as p


class Box:
    def __init__(self):
        self._weight_g = 5

    def text(self):
        return f"ä {self._weight_g} of {p.MOST} {LEAST:>{self._weight_g}}"
"""
    parts = "from micropython import const\n\nLEAST = const(1)\nMOST = const(9)\n"
    whole = shorten(fold({"skein.parts": parts, "box": text}, kept={}))["box"]
    names = {}
    exec(whole.replace("from skein import parts as p", ""), names)
    assert names["Box"]().text() == "ä 5 of 9     1"
    assert "_weight_g" not in whole and "MOST" not in whole
