"""Builds a node from this board's settings and runs it with its console and its application."""

import asyncio
import gc
import random
import sys
import time

import machine
import micropython
from micropython import const

from device import capability
from device.console import Console
from device.espnow_link import ESPNowLink
from device.mesh import Mesh
from device.runner import Runner
from device.storage import Storage
from skein.ids import hash30, node_id
from skein.node import Node

_PAUSE_S = const(5)  # before a reset: time to read why, and to get at the board


def build() -> Mesh:
    """The node of this board, radio on, not running yet; prints the mistakes in config.json.

    Where that cannot be, such as with a radio that does not start, the board is reset.
    """
    try:
        return _build()
    except Exception as error:
        _reset_for(error)
        raise


def _build():
    settings, mistakes = _read_config()
    for mistake in mistakes:
        print(mistake)
    link = ESPNowLink(settings["channel"], settings["tx_power_dbm"])
    link.start()
    storage = Storage()
    node = Node(_node_settings(settings, storage), link, random)
    mesh = Mesh(node, link, Runner(node, link, storage))
    mesh.name = settings["name"] or mesh.id
    mesh.config_mistakes = mistakes
    return mesh


def _read_config():
    import device.config  # noqa: PLC0415 - needed once

    answer = device.config.load()
    _unload("device", "config")
    return answer


def _unload(package, module):
    """Give the code of a module that was needed once back to the heap: 1 to 3 KB."""
    del sys.modules[package + "." + module]
    delattr(sys.modules[package], module)


def run(mesh: Mesh, namespace: dict) -> None:
    """Run the node for ever.  namespace: what the console sees as its globals.

    An error in the node itself, if only for want of heap, resets the board: half a node, that
    listens at its console but is not in the mesh, helps nobody.
    """
    gc.collect()
    gc.threshold(gc.mem_free() // 4)
    try:
        asyncio.run(_main(mesh, namespace))
    except BaseException as error:  # also the SystemExit of a task that the application made
        _reset_for(error)


def _reset_for(error):
    """Tell why, wait and reset.  Ctrl-C meanwhile leads to MicroPython's own prompt."""
    micropython.kbd_intr(3)
    sys.print_exception(error)
    print("The board resets soon; Ctrl-C stops that.")
    time.sleep(_PAUSE_S)
    machine.reset()


async def _main(mesh, namespace):
    runner = mesh.runner
    console = asyncio.create_task(Console(namespace, runner.stop).run())
    asyncio.create_task(_run_app(mesh))
    await runner.run()  # it returns when the console stops it, and then the console goes on
    await console


async def _run_app(mesh):
    """Run app.py; its end, in whatever way, leaves the node in the mesh."""
    try:
        from app import app  # noqa: PLC0415 - its import may fail, and that must stop only the app

        mesh.app_state = "running"
        await app(mesh)
        mesh.app_state = "ended"
    except BaseException as error:  # any mistake in the user's program, and sys.exit()
        mesh.app_state = "failed: " + repr(error)
        sys.print_exception(error)


def _node_settings(settings, storage):
    from skein.settings import NodeSettings  # noqa: PLC0415 - needed once

    _unload("skein", "settings")
    return NodeSettings(
        node=node_id(machine.unique_id()),
        epoch=storage.epoch,
        term=storage.term,
        score=capability.score(settings),
        mesh=hash30(settings["mesh"].encode()) & 0xFF,
        hop_limit=settings["hop_limit"],
        neighbours=settings["neighbours"],
        origins=settings["origins"],
        queue_slots=settings["queue"],
        inbox_slots=settings["inbox"],
        interests=settings["interests"],
    )
