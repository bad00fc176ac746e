"""The chip: radios, flash, the clock, the loop, the console, and the application's face."""
