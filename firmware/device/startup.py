"""Starts the node of this board, and runs it with its console and its application."""

import asyncio
import gc
import sys
import time

import machine
import micropython
from micropython import const

from device.console import Console
from device.mesh import Mesh

_PAUSE_S = const(5)  # before a reset: time to read why, and to get at the board
_NEEDED_ONCE = (
    "device.assembly device.capability device.config device.parts skein.settings"
    " device.lora_assembly device.lora_plan device.bridge_assembly device.sleep_assembly"
    " device.sleep_plan device.variants"
)


def build() -> Mesh:
    """The node of this board, radio on, not running yet; prints the mistakes in config.json.

    Where that cannot be, such as with a radio that does not start, the board is reset.
    """
    try:
        from device import assembly  # noqa: PLC0415 - its code goes again

        return assembly.build()
    except Exception as error:
        _reset_for(error)
        raise
    finally:
        _unload(_NEEDED_ONCE)


def _unload(names):
    """Give the code of modules that were needed once back to the heap: 8 KB."""
    for name in names.split():
        if name in sys.modules:
            package, module = name.split(".")
            del sys.modules[name]
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
