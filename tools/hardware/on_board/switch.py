"""MicroPython, on a board: makes a folder the one that boots.

MOVED: (from, to) of files to put at the top, each whole.  RELEASE: the folder, or "" for none.
The last rename decides: before it the old release boots, after it the new one.
"""


def switch(moved, release):
    import os  # noqa: PLC0415 - on a node, a name at the top would stay

    for source, target in moved:
        os.rename(source, target)
    with open("/skein.release.new", "w") as file:
        file.write(release)
    os.rename("/skein.release.new", "/skein.release")
    if hasattr(os, "sync"):
        os.sync()


try:
    switch(MOVED, RELEASE)  # noqa: F821 - written in front of this
finally:
    del switch
