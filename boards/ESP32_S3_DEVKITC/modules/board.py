"""ESP32-S3-DevKitC-1 v1.1: what is wired where; boards/README.md has the words."""

CHIP = "esp32s3"
FLASH_MB = 8
PSRAM = None
WIFI_MOST_DBM = 20
STRAPPING = (0,)  # the BOOT button
SWITCHES = ()
I2C = ((8, 9),)
PMU = None
LORA = None
LED = {"pin": 38, "on": 1, "is_rgb": True}
BUTTON = 0
BATTERY = None
OLED = None
