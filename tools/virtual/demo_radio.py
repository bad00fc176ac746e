"""What the demo's boards need for the radio that was asked for, and the pace that it bears."""

import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from device.lora_plan import LoRaPlan, plan
from tools.hardware import boards
from tools.setup import SetupError

APP = Path(__file__).with_name("demo_app.py")

_BOARD = "HELTEC_V3"
_REGIONS = ("US915", "EU868")  # the first that allows the modem setting
_CHANNEL_SHARE = 0.15  # what the events of all boards may take of it
_TRANSMISSIONS = 7  # of one event, about
_EVENT_BYTES = 60
_ABSENT = ("LED", "BATTERY", "OLED")  # of the board's parts
_MIXED = "mixed"
_MIXED_PRESET = "lora:SHORT_TURBO"
_ISLAND = 3  # boards, at the least but for the last one
_BRIDGES = 2  # of each island
_BRIDGE_HEAP_KB = 256
_TELL_BRIDGE = """tell("status", mesh.status())
        if hasattr(mesh, "bridge"):
            tell("bridge", mesh.bridge.status())"""


@dataclass(frozen=True)
class DemoRadio:
    """config: settings of each board.  files: more files for it.  chip: its LoRa chip, or None.

    islands: the numbers of the boards on each, where LoRa joins several; the first of each are
    bridges, with bridge_config as settings.  heap_kb: of the others; a slow link has relays of its
    own.  pause_ms: between two events of a board, or 0 where they come in bursts.  settle_s: an
    event counts if it was emitted so long before the end; send_s: and if its origin lived for so
    long after it.
    """

    config: dict = field(default_factory=dict)
    islands: tuple[range, ...] = ()
    bridge_config: dict = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    chip: str | None = None
    heap_kb: int = 128
    pause_ms: int = 0
    settle_s: float = 2.0
    send_s: float = 1.0

    def is_bridge(self, number: int) -> bool:
        return any(number in island[:_BRIDGES] for island in self.islands)

    def config_of(self, number: int) -> dict:
        return self.bridge_config if self.is_bridge(number) else self.config

    def heap_kb_of(self, number: int) -> int:
        return _BRIDGE_HEAP_KB if self.is_bridge(number) else self.heap_kb

    def all_files(self) -> dict[str, str]:
        """These files, and the app in place of the fast one."""
        if not self.pause_ms:
            return self.files
        text = APP.read_text(encoding="utf-8")
        if self.islands:
            text = text.replace('tell("status", mesh.status())', _TELL_BRIDGE)
        for name, number in (("_BURST_MS", 1), ("_PAUSE_MS", self.pause_ms)):
            text, count = re.subn(rf"{name} = const\(\d+\)", f"{name} = const({number})", text)
            assert count == 1
        return {**self.files, "app.py": text}


def radio_named(name: str, count: int) -> DemoRadio:
    """For `count` boards.  Raises SetupError.

    name: "espnow", "lora:" and a preset, or "mixed".
    """
    if name == "espnow":
        return DemoRadio()
    if name == _MIXED:
        return _mixed(count)
    lora_plan, region = _plan(name)
    airtime_s = lora_plan.airtime.of(_EVENT_BYTES) / 1e6
    settle_s = 2 + 80 * airtime_s
    wiring = {**boards.load(_BOARD).wiring, "SWITCHES": [], **dict.fromkeys(_ABSENT)}
    return DemoRadio(
        config={"radio": name, "region": region},
        files={"wiring.json": json.dumps(wiring)},
        chip=wiring["LORA"]["chip"],
        heap_kb=192,
        pause_ms=round(1000 * count * _TRANSMISSIONS * airtime_s / _CHANNEL_SHARE),
        settle_s=settle_s,
        send_s=settle_s / 2,
    )


def _mixed(count):
    lora = radio_named(_MIXED_PRESET, count)
    return replace(
        lora,
        config={},
        islands=tuple(range(count)[at : at + _ISLAND] for at in range(0, count, _ISLAND)),
        bridge_config={**lora.config, "radio": f"espnow+{_MIXED_PRESET}"},
        heap_kb=DemoRadio.heap_kb,
    )


def _plan(name: str) -> tuple[LoRaPlan, str]:
    for region in _REGIONS:
        found, mistake = plan(name, region, "skein")
        if found:
            return found, region
    raise SetupError(f"--radio: {mistake}")
