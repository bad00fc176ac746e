"""Part `convergence` of the benchmark: it counts what it says."""

from bare_boards import needs_micropython

from tools.bench import convergence
from tools.bench.convergence_runs import EVENTS, FIELD, LINE, WRITES, Case, converged
from tools.bench.part import Options


def test_an_event_needs_as_many_hops_as_the_line_is_long():
    run = converged(Case(LINE, 5, 0), 0)
    assert run.diameter == run.hops == 4
    assert run.reach_percent == 100
    assert len(run.event_ms) == EVENTS and len(run.state_ms) == WRITES
    assert 0 < max(run.first_ms) < max(run.event_ms)
    assert run.event_bytes > 40 * 4 and run.state_bytes > 0 and run.quiet_percent > 0


def test_no_event_goes_farther_than_its_hops_and_the_state_does():
    run = converged(Case(LINE, 20, 0), 0)
    assert (run.diameter, run.hops) == (19, 16)
    assert run.reach_percent < 100 and None in run.event_ms
    assert None not in run.state_ms


def test_what_did_not_reach_all_comes_last_as_a_dash():
    run = converged(Case(FIELD, 6, 100), 0)
    assert run.event_ms == [None] * EVENTS and run.state_ms == [None] * WRITES
    row = convergence._row(Case(FIELD, 6, 100), [run])
    assert row[4:7] == ["0.00", "0", "–"]
    assert row[7:9] == row[10:12] == ["–", "–"]


@needs_micropython
def test_the_heap_of_a_node_grows_with_its_tables_alone():
    table = convergence._memory()
    held = [int(cell.replace(",", "")) for cell in table.splitlines()[-1].split("|")[2:-1]]
    assert held == sorted(held)
    steps = [
        (later - earlier) / (to - since)
        for earlier, later, since, to in zip(
            held, held[1:], convergence._ROWS, convergence._ROWS[1:], strict=False
        )
    ]
    assert max(steps) < 1.3 * min(steps)


def test_the_part_names_its_command_and_says_what_its_columns_are(monkeypatch):
    class NoBar:
        def add_task(self, *arguments, **options):
            return 0

        def advance(self, task):
            pass

    monkeypatch.setattr(convergence, "_QUICK", ((LINE, (4,)),))
    texts = list(convergence.measure(Options(is_quick=True), NoBar()))
    assert len(texts) == 3
    assert "`skein bench convergence --quick`" in texts[-1]
    assert "*Hops*" in texts[-1]
