"""MicroPython's image for a board: where to have it from, and whether a file is one.

The header's form: https://docs.espressif.com/projects/esptool/en/latest/esp32/advanced-topics/
firmware-image-format.html
"""

import shutil
import struct
from pathlib import Path

from esptool.targets import CHIP_DEFS

from tools.hardware import BoardError
from tools.hardware.boards import Board
from tools.setup import BUILD

CACHE = BUILD / "images"
_HEADER = struct.Struct("<BBBB8xH")  # magic, segments, mode, size and speed; then the chip's id
_MAGIC = 0xE9
_APP_MAGIC = struct.pack("<I", 0xABCD5432)  # behind the headers of an application
_APP_MAGIC_AT = 32
_PARTITIONS_AT = 0x8000  # in flash
_PARTITIONS_MAGIC = b"\xaa\x50"


def find(board: Board, cache: Path = CACHE) -> Path:
    """The newest image for the board that is kept.  Raises BoardError, which says where one is."""
    name = board.about["firmware"]
    kept = sorted(cache.glob(f"{name}-[0-9]*.bin"))
    if kept:
        return kept[-1]
    page = f"https://micropython.org/download/{name.partition('-')[0]}/"
    raise BoardError(
        f"{board.name} needs MicroPython's image {name}-DATE-VERSION.bin: have it from {page} "
        f"and name it with --firmware"
    )


def keep(path: Path, board: Board, cache: Path = CACHE) -> None:
    """Keep an image that was good, if its name tells what it is, for the next `find`."""
    if path.match(f"{board.about['firmware']}-[0-9]*.bin") and path.parent != cache:
        cache.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, cache / path.name)


def check(path: Path, board: Board) -> None:
    """Raises BoardError unless the file is a whole image for the board's chip and flash."""
    data = path.read_bytes()
    if len(data) < _HEADER.size or data[0] != _MAGIC:
        raise BoardError(f"{path.name} is no image of an ESP32: a .bin begins with the byte 0xE9")
    _, _, _, size, image_id = _HEADER.unpack_from(data)
    if image_id != board.chip.image_id:
        raise BoardError(
            f"{path.name} is for an {_chip_title(image_id)}; {board.name} has an "
            f"{CHIP_DEFS[board.chip.name].CHIP_NAME}"
        )
    if data[_APP_MAGIC_AT : _APP_MAGIC_AT + 4] == _APP_MAGIC:
        raise BoardError(f"{path.name} is an update over the air (.app-bin); the .bin is needed")
    at = _PARTITIONS_AT - board.chip.image_offset
    if data[at : at + 2] != _PARTITIONS_MAGIC:
        raise BoardError(f"{path.name} is not whole: it has no table of partitions")
    flash_mb = 1 << (size >> 4)
    if flash_mb > board.wiring["FLASH_MB"]:
        raise BoardError(
            f"{path.name} is for {flash_mb} MB of flash; {board.name} has "
            f"{board.wiring['FLASH_MB']} MB"
        )


def _chip_title(image_id: int) -> str:
    for chip in CHIP_DEFS.values():
        if getattr(chip, "IMAGE_CHIP_ID", None) == image_id:
            return chip.CHIP_NAME
    return f"unknown chip ({image_id})"
