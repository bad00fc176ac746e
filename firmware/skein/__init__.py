"""The Skein protocol: bytes, `now` and dice in; frames and events out.

Pure: nothing in this package reads a clock, draws from a global generator or touches a radio.
Every file runs unchanged on CPython and on MicroPython.
"""
