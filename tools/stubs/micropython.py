"""Stands in for MicroPython's built-in module when the protocol runs on CPython."""


def const(value):
    return value
