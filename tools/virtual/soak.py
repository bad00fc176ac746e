"""What ten minutes of the demo say about memory."""

from rich.console import Console
from rich.table import Table

_LEAST_FREE = 0.3
_MINUTES_TO_COMPARE = 5
_GRAIN_BYTES = 64  # four blocks of the heap: what the length of a text in use at the time may be


def check(figures: dict, console: Console) -> list[str]:
    """Print free heap by minute; a sentence for each board that breaks a goal."""
    table = Table("board", title="free heap, median of each minute, bytes", box=None)
    minutes = max(len(board["heap_free_by_minute"]) for board in figures["boards"])
    for minute in range(minutes):
        table.add_column(str(minute + 1), justify="right")
    faults = []
    for board in figures["boards"]:
        readings = board["heap_free_by_minute"]
        table.add_row(str(board["number"]), *(str(reading) for reading in readings))
        faults += _faults(board["number"], readings, board["heap_total"])
    console.print(table)
    return faults


def _faults(number: int, readings: list[int], total: int) -> list[str]:
    if len(readings) <= _MINUTES_TO_COMPARE:
        return [f"board {number} told of {len(readings)} minutes only: too few to compare"]
    faults = []
    if min(readings) < _LEAST_FREE * total:
        faults.append(f"board {number} had {min(readings)} of {total} bytes free: under 30 %")
    before = readings[-1 - _MINUTES_TO_COMPARE]
    if readings[-1] < before - _GRAIN_BYTES:
        faults.append(f"board {number} fell from {before} to {readings[-1]} bytes free")
    return faults
