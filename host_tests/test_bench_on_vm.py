"""The benchmark's parts that run on MicroPython: cost of a frame, size of the modules."""

import re
import shutil

import pytest
from bare_boards import needs_micropython
from click.testing import CliRunner

from tools.bench import callgrind, cost, modules
from tools.bench.commands import size
from tools.bench.cost import Run
from tools.bench.queue_operations import VERBS, Work
from tools.bench.size import heap_by_module
from tools.mpy import compiler

needs_valgrind = pytest.mark.skipif(shutil.which("valgrind") is None, reason="no valgrind")


def test_modules_come_after_what_they_import():
    order = modules.in_order()
    assert sorted(order) == sorted(compiler.on_board())
    assert order.index("skein.frame") < order.index("skein.turns") < order.index("skein.node")
    assert order.index("skein.node") < order.index("device.startup")
    assert {"asyncio", "machine"} <= set(modules.from_outside())


def test_padding_is_replaced_by_as_many_bytes_and_nothing_else_is():
    code = b"\x90\x2e\x8d\xb4\x26\0\0\0\0\xc3\x2e\x8d\x74\x26\0\x2e\x8d\x74\x26\x01"
    assert callgrind._PADDING.sub(callgrind._NOP, code) == (
        b"\x90\x90\x8d\xb4\x26\0\0\0\0\xc3\x90\x8d\x74\x26\0\x2e\x8d\x74\x26\x01"
    )


@needs_micropython
def test_only_a_delivered_event_takes_heap():
    def heap_bytes(kind):
        return cost.by_time(Run(kind, 4, 50)).heap_bytes

    assert heap_bytes("delivery") >= 50 * 16
    for kind in ("turn", "garbage", "beacon", "duplicate", "declaration", "event"):
        assert heap_bytes(kind) == 0, kind


@needs_micropython
def test_the_queue_takes_no_heap_for_any_verb_and_the_heap_of_tuples_does():
    def heap_bytes(kind, stage):
        return cost.by_time(Work(kind, stage, 4, 2)).heap_bytes

    for stage in {stage for pair in VERBS.values() for stage in pair}:
        assert heap_bytes("skein", stage) == heap_bytes("skein", "make"), stage
    for kind in ("heaps", "heapq"):
        assert heap_bytes(kind, "push") - heap_bytes(kind, "make") >= 8 * 61


@needs_micropython
@needs_valgrind
def test_instructions_are_counted_and_the_same_each_time():
    try:
        shorter, longer, again = (
            cost.by_callgrind(Run("beacon", 4, steps)).cost for steps in (5, 25, 25)
        )
    except callgrind.CallgrindError as error:
        pytest.skip(str(error))
    assert abs(longer - again) <= longer // 100_000  # the loader's own work may differ a little
    assert longer - shorter > 20 * 1000


@needs_micropython
def test_without_valgrind_times_are_compared_and_the_table_says_so(monkeypatch):
    monkeypatch.setattr(callgrind.shutil, "which", lambda _: None)
    meter, unit = cost.meter_and_unit()
    assert meter is cost.by_time
    assert "there is no valgrind on this machine" in unit
    assert meter(Run("garbage", 4, 5)).cost > 0


@needs_micropython
def test_a_valgrind_that_fails_is_named():
    with pytest.raises(callgrind.CallgrindError, match="valgrind"):
        callgrind.count(["-c", "import sys; sys.exit(3)"], {"PATH": "/usr/bin:/bin"})


@needs_micropython
def test_code_in_place_takes_less_heap_than_loaded_code():
    names = modules.in_order()
    loaded, in_place = heap_by_module(names, False), heap_by_module(names, True)
    for heap in (loaded, in_place):
        assert heap.keys() >= {*names, "node", "all"}
        needed = [name for name in names if name not in modules.OPTIONAL]
        assert heap["all"] > sum(heap[name] for name in needed) + heap["node"]
    assert in_place["all"] < loaded["all"] * 0.8


@needs_micropython
def test_size_lists_every_module_with_its_bytes():
    result = CliRunner().invoke(size)
    assert result.exit_code == 0, result.output
    for name, path in compiler.firmware().items():
        row = re.search(
            rf"^\| {re.escape(name)}(?: \(if asked for\))? +\| +([\d,]+) \|",
            result.output,
            re.MULTILINE,
        )
        assert int(row[1].replace(",", "")) == path.stat().st_size
