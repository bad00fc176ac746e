"""The methods of espnow.ESPNow that few programs use: loaded when one does, unlike on the chip.

What differs: an irq callback is scheduled when the program next calls ESPNow, since nothing
interrupts a running program here.
Source: MicroPython 1.25, ports/esp32/modespnow.c.
"""

import micropython
from _peers import ADDR_LEN, KEY_LEN, checked_bytes
from _radio import radio


def stats(now):
    radio.drain()
    sending = (radio.tx_packets, radio.tx_responses, radio.tx_failures)
    return sending + (radio.rx_packets, radio.rx_dropped)


def irq(now, callback):
    if callback is not None and not callable(callback):
        raise ValueError("invalid handler")
    radio.on_frame = (lambda: _schedule(now, callback)) if callback else None


def _schedule(now, callback):
    try:
        micropython.schedule(callback, now)
    except RuntimeError:
        return  # the queue is full: the chip loses the callback as well


def mod_peer(now, mac, *changes, **named):
    now.peers.modify(mac, _changes(*changes, **named))


def _changes(lmk=None, channel=None, ifidx=None, encrypt=None):
    return (lmk, channel, ifidx, encrypt)


def del_peer(now, mac):
    now.peers.remove(mac)


def get_peer(now, mac):
    mac = checked_bytes(mac, ADDR_LEN)
    return (mac,) + now.peers.find(mac)


def get_peers(now):
    return tuple((mac,) + now.peers.find(mac) for mac in now.peers.unicast())


def peer_count(now):
    return now.peers.count()


def set_pmk(now, key):
    checked_bytes(key, KEY_LEN)
    now.peers.check_open()
