"""The host side of Skein: everything that runs on a computer and not on a board."""
