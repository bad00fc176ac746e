"""A board's serial port: a pty for the host, another for the board, and the bytes between them.

The board's side turns "\\n" into "\\r\\n" on output and hands every input byte on as it is; the
host's side is raw.  Its name is valid as long as the port is open, over any number of resets.
With nobody attached, output is discarded as on a wire that ends in the air.
"""

import os
import pty
import select
import selectors
import termios
import tty
from collections.abc import Callable

from tools.virtual.ward import Ward

_MOST_PENDING_BYTES = 65536
_READ_BYTES = 4096


class _Direction:
    """Bytes on their way to one end; what that end does not take in time is bounded."""

    def __init__(self, end: int):
        self.end = end
        self.pending = bytearray()

    def push(self, data: bytes) -> None:
        room = _MOST_PENDING_BYTES - len(self.pending)
        self.pending += data[:room]
        self.flush()

    def flush(self) -> None:
        while self.pending:
            try:
                count = os.write(self.end, self.pending)
            except BlockingIOError:
                return
            except OSError:
                self.pending.clear()
                return
            del self.pending[:count]


class SerialPort:
    """The port of one board.

    name: what to attach to, as in `mpremote connect port:NAME`.
    board_end: the file that the board's process gets as its input and output.
    on_control(byte): asked about each Ctrl-A and Ctrl-C from the host; returns the bytes that the
    board gets in its place.
    """

    CONTROLS = (b"\x01", b"\x03")

    def __init__(self, ward: Ward, on_control: Callable[[bytes], bytes]):
        self._ward = ward
        self._on_control = on_control
        self._host, host_end = pty.openpty()
        self.name = os.ttyname(host_end)
        tty.setraw(host_end)
        os.close(host_end)
        self._board, self.board_end = pty.openpty()
        self._to_host = _Direction(self._host)
        self._to_board = _Direction(self._board)
        for end in (self._host, self._board):
            os.set_blocking(end, False)
        self._is_attached = False
        self._attached = select.poll()
        self._attached.register(self._host, select.POLLIN)
        self.reset()
        ward.watch(self._board, selectors.EVENT_READ, self._from_board)
        ward.every_tick(self._look_who_is_there)

    def reset(self) -> None:
        """Before the board starts: as a chip comes up, with nothing left from before."""
        tty.setraw(self.board_end)
        modes = termios.tcgetattr(self.board_end)
        modes[1] |= termios.OPOST | termios.ONLCR
        termios.tcsetattr(self.board_end, termios.TCSANOW, modes)
        self._to_board.pending.clear()
        termios.tcflush(self.board_end, termios.TCIFLUSH)

    def print(self, text: str) -> None:
        """Say something to the host in the board's stead."""
        self._push_to_host(text.encode())

    def close(self) -> None:
        self._ward.unwatch(self._host)
        self._ward.unwatch(self._board)
        self._ward.forget_tick(self._look_who_is_there)
        for end in (self._host, self._board, self.board_end):
            os.close(end)

    def _look_who_is_there(self) -> None:
        is_attached = not any(event & select.POLLHUP for _, event in self._attached.poll(0))
        if is_attached != self._is_attached:
            self._is_attached = is_attached
            self._to_host.pending.clear()
            self._update_watches()

    def _update_watches(self) -> None:
        if self._is_attached:
            self._watch(self._host, self._to_host, self._from_host)
        else:
            self._ward.unwatch(self._host)
        self._watch(self._board, self._to_board, self._from_board)

    def _watch(self, end, direction, action) -> None:
        is_blocked = selectors.EVENT_WRITE if direction.pending else 0
        self._ward.watch(end, selectors.EVENT_READ | is_blocked, action)

    def _from_board(self, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._to_board.flush()
        data = _read(self._board)
        if data:
            self._push_to_host(data)
        self._update_watches()

    def _push_to_host(self, data: bytes) -> None:
        if self._is_attached:
            self._to_host.push(data)

    def _from_host(self, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._to_host.flush()
        data = _read(self._host)
        if data is None:
            self._look_who_is_there()
            return
        start = 0
        for place in range(len(data)):
            byte = data[place : place + 1]
            if byte in self.CONTROLS:
                self._to_board.push(data[start:place] + self._on_control(byte))
                start = place + 1
        self._to_board.push(data[start:])
        self._update_watches()


def _read(end: int) -> bytes | None:
    """None when the other end is gone, b"" when there is nothing."""
    try:
        return os.read(end, _READ_BYTES)
    except BlockingIOError:
        return b""
    except OSError:
        return None
