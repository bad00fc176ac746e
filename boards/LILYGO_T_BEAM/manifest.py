"""What is frozen into an image for this board."""

include("../manifest.py")
freeze("modules")
require("lora-async")
require("lora-sx127x")
require("ssd1306")
