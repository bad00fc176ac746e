"""T3-S3 v1.2 and v1.3 (SX1262): what is wired where; boards/README.md has the words."""

CHIP = "esp32s3"
FLASH_MB = 4
PSRAM = "quad"
WIFI_MOST_DBM = 20
STRAPPING = (0, 3)  # the BOOT button, and the radio's MISO, which chooses a source of JTAG
SWITCHES = ()
I2C = ((18, 17),)
PMU = None
LORA = {
    "chip": "sx1262",
    "spi": 1,
    "sck": 5,
    "miso": 3,
    "mosi": 6,
    "cs": 7,
    "reset": 8,
    "busy": 34,
    "dio0": None,
    "dio1": 33,
    "tcxo_millivolts": 1800,
    "dio2_rf_switch": True,
    "rx_enable": None,
    "most_dbm": 22,
}
LED = {"pin": 37, "on": 1, "is_rgb": False}
BUTTON = 0
BATTERY = {
    "pmu": False,
    "adc": 1,
    "ratio_percent": 200,
    "attenuation": 3,
    "gate": None,
    "gate_on": None,
}
OLED = {"driver": "ssd1306", "i2c": 0, "address": 0x3C, "reset": None}
