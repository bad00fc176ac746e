"""The process that is the air: one datagram socket to all boards, orders from the supervisor.

It reads one order a line from its standard input, JSON [name, arguments], and answers each with
one line.  It ends when its input ends.  Start it through tools.virtual.air.
"""

import contextlib
import dataclasses
import json
import select
import socket
import sys
import time

from tools.virtual import guard, wire
from tools.virtual.links import Links
from tools.virtual.lora_medium import LoRaMedium
from tools.virtual.medium import Medium, Station
from tools.virtual.modem import Modem

_ANY_BYTES = 2048
_MOST_AT_ONCE = 100  # datagrams taken in before the clock is looked at again


class AirProcess:
    """Carries datagrams between the boards' sockets and the medium."""

    def __init__(self, token: int, seed: int):
        self.medium = Medium(Links(), seed, self._send_to, self._say_done)
        self.lora = LoRaMedium(self.medium, seed, self._send_to_chip)
        self._token = token
        self._addresses: dict[int, tuple[str, int]] = {}
        self._chips: dict[int, tuple[str, int]] = {}
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)

    def run(self) -> None:
        """Serve until the input ends."""
        while True:
            due_at = [
                at for at in (self.medium.next_due_at(), self.lora.next_due_at()) if at is not None
            ]
            wait_s = max(0.0, min(due_at) - time.monotonic()) if due_at else None
            ready, _, _ = select.select([self.socket, sys.stdin], [], [], wait_s)
            if self.socket in ready:
                self._take_in()
            if sys.stdin in ready and not self._obey(sys.stdin.readline()):
                return
            self.medium.step(time.monotonic())
            self.lora.step(time.monotonic())

    # Boards

    def _take_in(self) -> None:
        for _ in range(_MOST_AT_ONCE):
            try:
                data, address = self.socket.recvfrom(_ANY_BYTES)
            except BlockingIOError:
                return
            except OSError:
                continue  # a board that is gone refused what was sent to it
            self._take(data, address)

    def _take(self, data: bytes, address: tuple[str, int]) -> None:
        if len(data) < wire.HEADER.size:
            return
        token, number, kind = wire.HEADER.unpack_from(data)
        if token != self._token:
            return
        body = data[wire.HEADER.size :]
        if kind >= wire.TUNE:
            self._take_from_chip(number, kind, body, address)
            return
        station = self.medium.station(number)
        if kind == wire.STATE and len(body) == wire.STATE_BODY.size:
            self._addresses[number] = address
            self._take_state(station, *wire.STATE_BODY.unpack(body))
        elif kind == wire.FRAME and 6 < len(body) <= 6 + wire.MOST_MESSAGE_BYTES:
            self.medium.send(station, body[:6], body[6:], time.monotonic())
        elif kind == wire.BELL:
            self._send_to(station, wire.bell())

    def _take_state(self, station: Station, sequence: int, flags: int, channel: int, mac: bytes):
        if flags & wire.IS_NEW_STATE:
            flags &= ~wire.IS_NEW_STATE
            if station.flags & ~flags and station.does_radio_restart_unwedge:
                station.is_wedged = False
            if not flags & wire.IS_ESPNOW_ON:
                station.queue.clear()
            station.flags, station.channel, station.mac = flags, channel, mac
        else:
            station.sent = station.failed = 0
            station.mac = station.mac or mac
        answer = wire.answer_state(
            station.is_wedged, sequence, station.flags, station.channel, station.mac
        )
        self._send_to(station, answer)

    def _take_from_chip(self, number: int, kind: int, body: bytes, address) -> None:
        if len(body) < wire.MODEM.size or kind > wire.SENSE:
            return
        first, *figures, length = wire.MODEM.unpack_from(body)
        modem, message = Modem(*figures), body[wire.MODEM.size :]
        if not modem.is_real:
            return
        self._chips[number] = address
        if kind == wire.TUNE:
            self.lora.tune(number, modem, bool(first), time.monotonic())
        elif kind == wire.SEND and len(message) == length:
            power_dbm = first - 256 if first > 127 else first
            self.lora.send(number, modem, power_dbm, message, time.monotonic())
        elif kind == wire.LOOK:
            self.lora.look(number, modem, time.monotonic())
        elif kind == wire.SENSE:
            self.lora.sense(number, modem)

    def _send_to_chip(self, number: int, data: bytes) -> None:
        if number in self._chips:
            with contextlib.suppress(OSError):
                self.socket.sendto(data, self._chips[number])

    def _send_to(self, station: Station, data: bytes) -> None:
        address = self._addresses.get(station.number)
        if address:
            with contextlib.suppress(OSError):
                self.socket.sendto(data, address)

    def _say_done(self, station: Station) -> None:
        self._send_to(station, wire.done(station.is_wedged, station.sent, station.failed))

    # Orders

    def _obey(self, line: str) -> bool:
        if not line:
            return False
        name, arguments = json.loads(line)
        answer = getattr(self, f"order_{name}")(**arguments)
        print(json.dumps(answer), flush=True)
        return True

    def order_set_medium(self, loss_percent: float, delay_ms: float, jitter_ms: float) -> None:
        self.medium.loss_percent = loss_percent
        self.medium.delay_ms = delay_ms
        self.medium.jitter_ms = jitter_ms

    def order_set_links(self, positions_m, ranges_m, given, blocked, groups) -> None:
        self.medium.links = Links(
            positions_m={number: tuple(position) for number, position in positions_m},
            range_m=ranges_m[0],
            lora_range_m=ranges_m[1],
            given=None if given is None else {(t, r): dbm for t, r, dbm in given},
            blocked={tuple(pair) for pair in blocked},
            groups=[set(group) for group in groups],
        )

    def order_wedge(self, board: int, is_wedged: bool, does_radio_restart_unwedge: bool) -> None:
        station = self.medium.station(board)
        station.is_wedged = is_wedged
        station.does_radio_restart_unwedge = does_radio_restart_unwedge
        self._say_done(station)

    def order_restart(self, board: int, is_hard: bool) -> None:
        station = self.medium.station(board)
        self._addresses.pop(board, None)
        self._chips.pop(board, None)
        self.lora.switch_off(board)
        station.queue.clear()
        if is_hard:
            station.switch_off()
        else:
            station.flags &= ~wire.IS_ESPNOW_ON

    def order_stick(self, board: int, is_stuck: bool) -> None:
        self.lora.station(board).is_stuck = is_stuck

    def order_lora_counts(self) -> dict[int, dict]:
        stations = self.lora.stations.values()
        return {station.number: dataclasses.asdict(station.counts) for station in stations}

    def order_lora_log(self) -> list[tuple[int, float, float]]:
        return self.lora.log

    def order_counts(self) -> dict[int, dict]:
        stations = self.medium.stations.values()
        return {station.number: dataclasses.asdict(station.counts) for station in stations}


def main() -> None:
    guard.die_with_parent(int(sys.argv[3]))
    air = AirProcess(token=int(sys.argv[1]), seed=int(sys.argv[2]))
    print(air.socket.getsockname()[1], flush=True)
    air.run()


if __name__ == "__main__":
    main()
