"""AtomS3 Lite: what is wired where; boards/README.md has the words."""

CHIP = "esp32s3"
FLASH_MB = 8
PSRAM = None
WIFI_MOST_DBM = 20
STRAPPING = ()
SWITCHES = ()
I2C = ((38, 39), (2, 1))
PMU = None
LORA = None
LED = {"pin": 35, "on": 1, "is_rgb": True}
BUTTON = 41
BATTERY = None
OLED = None
