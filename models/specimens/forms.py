"""What a kind's data file may say: forms of a paper, as blocks that flow down a page.

A data file is TOML (`kinds/<kind>.toml`).  Texts may hold `{facts}` (people.facts) and choices
`[[this|that]]`, one of which is taken.  Lengths are millimetres, type sizes points.
"""

from __future__ import annotations

import functools
import random
import re
from pathlib import Path
from typing import Literal

import msgspec

from models.specimens.fonts import Split
from models.specimens.people import nfc

KINDS_FOLDER = Path(__file__).parent / "kinds"

OTHER = "giay_to_khac"
"""Papers that are none of the kinds: what the classifier has to refuse."""

Align = Literal["left", "center", "right", "justify"]


class FormError(Exception):
    """A kind's data file is wrong, or there is none; says the file and the key."""


class Block(msgspec.Struct, frozen=True, tag_field="b", forbid_unknown_fields=True):
    """A piece of a page; `tag_field` b names its type in the data file."""


class Text(Block, frozen=True, tag="text"):
    """A paragraph; lines that must not wrap shrink to fit with `fit`."""

    text: str
    size: float = 13
    style: str = ""
    align: Align = "left"
    indent: float = 0
    before: float = 0
    colour: str = "ink"
    face: Literal["body", "fill", "title"] = "body"
    fit: bool = False
    rule: float = 0
    """A rule below, as a share of the text's width."""
    chance: float = 1


class Fields(Block, frozen=True, tag="fields"):
    """Rows of label and value: `"Giới tính: = {p1.sex} || Dân tộc: = Kinh"`."""

    rows: tuple[str, ...]
    size: float = 12.5
    lead: float = 7.5
    leader: Literal["dots", "line", "none"] = "none"
    colour: str = "ink"
    label_style: str = ""
    value_style: str = ""


class Pool(Block, frozen=True, tag="pool"):
    """Some of the texts of a list, in order or not, each under a numbered headline."""

    texts: tuple[str, ...]
    count: tuple[int, int]
    title: str = ""
    size: float = 13
    style: str = ""
    indent: float = 10
    before: float = 1.5
    shuffle: bool = False


class Table(Block, frozen=True, tag="table"):
    """A ruled table; `widths` are shares, each row repeats `cells` with fresh facts."""

    head: tuple[str, ...]
    cells: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[int, int]
    size: float = 11
    height: float = 7.5
    face: Literal["body", "fill"] = "body"
    series: tuple[str, ...] = ()
    """What `{s}` stands for, row by row; after ` | ` what `{s1}`, `{s2}` … stand for."""


class Cols(Block, frozen=True, tag="cols"):
    """Columns side by side; shares of the width, each a list of blocks."""

    widths: tuple[float, ...]
    cells: tuple[tuple[AnyBlock, ...], ...]
    gap: float = 4


class Sign(Block, frozen=True, tag="sign"):
    """A signatory: office lines, seal, signature, name."""

    lines: tuple[str, ...]
    name: str = "{signer.name}"
    seal: Literal["round", "none", "maybe"] = "round"
    size: float = 13
    room: float = 24
    signature: float = 1
    """Chance that it is signed."""


class Gap(Block, frozen=True, tag="gap"):
    """Empty room in mm; `page` starts a new page."""

    mm: float = 5
    page: bool = False


class Element(Block, frozen=True, tag="at"):
    """A thing at a fixed place (mm from the sheet's upper left corner)."""

    what: Literal[
        "text", "emblem", "portrait", "qr", "chip", "finger", "mrz", "barcode", "stamp", "seal",
        "rule", "box", "photo", "band", "signature", "stack", "plan",
    ]  # fmt: skip
    x: float
    y: float
    w: float = 0
    h: float = 0
    text: str = ""
    size: float = 7
    style: str = ""
    align: Align = "left"
    colour: str = "ink"
    face: Literal["body", "fill", "title"] = "body"
    chance: float = 1


AnyBlock = Text | Fields | Pool | Table | Cols | Sign | Gap | Element


class Ground(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Paper colour, printed pattern and frame."""

    tints: tuple[str, ...] = ("#ffffff", "#fdfcf8", "#fbfbfd", "#f7f4ea")
    patterns: tuple[str, ...] = ("none",)
    pattern_colours: tuple[str, ...] = ("#f0b8b8",)
    frames: tuple[str, ...] = ("none",)
    frame_colours: tuple[str, ...] = ("#c04050",)
    laminate: float = 0


class Side(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One printed side (or the run of pages that the blocks fill)."""

    blocks: tuple[AnyBlock, ...]
    ground: Ground = Ground()
    margins: tuple[float, float, float, float] = (20, 18, 20, 28)
    """top, right, bottom, left"""
    pages: int = 0
    """How many pages the blocks shall take (type and leading give way); 0 = as it falls."""


class Photocopy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body is a grey photocopy of papers of these kinds."""

    of: tuple[str, ...]


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One form (era, issuer, wording) of a kind."""

    name: str
    split: Split
    sides: tuple[Side, ...]
    size_mm: tuple[float, float] = (210, 297)
    face: Literal["serif", "sans", "either"] = "either"
    fill: Literal["same", "serif", "sans", "hand", "typed", "any"] = "same"
    ink: tuple[str, ...] = ("#101010", "#1c1c20", "#26262c")
    fill_ink: tuple[str, ...] = ("#101018",)
    page_numbers: bool = False
    photocopy: Photocopy | None = None
    turn_chance: float = 0
    """How often the blank is used lying on its side (width and height swapped)."""


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A data file."""

    id: str
    forms: tuple[Form, ...] = ()
    things: tuple[str, ...] = ()
    """For what is no paper: names of drawings in `things.py`."""
    thing_splits: dict[str, Split] = {}


@functools.cache
def kinds() -> tuple[str, ...]:
    """Ids of the kinds that have a data file, sorted."""
    return tuple(sorted(p.stem for p in KINDS_FOLDER.glob("*.toml")))


@functools.cache
def kind(kind_id: str) -> Kind:
    """The data file of one kind, checked."""
    folder = KINDS_FOLDER.parent / "others" if kind_id == OTHER else KINDS_FOLDER
    path = folder / f"{kind_id}.toml"
    if not path.is_file():
        raise FormError(f"no kind {kind_id!r}; there are {', '.join(kinds())}")
    try:
        found = msgspec.toml.decode(path.read_bytes(), type=Kind)
    except (msgspec.MsgspecError, ValueError) as error:
        raise FormError(f"{path.name}: {error}") from error
    if found.id != kind_id:
        raise FormError(f"{path.name}: id is {found.id!r}, should be {kind_id!r}")
    return found


_CHOICE = re.compile(r"\[\[(.*?)\]\]")
_NAME = re.compile(r"\{([A-Za-z0-9_.]+)\}")


def fill(text: str, facts: dict[str, str], rng: random.Random) -> str:
    """Takes one of each `[[a|b]]` and puts the facts in; an unknown fact is a FormError."""
    chosen = _CHOICE.sub(lambda m: rng.choice(m.group(1).split("|")), text)

    def fact(match: re.Match[str]) -> str:
        try:
            return facts[match.group(1)]
        except KeyError:
            raise FormError(f"no fact {{{match.group(1)}}} in {text!r}") from None

    return nfc(_NAME.sub(fact, chosen))
