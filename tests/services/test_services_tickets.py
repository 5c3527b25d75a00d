"""Slips: the printer's format, all texts, codes that scan, nothing cut off."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageDraw

from daemon.catalogue import kinds, procedures, services
from daemon.catalogue.calendar import VIETNAM
from daemon.machine.values import Refusal, Written
from daemon.services.tickets import LAYOUTS, WIDTH, Facts, SlipError, render
from daemon.services.tickets import roll as rolls
from daemon.services.tickets.roll import INNER, MARGIN, Roll, broken, font
from daemon.services.tickets.words import load

NOON = dt.datetime(2026, 11, 25, 5, 0, tzinfo=dt.UTC)
SAMPLES: dict[str, dict[str, str]] = {
    "queue": {"service": "certification", "number": "A023", "before": "4", "minutes": "15"},
    "refusal": {"reason": "laminated"},
    "receipt": {
        "product": "digital",
        "numbers": "1234, 1235",
        "amount": "12000",
        "url": "https://example.vn/kiem-tra/ABCD-EFGH-1234",
    },
    "later": {"code": "K7P-3QX", "reason": "certifier_absent", "due": "15:00, 25/11/2026"},
    "power": {"code": "K7P-3QX"},
    "procedure": {"code": "1.001193"},
    "dossier": {
        "code": "123456782",
        "procedure": "1.001193",
        "have": "2,3",
        "missing": "1",
        "unchecked": "2",
    },
    "official": {
        "lines": "GIẤY TIẾP NHẬN HỒ SƠ\nMã hồ sơ: 000.00.01.H29-260310-0420\n" + "Dòng\n" * 6
    },
}

if not (rolls.FONTS / "NotoSans-Regular.ttf").exists():
    pytest.skip("needs fonts-noto-core", allow_module_level=True)


def codes(slip: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(np.asarray(slip.convert("L")))]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_every_layout_fits_the_printer(name: str, language: Written) -> None:
    slip = render(name, SAMPLES[name], language, "Phường Thủ Đức", NOON)
    assert slip.mode == "1" and slip.width == WIDTH and 300 < slip.height <= WIDTH * 8
    dark = ~np.asarray(slip)
    assert 0.01 < dark.mean() < 0.35
    assert not dark[:, :8].any() and not dark[:, -8:].any(), "ink in the margin"


def test_codes_scan() -> None:
    for name, content in [
        ("receipt", SAMPLES["receipt"]["url"]),
        ("later", "K7P-3QX"),
        ("power", "K7P-3QX"),
    ]:
        assert codes(render(name, SAMPLES[name], "vi", "Phường Thủ Đức", NOON)) == [content]
    (link,) = codes(render("procedure", SAMPLES["procedure"], "vi", "Phường Thủ Đức", NOON))
    assert link.endswith("ma_thu_tuc=1.001193")


def test_a_receipt_of_several_papers_has_a_code_under_each_number() -> None:
    urls = [f"https://example.vn/v#{paper}" for paper in "ABC"]
    args = {**SAMPLES["receipt"], "numbers": "07, 08, 09", "url": " ".join(urls)}
    slip = np.asarray(render("receipt", args, "vi", "Phường Thủ Đức", NOON).convert("L"))
    found = zxingcpp.read_barcodes(slip)
    down = sorted(found, key=lambda code: code.position.top_left.y)
    assert [code.text for code in down] == urls


def test_the_same_slip_is_the_same_picture() -> None:
    both = [render("queue", SAMPLES["queue"], "vi", "Xã Bà Điểm", NOON) for _ in range(2)]
    assert both[0].tobytes() == both[1].tobytes()
    later = render("queue", SAMPLES["queue"], "vi", "Xã Bà Điểm", NOON + dt.timedelta(minutes=1))
    assert later.tobytes() != both[0].tobytes()


@pytest.mark.parametrize(
    ("reason", "day", "said"),
    [
        ("foreign", dt.date(2026, 9, 10), False),
        ("foreign", dt.date(2026, 9, 11), True),
        ("not_legalised", dt.date(2026, 9, 11), True),
        ("laminated", dt.date(2026, 9, 11), False),
    ],
)
def test_an_apostille_is_a_way_out_from_its_day(
    monkeypatch: pytest.MonkeyPatch, reason: str, day: dt.date, said: bool
) -> None:
    texts = drawn_texts(monkeypatch)
    at = dt.datetime.combine(day, dt.time(0), VIETNAM)
    render("refusal", {"reason": reason}, "vi", "Phường Thủ Đức", at)
    assert ("Apostille" in " ".join(texts)) == said


def drawn_texts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All words that a slip draws, as they are drawn."""
    seen: list[str] = []
    before = ImageDraw.ImageDraw.text

    def text(self: ImageDraw.ImageDraw, at: object, words: str, **rest: object) -> None:
        seen.append(words)
        before(self, at, words, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(ImageDraw.ImageDraw, "text", text)
    return seen


def test_what_a_queue_ticket_says(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = drawn_texts(monkeypatch)
    render("queue", SAMPLES["queue"], "vi", "Phường Thủ Đức", NOON)
    said = " | ".join(seen)
    for words in (
        "Phường Thủ Đức",
        "A023",
        "Chứng thực",
        "Quầy 1, 2",
        "Trước số này còn 4 người.",
        "12:00, ngày 25/11/2026",
        "Phiếu chỉ có giá trị trong ngày.",
    ):
        assert words in said
    assert "ƯU TIÊN" not in said
    seen.clear()
    render("queue", {**SAMPLES["queue"], "number": "U001"}, "vi", "Phường Thủ Đức", NOON)
    assert "ƯU TIÊN" in seen


def test_a_wards_own_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = drawn_texts(monkeypatch)
    group = services.Group("notary", "N", "Công chứng", "Notary", (), ("12",), 5)
    facts = Facts({"notary": group}, procedures.load())
    args = {**SAMPLES["queue"], "service": "notary", "number": "N007"}
    render("queue", args, "vi", "Phường Thủ Đức", NOON, facts)
    assert {"N007", "Công chứng", "Quầy 12"} <= set(seen) and "ƯU TIÊN" not in seen


def test_counts_read_well(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = drawn_texts(monkeypatch)
    for before in ("0", "1", "2"):
        args = {**SAMPLES["queue"], "before": before, "minutes": "0"}
        render("queue", args, "en", "Phường Thủ Đức", NOON)
    said = " | ".join(seen)
    assert "Nobody is waiting" in said and "1 person is" in said and "2 people are" in said
    assert "0 minutes" not in said


def test_every_reason_has_its_own_words() -> None:
    codes_known = {
        *(k.copy.refusal for k in kinds.load().values() if k.copy.refusal),
        *(k.copy.legal_code for k in kinds.load().values() if k.copy.legal_code),
        *get_args(Refusal),
        *get_args(kinds.LegalCode),
    }
    for language, texts in load().items():
        for code in codes_known:
            assert f"reason.{code}" in texts and f"do.{code}" in texts, (language, code)


def test_an_unknown_reason_still_leads_on(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = drawn_texts(monkeypatch)
    render("refusal", {"reason": "something new"}, "vi", "Phường Thủ Đức", NOON)
    assert "something new" not in " ".join(seen) and "quầy" in " ".join(seen)


def test_no_slip_accuses_or_pretends_to_be_an_officers_form() -> None:
    for texts in load().values():
        for key, text in texts.items():
            assert not re.search(r"\bgiả\b|fake|forg", text, re.I), key
            assert not re.search(r"phiếu từ chối|phiếu yêu cầu bổ sung|giấy tiếp nhận", text, re.I)


def test_both_languages_have_the_same_slots() -> None:
    texts = load()
    for key, text in texts["vi"].items():
        slots = set(re.findall(r"{(\w+)}", text))
        assert slots == set(re.findall(r"{(\w+)}", texts["en"][key])), key


def test_every_letter_is_in_the_font() -> None:
    missing = Image.Image.tobytes(glyph("\uffff"))
    names = [ward for pair in services.load().values() for ward in (pair.name_vi, pair.name_en)]
    texts = [text for both in load().values() for text in both.values()]
    for letter in sorted(set("".join([*names, *texts, "₫đ"])) - set(" \n{}")):
        assert glyph(letter).tobytes() != missing, letter


def glyph(letter: str) -> Image.Image:
    image = Image.new("L", (64, 64), 255)
    ImageDraw.Draw(image).text((8, 4), letter, font=font("Regular", 32), fill=0)
    return image


def test_every_procedure_fits_on_a_slip() -> None:
    for code in procedures.load().shown():
        assert render("procedure", {"code": code}, "vi", "Phường Thủ Đức", NOON).height <= 4608


@pytest.mark.parametrize(
    ("name", "args", "says"),
    [
        ("lottery", {}, "one of dossier, later, official, power"),
        ("queue", {"service": "certification"}, "'number'"),
        ("procedure", {"code": "9.999999"}, "9.999999"),
        ("later", {}, "'code'"),
    ],
)
def test_what_cannot_be_drawn_is_named(name: str, args: dict[str, str], says: str) -> None:
    with pytest.raises(SlipError, match=re.escape(says)):
        render(name, args, "vi", "Phường Thủ Đức", NOON)


def test_a_missing_font_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(rolls, "FONTS", tmp_path)
    font.cache_clear()
    with pytest.raises(SlipError, match="fonts-noto-core"):
        render("power", SAMPLES["power"], "vi", "Phường Thủ Đức", NOON)
    font.cache_clear()


def test_lines_break_inside_the_paper() -> None:
    face = font("Regular", 26)
    text = "Trung tâm " * 20 + "x" * 300
    lines = broken(text, face, INNER)
    assert all(face.getlength(line) <= INNER for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_long_number_shrinks_into_the_width() -> None:
    roll = Roll()
    roll.big("123456789012", 176)
    dark = ~np.asarray(roll.picture())
    assert dark.any() and not dark[:, : MARGIN - 4].any() and not dark[:, -(MARGIN - 4) :].any()


def test_the_command_line(tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "daemon.services.tickets", *arguments],
            capture_output=True,
            text=True,
            timeout=30,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    out = tmp_path / "slip.png"
    assert run("power", "code=K7P-3QX", "--out", str(out)).returncode == 0
    with Image.open(out) as slip:
        assert slip.width == WIDTH
    failed = run("power", "--out", str(out))
    assert failed.returncode == 1 and "'code'" in failed.stderr
    assert run("power", "code", "--out", str(out)).returncode == 2
