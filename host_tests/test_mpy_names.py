"""Private names become short before a board gets the firmware, and mean the same."""

import pytest

from tools.mpy import compiler
from tools.mpy.names import short_names, shorten

_SHOP = """class Shop:
    _open_since = 7

    def __init__(self, price):
        self._price_now, self.stock = price, 3
        self._owner_at_night = "_owner_name"
        self._owner_name = _doubled(price)

    async def _never(self):
        return self._never

    def _worth_of_all(self):
        return self.stock * self._price_now + self._open_since

    def worth(self):
        return self._worth_of_all(), self._owner_at_night, self._owner_name


class Stall(Shop):
    def _rent_due(self):
        return self._price_now


def _doubled(price, _extra_cost=0):
    return 2 * price + _extra_cost
"""


def _short(text, **others):
    return shorten({"shop": text, **others})["shop"]


def _worth(text):
    names = {}
    exec(text, names)
    stall = names["Stall"](5)
    return stall.worth(), vars(stall).keys()


def test_a_shortened_module_does_what_it_did_on_the_same_lines():
    short = _short(_SHOP)
    worth, names = _worth(short)
    assert worth == _worth(_SHOP)[0] == (22, "_owner_name", 10)
    assert names == {"_a", "stock", "_c", "_owner_name"}
    assert short.count("\n") == _SHOP.count("\n")


def test_attributes_methods_and_functions_are_shortened_the_most_frequent_first():
    short = _short(_SHOP)
    for gone in ("_price_now", "_worth_of_all", "_owner_at_night", "_never", "_rent_due"):
        assert gone not in short
    assert "self._a, self.stock = price, 3" in short  # _price_now, named three times
    assert "def _a(price, _extra_cost=0):" in short  # a module's own names begin anew
    assert short_names({"shop": _SHOP})["Shop", "_price_now"] == "_a"


def test_class_variables_texts_and_arguments_keep_their_names():
    short = _short(_SHOP)
    for kept in ("_open_since = 7", '"_owner_name"', "self._owner_name", "_extra_cost=0"):
        assert kept in short


def test_a_name_that_another_module_asks_for_is_kept_in_all_modules():
    other = "def f(shop):\n    return shop._price_now\n"
    assert "self._price_now" in _short(_SHOP, other=other)
    imports = "from shop import _doubled\n"
    assert "def _doubled" in _short(_SHOP, other=imports)


def test_a_subclass_elsewhere_shares_no_short_name_with_its_base():
    kiosk = "class Kiosk(Shop):\n    def _shut(self):\n        return self._shut\n"
    text = f"from shop import Shop\n\n\n{kiosk}"
    short = shorten({"shop": _SHOP, "kiosk": text})
    own = short["kiosk"].partition("return self.")[2].strip()
    assert own != "_shut"
    assert f"self.{own}" not in short["shop"] and f"def {own}(self" not in short["shop"]


def test_a_name_that_is_short_already_is_not_given_to_another():
    lines = ("self._a = 1", "self._long_name = 2", "return self._a")
    text = "class A:\n    def f(self):\n" + "".join(f"        {line}\n" for line in lines)
    names = {}
    exec(_short(text), names)
    assert names["A"]().f() == 1


def test_many_names_stay_apart():
    body = "".join(f"        self._name_{n} = {n}\n" for n in range(60))
    names = {}
    exec(_short(f"class A:\n    def __init__(self):\n{body}"), names)
    assert sorted(vars(names["A"]()).values()) == list(range(60))


def test_a_modules_private_variables_are_shortened_and_its_constants_left_to_the_compiler():
    text = "_LEAST = const(3)\n_table = [_LEAST]\n\n\ndef f():\n    return _table\n"
    assert _short(text) == text.replace("_table", "_a")
    shared = "_table = []\n\n\ndef f():\n    global _table\n    _table = [1]\n"
    assert _short(shared) == shared


def test_what_is_no_python_is_told_with_its_module():
    with pytest.raises(SyntaxError) as caught:
        shorten({"good": "x = 1\n", "bad": "def f(:\n"})
    assert caught.value.filename == "bad"


def test_every_module_of_the_firmware_is_smaller_or_equal_after_it():
    sources = compiler.sources()
    short = shorten(sources)
    assert all(len(short[name]) <= len(sources[name]) for name in sources)
    assert sum(map(len, short.values())) < 0.97 * sum(map(len, sources.values()))
