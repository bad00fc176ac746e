"""Who can hear whom how well, and where everybody is.

The file form (JSON), one object:

    n           number of nodes
    seed        the seed that it was drawn with (only for the record; may be missing)
    xyz         n times [x, y, height] in metres
    links       [sender, receiver, rssi_dbm] for every *directed* link worth mentioning, that is
                at or above `cad_threshold_dbm`; a link that is not named is out of hearing
    sensitivity_dbm, cad_threshold_dbm   the receiver that the list was drawn up for
    link_fields                          a sentence for the human reader (not read)
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from math import dist
from pathlib import Path
from random import Random

from tools.simulator import SimulatorError

Position = tuple[float, float, float]


@dataclass(frozen=True)
class Topology:
    """links: per sender a dict {receiver: rssi_dbm}, in the order of the receivers."""

    positions: tuple[Position, ...]
    links: tuple[dict[int, float], ...]

    @property
    def nodes(self) -> int:
        return len(self.positions)

    def decodable(self, sensitivity_dbm: float) -> list[int]:
        """Per sender the set of those who can decode it, as the bits of one integer."""
        return [
            sum(1 << receiver for receiver, rssi in heard.items() if rssi >= sensitivity_dbm)
            for heard in self.links
        ]


def load_topology(path: Path | str) -> Topology:
    """Read a file of the form above. Raises SimulatorError when it is not one."""
    try:
        document = json.loads(Path(path).read_text(encoding="utf-8"))
        return _from_document(document)
    except OSError as error:
        raise SimulatorError(f"cannot read {path}: {error.strerror}") from None
    except json.JSONDecodeError as error:
        raise SimulatorError(f"{path}, line {error.lineno}: {error.msg}") from None
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise SimulatorError(f"{path} is not a topology: {error!r}") from None


def save_topology(topology: Topology, path: Path | str, phy) -> None:
    """Write a file of the form above, with the links that `phy` can sense."""
    document = {
        "n": topology.nodes,
        "xyz": topology.positions,
        "link_fields": "[sender, receiver, rssi_dbm]",
        "sensitivity_dbm": phy.sensitivity_dbm,
        "cad_threshold_dbm": phy.sense_dbm,
        "links": [
            [sender, receiver, round(rssi_dbm, 4)]
            for sender, heard in enumerate(topology.links)
            for receiver, rssi_dbm in heard.items()
            if rssi_dbm >= phy.sense_dbm
        ],
    }
    Path(path).write_text(json.dumps(document) + "\n", encoding="utf-8")


def topology_of(
    positions: list[Position],
    rssi_at: Callable[[float], float],
    weakest_dbm: float,
    offset: tuple[float, Random] = (0.0, None),
) -> Topology:
    """Links by distance: `rssi_at(metres)`, dropped below `weakest_dbm`.

    offset: (sigma in dB, dice): each *directed* pair gets one normal draw on top.
    """
    sigma_db, dice = offset
    links = []
    for sender, here in enumerate(positions):
        heard = {}
        for receiver, there in enumerate(positions):
            if sender == receiver:
                continue
            rssi_dbm = rssi_at(dist(here, there))
            if sigma_db:
                rssi_dbm += dice.gauss(0.0, sigma_db)
            if rssi_dbm >= weakest_dbm:
                heard[receiver] = rssi_dbm
        links.append(heard)
    return Topology(tuple(positions), tuple(links))


def _from_document(document) -> Topology:
    positions = tuple((float(x), float(y), float(z)) for x, y, z in document["xyz"])
    if len(positions) != document["n"]:
        raise ValueError(f"n is {document['n']}, but there are {len(positions)} positions")
    links = [{} for _ in positions]
    for sender, receiver, rssi_dbm in sorted(document["links"]):
        if not (0 <= sender < len(links) and 0 <= receiver < len(links)) or sender == receiver:
            raise ValueError(f"there is no link from {sender} to {receiver}")
        links[sender][receiver] = float(rssi_dbm)
    return Topology(positions, tuple(links))
