"""MicroPython, on a virtual board: tells what each import and a booted node take of the heap.

Reads plan.json: `modules`, in an order in which each follows its needs; `optional`, those that a
node imports only if asked; `outside`, what they need beside one another; `image`, the path of a
read-only file system to import them from in place, or null to load them from flash.
"""

import gc
import json
import sys

import machine


def held():
    gc.collect()
    gc.collect()
    return gc.mem_alloc()


def mount(path, count):
    import ffi  # noqa: PLC0415 (only one of two runs needs it)
    import uctypes  # noqa: PLC0415
    import vfs  # noqa: PLC0415

    libc = ffi.open(None)
    file = libc.func("i", "open", "si")(path, 0)
    address = libc.func("P", "mmap", "LLiiil")(0, count, 1, 2, file, 0)  # read only, private
    vfs.mount(vfs.VfsRom(uctypes.bytearray_at(address, count)), "/firmware")
    sys.path.append("/firmware")


def tell(name, count):
    wire.write(json.dumps([name, count]) + "\n")


def measure(modules):
    for name in modules:
        before = held()
        __import__(name)
        tell(name, held() - before)


def boot():
    """A node with default settings, its radio on, as main.py makes it."""
    before = held()
    from device.startup import build  # noqa: PLC0415 (after its parts were measured)

    mesh = build()
    tell("node", held() - before)
    return mesh, held()


wire = machine.UART(1)
with open("plan.json") as file:
    plan = json.load(file)
if plan["image"]:
    mount(plan["image"], plan["image_bytes"])
before = held()
for name in plan["outside"]:
    __import__(name)
tell("outside", held() - before)
measure(plan["modules"])
booted, in_all = boot()
measure(plan["optional"])
tell("all", in_all)
