"""MicroPython only: runs what must not touch the heap."""

import micropython


def locked(work):
    """Call work.run() with the heap locked; any allocation raises MemoryError."""
    micropython.heap_lock()
    try:
        work.run()
    finally:
        micropython.heap_unlock()
