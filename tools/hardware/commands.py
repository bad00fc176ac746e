"""`skein boards` and what it does with real ones."""

import json
import subprocess
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from device.config import SETTINGS
from tools.hardware import BoardError, checkup, flashing, image, keys, pin_rules, release, settings
from tools.hardware import boards as known
from tools.hardware.deployment import Deployment
from tools.hardware.port import Port
from tools.hardware.several import on_each
from tools.hardware.staging import Wish

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
ports_option = click.option(
    "--port",
    "ports",
    multiple=True,
    required=True,
    help="/dev/ttyUSB0, COM3 ...; may be repeated.",
)


@click.command()
@click.argument("name", required=False)
def boards(name):
    """List the boards that are known, or show one: what to know of it, and its pins."""
    console = Console()
    if name is None:
        console.print(_list())
        return
    board = known.load(name)
    console.print(Markdown(board.page))
    console.print(f"\nImage to flash: {board.about['firmware']}, at {board.chip.image_offset:#x}")
    console.print(f"Settings for its radios: {_radios(board)}", highlight=False)
    console.print(_pins(board))


def _radios(board) -> str:
    """What `radio` and `sleep` may be in its config.json."""
    if not board.wiring["LORA"]:
        return "radio=espnow; sleep=light:10 or deep:600"
    both = ", radio=espnow+lora:LONG_FAST" if board.wiring["PSRAM"] else ""
    return f"radio=espnow, radio=lora:LONG_FAST region=EU868{both}; sleep with espnow only"


def _list() -> Table:
    table = Table(box=None)
    for title in ("board", "product", "chip", "LoRa", "image of MicroPython"):
        table.add_column(title, no_wrap=title != "product")
    for name in known.names():
        board = known.load(name)
        lora = board.wiring["LORA"]
        table.add_row(
            name,
            board.about["product"],
            board.chip.title,
            lora["chip"].upper() if lora else "",
            board.about["firmware"],
        )
    return table


def _pins(board: known.Board) -> Table:
    table = Table("pin", "for", box=None)
    for use, pin in sorted(pin_rules.pins(board.wiring), key=lambda row: row[1]):
        table.add_row(str(pin), use)
    return table


@click.command()
@click.argument("board")
@ports_option
@click.option("--firmware", type=_FILE, help="MicroPython's .bin; else the newest that is kept.")
@click.option(
    "--erase", is_flag=True, help="Erase all before: the first time, over another system."
)
@click.option("--baud", type=int, default=460800, show_default=True)
def flash(board, ports, firmware, erase, baud):
    """Write MicroPython to a BOARD.

    An image for another chip, for more flash than the board has, or one that is not whole is
    refused before anything is written.
    """
    target = known.load(board)
    file = firmware or image.find(target)
    image.check(file, target)

    def work(port, on_progress):
        command = flashing.command(target, port, file, baud, erase)
        flashing.run(command, port, on_progress)
        return f"{file.name} is written; next: skein deploy {target.name} --port {port}"

    on_each(ports, work)
    image.keep(file, target)


@click.command()
@click.argument("board")
@ports_option
@click.option("--app", type=_FILE, help="Becomes app.py; without it the board's own stays.")
@click.option(
    "--config", type=_FILE, help="Becomes config.json; without it the board's own stays."
)
@click.option("--libraries/--no-libraries", default=True, help="Fetch the LoRa driver.")
@click.option("--index", help="Where packages are fetched from, instead of micropython.org.")
@click.option("--force", is_flag=True, help="Over another board's release, or a foreign main.py.")
def deploy(board, ports, app, config, libraries, index, force):
    """Put the firmware on a BOARD that runs MicroPython, and restart it.

    Sends what changed.  Broken off, the board boots what it had before; the next deployment
    goes on from there.
    """
    built = release.build(known.load(board))
    own = {name: file for name, file in (("app.py", app), ("config.json", config)) if file}
    if config:
        settings.check(config.read_text(encoding="utf-8"))
    wish = Wish(own, force, libraries, index)

    def work(port, on_progress):
        done = Deployment(Port(port), built, wish, on_progress).run()
        remark = f"; {done.remark}" if done.remark else ""
        return f"{done.name} runs {built.folder}, {done.sent} files were sent{remark}."

    on_each(ports, work)


@click.command()
@ports_option
def doctor(ports):
    """Look into a board while its node goes on, and say what to do about what is wrong.

    Exit code 1 when something is.
    """
    console = Console()
    is_well = True
    for port in ports:
        try:
            found = checkup.examine(Port(port))
        except BoardError as error:
            found = [checkup.Finding("port", checkup.WRONG, f"{error}")]
        console.print(_findings(port, found))
        is_well = is_well and all(finding.state != checkup.WRONG for finding in found)
    raise SystemExit(0 if is_well else 1)


def _findings(port: str, found: list[checkup.Finding]) -> Table:
    colours = {checkup.OK: "green", checkup.NOTE: "yellow", checkup.WRONG: "red"}
    table = Table("", "", port, "what to do", box=None)
    for each in found:
        advice = "" if each.state == checkup.OK else each.advice
        mark = Text(each.state, style=colours[each.state])
        table.add_row(mark, each.subject, Text(each.text), Text(advice))
    return table


@click.command()
@click.argument("assignments", metavar="[NAME=VALUE]...", nargs=-1)
@ports_option
def config(assignments, ports):
    """Show a board's settings, or change them and restart it.

    Values are JSON, or a text: channel=11 name=roof sensors='["rain"]'.  NAME= goes back to the
    default.  A mistake is refused before anything is written.
    """

    def work(name, _on_progress):
        port = Port(name)
        text = settings.read(port)
        if not assignments:
            return "\n" + _settings(text)
        settings.write(port, settings.changed(text, assignments))
        return "changed, and restarted."

    on_each(ports, work)


def _settings(text: str) -> str:
    given = settings.given_in(text)
    lines = []
    for name, (default, _) in SETTINGS.items():
        mark = "" if name in given else "  (default)"
        value = given.get(name, default)
        if name == "key" and value:
            value, mark = keys.fingerprint(value), "  (its fingerprint)"
        lines.append(f"  {name} = {json.dumps(value)}{mark}")
    return "\n".join([*lines, *(f"  {mistake}" for mistake in settings.mistakes_in(text))])


@click.command()
@click.option("--port", required=True)
def repl(port):
    """Talk to a running board; Ctrl-] leaves.  The node is `mesh`."""
    if not sys.stdin.isatty():
        raise BoardError("a prompt needs a terminal; for programs there is mpremote exec")
    command = [sys.executable, "-m", "mpremote", "connect", f"port:{port}", "resume", "repl"]
    raise SystemExit(subprocess.call(command))
