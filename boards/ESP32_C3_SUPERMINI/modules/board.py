"""ESP32-C3 SuperMini: what is wired where; boards/README.md has the words."""

CHIP = "esp32c3"
FLASH_MB = 4
PSRAM = None
WIFI_MOST_DBM = 8
STRAPPING = (8, 9)  # the LED and the BOOT button
SWITCHES = ()
I2C = ((6, 7),)
PMU = None
LORA = None
LED = {"pin": 8, "on": 0, "is_rgb": False}
BUTTON = 9
BATTERY = None
OLED = None
