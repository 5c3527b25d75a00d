"""The form's template file: its types, its loader, and the errors of both."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path

import msgspec
from msgspec.structs import replace

from daemon.register.errors import BadTemplate

Colour = tuple[int, int, int]


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Fonts(_Part, frozen=True):
    """File names inside the fonts' folder."""

    regular: str
    bold: str
    plain: str


class CopyMark(_Part, frozen=True):
    """*BẢN SAO*; a box in mm, text in pt."""

    text: str
    width: float
    height: float
    margin: float
    size: float
    colour: Colour


class StatementPart(_Part, frozen=True):
    """The statement (lời chứng), Mẫu số 01; lengths in mm, sizes in pt.

    `smallest` = share of its size down to which an electronic copy's statement may shrink.
    """

    heading: str
    number: str
    date: str
    hint: str
    width: float
    line: float
    size: float
    heading_size: float
    gap: float
    margin: float
    signature_digital: float
    signature_paper: float
    smallest: float
    frame: float
    padding: float
    colour: Colour


class QrPart(_Part, frozen=True):
    """The proof's QR beside the statement."""

    size: float
    gap: float
    caption: tuple[str, ...]
    caption_size: float
    caption_line: float


class SignaturePart(_Part, frozen=True):
    """The text of the visible signatures."""

    size: float
    line: float
    gap: float
    certifier: tuple[str, ...]
    authority: tuple[str, ...]


class SamplePart(_Part, frozen=True):
    """*MẪU*, on every page of a sample."""

    text: str
    colour: Colour
    outline: Colour
    size: float
    angle: float


class PrintoutPart(_Part, frozen=True):
    """The line that says that a sheet is a printout of an electronic copy."""

    text: str
    size: float
    bottom: float


class SheetsPart(_Part, frozen=True):
    """Sheet numbers and places of the seam stamp."""

    number: str
    seam: str
    size: float
    bottom: float
    per_seam: int
    seal: float


class Template(_Part, frozen=True):
    """The whole form."""

    fonts: Fonts
    copy_mark: CopyMark
    statement: StatementPart
    qr: QrPart
    signatures: SignaturePart
    sample: SamplePart
    printout: PrintoutPart
    sheets: SheetsPart


def scaled(template: Template, share: float) -> Template:
    """The form with a smaller statement; QR, frame and distances stay as they are."""
    part = template.statement
    names = ("width", "line", "size", "heading_size", "signature_digital")
    smaller = {name: getattr(part, name) * share for name in names}
    return replace(template, statement=replace(part, **smaller))


def load(path: str = "") -> Template:
    """Read a template file, or the package's own; raises `BadTemplate` naming key and value."""
    name = path or "form.toml"
    try:
        if path:
            text = Path(path).read_text(encoding="utf-8")
        else:
            text = resources.files("daemon.register").joinpath("form.toml").read_text("utf-8")
        return msgspec.convert(tomllib.loads(text), Template)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadTemplate(f"{name}: {error}") from error
