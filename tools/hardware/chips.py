"""What each chip fixes: which pins are whose, and where an image goes.

Source: Espressif's datasheets and hardware design guidelines; offsets and ids are esptool's own.
"""

from dataclasses import dataclass, field

from esptool.targets import CHIP_DEFS


@dataclass(frozen=True)
class Chip:
    """name: as esptool and MicroPython's board.json call it; title: as MicroPython says it.

    strapping: read at reset.  flash: taken by the flash, always.  octal: also taken by octal
    PSRAM; quad: by the quad PSRAM of modules where it has pins of its own.  busy: USB or the
    console.  adc: usable while Wi-Fi is on.
    """

    name: str
    title: str
    pins: frozenset[int]
    strapping: frozenset[int]
    flash: frozenset[int]
    busy: frozenset[int]
    adc: frozenset[int]
    input_only: frozenset[int] = field(default=frozenset())
    quad: frozenset[int] = field(default=frozenset())
    octal: frozenset[int] = field(default=frozenset())

    @property
    def image_offset(self) -> int:
        """Where in flash an image for it begins."""
        return CHIP_DEFS[self.name].BOOTLOADER_FLASH_OFFSET

    @property
    def image_id(self) -> int:
        """What the header of an image for it holds."""
        return CHIP_DEFS[self.name].IMAGE_CHIP_ID


def _pins(*parts: int | range) -> frozenset[int]:
    return frozenset(
        pin for part in parts for pin in (part if isinstance(part, range) else [part])
    )


CHIPS = {
    chip.name: chip
    for chip in (
        Chip(
            name="esp32",
            title="ESP32",
            pins=_pins(range(20), range(21, 24), range(25, 28), range(32, 40)),
            strapping=_pins(0, 2, 5, 12, 15),
            flash=_pins(range(6, 12)),
            busy=_pins(1, 3),
            adc=_pins(range(32, 40)),
            input_only=_pins(range(34, 40)),
            quad=_pins(16, 17),
        ),
        Chip(
            name="esp32s3",
            title="ESP32S3",
            pins=_pins(range(22), range(26, 49)),
            strapping=_pins(0, 3, 45, 46),
            flash=_pins(range(26, 33)),
            busy=_pins(19, 20, 43, 44),
            adc=_pins(range(1, 11)),
            octal=_pins(range(33, 38)),
        ),
        Chip(
            name="esp32c3",
            title="ESP32C3",
            pins=_pins(range(22)),
            strapping=_pins(2, 8, 9),
            flash=_pins(range(11, 18)),
            busy=_pins(18, 19, 20, 21),
            adc=_pins(range(5)),
        ),
        Chip(
            name="esp32c6",
            title="ESP32C6",
            pins=_pins(range(31)),
            strapping=_pins(4, 5, 8, 9, 15),
            flash=_pins(range(24, 31)),
            busy=_pins(12, 13, 16, 17),
            adc=_pins(range(7)),
        ),
    )
}


def named_in(machine: str) -> Chip | None:
    """The chip in what MicroPython says of its machine: "Generic ESP32S3 module with ESP32S3"."""
    title = machine.rpartition(" with ")[2].strip()
    return next((chip for chip in CHIPS.values() if chip.title == title), None)
