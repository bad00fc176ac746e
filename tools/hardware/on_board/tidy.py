"""MicroPython, on a board: removes folders with all that is in them, and makes others.

DROPPED, MADE: their names; a folder to make may be there already.
"""


def tidy(dropped, made):
    import os  # noqa: PLC0415 - on a node, a name at the top would stay

    def drop(path):
        for entry in os.ilistdir(path):
            inner = path + "/" + entry[0]
            if entry[1] == 0x4000:
                drop(inner)
            else:
                os.remove(inner)
        os.rmdir(path)

    for path in dropped:
        drop(path)
    for path in made:
        try:
            os.mkdir(path)
        except OSError as error:
            if error.errno != 17:  # it exists
                raise


try:
    tidy(DROPPED, MADE)  # noqa: F821 - written in front of this
finally:
    del tidy
