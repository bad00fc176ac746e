"""Virtual boards: real MicroPython processes on an air of their own."""
