"""docs/mqtt.md: written from the types, and its examples are real messages."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from daemon.uplink.describe import document
from daemon.uplink.envelope import Envelope
from daemon.uplink.examples import EXAMPLES
from daemon.uplink.payloads import FACTS, DeviceHealth, Host, Payload

PAGE = Path(__file__).parents[2] / "docs" / "mqtt.md"
FOUND = re.findall(r"### `([^`]+)`.*?```json\n(.*?)\n```", PAGE.read_text("utf-8"), re.DOTALL)


def test_the_page_is_what_the_types_say() -> None:
    assert PAGE.read_text("utf-8") == document(), "run: python -m daemon.uplink > docs/mqtt.md"


def test_the_command_prints_the_page() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "daemon.uplink"],
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        cwd=PAGE.parents[1],
    )
    assert done.stdout.decode() == document()


def test_every_payload_has_an_example() -> None:
    assert [name for name, _ in FOUND] == list(EXAMPLES)
    parts = {DeviceHealth, Host}
    assert {type(one) for one in EXAMPLES.values()} | parts == set(Payload.__subclasses__())
    assert {name for name in EXAMPLES if name.startswith("event/")} == {
        "event/" + name for name in FACTS
    }


@pytest.mark.parametrize(("name", "text"), FOUND)
def test_an_example_decodes(name: str, text: str) -> None:
    whole = msgspec.json.decode(text)
    envelope = msgspec.convert({k: v for k, v in whole.items() if k != "data"}, Envelope)
    assert envelope.v == 1
    assert msgspec.convert(whole["data"], type(EXAMPLES[name])) == EXAMPLES[name]
