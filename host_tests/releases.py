"""Releases of the firmware for tests, and how a board comes by one."""

import shutil

from boards import evaluate
from tools.hardware import boards, release
from tools.hardware.deployment import Deployment
from tools.hardware.port import Port
from tools.hardware.staging import Wish
from tools.setup import PROJECT

NAME = "ESP32_DEVKITC"


S3 = "Virtual board with ESP32S3"


def install(board, built):
    """Put a release and an app on a board's flash as deploying leaves them, and start it."""
    board.power_off()
    for place, path in built.files.items():
        target = board.flash / built.folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    for name in ("boot.py", "main.py"):
        shutil.copyfile(release.FIRMWARE / name, board.flash / name)
    (board.flash / "app.py").write_text("async def app(mesh): mesh.mine = 1\n")
    (board.flash / "config.json").write_text('{"name": "mine"}')
    (board.flash / "skein.release").write_text(built.folder)
    board.power_on()
    assert wait_for_node(board) == "/" + built.folder


def changed(folder, pattern, line="CHANGED = 1"):
    """A copy of the firmware with one more line in the files that match."""
    copy = shutil.copytree(PROJECT / "firmware", folder / "firmware")
    for path in copy.glob(pattern):
        path.write_text(path.read_text() + line + "\n")
    return copy


def present():
    return release.build(boards.load(NAME))


def deploy(board, built, **wish):
    port = Port(board.port, patience_s=20)
    return Deployment(port, built, Wish(**wish), lambda step, done, total: None).run()


def running(board):
    """The folder of the release that the board runs."""
    return evaluate(board, "__import__('os').getcwd()")


def files_in(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")}


def wait_for_node(board):
    Port(board.port).wait_for_prompt(30)
    return running(board)
