"""What a board runs.  `mesh` is the running node, also at the REPL; app.py is the user's own."""

import gc

# Collects often while modules load.  Without it what is left of the heap lies in pieces, and the
# radio's buffer or a program of 2 KB at the console finds no place; `run` ends it.
gc.threshold(2048)

from device.startup import build, run  # noqa: E402 - not before the line above

mesh = build()
run(mesh, globals())
