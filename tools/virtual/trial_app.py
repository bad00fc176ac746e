"""The app.py of boards on trial: tells whom it follows, and does what it is told.

Over UART(1): ["id", id] and ["leader", id or null] go out; "resign" comes in.
"""

import asyncio
import json

from machine import UART


async def app(mesh):
    port = UART(1, 115200)
    port.write(json.dumps(["id", mesh.id]))
    told = ""
    while True:
        if mesh.leader != told:
            told = mesh.leader
            port.write(json.dumps(["leader", told]))
        if port.any() and port.read() == b"resign":
            mesh.resign()
        await asyncio.sleep_ms(20)
