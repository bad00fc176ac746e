"""The user's own program: this one counts what it hears and tells the mesh how it is."""

import asyncio

from skein.interest_table import HIGH


async def app(mesh):
    mesh.want("anomaly.smoke", HIGH)
    asyncio.create_task(report(mesh))
    async for event in mesh.events():
        print(event)


async def report(mesh):
    while True:
        mesh.emit_telemetry("heap", str(mesh.status()["heap_free"]).encode())
        await asyncio.sleep(10)
