"""Virtual boards: real MicroPython processes on an air of their own.

`fleet` builds them, `board` is one of them, `air` is what is between them; these three are the
interface.  Behind it, from the host inwards:

    ward, serial_port, interrupt    the thread that looks after the processes and their ports
    air_process, medium, links      the process that carries frames, and its model of the channel
    flash, rom, guard, wire         files for a board, and what both sides of a border agree on
    vm/                             MicroPython: the modules that a chip has built in

What is simpler than on a chip: frames never collide, keys encrypt nothing, a unicast is tried
once, nothing is wired to a pin, and no interrupt breaks into a running program.
"""
