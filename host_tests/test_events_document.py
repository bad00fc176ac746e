"""docs/events.md and others name a test for each rule; all of them must exist."""

import ast
import re
from functools import cache

from tools.setup import PROJECT

_DOCUMENT = (PROJECT / "docs" / "events.md").read_text(encoding="utf-8")
_SENDS = (PROJECT / "docs" / "sends.md").read_text(encoding="utf-8")
_OTHERS = [(PROJECT / "docs" / name).read_text() for name in ("radios.md", "sleep.md")]
_TEST = re.compile(r"`(test_\w+)`")


@cache
def _tests():
    """The names of all tests, and of those that run on both interpreters."""
    found, portable = set(), set()
    for path in (PROJECT / "host_tests").rglob("*.py"):
        names = {
            node.name
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        }
        found |= names
        if path.parent.name == "portable":
            portable |= names
    return found, portable


def test_every_test_that_the_document_names_exists():
    for text in (_DOCUMENT, _SENDS, *_OTHERS):
        named = _TEST.findall(text)
        assert named and set(named) <= _tests()[0]


def test_each_gap_of_the_source_has_a_rule_and_tests_for_both_interpreters():
    rows = re.findall(r"^\| (Q\d+) \|.*$", _DOCUMENT, re.MULTILINE)
    assert rows == [f"Q{number}" for number in range(1, 16)]
    for row in re.findall(r"^\| Q\d+ \|.*$", _DOCUMENT, re.MULTILINE):
        named = set(_TEST.findall(row))
        assert named and named <= _tests()[1], row


def test_every_rule_names_a_test():
    for rules in (_DOCUMENT.split("## The other rules")[1], _SENDS.split("## The rules")[1]):
        for row in re.findall(r"^\| [A-Z].*$", rules, re.MULTILINE)[1:]:
            assert _TEST.findall(row), row
