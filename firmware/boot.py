"""Runs before main.py: what a board needs early."""

import gc

# Collects often while modules load.  Without it what is left of the heap lies in pieces, and a
# program of 2 KB at the console finds no place; startup.run ends it.
gc.threshold(2048)
