"""BENCHMARKS.md: tables, sections, and where figures come from."""

from tools.bench import document, provenance, sources
from tools.bench.part import Options
from tools.bench.table import figure, markdown

TITLES = ["One", "Two", "Three"]


def test_a_table_lines_up_its_cells():
    table = markdown(("name", "figure"), [["a", 1], ["long name", 22]])
    assert table.splitlines() == [
        "| name      | figure |",
        "|-----------|-------:|",
        "| a         |      1 |",
        "| long name |     22 |",
    ]


def test_a_figure_that_is_not_there_is_a_dash():
    assert figure(None) == "–"
    assert figure(1234.56, 1) == "1,234.6"


def test_a_section_replaces_only_itself(tmp_path):
    path = tmp_path / "BENCHMARKS.md"
    document.put(path, TITLES, "Two", "second\n\n### inside\n\nmore")
    document.put(path, TITLES, "Three", "third")
    document.put(path, TITLES, "Three", "third anew")
    text = path.read_text()
    assert text.startswith("# Benchmarks\n")
    assert text.endswith("## Two\n\nsecond\n\n### inside\n\nmore\n\n## Three\n\nthird anew\n")
    assert text.count("third") == 1


def test_sections_stand_in_the_order_of_the_parts(tmp_path):
    path = tmp_path / "BENCHMARKS.md"
    for title in reversed(TITLES):
        document.put(path, TITLES, title, f"of {title}")
    places = [path.read_text().index(f"## {title}") for title in TITLES]
    assert places == sorted(places)


def test_writing_the_same_twice_changes_nothing(tmp_path):
    path = tmp_path / "BENCHMARKS.md"
    document.put(path, TITLES, "One", "first")
    before = path.read_text()
    document.put(path, TITLES, "One", "first")
    assert path.read_text() == before


def test_the_command_above_a_table_gives_the_options_that_made_it(tmp_path):
    options = Options(is_quick=True, seeds=3, topologies=tmp_path)
    assert options.command("cost") == "skein bench cost --quick --seeds 3 --topologies DIR"
    assert provenance.line("skein bench cost").startswith("`skein bench cost` at ")


def test_outside_of_git_the_commit_is_not_made_up(monkeypatch, tmp_path):
    monkeypatch.setattr(provenance, "PROJECT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert provenance.commit() == "no known commit"


def test_a_peer_does_not_depend_on_the_firmware(monkeypatch, tmp_path):
    for name, text in {
        "run": "import station, peer",
        "peer": "x = 1",
        "station": "import firmware",
        "firmware": "y = 1",
    }.items():
        (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.setattr(sources, "_ROOTS", (tmp_path,))
    before = _digests()
    (tmp_path / "firmware.py").write_text("y = 2")
    after = _digests()
    assert before["whole"] != after["whole"]
    assert before["peer"] == after["peer"]
    (tmp_path / "peer.py").write_text("x = 2")
    assert _digests()["peer"] != after["peer"]


def _digests():
    sources.digest.cache_clear()
    found = {"whole": sources.digest("run"), "peer": sources.digest("run", "station")}
    sources.digest.cache_clear()
    return found
