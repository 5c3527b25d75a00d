"""Every key that the machine can say has words in every language."""

from __future__ import annotations

import ast
import re
import unicodedata
from pathlib import Path
from typing import get_args

import pytest

import daemon.machine
from daemon.catalogue import services
from daemon.catalogue.kinds import LegalCode
from daemon.catalogue.kinds import load as kinds
from daemon.machine.dossier.parts import Form
from daemon.machine.events import DossierStage, NoticeName, NumberRefused
from daemon.machine.personal import Personal
from daemon.machine.values import RATING_REASONS, Device, Language, Quality, Refusal
from daemon.machine.values import Service as Needed
from daemon.machine.views import BAR, Say
from daemon.services.dossiers.form import LINES as FORM_LINES
from ui_kivy import catalogue
from ui_kivy.words import GROUP, MONEY, NEUTRAL, Words

MACHINE = Path(daemon.machine.__file__).parent
SCREEN = Path(catalogue.__file__).parent
KEY = re.compile(r"^[a-z_]+(\.[a-z_0-9]+)+$")
PLACES = tuple(
    f"{row}{gap}{side}"
    for row in ("top", "", "bottom")
    for side in ("left", "", "right")
    for gap in ("_" if row and side else "",)
    if row or side
)
FAMILIES = {
    "kind.": tuple(kinds()),
    "why.": (*get_args(Device), *get_args(Needed)),
    "q.": (*(one for one in get_args(Quality) if one != "ok"), "same", "camera", "not_a_paper"),
    "ref.": get_args(Refusal),
    "reason.": get_args(LegalCode),
    "way.": get_args(LegalCode),
    "service.": tuple(services.load()),
    "bar.": (*BAR, "more"),
    "rate.": tuple("12345"),
    "seal.step.": ("number", "statement", "signature"),
    "print.": ("nopaper", "jam", "stopped"),
    "receipt.told.": ("mail", "link", "failed"),
    "copies.": ("digital", "paper"),
    "product.": ("digital", "paper"),
    "lookup.section.": (
        *("who", "papers", "where", "time", "fee"),
        *("forms", "online", "legal", "doubt"),
    ),
    "lookup.": ("print", "sheet"),
    "lookup.by.": ("event", "field"),
    "lookup.choose.": ("event", "field"),
    "lookup.done.": ("printing", "ticket", "sheet", "failed"),
    "digital.vneid.": tuple("123456"),
    "digital.stage.": get_args(DossierStage),
    "info.section.": ("today", "week", "off"),
    "rate.reason.": RATING_REASONS,
    "ticket.closed.": ("closed", "too_soon", "unknown", "full", "cut"),
    "relay.": ("unclear", "glare", "cut"),
    "notice.": tuple(name for name in get_args(NoticeName) if name),
    "place.": (*PLACES, "middle"),
    "dossier.not.": ("unknown", "down", "counter"),
    "dossier.not_kept.": ("vault", "documents"),
    "dossier.doubt.": ("kind", "other", "expired", "unknown"),
    "dossier.form.": get_args(Form),
    "dossier.item.": ("right", "unchecked", "expired", "earlier", "brought", "missing", "none"),
    "field.": tuple(name for name, _ in FORM_LINES),
    "keys.": (
        "here",
        "space",
        "direct",
        "telex",
        "vni",
        "delete",
        "clear",
        *(f"tone_{one}" for one in "sfrxj"),
    ),
    "speech.": (*("on_screen", "keys", "letters", "row", "field", "more", "pages", "chosen_page"),),
    "home.": (
        *("copy", "lookup", "ticket", "lookup_detail", "ticket_detail"),
        *("digital", "digital_detail", "info", "info_detail"),
        *("dossier", "dossier_detail"),
    ),
}


