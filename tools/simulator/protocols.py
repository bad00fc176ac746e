"""The protocols that can be run, by the names of the command line."""

from collections.abc import Callable

from tools.simulator import SimulatorError
from tools.simulator.peers.flood import EspNowFlood, Flood
from tools.simulator.peers.managed_flood import FIRMWARE_28, FIRMWARE_28_FAR, STOCK, ManagedFlood
from tools.simulator.peers.meshcore import MeshCore
from tools.simulator.peers.oracle import Oracle
from tools.simulator.protocol import Protocol
from tools.simulator.skein_station import Skein

PROTOCOLS: dict[str, Callable[[], Protocol]] = {
    "skein": Skein,
    "managed-flood": lambda: ManagedFlood("managed-flood", FIRMWARE_28),
    "managed-flood-7": lambda: ManagedFlood("managed-flood-7", FIRMWARE_28_FAR),
    "managed-flood-stock": lambda: ManagedFlood("managed-flood-stock", STOCK),
    "meshcore": MeshCore,
    "flood": Flood,
    "oracle": Oracle,
}


ON_ESPNOW: dict[str, Callable[[], Protocol]] = {
    "skein": lambda: Skein(is_on_espnow=True),
    "flood": EspNowFlood,
}


def protocol_named(name: str, is_on_espnow: bool = False) -> Protocol:
    """A protocol ready to be run, on LoRa LONG_FAST unless said otherwise.

    Raises SimulatorError when there is none of that name on that radio.
    """
    known = ON_ESPNOW if is_on_espnow else PROTOCOLS
    if name not in known:
        radio = "ESP-NOW" if is_on_espnow else "LoRa"
        raise SimulatorError(f"there is no protocol {name!r} on {radio}, only {', '.join(known)}")
    return known[name]()
