"""The protocols that can be run, by the names of the command line."""

from collections.abc import Callable

from tools.simulator import SimulatorError
from tools.simulator.lora import LONG_FAST, Preset
from tools.simulator.peers.flood import EspNowFlood, Flood
from tools.simulator.peers.managed_flood import FIRMWARE_28, FIRMWARE_28_FAR, STOCK, ManagedFlood
from tools.simulator.peers.meshcore import MeshCore
from tools.simulator.peers.oracle import Oracle
from tools.simulator.protocol import Protocol
from tools.simulator.skein_station import Skein

PROTOCOLS: dict[str, Callable[[Preset], Protocol]] = {
    "skein": Skein,
    "managed-flood": lambda preset: ManagedFlood("managed-flood", FIRMWARE_28, preset),
    "managed-flood-7": lambda preset: ManagedFlood("managed-flood-7", FIRMWARE_28_FAR, preset),
    "managed-flood-stock": lambda preset: ManagedFlood("managed-flood-stock", STOCK, preset),
    "meshcore": MeshCore,
    "flood": Flood,
    "oracle": Oracle,
}


ON_ESPNOW: dict[str, Callable[[], Protocol]] = {
    "skein": lambda: Skein(preset=None),
    "flood": EspNowFlood,
}


def protocol_named(name: str, is_on_espnow: bool = False, preset: Preset = LONG_FAST) -> Protocol:
    """A protocol ready to be run, on LoRa at `preset` unless it is on ESP-NOW.

    Raises SimulatorError when there is none of that name on that radio.
    """
    known = ON_ESPNOW if is_on_espnow else PROTOCOLS
    if name not in known:
        radio = "ESP-NOW" if is_on_espnow else "LoRa"
        raise SimulatorError(f"there is no protocol {name!r} on {radio}, only {', '.join(known)}")
    return ON_ESPNOW[name]() if is_on_espnow else PROTOCOLS[name](preset)
