"""The app.py of the demo's boards: wants some topics, emits bursts, and tells the supervisor.

What it tells goes over UART(1), one JSON list a write, so that the serial port stays free for
whoever attaches to it: ["want", topic], ["leader", id], ["emit", topic, number], ["refused",
topic, number], ["got", topic, source, number, delay_ms] and ["status", {...}].  Delays compare
the clocks of two boards; on virtual boards these are one clock.
"""

import asyncio
import gc
import json
import random
import time

from machine import UART
from micropython import const

from skein.interest_table import CRITICAL, HIGH, LOW, MEDIUM

_BURST_MS = const(4000)  # between two bursts; tools/virtual/demo_radio.py gives LoRa others
_PAUSE_MS = const(0)  # between two events


async def app(mesh):
    port = UART(1, 115200)

    def tell(*report):
        port.write(json.dumps(report))

    number = int(mesh.name.split("-")[1])
    for topic, level, every in (
        ("critical.fire", CRITICAL, 1),
        ("anomaly.smoke", HIGH, 2),
        ("product.count", MEDIUM, 3),
        ("telemetry.temperature", LOW, 3),
    ):
        if number % every == 0:
            mesh.want(topic, level)
            tell("want", topic)
    asyncio.create_task(tell_leader(mesh, tell))
    asyncio.create_task(tell_status(mesh, tell))
    asyncio.create_task(emit_bursts(mesh, tell))
    async for event in mesh.events():
        mark, sent_at = event.payload.split()
        delay_ms = time.ticks_diff(time.ticks_ms(), int(sent_at))
        tell("got", event.topic, event.source, int(mark), delay_ms)


async def tell_leader(mesh, tell):
    told = ""
    while True:
        if mesh.leader != told:
            told = mesh.leader
            tell("leader", told)
        await asyncio.sleep_ms(20)


async def tell_status(mesh, tell):
    while True:
        gc.collect()  # so that heap_free counts what is used, and not what may be swept
        tell("status", mesh.status())
        await asyncio.sleep_ms(1000)


async def emit_bursts(mesh, tell):
    """LOW first and CRITICAL last, all at once: who overtakes whom is up to the queue.

    A slow radio gets one by one what a fast one gets at once.
    """
    mark = 0
    while mesh.leader is None:
        await asyncio.sleep_ms(100)
    while True:
        await asyncio.sleep_ms(_BURST_MS // 2 + random.randrange(_BURST_MS))
        for emit, topic, name in (
            (mesh.emit_telemetry, "telemetry.temperature", "temperature"),
            (mesh.emit_telemetry, "telemetry.temperature", "temperature"),
            (mesh.emit_product, "product.count", "count"),
            (mesh.emit_anomaly, "anomaly.smoke", "smoke"),
            (mesh.emit_critical, "critical.fire", "fire"),
        ):
            if _PAUSE_MS:
                await asyncio.sleep_ms(_PAUSE_MS // 2 + random.randrange(_PAUSE_MS))
            mark += 1
            payload = f"{mark} {time.ticks_ms()}".encode()
            tell("emit" if emit(name, payload) else "refused", topic, mark)
