"""The demo's command, as a newcomer runs it: its figures, its end by Ctrl-C, its bad options."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import RUNTIME

from boards import wait_for

SKEIN = str(Path(sys.executable).with_name("skein"))

needs_micropython = pytest.mark.skipif(isinstance(RUNTIME, str), reason="no MicroPython")

BOARD_KEYS = {
    *("id", "role", "leader", "term", "heap_free", "heap_total"),
    *("delivered", "duplicates", "frames_in", "frames_out"),
}


def demo(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SKEIN, "demo", *options], capture_output=True, text=True, timeout=120, check=False
    )


def processes_of(*words: str) -> list[int]:
    """Processes whose environment or command holds any of `words`."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            text = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
        except OSError:
            continue
        is_one = any(word.encode() in text for word in words)
        if is_one and int(folder.name) != os.getpid():
            found.append(int(folder.name))
    return found


@needs_micropython
def test_the_demo_meets_its_goals_with_loss_and_a_killed_leader(tmp_path):
    file = tmp_path / "out.json"
    result = demo(
        *("--boards", "8", "--seconds", "40", "--loss", "10"),
        *("--kill-leader-at", "20", "--json", str(file)),
    )
    assert result.returncode == 0, result.stdout + result.stderr
    figures = json.loads(file.read_text())
    assert figures["runtime"]["word_bits"] == RUNTIME.word_bits
    assert len(figures["boards"]) == 8
    assert all(set(board) >= BOARD_KEYS for board in figures["boards"])
    assert sum(board["killed"] for board in figures["boards"]) == 1
    assert figures["reports_lost"] == 0
    assert 0 < figures["time_to_leader_ms"] <= 6000
    assert 0 < figures["reelection_ms"] <= 9000
    assert figures["leaders_at_end"] == 1
    assert figures["events_wanted"] > 300
    assert figures["events_delivered"] >= 0.99 * figures["events_wanted"]
    assert figures["events_unwanted_delivered"] == 0
    assert figures["events_delivered_twice"] == 0
    assert figures["critical_p50_ms"] < figures["low_p50_ms"]
    for board in figures["boards"]:
        assert board["heap_free"] >= 0.3 * board["heap_total"]


@needs_micropython
def test_ctrl_c_ends_the_demo_with_its_figures_and_leaves_no_process(tmp_path):
    file = tmp_path / "out.json"
    environment = dict(os.environ, SKEIN_TEST_MARK=str(tmp_path))
    running = subprocess.Popen(
        [SKEIN, "demo", "--boards", "3", "--json", str(file)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    marks = str(tmp_path), f"SKEIN_SUPERVISOR={running.pid}"
    wait_for(lambda: len(processes_of(*marks)) == 5)  # the command, the air, three boards
    time.sleep(8)  # a busy machine takes its time to a leader
    os.killpg(running.pid, signal.SIGINT)
    output, _ = running.communicate(timeout=20)
    assert running.returncode == 0
    assert "events:" in output
    assert json.loads(file.read_text())["leaders_at_end"] == 1
    assert processes_of(*marks) == []


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--boards", "0"), "--boards"),
        (("--loss", "101"), "--loss"),
        (("--heap", "1"), "--heap"),
        (("--seconds", "soon"), "--seconds"),
        (("--json", "/no/such/folder/out.json"), "/no/such/folder"),
    ],
)
def test_a_bad_option_is_told_and_nothing_starts(options, word):
    result = demo(*options)
    assert result.returncode != 0
    assert word in result.stderr
    assert "Traceback" not in result.stderr


def test_without_a_micropython_the_demo_says_so_in_a_sentence():
    result = subprocess.run(
        [SKEIN, "demo", "--seconds", "1"],
        env=dict(os.environ, MICROPYTHON="/no/such/program"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 1
    assert "$MICROPYTHON" in result.stderr and "Traceback" not in result.stderr
