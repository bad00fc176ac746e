"""What a board has beside its radio: LED, battery, power chip."""

from device.battery import MAINS, Battery, stamina_of
from device.led import pattern
from device.pmu import PMU

RAILS = (
    (0x03, ((0x28, 0x0F, 0xF0), (0x12, 0xFF, 0x05))),
    (0x4A, ((0x93, 0x00, 0x1C), (0x90, 0xFF, 0x02))),
)


class FakeMesh:
    config_mistakes = []
    app_state = "running"
    leader = "0badcafe"
    is_leader = False


class FakeBus:
    def __init__(self, address, registers):
        self._address = address
        self.registers = registers

    def readfrom_mem(self, address, register, count):
        assert (address, count) == (self._address, 1)
        return bytes((self.registers.get(register, 0),))

    def writeto_mem(self, address, register, data):
        assert (address, len(data)) == (self._address, 1)
        self.registers[register] = data[0]


class FakePin:
    def __init__(self):
        self.levels = []

    def value(self, level):
        self.levels.append(level)


class FakeADC:
    def __init__(self, microvolts, gate=None):
        self._microvolts = microvolts
        self._gate = gate

    def read_uv(self):
        return self._microvolts if self._gate is None or self._gate.levels[-1] == 1 else 0


def test_the_led_tells_the_role_and_that_something_is_wrong():
    mesh = FakeMesh()
    assert pattern(mesh) == (1, 60)
    mesh.is_leader = True
    assert pattern(mesh) == (2, 60)
    mesh.leader = None
    assert pattern(mesh) == (1, 800)
    mesh.app_state = "failed: ValueError()"
    assert pattern(mesh) == (5, 60)
    mesh.app_state = "running"
    mesh.config_mistakes = ["channel"]
    assert pattern(mesh) == (5, 60)


def test_a_battery_is_what_is_measured_times_the_ratio_of_the_divider():
    assert Battery(FakeADC(1900000), 200).millivolts() == 3800
    assert Battery(FakeADC(800000), 512).millivolts() == 4096


def test_a_divider_behind_a_gate_is_connected_only_while_it_is_measured():
    gate = FakePin()
    assert Battery(FakeADC(1900000, gate), 200, gate, 1).millivolts() == 3800
    assert gate.levels == [1, 0]


def test_the_steps_for_the_power_chip_that_is_there_are_taken():
    old = FakeBus(0x34, {0x03: 0x03, 0x28: 0x3C, 0x12: 0x02})
    assert PMU(old, 0x34).switch_on(RAILS)
    assert old.registers == {0x03: 0x03, 0x28: 0xFC, 0x12: 0x07}
    new = FakeBus(0x34, {0x03: 0x4A, 0x93: 0xFF, 0x90: 0x01})
    assert PMU(new, 0x34).switch_on(RAILS)
    assert new.registers == {0x03: 0x4A, 0x93: 0x1C, 0x90: 0x03}
    other = FakeBus(0x34, {0x03: 0x41})
    assert not PMU(other, 0x34).switch_on(RAILS)
    assert other.registers == {0x03: 0x41}


def test_both_power_chips_tell_the_battery_in_microvolts():
    old = FakeBus(0x34, {0x03: 0x03, 0x78: 0xD5, 0x79: 0x08})
    assert Battery(PMU(old, 0x34), 100).millivolts() == (0xD58 * 1100) // 1000
    new = FakeBus(0x34, {0x03: 0x4A, 0x34: 0xCF, 0x35: 0xA0})
    assert Battery(PMU(new, 0x34), 100).millivolts() == 0xFA0
    assert new.registers[0x30] == 1


def test_a_battery_lasts_less_long_than_mains_and_an_empty_one_hardly_at_all():
    found = [stamina_of(millivolts) for millivolts in (4200, 3600, 3599, 3400, 3399, 0)]
    assert found == [2, 2, 1, 1, 0, 0]
    assert stamina_of(4200) < MAINS
