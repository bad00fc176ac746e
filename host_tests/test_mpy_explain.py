"""Tracebacks of boards tell what their short names stand for."""

from click.testing import CliRunner

from boards import name_on_board
from tools.cli import main
from tools.mpy.explain import explained

_SHOP = """class Shop:
    def _price_now(self):
        return self._price_of_all()

    def _price_of_all(self):
        return _sum_of(3)


def _sum_of(count):
    return count
"""
_TRACEBACK = """Traceback (most recent call last):
  File "device/shop.mpy", line 3, in _a
  File "device/shop.mpy", line 6, in _price_of_all
  File "device/shop.mpy", in stock
  File "device/till.mpy", in _a
ValueError: in _a
"""


def test_only_lines_that_name_a_short_function_of_that_file_are_explained():
    lines = explained(_TRACEBACK, {"device.shop": _SHOP}).splitlines()
    before = _TRACEBACK.splitlines()
    assert lines[1] == before[1] + "  (Shop._price_of_all or _sum_of)"
    assert lines[:1] + lines[2:] == before[:1] + before[2:]


def test_a_function_of_a_module_in_a_bundle_is_told_by_the_bundles_file():
    short = name_on_board("SeenTable", "_mark")
    line = f'  File "skein/diffusion.mpy", in {short}\r\n'
    result = CliRunner().invoke(main, ["explain"], input=line)
    assert result.exit_code == 0, result.output
    assert "SeenTable._mark" in result.output
