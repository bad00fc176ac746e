"""One virtual board: a process of the real VM, its flash, its serial port, its power switch.

board.power_on(); board.power_off()   as the plug: RTC memory and the radio's state are lost
board.reset()                         as machine.reset() from inside
board.kill()                          SIGKILL; the board stays down until power_on()
board.number, board.mac, board.flash, board.port, board.pid, board.is_running
board.resets, board.crashes           how often it started again, and how often of those by itself
board.deep_sleeps                     how often it went into one; a wake is no reset
board.write_uart(b"...")              what UART(1) reads there
board.set_microvolts(34, 2_000_000)   what ADC(34) reads there
"""

import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.mpy.cache import write_whole
from tools.setup.micropython_runtime import Runtime
from tools.virtual import rom
from tools.virtual.air import Air
from tools.virtual.interrupt import interrupt
from tools.virtual.serial_port import SerialPort
from tools.virtual.uart import Uart
from tools.virtual.ward import Timer, Ward

PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = range(1, 6)

# What vm/_computer.py leaves with; 0 is Ctrl-D at the VM's own REPL.
_EXIT_HARD, _EXIT_SOFT, _EXIT_SOFT_RAW, _EXIT_DEEP = range(100, 104)
_START_RAW = b"__import__('_raw').run()\r"


@dataclass(frozen=True)
class Surroundings:
    """What the boards of one fleet share, but for their heap.

    boot_ms: from power or reset to the first line of boot.py; a real ESP32 takes about 300.
    lora: the LoRa chip that each has, "sx1262" or "sx1276", or None.
    on_uart(board, data, arrived_at): called in the ward's thread; arrived_at as time.monotonic().
    """

    runtime: Runtime
    ward: Ward
    air: Air
    heap_kb: int
    boot_ms: int
    machine: str
    flash_kb: int | None
    lora: str | None
    on_uart: Callable[["VirtualBoard", bytes, float], None]


