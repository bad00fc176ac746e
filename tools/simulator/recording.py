"""A recording of a run: one JSON object a line, what happened at which instant.

The first line describes the run (`event` "run": protocol, seed, traffic, duration_us, positions,
and links, the [sender, receiver] that can be decoded). Every other line has `t_us` and `event`:

    born        node, message, priority, topic: handed to its source
    send        node, message (null for overhead), airtime_us, length; `is_foreign` when the frame
                is none of the protocol's but an attacker's
    heard       node, sender, rssi_dbm
    missed      node, sender, rssi_dbm, why: collision, sending, loss, jammed, off, garbage
    delivered   node, message
    leader      node, leader (null: it follows nobody)
    off, on     node: it lost power, it has power again
    fault       kind, and what else the scenario says of it
"""

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from tools.simulator.reachability import members


class Recorder:
    """Writes lines to an open text file."""

    def __init__(self, file: TextIO):
        self._file = file

    def describe(self, run) -> None:
        """Write the first line."""
        facts = {
            "event": "run",
            "protocol": run.protocol_name,
            "seed": run.dice.seed,
            "traffic": run.traffic.name,
            "duration_us": run.traffic.duration_us,
            "positions": run.topology.positions,
            "links": [
                [sender, receiver]
                for sender, hears in enumerate(run.topology.decodable(run.phy.sensitivity_dbm))
                for receiver in members(hears)
            ],
        }
        self._file.write(json.dumps(facts) + "\n")

    def write(self, at_us: int, event: str, **facts) -> None:
        """Write one event."""
        self._file.write(json.dumps({"t_us": at_us, "event": event, **facts}) + "\n")


@contextmanager
def recording_to(path: Path | None):
    """A recorder into that file for the time of a `with`; None when there is no path."""
    if path is None:
        yield None
        return
    with path.open("w", encoding="utf-8") as file:
        yield Recorder(file)
