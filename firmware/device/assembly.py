"""Builds the node of this board from its settings, its storage and its wiring: needed once."""

import json
import random

import machine

from device import capability, config
from device.mesh import Mesh
from device.runner import Runner
from device.storage import Storage
from skein.ids import hash30, node_id
from skein.node import Node
from skein.settings import NodeSettings


def build() -> Mesh:
    """The node, radio on, not running yet; prints the mistakes in config.json."""
    settings, mistakes = config.load()
    wiring = _wiring()
    if wiring:
        from device import parts  # noqa: PLC0415 - not on every board

        parts.power_up(wiring, settings)
    link = _link(settings, wiring, mistakes)
    far_link = None
    if "+" in settings["radio"]:
        from device import bridge_assembly  # noqa: PLC0415 - few boards have both radios

        far_link = bridge_assembly.link(settings, wiring, mistakes)
    for mistake in mistakes:
        print(mistake)
    link.start()
    storage = Storage()
    asked = _node_settings(settings, storage, 2 if far_link else 1)
    node = Node(asked, link, random)
    if far_link:
        runner: Runner = bridge_assembly.runner(node, link, storage, far_link)
    else:
        runner = Runner(node, link, storage)
    if asked.options:
        from device import faces  # noqa: PLC0415 - its code takes heap

        mesh = faces.face_of(node)(node, link, runner)
        faces.add_faces(mesh, node)
    else:
        mesh = Mesh(node, link, runner)
    if link.is_slow:
        link.queue, link.wake = node.diffusion.queue, mesh.runner.wake
        node.quiet = link.quiet
    mesh.name = settings["name"] or mesh.id
    mesh.cell_name = settings["cell"]
    mesh.config_mistakes = mistakes
    if far_link:
        mesh.bridge = runner
    if wiring:
        parts.start(wiring, mesh)
    return mesh


def _link(settings, wiring, mistakes):
    if settings["radio"][:6] == "espnow":
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


def _node_settings(settings, storage, radios):
    return NodeSettings(
        node=node_id(machine.unique_id()),
        epoch=storage.epoch,
        term=storage.term,
        score=capability.score(settings, radios),
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
        sends=settings["sends"],
        cell=hash30(settings["cell"].encode()) if settings["cell"] else 0,
        cell_min=settings["cell_min"],
        cell_max=settings["cell_max"],
    )
