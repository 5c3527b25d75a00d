"""Procedures and wards as data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from daemon.catalogue import kinds, procedures, wards
from daemon.catalogue.reading import HERE, CatalogueError


def test_low_confidence_is_never_shown() -> None:
    file = procedures.load()
    shown = file.shown()
    assert len(file.procedures) == 107
    assert len(shown) == 99
    assert all(item.confidence != "low" for item in shown.values())
    assert "2.001009" not in shown
    assert shown["2.000815"].fee_vnd == 2000


def test_papers_that_satisfy_a_requirement_are_kinds_of_the_catalogue() -> None:
    known = kinds.load()
    for name, paper in procedures.load().paper_kinds.items():
        assert set(paper.classes) <= known.keys(), name


def test_wards() -> None:
    found = wards.load()
    assert len(found) == 168
    assert found["26824"].full_name == "Phường Thủ Đức"
    assert len({ward.slug for ward in found.values()}) == 168


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"code": None}, "procedures[0].code"),
        ({"code": "1.1"}, "procedures[0].code"),
        ({"code": "1.000894"}, "procedures[2].code"),
        ({"fee_vnd": -1}, "procedures[0].fee_vnd"),
        ({"fee_vnd": "free"}, "procedures[0].fee_vnd"),
        ({"deep_link": "javascript:x"}, "procedures[0].deep_link"),
    ],
)
def test_a_wrong_procedure_is_refused_by_key(
    tmp_path: Path, change: dict[str, object], key: str
) -> None:
    data = json.loads((HERE / "procedures.json").read_text())
    data["procedures"][0] |= change
    path = tmp_path / "procedures.json"
    path.write_text(json.dumps(data))
    with pytest.raises(CatalogueError) as caught:
        procedures.load(path)
    assert caught.value.key == key


def test_a_ward_code_twice_is_refused(tmp_path: Path) -> None:
    data = json.loads((HERE / "wards.json").read_text())
    data["wards"][1]["unit_code"] = data["wards"][0]["unit_code"]
    path = tmp_path / "wards.json"
    path.write_text(json.dumps(data))
    with pytest.raises(CatalogueError, match=r"wards\[1\]\.unit_code"):
        wards.load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="No such file"):
        wards.load(tmp_path / "wards.json")
