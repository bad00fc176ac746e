"""Real boards from the host: what they are, flashing, deploying, looking into them.

chips, boards, pin_rules    facts: of each chip, of each folder in boards/, and what must hold
image, flashing             MicroPython's image, and esptool, which writes it
port, on_board/             mpremote with time limits, and the programs it runs on a board
release, staging, deployment    the firmware, and its way onto a board as a whole or not at all
several                     the same on several ports at once
settings, checkup           config.json on a board, and what is wrong with it
"""


class BoardError(Exception):
    """Why something could not be done with a board, in one sentence that says what to do."""
