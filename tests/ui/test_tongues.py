"""A language is a file: its header names it, the configuration offers it, the key goes round."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.config import ConfigError, parse
from daemon.machine.events import Pressed
from daemon.machine.step import start, step
from daemon.machine.values import House, Language, Tongue
from daemon.machine.view import view
from daemon.machine.views import actions
from tests.ui import pseudo
from tests.ui.checks import words
from tests.ui.conftest import LANGUAGES
from ui_kivy import breaking, catalogue, tongues
from ui_kivy.theme import LETTERS_A_LINE
from ui_kivy.typeset import block, clipped

THREE = (Tongue("vi", "Tiếng Việt"), Tongue("en", "English"), Tongue("zh-Hant", "中文"))
LONG = "照片在結束時刪除。登記簿依檔案規定保存（共 5 頁），請到「窗口」查看 VNeID。"


def test_every_catalogue_names_its_language_and_voice() -> None:
    names = [tongues.about(tag).name for tag in catalogue.languages()]
    assert len(set(names)) == len(names)
    assert set(tongues.voices()) == set(catalogue.languages())


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_can_be_offered(language: Language) -> None:
    (one,) = tongues.offered((language,))
    assert one == Tongue(language, tongues.about(language).name)
    assert parse({"visit": {"language": language, "languages": [language]}})


def test_a_file_without_a_name_or_missing_is_said_at_the_start(tmp_path: Path) -> None:
    pseudo.write(tmp_path)
    with pytest.raises(tongues.LanguageError, match="X-Name"):
        tongues.offered((pseudo.NAME,), tmp_path)
    with pytest.raises(ConfigError, match=r"visit\.languages.*'fr'.*en, vi"):
        parse({"visit": {"languages": ["vi", "fr"]}})
    with pytest.raises(ConfigError, match="each once"):
        parse({"visit": {"languages": ["en"]}})


def test_the_key_goes_round_and_says_where_it_leads() -> None:
    house = House(languages=THREE)
    state = start(house)
    seen = []
    for _ in range(4):
        shown = view(state, house)
        key = next(one for one in actions(shown) if one.action == "language")
        seen.append((shown.prefs.language, words("en").say(key.label)))
        state = step(state, Pressed("language"), house).state
    assert seen == [("vi", "English"), ("en", "中文"), ("zh-Hant", "Tiếng Việt"), ("vi", "English")]


def test_chinese_breaks_between_characters_but_not_before_what_closes() -> None:
    parts = breaking.pieces(LONG)
    assert "".join(parts) == LONG
    assert len(parts) > 25
    assert not [part for part in parts if part[0] in "。，）」、"]
    assert not [part for part in parts if part.rstrip(" ")[-1] in "（「"]
    assert any(part.startswith("VNeID") for part in parts)


def test_other_languages_break_at_blanks_only() -> None:
    text = "Vui lòng chờ, 5/7 (một chút)."
    assert breaking.pieces(text) == ["Vui ", "lòng ", "chờ, ", "5/7 ", "(một ", "chút)."]
    assert breaking.pieces("bản\u00a0sao") == ["bản\u00a0sao"]
    assert breaking.pieces("") == [""]


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one.values == ("zh-Hant",)])
def test_chinese_lines_fit_and_are_cut_with_a_sign(language: Language) -> None:
    made = block(LONG, 40, 400)
    assert len(made.lines) > 3
    assert made.widest <= 400
    assert all(len(line) <= LETTERS_A_LINE for line in made.lines)
    assert "".join(made.lines).replace(" ", "") == LONG.replace(" ", "")
    cut = clipped(made, 2, 400)
    assert len(cut.lines) == 2
    assert cut.lines[1].endswith("…")
    assert cut.widest <= 400
