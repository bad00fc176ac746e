"""Runs before main.py: what a board needs early, and which release it runs."""

import gc
import os
import sys

# Collects often while modules load.  Without it what is left of the heap lies in pieces, and a
# program of 2 KB at the console finds no place; startup.run ends it.
gc.threshold(2048)

# A deployment puts a release into a folder of its own and names it here when it is whole.  Names
# of files stay short as seen from there: each longer one would be a string of its own in RAM.
try:
    with open("/skein.release") as file:
        os.chdir("/" + file.read())
    sys.path.append("/")  # where app.py is
except OSError:
    pass  # the modules lie beside this file
