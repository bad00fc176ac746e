"""`network.WLAN` as on the ESP32, as far as ESP-NOW needs it: no access point can be joined.

The state is kept by the air, so it lives through a soft reset as the chip's Wi-Fi does.
Errors: MicroPython 1.25, ports/esp32/network_wlan.c and network_common.c.
"""

from _radio import IS_AP_ON, IS_STA_ON, radio
from micropython import const

# One text, since a chip has these names in its flash.
_CONSTANTS = "STA_IF=0 AP_IF=1 STAT_IDLE=1000 STAT_CONNECTING=1001 STAT_GOT_IP=1010"
_STA_IF = const(0)
_STAT_IDLE = const(1000)
_ERR_INVALID_ARG = const(0x102)


def __getattr__(name):
    for part in _CONSTANTS.split():
        key, _, value = part.partition("=")
        if key == name:
            return int(value)
    raise AttributeError(name)


def _check(is_good):
    if not is_good:
        raise RuntimeError(f"Wifi Unknown Error 0x{_ERR_INVALID_ARG:04x}")


def _check_started():
    if not radio.flags & (IS_STA_ON | IS_AP_ON):
        raise OSError("Wifi Not Started")


class WLAN:
    IF_STA = 0
    IF_AP = 1
    PM_NONE = 0
    PM_PERFORMANCE = 1
    PM_POWERSAVE = 2
    PROTOCOL_DEFAULT = 7
    PROTOCOL_LR = 8
    _FLAGS = (IS_STA_ON, IS_AP_ON)
    _interfaces = [None, None]
    _pm = PM_PERFORMANCE
    _quarter_dbm = 80

    def __new__(cls, interface=IF_STA):
        if interface not in (0, 1):
            raise ValueError("invalid WLAN interface identifier")
        if cls._interfaces[interface] is None:
            self = super().__new__(cls)
            self._interface = interface
            self._protocol = cls.PROTOCOL_DEFAULT
            cls._interfaces[interface] = self
        return cls._interfaces[interface]

    def active(self, is_wanted=None):
        flag = self._FLAGS[self._interface]
        if is_wanted is not None:
            flags = radio.flags | flag if is_wanted else radio.flags & ~flag
            if flags != radio.flags:
                radio.set_state(flags, radio.channel, radio.mac)
        return bool(radio.flags & flag)

    def isconnected(self):
        return False

    def status(self):
        return _STAT_IDLE if self._interface == _STA_IF else None

    def disconnect(self):
        _check_started()

    def config(self, *names, **values):
        if names and values:
            raise TypeError("either pos or kw args are allowed")
        if not values:
            if len(names) != 1:
                raise TypeError("can query only one param")
            return self._get(names[0])
        for name, value in values.items():
            self._set(name, value)
        return None

    def _get(self, name):
        if name == "mac":
            mac = radio.mac
            return mac if self._interface == _STA_IF else mac[:5] + bytes((mac[5] + 1 & 0xFF,))
        if name == "channel":
            return radio.channel
        if name == "pm":
            return WLAN._pm
        if name == "protocol":
            return self._protocol
        if name == "txpower":
            _check_started()
            return WLAN._quarter_dbm * 0.25
        raise ValueError("unknown config param")

    def _set(self, name, value):
        if name == "mac":
            if len(value) != 6:
                raise ValueError("invalid buffer length")
            radio.set_state(radio.flags, radio.channel, value)
        elif name == "channel":
            _check_started()
            _check(1 <= value & 0xFF <= 13)
            radio.set_state(radio.flags, value & 0xFF, radio.mac)
        elif name == "pm":
            _check(0 <= value <= 2)
            WLAN._pm = value
        elif name == "protocol":
            _check(0 < value < 16)
            self._protocol = value
        elif name == "txpower":
            _check_started()
            _check(8 <= int(value * 4) <= 84)
            WLAN._quarter_dbm = int(value * 4)
        else:
            raise ValueError("unknown config param")
