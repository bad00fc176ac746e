"""The LoRa link on virtual boards: a mesh, events, a stuck modem, a missing region."""

import pytest
from bare_boards import needs_micropython

from boards import evaluate, leader_of, mpremote, status, wait_for
from lora_boards import lora_fleet
from tools.virtual.fleet import Fleet

pytestmark = needs_micropython

APP = """
got = []
async def app(mesh):
    mesh.got = got
    mesh.want("critical.fire", 4)
    async for event in mesh.events():
        got.append((event.source, event.payload))
"""


def fleet_of(count, tmp_path, radio="lora:SHORT_TURBO", region="US915", chip="sx1262"):
    app = tmp_path / "app.py"
    app.write_text(APP)
    return lora_fleet(count, radio, region, chip, app=app)


def count_of(fleet):
    return sum(counts.frames_out for counts in fleet.air.lora_counts().values())


@pytest.mark.parametrize("chip", ["sx1262", "sx1276"])
def test_three_boards_in_a_line_elect_a_leader_and_pass_an_alarm_on(chip, tmp_path):
    with fleet_of(3, tmp_path, chip=chip) as fleet:
        fleet.air.place({number: (30 * number, 0) for number in range(3)}, range_m=40)
        fleet.power_on()
        wait_for(lambda: all(board.is_running for board in fleet.boards))
        wait_for(lambda: leader_of(fleet.boards))
        wait_for(lambda: len(evaluate(fleet.boards[0], "mesh.interests()")) >= 2, 90)
        sent = mpremote(fleet.boards[0], "resume", "exec", "mesh.emit_critical('fire', b'hot')")
        assert sent.returncode == 0, sent.stdout
        source = status(fleet.boards[0])["id"]
        wait_for(lambda: evaluate(fleet.boards[2], "mesh.got") == [(source, b"hot")], 90)
        counts = fleet.air.lora_counts()
        for number, board in enumerate(fleet.boards):
            told = status(board)
            assert told["config_mistakes"] == [] and told["rejected"] == {}
            assert told["radio_restarts"] == 0
            # In quarters of milliseconds the two count alike, the chip one that is under way.
            assert abs(told["airtime_ms"] - counts[number].airtime_ms) <= 150


def test_a_stuck_transmission_costs_a_frame_and_a_restart_of_the_modem(tmp_path):
    with fleet_of(2, tmp_path) as fleet:
        fleet.power_on()
        wait_for(lambda: all(board.is_running for board in fleet.boards))
        wait_for(lambda: leader_of(fleet.boards))
        fleet.air.stick(0)
        wait_for(lambda: status(fleet.boards[0])["radio_restarts"] >= 1)
        fleet.air.stick(0, False)
        before = fleet.air.lora_counts()[1].frames_in
        wait_for(lambda: fleet.air.lora_counts()[1].frames_in > before + 2)
        assert status(fleet.boards[0])["radio_refused"] >= 1
        assert fleet.boards[0].resets == 0


def test_a_modem_that_stays_stuck_resets_the_board(tmp_path):
    with fleet_of(1, tmp_path) as fleet:
        fleet.air.stick(0)
        fleet.power_on()
        wait_for(lambda: fleet.boards[0].resets >= 1, 60)


def test_without_a_region_the_board_is_silent_and_says_why(tmp_path):
    with fleet_of(1, tmp_path, region="") as fleet:
        fleet.power_on()
        board = fleet.boards[0]
        wait_for(lambda: board.is_running)
        wait_for(lambda: status(board)["uptime_s"] >= 3)
        [mistake] = status(board)["config_mistakes"]
        assert mistake.startswith("config.json: 'region' must be one of AS923")
        assert "EU868" in mistake and "silent" in mistake
        assert count_of(fleet) == 0


def test_a_board_with_espnow_loads_nothing_of_lora():
    with Fleet(1) as fleet:
        fleet.power_on()
        wait_for(lambda: fleet.boards[0].is_running)
        loaded = wait_for(
            lambda: evaluate(fleet.boards[0], "sorted(__import__('sys').modules)"), 10
        )
        assert "device.espnow_link" in loaded
        assert [name for name in loaded if "lora" in name or "airtime" in name] == []
        assert "device.silent_link" not in loaded


def test_a_board_with_lora_loads_nothing_of_espnow_and_has_room(tmp_path):
    with fleet_of(1, tmp_path) as fleet:
        fleet.power_on()
        board = fleet.boards[0]
        wait_for(lambda: board.is_running)
        loaded = wait_for(lambda: evaluate(board, "sorted(__import__('sys').modules)"), 10)
        assert {"device.lora_link", "device.airtime_governor", "lora"} <= set(loaded)
        for name in ("espnow", "network", "device.espnow_link", "device.lora_plan"):
            assert name not in loaded


def test_each_boot_writes_airtime_off_before_its_first_frame(tmp_path):
    with fleet_of(1, tmp_path) as fleet:
        board = fleet.boards[0]
        used_ms = []
        for _ in range(3):
            before = count_of(fleet)
            fleet.power_on()
            wait_for(lambda before=before: count_of(fleet) > before)
            used_ms.append(int((board.flash / "skein.airtime").read_text().split()[1]))
            board.power_off()
            wait_for(lambda: not board.is_running)
    first_ms = used_ms[0]
    assert first_ms == 56_250  # a sixteenth of a quarter of an hour
    assert used_ms == [first_ms, 2 * first_ms, 3 * first_ms]
