"""MicroPython, on a board: prints the text of config.json as JSON; null when there is none."""

import json

try:
    with open("/config.json") as _file:
        print(json.dumps(_file.read()))
    del _file
except OSError:
    print("null")
