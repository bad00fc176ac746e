"""ESP32-DevKitC: what is wired where; boards/README.md has the words."""

CHIP = "esp32"
FLASH_MB = 4
PSRAM = None
WIFI_MOST_DBM = 20
STRAPPING = (0,)  # the BOOT button
SWITCHES = ()
I2C = ((18, 19),)
PMU = None
LORA = None
LED = None
BUTTON = 0
BATTERY = None
OLED = None
