"""MicroPython, on a board: prints as JSON how the board and its node are.

Leaves no name behind: what runs here may be the console of a node.
"""


def checkup(names):
    import gc  # noqa: PLC0415 - on a node, a name at the top would stay
    import json  # noqa: PLC0415
    import os  # noqa: PLC0415
    import sys  # noqa: PLC0415
    import time  # noqa: PLC0415

    def text_of(path):
        try:
            with open(path) as file:
                return file.read()
        except OSError:
            return ""

    gc.collect()
    mesh = names.get("mesh")
    about = text_of("release.json")
    # A chip has no environment; a virtual board says in it which chip it stands for.
    getenv = getattr(os, "getenv", None)
    answer = {
        "machine": getenv("SKEIN_MACHINE") if getenv else sys.implementation._machine,
        "micropython": sys.implementation[1][:3],
        "folder": os.getcwd(),
        "board": json.loads(about)["board"] if about else None,
        "utc": time.gmtime()[:6],
        "config": text_of("/config.json"),
        "heap_free": gc.mem_free(),
        "heap_total": gc.mem_free() + gc.mem_alloc(),
        "node": mesh.status() if mesh else None,
        "bridge": mesh.bridge.status() if hasattr(mesh, "bridge") else None,
    }
    print(json.dumps(answer))


try:
    checkup(globals())
finally:
    del checkup
