"""The firmware's modules: an order in which each follows its needs, and an image of them all."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

from mpremote.romfs import VfsRomWriter

from tools.bench.part import CACHE
from tools.mpy import compiler
from tools.mpy.cache import write_whole

PACKAGES = ("skein", "device")
# Imported by a node only where its config.json asks for what they do, or on a slow link.
OPTIONAL = (
    *("skein.trickle", "skein.hearing_frame", "skein.hearing", "skein.backbone"),
    *("skein.repair", "skein.channel_share", "skein.coverage", "skein.backbone_relay"),
    *("skein.crowds", "skein.ways"),
    *("skein.steered_frame", "skein.steering", "skein.naming_relay", "skein.steered_relay"),
    *("skein.report_frame", "skein.report_carrier", "skein.link_reports", "skein.link_table"),
    *("skein.planner", "skein.plan_maker", "skein.silence", "skein.backbone_plan"),
    "skein.self_pruning",
    *("skein.packed_frame", "skein.frame_digest", "skein.packing_relay"),
    *("skein.beacon_parts", "skein.members", "skein.member_news", "skein.cell", "skein.tiers"),
    *("skein.cell_size", "skein.override"),
    "device.cell_mesh",
    *("device.lora_airtime", "device.lora_plan", "device.airtime_governor", "device.silent_link"),
    *("device.lora_link", "device.lora_pins", "device.sx126x_radio", "device.sx127x_radio"),
    "device.lora_assembly",
    *("skein.watched_relay", "skein.behind", "skein.bridge_wishes", "skein.bridge"),
    *("device.bridge_runner", "device.bridge_assembly"),
    "device.oled",
    *("skein.sleep_frame", "skein.sleeper_wishes", "skein.keeper", "device.keeper_link"),
    *("skein.sleeper", "skein.sleeper_state", "device.sleep_memory", "device.sleep_runner"),
    *("device.sleeper_mesh", "device.sleep_plan", "device.sleep_assembly", "device.variants"),
    *("skein.options", "device.faces", "skein.tuning"),
    *("skein.replica", "skein.shares", "skein.state_frame", "skein.state_table"),
    "device.state_face",
    *("skein.anti_entropy", "skein.two_hops"),
    "device.seal",
    *("skein.updates", "device.update_face"),
    "skein.ordering",
    "skein.confirmation",
    "skein.answer",
    "skein.asking",
    "skein.courier",
    "skein.errands",
    "skein.event_store",
    "skein.queries",
    "skein.query",
    "skein.receipts",
    "skein.routes",
    "skein.strategies",
    "skein.summaries",
    "skein.summary",
    "skein.summary_reader",
    "skein.windows",
    "device.summary_face",
    "device.query_face",
    "device.console_await",
)


def in_order() -> list[str]:
    """Dotted names of what a board has, each after those it imports, the optional ones last."""
    texts = compiler.on_board()
    needs = {
        name: sorted(_imports(text) & texts.keys() | {name.partition(".")[0]} - {name})
        for name, text in texts.items()
    }
    return sorted(TopologicalSorter(needs).static_order(), key=lambda name: name in OPTIONAL)


def from_outside() -> list[str]:
    """What the modules import that is not theirs: on a chip it is built in."""
    texts = compiler.on_board().values()
    needed = {name.partition(".")[0] for text in texts for name in _imports(text)}
    return sorted(needed - set(PACKAGES))


def image() -> Path:
    """All modules as one read-only file system, from which code runs where it lies."""
    writer = VfsRomWriter()
    codes = compiler.firmware()
    for package in PACKAGES:
        writer.opendir(package)
        for name in sorted(codes):
            place = compiler.place_of(name)
            if place.parent.name == package:
                writer.mkfile(place.name, codes[name].read_bytes())
        writer.closedir()
    CACHE.mkdir(parents=True, exist_ok=True)
    target = CACHE / "firmware.romfs"
    write_whole(target, bytes(writer.finalise()))
    return target


def _imports(text: str) -> set[str]:
    """The modules that a source needs when it is imported, not later."""
    names = set()
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    return names
