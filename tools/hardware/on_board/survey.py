"""MicroPython, on a board: prints as JSON what a deployment has to know of it.

A line for each file, then one for all else: a heap in use has no room for them in one piece.
Leaves no name behind: what runs here may be the console of a node.
"""

import binascii
import hashlib
import json
import os
import sys


class Survey:
    def __init__(self):
        self.buffer = bytearray(512)
        self.count = 0
        self.folders = [
            name
            for name, kind, *_ in os.ilistdir("/")
            if name.startswith("skein-") and kind == 0x4000
        ]
        for name in self.folders:
            self.walk("/" + name)
        for name in ("/boot.py", "/main.py", "/app.py", "/config.json"):
            if self.has(name):
                self.take(name)

    def walk(self, folder):
        for name, kind, *_ in os.ilistdir(folder):
            path = folder + "/" + name
            if kind == 0x4000:
                self.walk(path)
            else:
                self.take(path)

    def take(self, path):
        whole = hashlib.sha256()
        with open(path, "rb") as file:
            while True:
                count = file.readinto(self.buffer)
                if not count:
                    break
                whole.update(memoryview(self.buffer)[:count])
        print(json.dumps([path, str(binascii.hexlify(whole.digest())[:16], "ascii")]))
        self.count += 1

    def has(self, path):
        try:
            os.stat(path)
            return True
        except OSError:
            return False

    def text_of(self, path):
        try:
            with open(path) as file:
                return file.read()
        except OSError:
            return ""

    def machine(self):
        # A chip has no environment; a virtual board says in it which chip it stands for.
        getenv = getattr(os, "getenv", None)
        return getenv("SKEIN_MACHINE") if getenv else sys.implementation._machine

    def print(self):
        current = self.text_of("/skein.release").strip()
        about = self.text_of("/" + current + "/release.json") if current else ""
        main = self.text_of("/main.py")
        space = os.statvfs("/")
        answer = {
            "machine": self.machine(),
            "micropython": sys.implementation[1][:3],
            "mpy": getattr(sys.implementation, "_mpy", 0) & 0xFF,
            "current": current,
            "board": json.loads(about)["board"] if about else None,
            "has_own_main": bool(main) and "device.startup" not in main,
            "drivers": [
                name
                for folder in ("/lib", "/lib/lora")
                if self.has(folder)
                for name in os.listdir(folder)
            ],
            "free_bytes": space[0] * space[3],
            "folders": self.folders,
            "count": self.count,
        }
        print(json.dumps(answer))


try:
    Survey().print()
finally:
    del Survey  # modules stay: a name more or less, and something else may use them
