"""Builds the node of this board from its settings, its storage and its wiring: needed once."""

import gc
import json
import random

import machine
from micropython import const

from device import capability, config
from device.mesh import Mesh
from device.runner import Runner
from device.storage import Storage
from skein.ids import hash30, node_id
from skein.node import Node
from skein.settings import NodeSettings

_FREE_PERCENT = const(30)  # of the heap, that stay so
_APP_BYTES = const(7000)  # for the application
_REPAIR_BYTES = const(7500)  # the code, where it is not frozen
_START_BYTES = const(8000)  # of code that goes when the board has started
_EVENT_BYTES = const(275)
_LEAST_KEPT = const(4)
_MOST_KEPT = const(16)


def build() -> Mesh:
    """The node, radio on, not running yet; prints the mistakes in config.json."""
    settings, mistakes = config.load()
    wiring = _wiring()
    if wiring:
        from device import parts  # noqa: PLC0415 - not on every board

        parts.power_up(wiring, settings)
    mesh = None
    if settings["sleep"]:
        from device import variants  # noqa: PLC0415 - here and below: few boards are any

        mesh = variants.build(settings, wiring, mistakes)
    if not mesh:
        mesh = _awake(settings, wiring, mistakes)
    mesh.name = settings["name"] or mesh.id
    mesh.cell_name = settings["cell"]
    mesh.config_mistakes = mistakes
    if wiring:
        parts.start(wiring, mesh)
    return mesh


def _awake(settings, wiring, mistakes):
    has_espnow = settings["radio"][:6] == "espnow"
    is_plain = "+" not in settings["radio"] and not (settings["sleepers"] and has_espnow)
    if is_plain:
        link = _link(settings, wiring, mistakes)
    else:
        from device import variants  # noqa: PLC0415

        link = variants.link(settings, wiring, mistakes)
    if settings["key"]:
        from device import seal  # noqa: PLC0415

        seal.equip(link, settings["key"])
    for mistake in mistakes:
        print(mistake)
    link.start()
    storage = Storage()
    asked = _node_settings(settings, storage)
    node = Node(asked, link, random)
    runner = Runner(node, link, storage) if is_plain else variants.runner(node, link, storage)
    mesh = _face(node, link, runner, asked.options)
    if not is_plain:
        variants.equip(mesh, link)
    elif settings["repair"] is None and not link.is_slow:
        _repair_if_room(node, link)
    if link.is_slow:
        link.queue, link.wake = node.diffusion.queue, runner.wake
        node.quiet = link.quiet
    if mesh.backbone and settings["power"] != "mains":
        mesh.backbone.stamina -= 1
    return mesh


def _repair_if_room(node, link):
    """Hybrid diffusion, the default, where the heap has room for it beside all else."""
    gc.collect()
    free = gc.mem_free()
    needed = (free + gc.mem_alloc()) * _FREE_PERCENT // 100 + _APP_BYTES + _REPAIR_BYTES
    needed -= _START_BYTES
    kept = min(_MOST_KEPT, (free - needed) // _EVENT_BYTES)
    if kept < _LEAST_KEPT:
        print("diffusion is push: the heap has no room for repair")
        return
    from skein.anti_entropy import AntiEntropy  # noqa: PLC0415

    node.repair = AntiEntropy(kept, node, link, random)
    node.parts.append(node.repair)
    print(f"diffusion is hybrid: {kept} events are kept for repair")


def _face(node, link, runner, has_options):
    if not has_options:
        return Mesh(node, link, runner)
    from device import faces  # noqa: PLC0415 - its code takes heap

    mesh = faces.face_of(node)(node, link, runner)
    faces.add_faces(mesh, node)
    return mesh


def _link(settings, wiring, mistakes):
    if settings["radio"] == "espnow":
        from device.espnow_link import ESPNowLink  # noqa: PLC0415 - only the one that is used

        return ESPNowLink(settings["channel"], settings["tx_power_dbm"])
    from device import lora_assembly  # noqa: PLC0415

    return lora_assembly.link(settings, wiring, mistakes)


def _wiring():
    """What is wired where, by name; None on a board that was not deployed as one.

    From a file, since the names in a module would stay in RAM; in an image they cost nothing.
    """
    try:
        with open("wiring.json") as file:
            return json.load(file)
    except OSError:
        pass
    try:
        import board  # type: ignore[import-not-found] # noqa: PLC0415 - only in an image
    except ImportError:
        return None
    return board.__dict__


def _node_settings(settings, storage):
    return NodeSettings(
        node=node_id(machine.unique_id()),
        epoch=storage.epoch,
        term=storage.term,
        score=capability.score(settings, 2 if "+" in settings["radio"] else 1),
        mesh=hash30(settings["mesh"].encode()) & 0xFF,
        hop_limit=settings["hop_limit"],
        neighbours=settings["neighbours"],
        origins=settings["origins"],
        queue_slots=settings["queue"],
        inbox_slots=settings["inbox"],
        interests=settings["interests"],
        members=settings["members"],
        ordered=settings["ordered"],
        summary_ms=settings["summary_ms"],
        tier_ms=settings["tier_ms"],
        confirmed=settings["confirmed"],
        store_bytes=settings["store_bytes"],
        state=settings["state"],
        updates=settings["updates"],
        repair=settings["repair"] or 0,
        two_hops=settings["two_hops"],
        sends=settings["sends"],
        cell=hash30(settings["cell"].encode()) if settings["cell"] else 0,
        cell_min=settings["cell_min"],
        cell_max=settings["cell_max"],
        **config.relay(settings),
    )
