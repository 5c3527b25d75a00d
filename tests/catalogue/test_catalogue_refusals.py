"""Each ground of refusal: its rule, its words in both languages, its way out."""

from __future__ import annotations

import datetime as dt
import tomllib
from importlib import resources
from pathlib import Path
from typing import get_args

import pytest

from daemon.catalogue import refusals
from daemon.catalogue.kinds import LegalCode
from daemon.catalogue.reading import HERE, CatalogueError
from daemon.machine.values import Refusal, Written
from daemon.services.tickets import render
from ui_kivy import catalogue

TABLE = [
    # code, article of Decree 23/2015, what the machine may do, a ground by itself, kiosk's word
    ("altered", "Điều 22 khoản 1", "suspect", True, None),
    ("damaged", "Điều 22 khoản 2", "suspect", True, "damaged"),
    ("secret_or_no_copy", "Điều 22 khoản 3", "stop", True, "secret"),
    ("unlawful_content", "Điều 22 khoản 4", "never", True, None),
    ("not_legalised", "Điều 22 khoản 5", "suspect", True, "foreign"),
    ("private_unconfirmed", "Điều 22 khoản 6", "suspect", True, "kind"),
    ("not_an_original", "Điều 18", "stop", True, "copy"),
    ("electronic_original", "Điều 10", "suspect", True, None),
    ("incomplete_pages", "Thông tư 01/2020", "suspect", True, None),
    ("money_or_security", "", "suspect", True, None),
    ("expired_paper", "", "never", False, None),
    ("laminated", "", "suspect", False, "laminated"),
]


def test_the_table_is_whole() -> None:
    assert {row[0] for row in TABLE} == set(get_args(LegalCode))
    assert set(refusals.default().grounds) == set(get_args(LegalCode))


@pytest.mark.parametrize(("code", "rule", "machine", "ground", "kiosk"), TABLE)
def test_each_ground(
    code: LegalCode, rule: str, machine: str, ground: bool, kiosk: Refusal | None
) -> None:
    found = refusals.default().grounds[code]
    assert rule in found.rule and found.rule
    assert (found.machine, found.ground, found.kiosk) == (machine, ground, kiosk)
    assert refusals.default().may_refuse(code) is ground


@pytest.mark.parametrize("language", get_args(Written))
@pytest.mark.parametrize("code", get_args(LegalCode))
def test_words_way_out_and_slip(code: LegalCode, language: Written) -> None:
    screen = catalogue.load(language)
    slips = tomllib.loads(
        resources.files("daemon.services.tickets").joinpath("texts.toml").read_text("utf-8")
    )[language]
    texts = (
        screen[f"reason.{code}"].forms[0],
        screen[f"way.{code}"].forms[0],
        slips[f"reason.{code}"],
        slips[f"do.{code}"],
    )
    for text in texts:
        assert len(text) > 8
        low = text.casefold()
        # nobody is accused on a public screen
        assert not {"giả", "fake", "forged", "forgery"} & set(low.replace(".", " ").split())
    render("refusal", {"reason": code}, language, "Phường Thủ Đức")


@pytest.mark.parametrize("code", ["expired_paper", "laminated", "", "ugly"])
def test_what_is_no_ground_refuses_nothing(code: str) -> None:
    assert not refusals.default().may_refuse(code)


def test_only_a_person_judges_the_content() -> None:
    """The kiosk has no word at all for unlawful content."""
    assert refusals.default().grounds["unlawful_content"].kiosk is None


@pytest.mark.parametrize(
    ("day", "enough"),
    [("2026-09-10", False), ("2026-09-11", True), ("2030-01-01", True), ("2026-01-06", False)],
)
def test_an_apostille_is_enough_from_its_day(day: str, enough: bool) -> None:
    assert refusals.default().apostille_is_enough(dt.date.fromisoformat(day)) is enough


def test_passports_and_diplomas_need_no_legalisation() -> None:
    assert {"hộ chiếu", "bằng tốt nghiệp", "giấy phép lái xe"} <= set(
        refusals.default().no_legalisation
    )


def test_a_file_that_forgets_one_is_named(tmp_path: Path) -> None:
    text = (HERE / "refusals.toml").read_text("utf-8")
    (tmp_path / "refusals.toml").write_text(text.replace("[grounds.altered]", "[grounds.other]"))
    with pytest.raises(CatalogueError):
        refusals.load(tmp_path / "refusals.toml")
    short = text[: text.index("[grounds.laminated]")]
    (tmp_path / "refusals.toml").write_text(short)
    with pytest.raises(CatalogueError, match=r"grounds\.laminated"):
        refusals.load(tmp_path / "refusals.toml")