class VirtualBoard:
    """A board.  In `folder`, flash/ is its flash and state/ what else outlives a reset."""

    def __init__(self, number: int, mac: bytes, folder: Path, surroundings: Surroundings):
        self.number = number
        self.mac = mac
        self.flash = folder / "flash"
        self.resets = 0
        self.crashes = 0
        self.deep_sleeps = 0
        self._state = folder / "state"
        self._around = surroundings
        self._ward = surroundings.ward
        self._process: subprocess.Popen | None = None
        self._boot_timer: Timer | None = None
        self._is_raw = False
        self.flash.mkdir(parents=True, exist_ok=True)
        self._state.mkdir(parents=True, exist_ok=True)
        self._ward.call(self._plug_in)

    @property
    def port(self) -> str:
        """The path to attach to: `mpremote connect port:PATH`."""
        return self._serial.name

    @property
    def pid(self) -> int | None:
        process = self._process
        return None if process is None else process.pid

    @property
    def is_running(self) -> bool:
        """True while there is a process; False while it boots, too."""
        process = self._process
        return process is not None and process.poll() is None

    def power_on(self) -> None:
        """Start the board unless it runs or boots."""
        self._ward.call(self._power_on)

    def power_off(self) -> None:
        self._ward.call(self._power_off)

    def kill(self) -> None:
        """SIGKILL, at whatever instruction it is; RTC memory is kept, the radio falls silent."""
        self._ward.call(self._kill)

    def reset(self) -> None:
        """As machine.reset() from inside."""
        self._ward.call(self._reset)

    def write_uart(self, data: bytes) -> None:
        """Send to UART(1) of the board; lost if it has not opened it."""
        self._uart.write(data)

    def set_microvolts(self, pin: int, microvolts: int) -> None:
        write_whole(self._state / f"adc{pin}", b"%d" % microvolts)

    def close(self) -> None:
        """For the fleet: end the process and give everything back."""
        self._ward.call(self._unplug)

    # In the ward's thread

    def _plug_in(self):
        self._lose_power()
        self._serial = SerialPort(self._ward, self._on_control)
        self._uart = Uart(self._ward, self._from_uart)
        self._ward.every_tick(self._look_after)

    def _unplug(self):
        self._stop()
        self._ward.forget_tick(self._look_after)
        self._uart.close()
        self._serial.close()

    def _power_on(self):
        if self._process is None and self._boot_timer is None:
            self._boot_later()

    def _power_off(self):
        self._kill()
        self._lose_power()

    def _lose_power(self):
        self._cause = PWRON_RESET
        (self._state / "rtc").unlink(missing_ok=True)

    def _kill(self):
        self._stop()
        self._cause = HARD_RESET
        self._around.air.restart_board(self.number, is_hard=True)

    def _reset(self):
        if self._process is not None or self._boot_timer is not None:
            self._kill()
            self.resets += 1
            self._boot_later()

    def _stop(self):
        if self._boot_timer is not None:
            self._boot_timer.cancel()
            self._boot_timer = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _boot_later(self, after_ms=0):
        self._boot_timer = self._ward.later((after_ms + self._around.boot_ms) / 1000, self._boot)

    def _boot(self):
        self._boot_timer = None
        self._serial.reset()
        self._repl_mark.unlink(missing_ok=True)
        heap = f"heapsize={self._around.heap_kb}k"
        start = "__import__('_mount');__import__('_boot')"
        self._process = subprocess.Popen(
            [*self._around.runtime.command, "-X", heap, "-i", "-c", start],
            stdin=self._serial.board_end,
            stdout=self._serial.board_end,
            stderr=self._serial.board_end,
            cwd=self._state,
            env=self._environment(),
            start_new_session=True,
        )
        self._is_raw = False

    def _environment(self):
        return {
            "MICROPYPATH": str(rom.first_module_folder()),
            "SKEIN_SUPERVISOR": str(os.getpid()),
            "SKEIN_ROM": str(rom.image()),
            "SKEIN_FLASH": str(self.flash),
            "SKEIN_FLASH_KB": str(self._around.flash_kb or ""),
            "SKEIN_MACHINE": self._around.machine,
            "SKEIN_LORA": self._around.lora or "",
            "SKEIN_STATE": str(self._state),
            "SKEIN_BOARD": str(self.number),
            "SKEIN_MAC": self.mac.hex(),
            "SKEIN_AIR_PORT": str(self._around.air.port),
            "SKEIN_AIR_TOKEN": str(self._around.air.token),
            "SKEIN_UART_PORT": str(self._uart.port),
            "SKEIN_RESET_CAUSE": str(self._cause),
            "SKEIN_RAW": "1" if self._is_raw else "",
        }

    def _look_after(self):
        code = None if self._process is None else self._process.poll()
        if code is None:
            return
        self._process = None
        if code == _EXIT_DEEP:
            self._sleep()
            return
        is_soft = code in (0, _EXIT_SOFT, _EXIT_SOFT_RAW)
        self._cause = SOFT_RESET if is_soft else HARD_RESET
        self._around.air.restart_board(self.number, is_hard=not is_soft)
        if code == -signal.SIGKILL:
            return  # somebody pulled the plug
        if is_soft:
            self._is_raw = code == _EXIT_SOFT_RAW
            self._serial.print("MPY: soft reboot\r\n")
        elif code == -signal.SIGALRM:
            self._cause = WDT_RESET
        elif code != _EXIT_HARD:
            self.crashes += 1
        self.resets += 1
        self._boot_later()

    def _sleep(self):
        self._cause = DEEPSLEEP_RESET
        self._around.air.restart_board(self.number, is_hard=True)
        self.deep_sleeps += 1
        self._boot_later(int((self._state / "wake").read_text()))

    @property
    def _repl_mark(self):
        return self._state / "repl"

    def _on_control(self, byte):
        if byte == b"\x03":
            return b"" if self._process is not None and interrupt(self._process.pid) else byte
        return _START_RAW if self._repl_mark.exists() else byte

    def _from_uart(self, data, arrived_at):
        self._around.on_uart(self, data, arrived_at)
