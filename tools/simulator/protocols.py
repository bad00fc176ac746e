"""The protocols that can be run, by the names of the command line."""

from collections.abc import Callable

from tools.simulator import SimulatorError
from tools.simulator.peers.flood import Flood
from tools.simulator.peers.managed_flood import FIRMWARE_28, FIRMWARE_28_FAR, STOCK, ManagedFlood
from tools.simulator.peers.meshcore import MeshCore
from tools.simulator.peers.oracle import Oracle
from tools.simulator.protocol import Protocol

PROTOCOLS: dict[str, Callable[[], Protocol]] = {
    "managed-flood": lambda: ManagedFlood("managed-flood", FIRMWARE_28),
    "managed-flood-7": lambda: ManagedFlood("managed-flood-7", FIRMWARE_28_FAR),
    "managed-flood-stock": lambda: ManagedFlood("managed-flood-stock", STOCK),
    "meshcore": MeshCore,
    "flood": Flood,
    "oracle": Oracle,
}


def protocol_named(name: str) -> Protocol:
    """A protocol ready to be run. Raises SimulatorError when there is none of that name."""
    if name not in PROTOCOLS:
        raise SimulatorError(f"there is no protocol {name!r}, only {', '.join(PROTOCOLS)}")
    return PROTOCOLS[name]()
