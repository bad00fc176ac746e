"""Builds what a board with both radios has beside its ESP-NOW node: needed once."""

import random

import machine

from device import lora_assembly
from device.bridge_runner import BridgeRunner, FarRunner
from device.storage import Storage
from skein.bridge import Bridge
from skein.ids import node_id
from skein.node import Node
from skein.settings import NodeSettings

FAR_STATE = "/skein.far"


def link(settings: dict, wiring: "dict | None", mistakes: list):
    """The LoRa link, or None and one mistake more where there cannot be one."""
    far_link = lora_assembly.link(settings, wiring, mistakes)
    if settings["key"]:
        from device import seal  # noqa: PLC0415 - its code takes heap

        seal.equip(far_link, settings["key"])
    return far_link if far_link.is_slow else None


def runner(node: Node, near_link, storage: Storage, far_link) -> BridgeRunner:
    """Runs the ESP-NOW node, a node on LoRa with an id of its own, and the bridge between them.

    The application sees the first one only.
    """
    far_link.start()
    far_storage = Storage(FAR_STATE)
    asked = NodeSettings(
        node=node_id(machine.unique_id() + b"far"),
        epoch=far_storage.epoch,
        term=far_storage.term,
        score=node.election.score,
        mesh=node.mesh,
        hop_limit=node.diffusion.hop_limit,
        wishes=40,
    )
    far = Node(asked, far_link, random)
    far.quiet = far_link.quiet
    far_runner = FarRunner(far, far_link, far_storage)
    far_link.queue, far_link.wake = far.diffusion.queue, far_runner.wake
    bridge = Bridge(node, far, near_link, far_link, random)
    return BridgeRunner(node, near_link, storage, far_runner, bridge)
