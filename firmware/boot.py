"""Runs before main.py: finds the release that the board runs."""

import os
import sys

# A deployment puts a release into a folder of its own and names it here when it is whole.  Names
# of files stay short as seen from there: each longer one would be a string of its own in RAM.
try:
    with open("/skein.release") as file:
        os.chdir("/" + file.read())
    sys.path.append("/")  # where app.py is
except OSError:
    pass  # the modules lie beside this file
