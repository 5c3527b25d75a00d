"""The groups of services, and the check of all facts together."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from daemon.catalogue import procedures, services
from daemon.catalogue.__main__ import CHECKS, main
from daemon.catalogue.reading import CatalogueError


def test_every_field_goes_to_one_group() -> None:
    groups = services.load()
    fields = {item.field for item in procedures.load().procedures}
    services.check(groups, fields)
    assert len({group.letter for group in groups.values()}) == len(groups)
    with pytest.raises(CatalogueError, match="bay lên sao Hỏa"):
        services.check(groups, {*fields, "bay lên sao Hỏa"})
    with pytest.raises(CatalogueError, match="cư trú"):
        services.check(groups, fields - {"cư trú"})


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('letter = "B"', 'letter = "A"', "group[1].letter"),
        ('letter = "B"', 'letter = "b"', "group[1].letter"),
        ('id = "land"', 'id = "Land!"', "group[4].id"),
        ("minutes = 6", "minutes = 0", "group[0].minutes"),
        ('counters = ["3"]', "counters = []", "group[1].counters"),
        ('fields = ["cư trú"]', 'fields = ["chứng thực"]', "group[6].fields"),
        ('name_en = "Building', 'title = "Building', "group[4]"),
    ],
)
def test_mistakes_in_the_groups_are_named(tmp_path: Path, old: str, new: str, key: str) -> None:
    text = services.FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "services.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        services.load(path)
    assert caught.value.key.startswith(key) and caught.value.remedy


def test_all_facts_hold() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "daemon.catalogue", "--check", "--json"],
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    told = json.loads(done.stdout)
    assert done.returncode == 0 and told["faults"] == []
    assert told["counts"]["kinds"] == 36 and told["counts"]["wards"] == 168


def test_a_fact_that_does_not_hold_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def wrong() -> list[str]:
        raise CatalogueError("wards.json", "wards[3].slug", "A b", "a-z")

    monkeypatch.setitem(CHECKS, "wards", wrong)
    assert main(["--check"]) == 1
    out, err = capsys.readouterr()
    assert "kinds" in out and "wards[3].slug" in err
