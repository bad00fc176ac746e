"""`skein flash`, up to the serial line: images, arguments, offsets, and a chip that is silent.

The images are made by esptool's own writer, with a table of partitions where a chip has it.
"""

import os
import pty
import struct

import pytest
from click.testing import CliRunner
from esptool import bin_image

from tools.cli import main
from tools.hardware import BoardError, boards, flashing, image
from tools.hardware.chips import CHIPS

WRITERS = {
    "esp32": bin_image.ESP32FirmwareImage,
    "esp32s3": bin_image.ESP32S3FirmwareImage,
    "esp32c3": bin_image.ESP32C3FirmwareImage,
    "esp32c6": bin_image.ESP32C6FirmwareImage,
}
LOADS_AT = {"esp32": 0x3FFF0000, "esp32s3": 0x3FCE0000, "esp32c3": 0x3FCD0000}
LOADS_AT["esp32c6"] = 0x40800000
OF_CHIP = {"esp32": "ESP32_DEVKITC", "esp32s3": "HELTEC_V3", "esp32c3": "ESP32_C3_SUPERMINI"}
OF_CHIP["esp32c6"] = "ESP32_C6_DEVKITC"


def made(folder, chip, size_mb=4, data=b"bootloader", partitions=True):
    """A file as MicroPython's .bin for a chip."""
    written = WRITERS[chip]()
    written.flash_size_freq = (size_mb.bit_length() - 1) << 4
    written.segments = [bin_image.ELFSection(b"code", LOADS_AT[chip], data.ljust(64), 0)]
    path = folder / f"{chip}-{size_mb}.bin"
    written.save(str(path))
    table_at = 0x8000 - CHIPS[chip].image_offset
    table = b"\xaa\x50" if partitions else b"\xff\xff"
    path.write_bytes(path.read_bytes().ljust(table_at, b"\xff") + table + bytes(100))
    return path


@pytest.mark.parametrize("chip", WRITERS)
def test_an_image_for_the_boards_chip_is_taken_and_goes_to_the_chips_offset(chip, tmp_path):
    board, path = boards.load(OF_CHIP[chip]), made(tmp_path, chip)
    image.check(path, board)
    command = flashing.command(board, "PORT", path, 115200, False)
    offset = "0x1000" if chip == "esp32" else "0x0"
    assert command[1:] == [
        *("-m", "esptool", "--chip", chip, "--port", "PORT", "--baud", "115200"),
        *("--connect-attempts", "3", "write-flash", offset, str(path)),
    ]
    assert "--erase-all" in flashing.command(board, "PORT", path, 115200, True)


@pytest.mark.parametrize("chip", WRITERS)
def test_an_image_for_any_other_chip_is_refused(chip, tmp_path):
    path = made(tmp_path, chip)
    for other in WRITERS.keys() - {chip}:
        with pytest.raises(BoardError, match=f"is for an ESP32.*; {OF_CHIP[other]} has an ESP32"):
            image.check(path, boards.load(OF_CHIP[other]))


@pytest.mark.parametrize("what", ["empty", "text", "uf2", "app", "part", "big", "strange"])
def test_what_is_no_whole_image_is_refused(what, tmp_path):
    board, path = boards.load("ESP32_DEVKITC"), tmp_path / "it.bin"
    application = struct.pack("<I", 0xABCD5432)
    strange = bytearray(made(tmp_path, "esp32").read_bytes())
    strange[12] = 77
    content, words = {
        "empty": (b"", "is no image of an ESP32"),
        "text": (b"<html>not found</html>" * 9, "is no image of an ESP32"),
        "uf2": (b"UF2\n" * 200, "is no image of an ESP32"),
        "app": (made(tmp_path, "esp32", data=application).read_bytes(), "update over the air"),
        "part": (made(tmp_path, "esp32", partitions=False).read_bytes(), "is not whole"),
        "big": (made(tmp_path, "esp32", size_mb=8).read_bytes(), "8 MB of flash; .* has 4 MB"),
        "strange": (bytes(strange), r"is for an unknown chip \(77\)"),
    }[what]
    path.write_bytes(content)
    with pytest.raises(BoardError, match=words):
        image.check(path, board)


def test_without_an_image_it_is_said_where_one_is_and_the_newest_kept_one_is_used(tmp_path):
    board = boards.load("LILYGO_T_BEAM")
    page = "https://micropython.org/download/ESP32_GENERIC/"
    with pytest.raises(
        BoardError, match=f"ESP32_GENERIC-SPIRAM-DATE-VERSION.bin: have it.*{page}"
    ):
        image.find(board, tmp_path)
    for name in ("20250911-v1.26.1", "20251209-v1.27.0"):
        made(tmp_path, "esp32").rename(tmp_path / f"ESP32_GENERIC-SPIRAM-{name}.bin")
    made(tmp_path, "esp32").rename(tmp_path / "ESP32_GENERIC-20260101-v1.28.0.bin")
    assert image.find(board, tmp_path).name == "ESP32_GENERIC-SPIRAM-20251209-v1.27.0.bin"


def test_a_good_image_is_kept_under_its_name_and_an_unnamed_one_is_not(tmp_path):
    board, kept = boards.load("ESP32_DEVKITC"), tmp_path / "kept"
    named = made(tmp_path, "esp32").rename(tmp_path / "ESP32_GENERIC-20260101-v1.28.0.bin")
    image.keep(made(tmp_path, "esp32"), board, kept)
    image.keep(named, board, kept)
    assert [path.name for path in kept.iterdir()] == [named.name]
    assert image.find(board, kept).read_bytes() == named.read_bytes()


def test_a_silent_port_ends_with_what_to_do(tmp_path):
    path = made(tmp_path, "esp32")
    handle, end = pty.openpty()
    words = ["flash", "esp32_devkitc", "--firmware", str(path)]
    result = CliRunner().invoke(main, [*words, "--port", os.ttyname(end)])
    assert result.exit_code == 1
    assert "Failed to connect to ESP32: No serial data received; hold BOOT" in result.output
    missing = CliRunner().invoke(main, [*words, "--port", "/dev/nowhere"])
    assert missing.exit_code == 1
    assert "Could not open /dev/nowhere, the port is busy or doesn't exist" in missing.output
    assert "Traceback" not in result.output + missing.output
    os.close(handle)
    os.close(end)
