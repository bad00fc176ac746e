"""T-Beam Supreme (SX1262): what is wired where; boards/README.md has the words."""

CHIP = "esp32s3"
FLASH_MB = 8
PSRAM = "quad"
WIFI_MOST_DBM = 20
STRAPPING = (0,)  # the BOOT button
SWITCHES = ()
I2C = ((17, 18), (42, 41))
PMU = {
    "i2c": 1,
    "address": 0x34,
    "irq": 40,
    # By chip id, the steps (register, bits kept, bits set): ALDO1 (screen, sensors) and ALDO3
    # (radio) at 3.3 V.  I2C 0 hangs until ALDO1 is on.
    "rails": ((0x4A, ((0x92, 0x00, 0x1C), (0x94, 0x00, 0x1C), (0x90, 0xFF, 0x05))),),
}
LORA = {
    "chip": "sx1262",
    "spi": 1,
    "sck": 12,
    "miso": 13,
    "mosi": 11,
    "cs": 10,
    "reset": 5,
    "busy": 4,
    "dio0": None,
    "dio1": 1,
    "tcxo_millivolts": 1800,
    "dio2_rf_switch": True,
    "rx_enable": None,
    "most_dbm": 22,
}
LED = None
BUTTON = 0
BATTERY = {
    "pmu": True,
    "adc": None,
    "ratio_percent": 100,
    "attenuation": 0,
    "gate": None,
    "gate_on": None,
}
OLED = {"driver": "sh1106", "i2c": 0, "address": 0x3C, "reset": None}
