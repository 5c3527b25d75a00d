"""The wiring table is what the configuration says."""

from __future__ import annotations

import msgspec
import pytest

from daemon.config import Config
from docs.wiring import HEADER, WiringError, lines_of, wiring
from drivers.pins import PinsConfig


def test_every_configured_line_is_drawn_once() -> None:
    text = wiring(Config())
    for name, number in lines_of(Config()).items():
        assert text.count(f"| `{name}` | {number} | {HEADER[number]} |") == 1


def test_a_changed_pin_is_drawn_where_it_is() -> None:
    config = msgspec.structs.replace(Config(), pins=PinsConfig(key_ok=4))
    assert "| `key_ok` | 4 | 7 |" in wiring(config)


@pytest.mark.parametrize("number", [5, 99])
def test_two_on_one_pin_or_none_is_refused(number: int) -> None:
    with pytest.raises(WiringError, match="key_ok"):
        wiring(msgspec.structs.replace(Config(), pins=PinsConfig(key_ok=number)))


def test_no_two_pins_of_the_header_are_one() -> None:
    assert len(set(HEADER.values())) == len(HEADER) == 28
