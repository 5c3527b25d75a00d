"""Procedures and wards as data."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from daemon.catalogue import kinds, procedures, services, wards
from daemon.catalogue.reading import HERE, CatalogueError


def test_low_confidence_is_never_shown() -> None:
    file = procedures.load()
    shown = file.shown()
    assert len(file.procedures) == 107
    assert len(shown) == 99
    assert all(item.confidence != "low" for item in shown.values())
    assert "2.001009" not in shown
    assert shown["2.000815"].fee_vnd == 2000


def test_a_record_holds_between_its_days() -> None:
    item = replace(
        procedures.load().shown()["1.001193"],
        valid_from=dt.date(2026, 3, 1),
        valid_until=dt.date(2026, 3, 31),
    )
    file = replace(procedures.load(), procedures=(item,))
    days = [(2, 28), (3, 1), (3, 31), (4, 1)]
    assert [len(file.shown(dt.date(2026, *day))) for day in days] == [0, 1, 1, 0]
    assert len(file.shown()) == 1


def test_a_replaced_record_leads_to_its_successor() -> None:
    file = procedures.load()
    assert file.successor("2.001009") == "2.001406"
    assert file.successor("1.001193") == "1.001193"
    assert file.successor("9.999999") == "9.999999"


def test_answers_to_the_case_questions_choose_the_papers() -> None:
    file = procedures.load()
    item = file.shown()["1.004873"]
    asked = dict(file.questions(item))
    assert "divorced" in asked and asked["divorced"].ask_en.endswith("?")
    kinds_of = lambda answers: [paper.paper_kind for paper in item.needed(answers)]  # noqa: E731
    plain = kinds_of({})
    assert "divorce_judgment" not in plain and "divorce_judgment" not in kinds_of(
        {"divorced": False}
    )
    assert "divorce_judgment" in kinds_of({"divorced": True})
    assert set(kinds_of({"divorced": True})) - {"divorce_judgment"} == set(plain)


def test_every_paper_of_a_condition_is_asked_about() -> None:
    for item in procedures.load().procedures:
        for paper in item.required_papers:
            assert (paper.condition is None) == (paper.case is None), (item.code, paper.name_vi)
        rest = {*item.needed(dict.fromkeys(item.case_questions, True)), *item.if_any()}
        assert rest == set(item.required_papers)


def test_each_procedure_has_a_group_also_with_a_wards_own_groups() -> None:
    groups = services.load()
    shown = procedures.load().shown()
    for item in shown.values():
        group = services.group_of(groups, item)
        assert group is not None and item.field in group.fields
    residence = groups["residence"]
    own = {"police": replace(residence, id="police")}
    moved = services.group_of(own, shown["1.004222"])
    assert moved is not None and moved.id == "police"
    assert services.group_of(own, shown["2.000815"]) is None


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
        ({"life_events": ["rain"]}, "procedures[0].life_events[0]"),
        ({"case_questions": ["rain"]}, "procedures[0].case_questions[0]"),
        ({"case_questions": []}, "procedures[0].required_papers[3].case"),
        ({"valid_from": "2026-02-30"}, "procedures[0].valid_from"),
        ({"valid_from": "2026-02-02", "valid_until": "2026-02-01"}, "procedures[0].valid_until"),
        ({"replaced_by": "9.999999"}, "procedures[0].replaced_by"),
        ({"replaced_by": "1.001193"}, "procedures[0].replaced_by"),
        ({"replaced_by": "2.000620"}, "procedures[0].replaced_by"),
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
