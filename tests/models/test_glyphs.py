"""Every letter that a specimen may need is in every face that may print it."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from PIL import ImageFont

from models.specimens import fonts, forms
from models.specimens.fonts import VIETNAMESE, Family

ROLES: tuple[fonts.Role, ...] = ("serif", "sans", "typed")


def _families(split: fonts.Split) -> list[Family]:
    return [family for role in ROLES for family in fonts.families(split, role)]


@pytest.mark.parametrize("split", ["train", "eval"])
def test_faces_have_all_vietnamese_letters(split: fonts.Split) -> None:
    for family in _families(split):
        for style in ("", "b", "i", "bi"):
            path = family.path(style)
            if not Path(path).is_file():
                pytest.skip(f"{path} is not installed")
            font = ImageFont.truetype(path, 40, layout_engine=ImageFont.Layout.BASIC)
            box = bytes(font.getmask("\ue123"))  # private use: what a missing glyph looks like
            missing = [c for c in VIETNAMESE if bytes(font.getmask(c)) == box]
            assert not missing, f"{path}: {''.join(missing)}"


def test_machine_readable_lines_have_a_face_of_one_pitch() -> None:
    """It lacks Vietnamese letters, so that nothing else may be set in it."""
    path = fonts.families("eval", "mono")[0].path("")
    if not Path(path).is_file():
        pytest.skip(f"{path} is not installed")
    font = ImageFont.truetype(path, 40, layout_engine=ImageFont.Layout.BASIC)
    assert len({font.getlength(c) for c in "ABCXYZ0189<"}) == 1


def test_the_splits_share_no_face_but_the_fixed_pitch() -> None:
    train = {f.name for role in ("serif", "sans") for f in fonts.families("train", role)}
    unseen = {f.name for role in ("serif", "sans") for f in fonts.families("eval", role)}
    assert not train & unseen


def test_data_files_are_composed_and_hold_no_letter_beyond() -> None:
    printable = VIETNAMESE | set(" \n+*&'\"={}[]|_#!?") | set("FJWZfjwz") | set("©°²äöüßçîâÉÈÄÜ")
    folder = forms.KINDS_FOLDER
    for path in [*folder.glob("*.toml"), *folder.with_name("others").glob("*.toml")]:
        text = path.read_text(encoding="utf-8")
        assert text == unicodedata.normalize("NFC", text), path.name
        strange = {c for c in text if c not in printable and not ("\u0020" <= c <= "\u007e")}
        assert not strange, f"{path.name}: {strange}"


def test_a_missing_font_names_the_file_and_what_brings_it(tmp_path: Path) -> None:
    with pytest.raises(fonts.FontMissingError, match=r"none\.ttf.*fonts-noto-core"):
        fonts.load(str(tmp_path / "none.ttf"), 20)
