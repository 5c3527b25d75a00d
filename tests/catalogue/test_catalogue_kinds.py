"""The 36 kinds of paper: complete, right, and refused with a clear word when a file is not."""

from __future__ import annotations

import json
import shutil
import unicodedata
from pathlib import Path

import pytest

from daemon.catalogue import kinds, roles
from daemon.catalogue.patterns import compiled
from daemon.catalogue.reading import CatalogueError

KINDS = kinds.load()


def test_there_are_the_36_kinds_of_the_classifier() -> None:
    assert len(KINDS) == 36
    assert kinds.OTHER in KINDS
    assert all(unicodedata.is_normalized("NFC", kind.name_vi) for kind in KINDS.values())


def test_rules_say_what_is_refused_and_why() -> None:
    rules = kinds.rules(KINDS)
    assert {id_: rule.refusal for id_, rule in rules.items() if rule.refusal} == {
        "ban_sao_chung_thuc": "copy",
        "giay_khai_sinh_ban_sao": "copy",
        "so_yeu_ly_lich": "kind",
        "khong_phai_giay_to": "not_a_paper",
    }
    assert [id_ for id_, rule in rules.items() if rule.foreign] == ["van_ban_nuoc_ngoai"]
    assert {id_ for id_, rule in rules.items() if rule.policy == "officer"} == {
        "cmnd_9_so",
        "so_ho_khau",
        "hop_dong_lao_dong",
        "giay_uy_quyen",
        "van_ban_nuoc_ngoai",
    }
    assert rules["can_cuoc_2024"].sides == 2
    assert rules["ho_chieu"].sides == 1


def test_every_kind_that_can_be_certified_has_a_title_for_the_register() -> None:
    assert KINDS["giay_khai_sinh"].title_vi == "Giấy khai sinh"
    assert all(kind.title_vi for kind in KINDS.values() if kind.copy.policy != "no")


def test_fields_know_their_values() -> None:
    card = KINDS["can_cuoc_2024"]
    number = card.field("so_dinh_danh")
    name = card.field("ho_ten")
    assert number is not None and name is not None
    assert number.fits("079190123456")
    assert not number.fits("07919012345")
    assert name.fits("ĐẶNG THỊ ƯỠNG")
    assert not name.fits("079190123456")


@pytest.mark.parametrize("letter", "AÁẶĐỮỢỴaáặđữợỵ")
def test_every_vietnamese_letter_is_a_letter(letter: str) -> None:
    assert compiled(r"^\p{L}$").search(letter)
    assert bool(compiled(r"^[\p{Lu}]$").search(letter)) is letter.isupper()


def test_unknown_class_in_a_pattern_is_named() -> None:
    with pytest.raises(ValueError, match=r"\\p\{Han\}"):
        compiled(r"\p{Han}")


def test_roles_are_one_table_for_all_kinds() -> None:
    table = roles.load()
    roles.check(table, KINDS)
    assert table.field(KINDS["can_cuoc_2024"], "person_number") == "so_dinh_danh"
    assert table.field(KINDS["cccd_gan_chip_2021"], "person_number") == "so"
    assert table.field(KINDS["giay_khai_sinh"], "paper_number") == "so"
    assert table.field(KINDS["cccd_ma_vach_2016"], "expiry") == "co_gia_tri_den"
    assert table.role("xac_nhan_cu_tru_ct07", "chu_ho") is None
    assert table.field(KINDS["khong_phai_giay_to"], "name") is None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "kinds"
    shutil.copytree(kinds.FOLDER, target)
    return target


def edit(folder: Path, kind: str, **changes: object) -> None:
    path = folder / f"{kind}.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes, ensure_ascii=False))


@pytest.mark.parametrize(
    ("changes", "key", "says"),
    [
        ({"sides": 3}, "sides", "3"),
        ({"colour": "red"}, "", "colour"),
        ({"id": "ho_chieu_x"}, "id", "ho_chieu"),
        ({"title_vi": ""}, "title_vi", "register"),
        ({"size_mm": [1, 2]}, "size_mm", "millimetres"),
        ({"name_vi": unicodedata.normalize("NFD", "Hộ chiếu")}, "name_vi", "NFC"),
        (
            {"copy": {"policy": "yes", "reason": "", "refusal": "copy", "legal_code": None}},
            "copy.refusal",
            "refused",
        ),
        (
            {"copy": {"policy": "perhaps", "reason": "", "refusal": None, "legal_code": None}},
            "copy.policy",
            "perhaps",
        ),
    ],
)
def test_a_wrong_fact_is_named_with_file_key_value_and_remedy(
    folder: Path, changes: dict[str, object], key: str, says: str
) -> None:
    edit(folder, "ho_chieu", **changes)
    with pytest.raises(CatalogueError) as caught:
        kinds.load(folder)
    assert "ho_chieu.json" in str(caught.value)
    assert key in caught.value.key
    assert says in str(caught.value)


def test_an_example_that_does_not_fit_its_pattern_is_found(folder: Path) -> None:
    path = folder / "ho_chieu.json"
    data = json.loads(path.read_text())
    data["fields"][0]["example"] = "X"
    path.write_text(json.dumps(data))
    with pytest.raises(CatalogueError, match=r"fields\[0\]\.example"):
        kinds.load(folder)


def test_a_file_that_is_not_json_or_not_utf8_is_named(folder: Path) -> None:
    (folder / "ho_chieu.json").write_text("{")
    with pytest.raises(CatalogueError, match=r"ho_chieu\.json"):
        kinds.load(folder)
    (folder / "ho_chieu.json").write_bytes(b"\xff{}")
    with pytest.raises(CatalogueError, match="UTF-8"):
        kinds.load(folder)


def test_a_role_of_a_field_that_nobody_prints_is_found(tmp_path: Path) -> None:
    path = tmp_path / "roles.toml"
    path.write_text('[fields]\nten_goi_khac = "name"\n[kinds]\n')
    with pytest.raises(CatalogueError, match="ten_goi_khac"):
        roles.check(roles.load.__wrapped__(path), KINDS, path)
