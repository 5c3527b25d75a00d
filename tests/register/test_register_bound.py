"""The register as pages: what a month and a year show, in PDF/A, CSV and XLSX."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path
from xml.etree import ElementTree

import pikepdf
import pytest

from daemon.register import export, period, template, yearend
from daemon.register.__main__ import main
from daemon.register.bound import SAMPLE, pdf
from daemon.register.errors import StepRefused
from daemon.register.period import Period
from daemon.register.settings import RegisterSettings
from daemon.store import Store
from tests.register.fast import FastPki
from tests.register.made import NAME
from tests.register.year import NEW_YEAR, PAPER

pytest.importorskip("xlsxwriter", reason="XlsxWriter is not installed")

from daemon.register.spreadsheet import table, workbook

WARD = "Ủy ban nhân dân phường Thủ Đức"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def store(full_year: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("bound") / "ward.db"
    shutil.copy(full_year, path)
    opened = Store.open(path)
    yield opened
    opened.close_now()


def read(store: Store, when: str, sign: str = "SCT/BS", pki: FastPki | None = None) -> Period:
    def work() -> Period:
        names = export.Names(pki.ward_certificate, pki.ward_key) if pki else None
        return period.read(sign, *period.month(when), names)

    return store.read_now(work)


def drawn(data: bytes, folder: Path) -> list[str]:
    path = folder / "book.pdf"
    path.write_bytes(data)
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    return done.stdout.decode().split("\f")[:-1]


def made(found: Period) -> bytes:
    return pdf(found, WARD, template.load("").fonts, RegisterSettings().fonts)


def test_a_month_is_of_vietnam(store: Store) -> None:
    """00:30 of 1 June is 31 May in UTC: the line belongs to June."""
    assert [line.number for line in read(store, "2026-05").lines] == ["01", "02"]
    assert [line.number for line in read(store, "2026-06").lines] == ["03"]
    assert read(store, "2026-07").lines == ()


def test_voided_lines_stay_and_count_nothing(store: Store) -> None:
    found = read(store, "2026")
    assert [(line.number, line.copies, line.fee, line.note) for line in found.lines] == [
        ("01", 2, 8000, "Đã ký, đóng dấu tại quầy"),
        ("02", 0, 0, "Số không sử dụng: Rách khi đóng dấu"),
        ("03", 1, 2000, "Đã ký, đóng dấu tại quầy"),
    ]
    assert (found.valid, found.voided, found.copies, found.fee) == (2, 1, 3, 10000)
    cancelled = read(store, "2026", "SCTĐT/BS").lines[1]
    assert cancelled.note == "Đã bị hủy bỏ giá trị theo Quyết định số 45/QĐ-UBND ngày 02/06/2026"


def test_names_are_the_wards(store: Store, quick: FastPki, tmp_path: Path) -> None:
    assert {line.requester for line in read(store, "2026").lines} == {export.SEALED_AWAY}
    assert {line.requester for line in read(store, "2026", pki=quick).lines} == {NAME}


def test_the_pages(store: Store, quick: FastPki, tmp_path: Path) -> None:
    cover, *pages = drawn(made(read(store, "2026", pki=quick)), tmp_path)
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        WARD.upper(),
        "SỔ CHỨNG THỰC BẢN SAO TỪ BẢN CHÍNH",
        f"Quyển số: {PAPER}",
        "Mở ngày 31 tháng 05 năm 2026",
        "Khóa ngày ….. tháng ….. năm ……..",
    ):
        assert words in cover, words
    body = " ".join(" ".join(pages).split())
    for words in ("(1) (2) (3) (4) (5) (6) (7) (8)", "Cộng 3 10.000", "Trang 2/2", NAME):
        assert words in body, words
    assert "Tổng số: 2 việc chứng thực, 3 bản sao, phí 10.000 đồng; 1 số không sử dụng" in body
    assert SAMPLE in cover and SAMPLE in body  # nobody configured this authority


def test_a_month_has_no_cover_and_an_empty_one_says_so(store: Store, tmp_path: Path) -> None:
    (only,) = drawn(made(read(store, "2026-07")), tmp_path)
    assert "CỘNG HÒA" not in only
    assert "Không phát sinh việc chứng thực." in only


def test_it_claims_pdf_a_and_keeps_its_promises(store: Store) -> None:
    with pikepdf.open(BytesIO(made(read(store, "2026")))) as found:
        assert "/OutputIntents" in found.Root
        meta = found.open_metadata()
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "B")
        for page in found.pages:
            for font in page.Resources.Font.values():
                for inner in font.DescendantFonts:
                    assert "/FontFile2" in inner.FontDescriptor


def test_csv_for_office_programs(store: Store) -> None:
    text = table(read(store, "2026"))
    assert text.startswith("\ufeff")
    head, *lines, last = list(csv.reader(StringIO(text[1:])))
    assert (len(head), len(lines)) == (9, 3)
    assert lines[0][:3] == [PAPER, "01", "31/05/2026"]
    assert last[6:8] == ["3", "10000"]


def test_a_cell_is_never_a_formula(store: Store) -> None:
    from msgspec.structs import replace

    found = read(store, "2026")
    evil = replace(found.lines[0], requester='=HYPERLINK("http://x")', note="@SUM(A1)")
    changed = replace(found, lines=(evil,))
    assert "'=HYPERLINK" in table(changed) and ",'@SUM(A1)" in table(changed)
    sheet = ElementTree.fromstring(
        zipfile.ZipFile(BytesIO(workbook(changed))).read("xl/worksheets/sheet1.xml")
    )
    formulas = [cell.text for cell in sheet.iter(f"{SHEET}f")]
    assert formulas == ["SUM(G2:G2)", "SUM(H2:H2)"]


def test_xlsx_has_numbers_dates_and_sums(store: Store) -> None:
    with zipfile.ZipFile(BytesIO(workbook(read(store, "2026")))) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        strings = [
            "".join(text.text or "" for text in item.iter(f"{SHEET}t"))
            for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        ]
    cells = {cell.attrib["r"]: cell for cell in sheet.iter(f"{SHEET}c")}

    def value(name: str) -> str:
        text = cells[name].findtext(f"{SHEET}v") or ""
        return strings[int(text)] if cells[name].attrib.get("t") == "s" else text

    days = (dt.date(2026, 5, 31) - dt.date(1899, 12, 30)).days
    assert [value(name) for name in ("A2", "B2", "C2", "G2", "H2")] == [
        PAPER, "01", str(days), "2", "8000",
    ]  # fmt: skip
    assert (value("G5"), value("H5")) == ("3", "10000")


def test_the_command_writes_each_form(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for form, begins in (("pdf", b"%PDF-"), ("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
        path = tmp_path / f"book.{form}"
        arguments = ["--period", "2026-05", "--sign", "SCT/BS", "--output", str(path)]
        assert main(["pages", "--database", str(store.path), *arguments]) == 0
        assert path.read_bytes().startswith(begins)
        assert "2 lines, 2 copies" in capsys.readouterr().out
    bad = ["--period", "2026-05", "--sign", "SCT/BS", "--output", "book.doc"]
    assert main(["pages", "--database", str(store.path), *bad]) == 2


def test_which_register_is_meant_is_asked(store: Store) -> None:
    with pytest.raises(StepRefused, match="SCT/BS, SCTĐT/BS"):
        read(store, "2026", sign="")
    for text in ("2026-13", "26-01", "2026-1", "x"):
        with pytest.raises(ValueError, match="YYYY-MM or YYYY is right"):
            period.month(text)


def test_the_lock_stands_on_the_last_page(full_year: Path, tmp_path: Path) -> None:
    """Last here: a process has one database open at a time."""
    path = tmp_path / "ward.db"
    shutil.copy(full_year, path)
    locked = Store.open(path)
    locked.write_now(
        lambda: yearend.lock(
            locked.outbox, "demo", "SCT/BS", 2026, "Lê Thị Khóa", "CHỦ TỊCH", NEW_YEAR.timestamp()
        )
    )
    cover, *pages = drawn(made(read(locked, "2026")), tmp_path)
    locked.close_now()
    assert "Khóa ngày 04 tháng 01 năm 2027" in cover
    body = " ".join(pages[-1].split())
    assert "Khóa sổ ngày 04 tháng 01 năm 2027: số cuối cùng 3, 2 việc chứng thực" in body
    assert "Người khóa sổ: Lê Thị Khóa, CHỦ TỊCH." in body
