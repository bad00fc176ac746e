"""Runs test modules without pytest, on MicroPython: plain functions, plain asserts.

Called with module names; prints one line a test, "ok NAME" or "FAILED NAME", and after a
failure its traceback.
"""

import sys

import skein.backbone  # noqa: F401 - by itself: behind a chain of tests its imports go too deep


def run(module_name):
    module = __import__(module_name)
    for name in sorted(dir(module)):
        if name.startswith("test_"):
            try:
                getattr(module, name)()
                print("ok", name)
            except Exception as error:
                print("FAILED", name)
                sys.print_exception(error)


for module_name in sys.argv[1:]:
    run(module_name)
