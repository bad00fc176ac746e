"""Modules that are always loaded together become one, and mean the same."""

import sys
from types import ModuleType

import pytest

from tools.mpy import compiler
from tools.mpy.bundles import BUNDLES, bundle
from tools.mpy.constants import FOR_APPLICATIONS

_ROPE = """from micropython import const

_LONGEST = const(90)


def text(length):
    return f"{_cut(length)} m"


def _cut(length):
    return min(length, _LONGEST)


class Knot:
    def __init__(self, length):
        self.length = length
"""
_BELL = """from micropython import const

from box import rope as r
from box.rope import Knot as Loop

_LONGEST = const(20)


class Bell(Loop):
    def ring(self, count):
        text = r.text(self.length)
        return _cut(count), text


def _cut(count):
    return min(count, _LONGEST)
"""
_TOWER = """from box import (
    bell,
    rope,
)
from box.rope import text as told


def ring():
    from box.bell import Bell

    return bell.Bell(95).ring(30), Bell(5).ring(1), told(3), rope.text(4)
"""
_SOURCES = {"box": "", "box.rope": _ROPE, "box.bell": _BELL, "box.tower": _TOWER}


def _rings(texts):
    """What `ring` of the tower answers, where modules are what these texts make them."""
    before = dict(sys.modules)
    constants = ModuleType("micropython")
    constants.const = lambda value: value
    sys.modules["micropython"] = constants
    try:
        for name, text in texts.items():
            module = sys.modules[name] = ModuleType(name)
            package, _, last = name.rpartition(".")
            if package:
                setattr(sys.modules[package], last, module)
            exec(compile(text, name, "exec"), module.__dict__)
        return sys.modules["box.tower"].ring()
    finally:
        sys.modules.clear()
        sys.modules.update(before)


@pytest.mark.parametrize(
    "bundles",
    [
        {"box.bell": ("box.rope",)},
        {"box.tower": ("box.rope", "box.bell")},
        {"box.tower": ("box.bell",)},
        {"box.rope": ("box.of_another_release",)},
    ],
)
def test_a_bundle_means_what_its_modules_meant(bundles):
    bundled = bundle(_SOURCES, bundles)
    gone = {name for members in bundles.values() for name in members}
    assert bundled.keys() == _SOURCES.keys() - gone
    assert _rings(bundled) == _rings(_SOURCES) == ((20, "90 m"), (1, "5 m"), "3 m", "4 m")


def test_a_name_of_two_modules_stays_that_of_the_one_which_names_the_bundle():
    text = bundle(_SOURCES, {"box.bell": ("box.rope",)})["box.bell"]
    assert "_LONGEST_rope = const(90)" in text and "_LONGEST = const(20)" in text
    assert "_cut_rope(length)" in text and "_cut(count)" in text


def test_a_name_that_is_local_where_it_is_asked_for_is_changed():
    text = bundle(_SOURCES, {"box.bell": ("box.rope",)})["box.bell"]
    assert "text = text_rope(self.length)" in text


def test_a_module_outside_keeps_its_lines_and_asks_the_bundle():
    tower = bundle(_SOURCES, {"box.bell": ("box.rope",)})["box.tower"]
    assert tower.count("\n") == _TOWER.count("\n")
    assert "from box import bell, bell as rope\n" in tower
    assert "from box.bell import text_rope as told\n" in tower
    assert "rope.text_rope(4)" in tower


def test_two_imports_that_give_one_name_two_meanings_are_refused():
    sources = {"box": "", "box.a": "import sys as x\n", "box.b": "import gc as x\n"}
    with pytest.raises(ValueError, match=r"box\.a: x has another meaning in its bundle"):
        bundle(sources, {"box.b": ("box.a",)})


def test_the_firmware_has_every_module_that_its_bundles_name():
    sources = compiler.sources()
    members = [name for others in BUNDLES.values() for name in others]
    assert {*BUNDLES, *members} <= sources.keys()
    assert len(set(members)) == len(members) and not set(members) & BUNDLES.keys()


def test_what_applications_import_is_in_no_other_module():
    assert not [name for others in BUNDLES.values() for name in others if name in FOR_APPLICATIONS]


def test_what_a_board_gets_asks_for_no_module_that_is_in_a_bundle():
    gone = {name for others in BUNDLES.values() for name in others}
    for name, text in compiler.on_board().items():
        assert not [module for module in gone if f"from {module} import" in text], name
