"""What the demo's boards need for the radio that was asked for, and the pace that it bears."""

import json
from dataclasses import dataclass, field

from device.lora_plan import LoRaPlan, plan
from tools.hardware import boards
from tools.setup import SetupError

_BOARD = "HELTEC_V3"
_REGIONS = ("US915", "EU868")  # the first that allows the modem setting
_CHANNEL_SHARE = 0.15  # what the events of all boards may take of it
_TRANSMISSIONS = 7  # of one event, about
_EVENT_BYTES = 60


@dataclass(frozen=True)
class DemoRadio:
    """config: settings of each board.  files: more files for it.  chip: its LoRa chip, or None.
    heap_kb: that it needs; a slow link has relays of its own.

    burst_ms: between two bursts of five events, or 0 where events come one by one, with pause_ms
    between two.  settle_s: an event counts if it was emitted so long before the end; send_s: and
    if its origin lived for so long after it.
    """

    config: dict = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    chip: str | None = None
    heap_kb: int = 128
    burst_ms: int = 4000
    pause_ms: int = 0
    settle_s: float = 2.0
    send_s: float = 1.0

    def all_files(self) -> dict[str, str]:
        return {**self.files, "pace": f"{self.burst_ms} {self.pause_ms}"}


def radio_named(name: str, count: int) -> DemoRadio:
    """For `count` boards.  name: "espnow", or "lora:" and a preset.  Raises SetupError."""
    if name == "espnow":
        return DemoRadio()
    lora_plan, region = _plan(name)
    airtime_s = lora_plan.airtime.of(_EVENT_BYTES) / 1e6
    settle_s = 2 + 80 * airtime_s
    wiring = {**boards.load(_BOARD).wiring, "SWITCHES": [], "LED": None, "BATTERY": None}
    return DemoRadio(
        config={"radio": name, "region": region},
        files={"wiring.json": json.dumps(wiring)},
        chip=wiring["LORA"]["chip"],
        heap_kb=160,
        burst_ms=0,
        pause_ms=round(1000 * count * _TRANSMISSIONS * airtime_s / _CHANNEL_SHARE),
        settle_s=settle_s,
        send_s=settle_s / 2,
    )


def _plan(name: str) -> tuple[LoRaPlan, str]:
    for region in _REGIONS:
        found, mistake = plan(name, region, "skein")
        if found:
            return found, region
    raise SetupError(f"--radio: {mistake}")
