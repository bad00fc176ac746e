"""Installing with mip, from a package index on this computer."""

import contextlib
import http.server
import json
import shutil
import threading

import pytest
from bare_boards import needs_micropython

from boards import mpremote, status, wait_for
from tools.hardware import boards, package_file, release
from tools.hardware.deployment import Deployment
from tools.hardware.port import Port
from tools.hardware.staging import Wish
from tools.setup import PROJECT
from tools.virtual.fleet import Fleet

DRIVER_FILE = {"lora-async": "lora/async_modem.py", "lora-sx126x": "lora/sx126x.py"}
DRIVER_FILE["lora-sx127x"] = "lora/sx127x.py"
DRIVER_FILE["ssd1306"] = "ssd1306.py"


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the project's files, and an index with a stand-in for each driver."""

    def __init__(self, *arguments):
        super().__init__(*arguments, directory=str(PROJECT))

    def do_GET(self):
        parts = self.path.strip("/").split("/")
        if parts[0] == "index":
            base = f"http://127.0.0.1:{self.server.server_port}"
            name = parts[3]  # index/package/MPY/NAME/VERSION.json
            content = {"urls": [[DRIVER_FILE[name], f"{base}/driver"]], "version": "1"}
            self._send(json.dumps(content).encode())
        elif parts[0] == "driver":
            self._send(b"STAND_IN = True\n")
        else:
            super().do_GET()

    def _send(self, content):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


def test_package_json_names_every_module():
    assert package_file.PLACE.read_text() == package_file.text(), "run `make package`"


@needs_micropython
def test_mip_installs_the_firmware_and_its_drivers_and_a_node_boots_from_it():
    with server() as base, Fleet(1, firmware=None, heap_kb=512) as fleet:
        fleet.power_on()
        board = fleet.boards[0]
        wait_for(lambda: board.is_running)
        what = ["--index", f"{base}/index", f"{base}/package.json"]
        result = mpremote(board, "mip", "install", *what, timeout_s=120)
        assert result.returncode == 0, result.stdout + result.stderr
        for source in (PROJECT / "firmware").glob("*/*.py"):
            place = board.flash / "lib" / source.relative_to(PROJECT / "firmware")
            assert place.read_bytes() == source.read_bytes()
        for file in DRIVER_FILE.values():
            assert (board.flash / "lib" / file).exists()
        for name in ("boot.py", "main.py", "app.py"):
            shutil.copyfile(PROJECT / "firmware" / name, board.flash / name)
        board.reset()
        Port(board.port).wait_for_prompt(30)
        assert status(board)["app"] == "running"


@needs_micropython
@pytest.mark.parametrize("has_index", [True, False])
def test_a_deployment_fetches_the_drivers_of_the_board_or_says_that_it_could_not(has_index):
    plan = {"firmware": None, "boot_ms": 0, "machine": "Virtual board with ESP32S3"}
    with server() as base, Fleet(1, **plan) as fleet:
        fleet.power_on()
        board = fleet.boards[0]
        built = release.build(boards.load("HELTEC_V3"))
        wish = Wish(index=f"{base}/index" if has_index else "http://127.0.0.1:1")
        outcome = Deployment(Port(board.port), built, wish, lambda *_: None).run()
        assert status(board)["name"] == outcome.name
        assert (board.flash / "lib" / "lora" / "sx126x.py").exists() == has_index
        assert not (board.flash / "lib" / "lora" / "sx127x.py").exists()
        assert (board.flash / "lib" / "ssd1306.py").exists() == has_index
        assert outcome.remark.startswith("lora-async, lora-sx126x, ssd1306 not inst") != has_index
