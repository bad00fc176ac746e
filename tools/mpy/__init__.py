"""From the firmware's sources to what a board loads.

inlining    writes small functions out where they are called
constants   puts the value of a constant where another module names it
bundles     puts modules that are always loaded together into one
names       gives private names few letters, arguments does so with those of functions
compiler    does all that, runs mpy-cross, and keeps what it made
explain     tells what the short names in a board's traceback stand for
"""
