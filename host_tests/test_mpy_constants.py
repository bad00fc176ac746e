"""Constants of other modules become numbers before a board gets the firmware."""

import re

import pytest

from tools.mpy import compiler
from tools.mpy.constants import FOR_APPLICATIONS, fold

_PARTS = """from micropython import const

FIRST = const(-2)
MASK = const(0xFF)
_OWN = const(3)
TWICE = const(MASK * 2)


def masked(value):
    return value & MASK
"""


def _folded(text):
    return fold({"skein.parts": _PARTS, "skein.whole": text}, kept={})["skein.whole"]


def _runs(text):
    names = {}
    exec(text.replace("from micropython import const", "const = int"), names)
    return names


def test_an_attribute_of_an_imported_module_becomes_its_value():
    text = "from skein import parts as p\n\n\ndef f(x):\n    return 5 - p.FIRST + x[p.MASK]\n"
    assert _folded(text) == text.replace("p.FIRST", "(-2)").replace("p.MASK", "(255)")


def test_a_module_imported_whole_is_known_by_its_own_and_by_another_name():
    parts = {"parts": _PARTS}
    for text in ("import parts\n\nx = parts.MASK\n", "import parts as p\n\nx = p.MASK\n"):
        folded = fold({**parts, "whole": text}, kept={})["whole"]
        assert folded.endswith("\nx = (255)\n")


def test_an_imported_constant_becomes_its_value_and_the_rest_of_the_import_stays():
    text = "from skein.parts import FIRST, masked\n\nx = masked(FIRST)\n"
    assert _folded(text) == "from skein.parts import masked\n\nx = masked((-2))\n"


def test_lines_stay_where_they_were():
    text = "from skein.parts import (\n    FIRST,\n    MASK as M,\n)\n\ny = 'ä', FIRST + M\n"
    assert _folded(text).split("\n") == ["pass", "", "", "", "", "y = 'ä', (-2) + (255)", ""]


def test_what_is_computed_from_constants_or_no_constant_keeps_its_name():
    text = "from skein import parts\n\nx = parts.TWICE, parts.masked(1)\n"
    assert _folded(text) == text


def test_a_folded_module_hides_its_own_constants_and_means_the_same():
    folded = fold({"skein.parts": _PARTS}, kept={})["skein.parts"]
    names = _runs(folded)
    assert names["masked"](0x1234) == 0x34
    assert names["TWICE"] == 510
    assert "MASK" not in names and "FIRST" not in names


def test_constants_that_applications_import_keep_their_names():
    folded = fold({"skein.parts": _PARTS}, kept={"skein.parts": ("FIRST",)})["skein.parts"]
    assert "\nFIRST = const(-2)\n_MASK = const(0xFF)\n" in folded


def test_a_constant_whose_name_means_something_else_too_is_refused_with_its_line():
    for text in (
        "from skein.parts import MASK\n\n\ndef f():\n    MASK = 1\n    return MASK\n",
        "from skein.parts import MASK\n\n\ndef f(x,\n      MASK):\n    return MASK\n",
    ):
        with pytest.raises(ValueError, match=r"skein.whole, line 5: MASK is a constant's name"):
            _folded(text)


def test_the_firmware_folded_has_its_lines_and_what_applications_import():
    sources = compiler.sources()
    folded = fold(sources)
    assert folded["skein.node"] != sources["skein.node"]
    for name, text in sources.items():
        assert folded[name].count("\n") == text.count("\n"), name
    for name, constants in FOR_APPLICATIONS.items():
        assert set(re.findall(r"^([A-Z]\w*) = const", folded[name], re.MULTILINE)) == set(
            constants
        )


def test_every_module_compiles_to_its_place():
    codes = compiler.firmware()
    assert {str(compiler.place_of(name)) for name in codes} >= {
        "skein/__init__.mpy",
        "skein/node.mpy",
        "device/runner.mpy",
    }
    assert all(path.read_bytes()[:1] == b"M" for path in codes.values())


def test_what_does_not_compile_is_told_in_the_compilers_words():
    with pytest.raises(SyntaxError, match=r"(?s)skein/x.py does not compile.*line 1"):
        compiler.compiled("def f(:\n", "skein/x.py")
