"""docs/election.md names a test for each rule; they are there."""

import re

from tools.setup import PROJECT

ROW = re.compile(r"^\| (L\d+) \|.*\|([^|]*)\|$", re.MULTILINE)
TEST = re.compile(r"`(\w+\.py)::(\w+)`")
NAMED = {
    rule: TEST.findall(tests)
    for rule, tests in ROW.findall((PROJECT / "docs" / "election.md").read_text())
}


def test_each_of_the_twenty_rules_has_a_test():
    assert list(NAMED) == [f"L{number}" for number in range(1, 21)]
    assert all(NAMED.values())


def test_each_test_that_is_named_is_there():
    for tests in NAMED.values():
        for file, name in tests:
            (path,) = (PROJECT / "host_tests").rglob(file)
            assert f"\ndef {name}(" in path.read_text(), f"{file} has no {name}"
