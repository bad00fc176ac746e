"""Part `size`: bytes of each .mpy, and of heap for importing it and for a booted node."""

import json
from collections.abc import Iterator
from pathlib import Path

from rich.progress import Progress

from tools.bench import modules, provenance
from tools.bench.part import Options, Part
from tools.bench.table import figure, markdown
from tools.mpy import compiler
from tools.virtual.fleet import Fleet

_SCRIPT = Path(__file__).parent / "vm" / "measure_size.py"
_PATIENCE_S = 30
_HEAP_KB = 1024
_ENDS_WITH = "all"

_NOTE = """*Loaded*: bytes of heap that importing the module from its .mpy on the flash takes, not
counting what it imports; *in place*: the same from a read-only image in the address space
(ROMFS), where byte code stays outside the heap, as it does when frozen into the firmware. Names
are kept in pools: the module that needs the first name beyond a full pool pays for the next pool.
*Outside* is what a chip has built in (here: asyncio and the virtual board's stand-ins); it is part
of the last row. A booted node has its default settings and its radio on, and none of the modules
that are imported only where config.json asks for what they do. The figures are those of
{bits}-bit words{caveat}."""
_CAVEAT = "; a chip's are about half of that"


def measure(options: Options, progress: Progress) -> Iterator[str]:
    reason = provenance.vm_or_reason()
    if reason:
        yield reason
        return
    names = modules.in_order()
    task = progress.add_task("size", total=2)
    heaps = []
    for is_in_place in (False, True):
        heaps.append(heap_by_module(names, is_in_place))
        progress.advance(task)
    bits = provenance.word_bits()
    note = _NOTE.format(bits=bits, caveat="" if bits == 32 else _CAVEAT)
    table = markdown(("module", ".mpy", "loaded", "in place"), _rows(names, *heaps))
    yield "\n\n".join([provenance.line(options.command("size"), with_vm=True), table, note])


def heap_by_module(names: list[str], is_in_place: bool) -> dict[str, int]:
    """Bytes of heap by module; `node` is what building one takes, `all` the sum with the VM's.

    Optional modules are measured too, but after that sum.

    Raises TimeoutError when the board did not tell all of it.
    """
    image = modules.image() if is_in_place else None
    plan = {
        "modules": [name for name in names if name not in modules.OPTIONAL],
        "optional": [name for name in names if name in modules.OPTIONAL],
        "outside": modules.from_outside(),
        "image": str(image) if image else None,
        "image_bytes": image.stat().st_size if image else 0,
    }
    files = {"main.py": _SCRIPT.read_text(encoding="utf-8"), "plan.json": json.dumps(plan)}
    firmware = None if is_in_place else compiler.FIRMWARE
    with Fleet(1, firmware=firmware, boot_ms=0, heap_kb=_HEAP_KB, files=files) as fleet:
        fleet.power_on()
        return _told(fleet)


def _told(fleet) -> dict[str, int]:
    heap: dict[str, int] = {}
    while _ENDS_WITH not in heap:
        report = fleet.next_uart(timeout_s=_PATIENCE_S)
        if report is None:
            raise TimeoutError(f"the board fell silent after telling {list(heap)}")
        for text in report[1].splitlines():
            name, count = json.loads(text)
            heap[name] = count
    return heap


def _rows(names, loaded, in_place):
    mpy_bytes = {name: path.stat().st_size for name, path in compiler.firmware().items()}
    for package in modules.PACKAGES:
        own = [name for name in sorted(names) if name.partition(".")[0] == package]
        for name in own:
            told = f"{name} (if asked for)" if name in modules.OPTIONAL else name
            yield _row(told, [mpy_bytes[name], loaded[name], in_place[name]])
        sums = [sum(table[name] for name in own) for table in (mpy_bytes, loaded, in_place)]
        yield _row(f"**all of {package}**", sums)
    yield _row("outside", [None, loaded["outside"], in_place["outside"]])
    yield _row("building a node", [None, loaded["node"], in_place["node"]])
    yield _row("**a booted node, in all**", [None, loaded["all"], in_place["all"]])


def _row(name, counts):
    return [name, *(figure(count, 0) for count in counts)]


SIZE = Part("size", "Size of each module and of a booted node", measure)
