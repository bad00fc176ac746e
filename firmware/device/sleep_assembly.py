"""Builds a board that sleeps from its settings and from what it kept: needed once."""

import random

import machine

from device import clock, sleep_memory
from device.espnow_link import ESPNowLink
from device.sleep_runner import SleepRunner
from device.sleeper_mesh import SleeperMesh
from device.storage import Storage
from skein import sleeper_state
from skein.ids import hash30, node_id, text
from skein.sleeper import Sleeper


def build(settings: dict, mistakes: list, planned: tuple) -> SleeperMesh:
    """The sleeper, radio off, not running yet; prints the mistakes in config.json."""
    for mistake in mistakes:
        print(mistake)
    is_deep, period_ms = planned
    kept = sleep_memory.load() if machine.reset_cause() == machine.DEEPSLEEP_RESET else None
    sleeper = Sleeper(
        node_id(machine.unique_id()),
        hash30(settings["mesh"].encode()) & 0xFF,
        0 if kept else Storage().epoch,
        period_ms,
        random,
    )
    link = ESPNowLink(settings["channel"], settings["tx_power_dbm"])
    if settings["key"]:
        from device import seal  # noqa: PLC0415 - its code takes heap

        seal.equip(link, settings["key"])
    runner = SleepRunner(sleeper, link, is_deep, bool(kept))
    mesh = SleeperMesh(sleeper, link, runner)
    if kept:
        sleeper_state.read(sleeper, kept[0], period_ms, clock.now())
        mesh.kept = kept[1]
    mesh.name = settings["name"] or text(sleeper.id)
    mesh.config_mistakes = mistakes
    return mesh
