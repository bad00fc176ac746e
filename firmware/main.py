"""What a board runs.  `mesh` is the running node, also at the REPL; app.py is the user's own."""

from device.startup import build, run

mesh = build()
run(mesh, globals())