def said_in_sources() -> set[str]:
    """First arguments of `Say(…)` and second ones of `button(…)`, and literals that are terms."""
    found: set[str] = set()
    for path in [*MACHINE.rglob("*.py"), *SCREEN.rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            place = {"Say": 0, "button": 1, "key": 0, "term": 0}.get(name)
            if place is None or len(node.args) <= place:
                continue
            for part in ast.walk(node.args[place]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    found.add(part.value)
            for keyword in node.keywords:
                if keyword.arg == "terms":
                    found |= {
                        part.value
                        for part in ast.walk(keyword.value)
                        if isinstance(part, ast.Constant) and isinstance(part.value, str)
                    }
    return {key for key in found if KEY.match(key) and not key.endswith(".py")}


def later_reasons() -> set[str]:
    """Reasons given to `later.done` and `LaterAsked` anywhere in the machine."""
    found: set[str] = set()
    for path in MACHINE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and len(node.args) > 1:
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in ("done", "LaterAsked"):
                    found |= {
                        part.value
                        for part in ast.walk(node.args[1])
                        if isinstance(part, ast.Constant) and isinstance(part.value, str)
                    }
    return found


def written() -> set[str]:
    """Every key that stands as a literal in the machine or the screen, however it is said."""
    return {
        node.value
        for path in [*MACHINE.rglob("*.py"), *SCREEN.rglob("*.py")]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.match(node.value)
    }


def unused(keys: set[str]) -> set[str]:
    """Keys that nobody says; `other` of a family is what an unknown code falls back on."""
    families = {key.rpartition(".")[0] for key in needed()}
    spare = {f"{family}.other" for family in families}
    return keys - needed() - written() - spare


def needed() -> set[str]:
    keys = said_in_sources() | {NEUTRAL, GROUP, MONEY}
    keys |= {family + name for family, names in FAMILIES.items() for name in names}
    keys |= {f"later.{reason}" for reason in later_reasons()}
    return keys


def test_the_walk_finds_keys() -> None:
    found = said_in_sources()
    assert {"attract.title", "common.start", "bed.shoot", "pay.row"} <= found
    assert "seal_failed" in later_reasons()
    assert NumberRefused.__struct_fields__ == ("service", "reason", "opens")


@pytest.mark.parametrize("language", catalogue.languages())
def test_no_key_is_missing(language: Language) -> None:
    missing = sorted(needed() - set(catalogue.load(language)))
    assert not missing


@pytest.mark.parametrize("language", catalogue.languages())
def test_no_key_is_unused(language: Language) -> None:
    assert not sorted(unused(set(catalogue.load(language))))
    assert unused({"attract.title", "attract.never_said", "nobody.other"}) == {
        "attract.never_said",
        "nobody.other",
    }


@pytest.mark.parametrize("language", catalogue.languages())
def test_every_language_has_the_same_keys_and_arguments(language: Language) -> None:
    vi, own = catalogue.load("vi"), catalogue.load(language)
    assert set(vi) == set(own)
    assert {key: vi[key].slots for key in vi} == {key: own[key].slots for key in own}


def test_texts_are_nfc_plain_and_short() -> None:
    for key, message in catalogue.load("vi").items():
        for text in message.forms:
            assert unicodedata.is_normalized("NFC", text)
            assert "bạn" not in text.lower().split()
            for sentence in re.split(r"[.?!:;,]", text):
                assert len(sentence.split()) <= 15, f"{key}: {sentence}"


def test_numbers_money_and_terms() -> None:
    vi, en = Words("vi"), Words("en")
    assert vi.number(12500) == "12.500"
    assert en.number(12500) == "12,500"
    assert vi.money(4000).replace("\u00a0", " ") == "4.000 đ"
    said = Say("kind.is", terms={"kind": "kind.giay_khai_sinh"})
    assert vi.say(said).replace("\u00a0", " ") == "Đây là giấy khai sinh. Có đúng không?"
    assert en.say(Say("print.take", args={"n": 1})).startswith("Please take 1 sheet from")
    assert en.say(Say("print.take", args={"n": 2})).startswith("Please take 2 sheets from")
    glare = vi.say(Say("q.glare", args={"where": "top_right"})).replace("\u00a0", " ")
    assert "góc trên bên phải" in glare
    own = Say("id.shown", own={"name": Personal("Lê Văn Mẫu"), "number": Personal("•••• 1234")})
    assert vi.say(own) == "Lê Văn Mẫu, số thẻ •••• 1234"


def test_an_unknown_key_is_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    words = Words("vi")
    assert words.say(Say("no.such_key")) == "Vui lòng chờ."
    assert words.say(Say("later.new_code")) == words.say(Say("later.other"))
    assert "no.such_key" in caplog.text


def test_a_broken_catalogue_is_named(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.po"
    path.write_text('msgid "a"\nmsgstr ""\n', encoding="utf-8")
    with pytest.raises(catalogue.CatalogueError, match="a has no text"):
        catalogue.parse(path)
    path.write_text('msgid "a"\nmsgstr "b"\nmsgid "a"\nmsgstr "c"\n', encoding="utf-8")
    with pytest.raises(catalogue.CatalogueError, match="stands twice"):
        catalogue.parse(path)
    path.write_text("hello\n", encoding="utf-8")
    with pytest.raises(catalogue.CatalogueError, match=":1: read"):
        catalogue.parse(path)
    path.write_text('msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=m;\\n"\n')
    with pytest.raises(catalogue.CatalogueError, match="'m' is no rule"):
        catalogue.parse(path)
    path.write_text('msgid "a"\nmsgid_plural "a"\nmsgstr[0] "b"\n', encoding="utf-8")
    with pytest.raises(catalogue.CatalogueError, match="a needs 2 plural forms"):
        catalogue.parse(path)


def test_plurals_follow_the_rule_of_the_language(tmp_path: Path) -> None:
    """Three forms, as Russian has them (CLDR: one, few, many)."""
    path = tmp_path / "kiosk.po"
    rule = "n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2"
    path.write_text(
        f'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=3; plural=({rule});\\n"\n'
        'msgid "a"\nmsgid_plural "a"\nmsgstr[0] "one"\nmsgstr[1] "few"\nmsgstr[2] "many"\n',
        encoding="utf-8",
    )
    message = catalogue.parse(path)["a"]
    said = [message.form(n) for n in (1, 2, 5, 11, 12, 21, 22)]
    assert said == ["one", "few", "many", "many", "many", "one", "few"]
