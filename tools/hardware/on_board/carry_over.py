"""MicroPython, on a board: copies files from one folder into another.

OLD, NEW: the folders, with a slash at their end.  PLACES: the files within both.
"""


def carry_over(old_folder, new_folder, places):
    buffer = bytearray(512)
    for place in places:
        with open(old_folder + place, "rb") as old, open(new_folder + place, "wb") as new:
            while True:
                count = old.readinto(buffer)
                if not count:
                    break
                if new.write(memoryview(buffer)[:count]) < count:
                    raise OSError(28)


try:
    carry_over(OLD, NEW, PLACES)  # noqa: F821 - written in front of this
finally:
    del carry_over
