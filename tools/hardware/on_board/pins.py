"""MicroPython, on a board: prints as JSON which of PINS the chip does not have.

A pin that is named without a mode keeps what it is set to.
"""

import json

import machine


def refused(pins):
    wrong = []
    for pin in pins:
        try:
            machine.Pin(pin)
        except ValueError:
            wrong.append(pin)
    return wrong


try:
    print(json.dumps(refused(PINS)))  # noqa: F821 - written in front of this
finally:
    del refused
