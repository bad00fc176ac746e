"""ESP32-C6-DevKitC-1: what is wired where; boards/README.md has the words."""

CHIP = "esp32c6"
FLASH_MB = 8
PSRAM = None
WIFI_MOST_DBM = 20
STRAPPING = (8, 9)  # the RGB LED and the BOOT button
SWITCHES = ()
I2C = ((23, 22),)
PMU = None
LORA = None
LED = {"pin": 8, "on": 1, "is_rgb": True}
BUTTON = 9
BATTERY = None
OLED = None
