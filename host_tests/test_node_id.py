"""How an id is read that a person typed."""

import pytest

from device.node_id import parse
from skein.errors import ConfigError
from skein.ids import ID_MAX, text


def test_an_id_is_read_as_it_is_shown():
    assert [parse(text(number)) for number in (1, 0x00A1B2C3, ID_MAX)] == [1, 0x00A1B2C3, ID_MAX]


@pytest.mark.parametrize("typed", ["zz", "", "0", "-1", "40000000", None, 12])
def test_what_is_no_id_is_refused_in_a_sentence(typed):
    with pytest.raises(ConfigError, match="8 hexadecimal digits, not"):
        parse(typed)
