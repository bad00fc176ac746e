"""From the firmware's sources to what a board loads.

constants   puts the value of a constant where another module names it
compiler    runs mpy-cross, and keeps what it made
"""
