"""What the benchmark says of payloads: measured, and able to fail."""

from skein.fragment import PAYLOAD_MAX
from tools.bench.sends_run import Case, figures_of


def test_four_kilobytes_cross_two_hops_and_every_byte_is_counted():
    row = figures_of(Case(2, False, 0), 1)
    assert row["share"] == 1 and 0 < row["seconds"] <= row["settled"] < 5
    assert 2 * PAYLOAD_MAX < row["bytes"] < 4 * PAYLOAD_MAX


def test_what_does_not_arrive_is_not_told_to_have_come():
    row = figures_of(Case(1, True, 100), 1)
    assert row["share"] == 0 and row["seconds"] == 0
