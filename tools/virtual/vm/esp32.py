"""`esp32` as on the chip: NVS, and the heap of the firmware below Python.

Errors: MicroPython 1.25, ports/esp32/esp32_nvs.c.
"""

from _computer import state_folder
from micropython import const

HEAP_DATA = 4
HEAP_EXEC = 1

_NOT_FOUND = const(0x1102)
_INVALID_NAME = const(0x1106)
_INVALID_LENGTH = const(0x110C)
_NAMES = {
    _NOT_FOUND: "ESP_ERR_NVS_NOT_FOUND",
    _INVALID_NAME: "ESP_ERR_NVS_INVALID_NAME",
    _INVALID_LENGTH: "ESP_ERR_NVS_INVALID_LENGTH",
}
_MOST_NAME_BYTES = const(15)


def idf_heap_info(capabilities):
    """One region of the size that an ESP32 without PSRAM has left: a virtual board has none."""
    return [(114000, 40000, 31000, 38000)]


def _fail(code):
    raise OSError(-code, _NAMES[code])


def _checked_name(name):
    if not 0 < len(name) <= _MOST_NAME_BYTES:
        _fail(_INVALID_NAME)
    return name


class NVS:
    """Values live in RAM until commit(), and in the state folder from then on."""

    def __init__(self, namespace):
        self._file = "/nvs-" + _checked_name(namespace)
        self._folder = state_folder()
        self._values = {}
        self._read()

    def _read(self):
        try:
            with self._folder.open(self._file, "r") as file:
                for line in file:
                    key, kind, value = line.strip().split(" ")
                    self._values[key] = int(value) if kind == "i" else bytes.fromhex(value)
        except OSError:
            pass  # nothing was ever committed

    def set_i32(self, key, value):
        if not -0x80000000 <= value <= 0x7FFFFFFF:
            raise OverflowError("overflow converting long int to machine word")
        self._values[_checked_name(key)] = value

    def get_i32(self, key):
        return self._find(key, int)

    def set_blob(self, key, value):
        self._values[_checked_name(key)] = bytes(value)

    def get_blob(self, key, buffer):
        value = self._find(key, bytes)
        if len(value) > len(buffer):
            _fail(_INVALID_LENGTH)
        buffer[: len(value)] = value
        return len(value)

    def erase_key(self, key):
        self._find(key, (int, bytes))
        del self._values[key]

    def commit(self):
        with self._folder.open(self._file + ".new", "w") as file:
            for key, value in self._values.items():
                is_int = isinstance(value, int)
                file.write(f"{key} i {value}\n" if is_int else f"{key} b {value.hex()}\n")
        self._folder.rename(self._file + ".new", self._file)

    def _find(self, key, kind):
        value = self._values.get(key)
        if not isinstance(value, kind):
            _fail(_NOT_FOUND)
        return value
