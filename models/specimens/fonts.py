"""Which fonts a specimen may be set in: disjoint families for training and for evaluation.

The families come from packages and are never copied here: Debian's `fonts-noto-core`,
`fonts-dejavu-extra` and `fonts-ocr-b`, PyPI's `fontpkg-be-vietnam-pro`.  A machine that
trains has more of them (`models/requirements-train.txt`).  Only families with every Vietnamese
letter are listed: Debian's Liberation, the usual stand-in for Times, lacks many.
"""

from __future__ import annotations

import functools
import importlib.util
import unicodedata
from pathlib import Path
from typing import Literal

import msgspec
from PIL import ImageFont

Split = Literal["train", "eval"]
Role = Literal["serif", "sans", "hand", "mono", "typed"]

_NOTO = Path("/usr/share/fonts/truetype/noto")
_DEJAVU = Path("/usr/share/fonts/truetype/dejavu")
OCR_B = Path("/usr/share/fonts/opentype/ocr-b")
"""The face of machine-readable lines (ISO 1073-2), Debian's `fonts-ocr-b`."""

_VOWELS = "AĂÂEÊIOÔƠUƯYaăâeêioôơuưy"
_TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
VIETNAMESE = frozenset(
    [unicodedata.normalize("NFC", v + t) for v in _VOWELS for t in _TONES]
    + list("BCDĐGHKLMNPQRSTVXbcdđghklmnpqrstvx0123456789.,:;()/-–…“”<|%")
)
"""Every character that a specimen may contain (NFC)."""


class FontMissingError(Exception):
    """A font file that a specimen needs is not on this machine."""


class Family(msgspec.Struct, frozen=True):
    """Four cuts of one typeface; a family without an italic repeats its upright cut."""

    name: str
    regular: str
    bold: str
    italic: str
    bold_italic: str
    role: Role = "serif"
    scale: float = 1.0
    """Size that makes its text as wide as Times at the same nominal size."""
    pitch: float = 0
    """Set letter by letter at this pitch (in ems) as a typewriter does; 0 = as the face says."""

    def path(self, style: str) -> str:
        """File for a style: any of the letters b and i."""
        if "b" in style:
            return self.bold_italic if "i" in style else self.bold
        return self.italic if "i" in style else self.regular


def _four(folder: Path, stem: str, role: Role, scale: float, names: tuple[str, ...]) -> Family:
    files = [str(folder / f"{stem}{name}.ttf") for name in names]
    return Family(stem, files[0], files[1], files[2], files[3], role, scale)


_STYLES = ("-Regular", "-Bold", "-Italic", "-BoldItalic")
_DEJAVU_SERIF = ("", "-Bold", "-Italic", "-BoldItalic")
_DEJAVU_SANS = ("", "-Bold", "-Oblique", "-BoldOblique")


def _packaged(package: str, stem: str, role: Role, scale: float) -> Family:
    """A family of a `fontpkg-*` wheel, found without importing the wheel."""
    spec = importlib.util.find_spec(package)
    home = Path(spec.origin).parent if spec and spec.origin else Path(package)
    return _four(home / "files", stem, role, scale, _STYLES)


@functools.cache
def families(split: Split, role: Role) -> tuple[Family, ...]:
    """The pool of this split; the pools of the two splits have no family in common."""
    if role == "mono":  # the machine-readable lines need one pitch, whatever the split
        only = str(OCR_B / "OCRB.otf")
        return (Family("OCRB", only, only, only, only, "mono"),)
    if role == "typed":  # DejaVu Sans Mono lacks half of the Vietnamese letters
        typed = families(split, "serif")[0]
        return (msgspec.structs.replace(typed, role="typed", scale=0.8, pitch=0.7),)
    if split == "eval":
        pool = (
            _four(_DEJAVU, "DejaVuSerif", "serif", 0.82, _DEJAVU_SERIF),
            _four(_DEJAVU, "DejaVuSerifCondensed", "serif", 0.9, _DEJAVU_SERIF),
            _four(_DEJAVU, "DejaVuSans", "sans", 0.85, _DEJAVU_SANS),
            _packaged("fontpkg_be_vietnam_pro", "BeVietnamPro", "sans", 0.86),
        )
    else:
        pool = (
            _four(_NOTO, "NotoSerif", "serif", 0.88, _STYLES),
            _four(_NOTO, "NotoSerifDisplay", "serif", 0.93, _STYLES),
            _four(_NOTO, "NotoSans", "sans", 0.88, _STYLES),
            _four(_NOTO, "NotoSansDisplay", "sans", 0.9, _STYLES),
        )
    wide = _wide(split)
    found = tuple(f for f in (*pool, *wide) if f.role == role)
    return found or tuple(f for f in pool if f.role == "sans")


_WEIGHT = (b"Weight", "Weight")

_extra: list[Family] = []


def widen(more: list[Family]) -> None:
    """Adds families to the training pool (the training command does, before it draws)."""
    _extra[:] = more
    families.cache_clear()


def _wide(split: Split) -> tuple[Family, ...]:
    return tuple(_extra) if split == "train" else ()


@functools.lru_cache(maxsize=512)
def load(path: str, pixels: int) -> ImageFont.FreeTypeFont:
    """A font at a pixel size; `FontMissingError` names the file and what brings it.

    `path` may end in `#700`: the weight of a variable font.
    """
    file, _, weight = path.partition("#")
    if not Path(file).is_file():
        raise FontMissingError(
            f"no font {file}; install fonts-noto-core, fonts-dejavu-extra, fonts-ocr-b and "
            "fontpkg-be-vietnam-pro"
        )
    font = ImageFont.truetype(file, pixels, layout_engine=ImageFont.Layout.BASIC)
    if weight:
        axes = font.get_variation_axes()
        font.set_variation_by_axes(
            [float(weight) if a["name"] in _WEIGHT else float(a["default"] or 0) for a in axes]
        )
    return font


@functools.lru_cache(maxsize=200_000)
def length(path: str, pixels: int, text: str) -> float:
    """Width of a text in pixels (pages are set several times over, mostly with the same words)."""
    return float(load(path, pixels).getlength(text))
