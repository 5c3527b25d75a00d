"""A procedure's page, browsing, and what is printed of it, with hostile names too."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import AsyncIterator, Iterator

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from msgspec.structs import replace

from daemon.catalogue import procedures as catalogue
from daemon.catalogue import services
from daemon.catalogue.calendar import VIETNAM, default
from daemon.hands.open_hours import told
from daemon.machine.values import Written
from daemon.services import sheets
from daemon.services.procedures import Procedures
from daemon.services.sheets import layout
from daemon.services.tickets import Facts, render

NOON = dt.datetime(2026, 11, 25, 12, 0, tzinfo=VIETNAM)
WARD = "Phường Thủ Đức"
KEYS = ["who", "papers", "where", "time", "fee", "forms", "online", "legal"]
HOSTILE = "Giấy \x1b@\x1dV\x00 '; DROP TABLE p; -- 🙂 <b>{x}</b>"

if not (layout.FONTS / "NotoSans-Regular.ttf").exists():
    pytest.skip("needs fonts-noto-core", allow_module_level=True)


@pytest.fixture(scope="module")
def procedures() -> Iterator[Procedures]:
    opened = Procedures.open()
    yield opened
    opened.close()


@pytest.fixture
async def later() -> AsyncIterator[Procedures]:
    opened = Procedures(catalogue.load(), day=lambda: dt.date(2027, 3, 1))
    yield opened
    opened.close()


def facts(file: catalogue.Procedures | None = None) -> Facts:
    return Facts(services.load(), file or catalogue.load())


async def test_every_section_stands_on_the_page(procedures: Procedures) -> None:
    page = await procedures.show("1.001193", "en")
    assert [key for key, _ in page.sections] == KEYS
    told_ = dict(page.sections)
    assert told_["who"] == ("Ask at the counter.",), "known in Vietnamese only"
    assert any("if you file for somebody else" in line for line in told_["papers"])
    assert "Hand it in at counter 3." in told_["where"]
    assert page.group == "civil_status" and page.copies


async def test_what_can_be_copied_here(procedures: Procedures) -> None:
    assert (await procedures.show("2.000815", "vi")).copies
    without = next(
        code
        for code, item in catalogue.load().shown().items()
        if not any(paper.form == "copy" for paper in item.required_papers) and code != "2.000815"
    )
    assert not (await procedures.show(without, "vi")).copies


async def test_browsing_reaches_every_procedure(procedures: Procedures) -> None:
    shown = set(catalogue.load().shown())
    fields = procedures.browse("field", "", "vi").entries
    found = {code for of, _ in fields for code, _ in procedures.browse("field", of, "vi").entries}
    assert found == shown
    events = dict(procedures.browse("event", "", "en").entries)
    assert events["birth"] == "A child is born" and len(events) >= 5
    births = dict(procedures.browse("event", "birth", "en").entries)
    assert births["1.001193"] == "Birth registration"
    assert procedures.browse("event", "weather", "en").entries == ()


async def test_a_law_that_changes_is_said_from_its_day(
    procedures: Procedures, later: Procedures
) -> None:
    before = await procedures.show("1.001193", "vi")
    after = await later.show("1.001193", "vi")
    assert [key for key, _ in before.sections] == KEYS
    assert after.sections[0][0] == "doubt" and "01/03/2027" in after.sections[0][1][0]


async def test_a_record_that_has_ended_is_found_no_more() -> None:
    file = catalogue.load()
    ended = tuple(
        replace(one, valid_until=dt.date(2026, 11, 30)) if one.code == "2.000815" else one
        for one in file.procedures
    )
    file = replace(file, procedures=ended)
    for day, found in ((30, True), (31, False)):
        that = dt.date(2026, 11, 30) + dt.timedelta(days=day - 30)
        opened = Procedures(file, day=lambda that=that: that)  # type: ignore[misc]
        assert ("2.000815" in [hit.code for hit in opened.find("sao y")]) is found
        assert bool((await opened.show("2.000815", "vi")).name) is found
        opened.close()


async def test_a_replaced_code_leads_to_its_successor(procedures: Procedures) -> None:
    assert [hit.code for hit in procedures.find("2.001009")] == ["2.001406"]
    assert (await procedures.show("2.001009", "vi")).name == (
        await procedures.show("2.001406", "vi")
    ).name


async def test_another_file_is_used_at_once(procedures: Procedures) -> None:
    opened = Procedures(catalogue.load())
    file = catalogue.load()
    few = tuple(one for one in file.procedures if one.code == "1.000894")
    await opened.use(replace(file, procedures=few))
    assert [hit.code for hit in opened.find("giấy tờ")] in ([], ["1.000894"])
    assert not (await opened.show("1.001193", "vi")).name
    opened.close()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_sheet_of_a4_says_it_all_and_its_code_scans(language: Written) -> None:
    pdf = sheets.procedure("1.001193", language, WARD, NOON, facts())
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    assert [round(side / 72 * 25.4) for side in page.get_size()] == [210, 297]
    text = "".join(one.get_textpage().get_text_bounded() for one in document)
    for word in ("1.001193", "Nghị định 123/2015/NĐ-CP", WARD):
        assert word in text
    picture = np.asarray(page.render(scale=2).to_pil().convert("L"))
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == catalogue.load().shown()["1.001193"].deep_link


def test_every_procedure_fits_on_two_sheets() -> None:
    for code in catalogue.load().shown():
        pdf = sheets.procedure(code, "vi", WARD, NOON, facts())
        assert len(pypdfium2.PdfDocument(io.BytesIO(pdf))) <= 2, code


def test_an_unknown_procedure_is_refused() -> None:
    with pytest.raises(sheets.SheetError):
        sheets.procedure("9.999999", "vi", WARD, NOON, facts())


def test_signs_that_command_printers_are_drawn_as_signs() -> None:
    """A slip is a picture and a sheet a PDF: what a name holds is never sent as it is."""
    file = catalogue.load()
    item = replace(file.shown()["1.001193"], name_vi=HOSTILE, who_applies=HOSTILE)
    wrong = facts(replace(file, procedures=(item,)))
    slip = render("procedure", {"code": "1.001193"}, "vi", WARD, NOON, wrong)
    assert slip.mode == "1"
    pdf = sheets.procedure("1.001193", "vi", WARD, NOON, wrong)
    text = "".join(one.get_textpage().get_text_bounded() for one in pypdfium2.PdfDocument(pdf))
    assert "DROP TABLE p" in text and "{x}" in text and "\x1b" not in text


def test_hours_tell_today_the_week_and_days_off() -> None:
    sections = dict(told(default(), dt.datetime(2026, 8, 28, 12, 0, tzinfo=VIETNAM), "vi"))
    assert sections["today"][0].startswith("Thứ Sáu 28/08/2026: 07:30")
    assert "Mở lại lúc 13:00, 28/08/2026." in sections["today"]
    assert sections["week"][5:] == ("Thứ Bảy: nghỉ", "Chủ Nhật: nghỉ")
    assert any(line.startswith("Thứ Hai 31/08/2026: nghỉ") for line in sections["off"])
    year_end = dict(told(default(), dt.datetime(2026, 12, 20, 9, 0, tzinfo=VIETNAM), "en"))
    assert any("2027" in line and "counter" in line for line in year_end["off"])
