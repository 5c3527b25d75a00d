"""The configuration files that images carry, and the keys that the documents name, exist."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from daemon.config import Config, load

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("layer", ["root", "root-vm"])
def test_the_images_configuration_is_right(layer: str) -> None:
    load(ROOT / "image-build" / layer / "etc" / "ward-kiosk" / "kiosk.toml")


def has(dotted: str) -> bool:
    """Is there a key of this name, such as `register.token.label`?"""
    kind: object = Config
    for part in dotted.split("."):
        if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
            return False
        fields = {field.name: field.type for field in msgspec.structs.fields(kind)}
        if part not in fields:
            return False
        kind = fields[part]
    return True


def test_keys_named_in_the_open_points_exist() -> None:
    text = (ROOT / "docs" / "open-points.md").read_text(encoding="utf-8")
    sections = {field.name for field in msgspec.structs.fields(Config)}
    named = [
        one
        for one in re.findall(r"`([a-z_]+(?:\.[a-z_]+)*)`", text)
        if one.partition(".")[0] in sections
    ]
    assert len(named) >= 8
    assert [one for one in named if not has(one)] == []
    for path in re.findall(r"`((?:daemon|systemd|image-build)/[\w./-]+)`", text):
        assert (ROOT / path).exists(), path
