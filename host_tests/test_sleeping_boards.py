"""Boards that sleep, one lightly and one deeply, and a keeper: on virtual boards."""

import json

from bare_boards import needs_micropython

from boards import evaluate, status, wait_for
from tools.virtual.board import DEEPSLEEP_RESET, PWRON_RESET
from tools.virtual.fleet import Fleet

pytestmark = needs_micropython

KEEPER, LISTENER, LIGHT, DEEP = range(4)
PERIOD_S = 2
CONFIGS = (
    {"sleepers": 4},
    {},
    {"sleep": f"light:{PERIOD_S}"},
    {"sleep": f"deep:{PERIOD_S}"},
)
APP = """
import json
from machine import UART, reset_cause
got = []
async def app(mesh):
    port = UART(1, 115200)
    mesh.got = got
    mesh.want("critical.fire", 4)
    if mesh.status()["role"] == "sleeper":
        count = int(mesh.kept or b"0") + 1
        mesh.kept = b"%d" % count
        mesh.emit_anomaly("wake", b"%d" % count)
        port.write(json.dumps(["cause", reset_cause(), count]))
    else:
        mesh.want("anomaly.wake", 3)
    async for event in mesh.events():
        got.append((event.source, event.payload))
        port.write(json.dumps(["got", event.payload.decode(), mesh.status()]))
"""


class Reports:
    """What the boards tell over UART(1), by board."""

    def __init__(self, fleet):
        self._fleet = fleet
        self.by_board = [[] for _ in fleet.boards]

    def of(self, number, kind):
        report = self._fleet.next_uart(timeout_s=0)
        while report is not None:
            board, data, _ = report
            self.by_board[board.number].append(json.loads(data))
            report = self._fleet.next_uart(timeout_s=0)
        return [each[1:] for each in self.by_board[number] if each[0] == kind]


def test_the_mesh_holds_events_for_sleepers_and_hears_what_they_emit(tmp_path):
    app = tmp_path / "app.py"
    app.write_text(APP)
    with Fleet(4, app=app, config=lambda number: CONFIGS[number], heap_kb=160) as fleet:
        reports = Reports(fleet)
        fleet.power_on()
        keeper, listener = fleet.boards[KEEPER], fleet.boards[LISTENER]
        wait_for(lambda: keeper.is_running and listener.is_running)
        wait_for(lambda: len(evaluate(keeper, "mesh.sleepers()")) == 2)
        emit = "mesh.emit_critical('fire', b'hot')"
        assert evaluate(listener, emit)
        for number in (LIGHT, DEEP):
            [[payload, _]] = wait_for(lambda number=number: reports.of(number, "got"))
            assert payload == "hot"
        # What the deep one counts through its sleeps arrives, each number once.
        wait_for(lambda: len(reports.of(DEEP, "cause")) >= 4)
        assert reports.of(DEEP, "cause")[:4] == [[PWRON_RESET, 1]] + [
            [DEEPSLEEP_RESET, count] for count in (2, 3, 4)
        ]
        # Those of one wake may overtake each other on the way.
        wait_for(lambda: {b"1", b"2", b"3", b"4"} <= set(heard(listener)))
        counts = heard(listener)
        assert len(counts) == len(set(counts))
        assert [len(reports.of(number, "got")) for number in (LIGHT, DEEP)] == [1, 1]
        assert (fleet.boards[DEEP].resets, fleet.boards[DEEP].crashes) == (0, 0)
        assert (status(keeper)["rejected"], status(keeper)["neighbours"]) == ({}, 1)


def heard(board):
    """What the deep sleeper emitted, as it arrived; the light one emitted one, too."""
    events = evaluate(board, "mesh.got")
    sources = [source for source, _ in events]
    often = max(sources, key=sources.count)
    return [payload for source, payload in events if source == often]
