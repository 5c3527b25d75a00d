"""Draws a specimen paper: one flat page at its true size, the same for the same seed."""

from __future__ import annotations

import random
from typing import Literal

from PIL import Image, ImageFilter, ImageOps

from models.specimens import fonts, grounds, marks, people, things, vary, wear
from models.specimens.flow import Flow, resolve
from models.specimens.fonts import Split
from models.specimens.forms import AnyBlock, Form, FormError, Kind, kind
from models.specimens.sheet import Sheet, Style, rng_of

_FILLS: tuple[Literal["same", "serif", "sans", "hand", "typed"], ...] = (
    "same", "serif", "sans", "hand", "typed",
)  # fmt: skip
"""How a blank may be filled in."""

_CARD = 90
"""Millimetres of a long side that only cards stay below; both of their sides go on one page."""

_DARK = 3 * 130
"""Sum of red, green and blue below which a side counts as dark."""


class NoSuchPageError(ValueError):
    """The specimen of this seed has fewer pages."""


def draw(
    kind_id: str, seed: int, page: int = 1, dpi: int = 300, split: Split = "eval", form: str = ""
) -> Image.Image:
    """One page of a specimen, RGB, upright, in true size at `dpi` (`image.info["dpi"]` says it).

    `kind_id` is one of `kinds()`; `seed` decides form, people, wording and print; `page` counts
    from 1 (a card's back is page 2).  The two splits share no font, form, wording or person.
    `form` asks for one of the kind's forms by name.  Raises FormError for an unknown kind or form,
    NoSuchPageError for a page that the paper does not have.
    """
    data = kind(kind_id)
    if data.things:
        return _thing(data, seed, page, dpi, split, form)
    rng = rng_of("paper", split, kind_id, seed)
    chosen = _form(data, rng, split, form)
    sheet = _printed(chosen, kind_id, seed, page, dpi, split, rng)
    marks.specimen(sheet, rng_of("mark", kind_id, seed, page))
    if split == "train":
        sheet.image = wear.worn(sheet.image, sheet.size_mm, rng_of("wear", kind_id, seed, page))
    return _finish(sheet, chosen, rng_of("finish", kind_id, seed, page))


def facts(kind_id: str, seed: int, split: Split = "eval", form: str = "") -> dict[str, str]:
    """What the specimen of this seed may say: `p1.mrz`, `p1.qr` and all else that a form names."""
    rng = rng_of("paper", split, kind_id, seed)
    _form(kind(kind_id), rng, split, form)
    return people.facts(rng, split)


def page_count(kind_id: str, seed: int, split: Split = "eval", form: str = "") -> int:
    """How many pages the specimen of this seed has."""
    data = kind(kind_id)
    if data.things:
        return 1
    rng = rng_of("paper", split, kind_id, seed)
    chosen = _form(data, rng, split, form)
    try:
        _printed(chosen, kind_id, seed, 10**6, 20, split, rng)
    except NoSuchPageError as error:
        return int(error.args[1])
    raise AssertionError("a paper of a million pages")


def form_names(kind_id: str, split: Split) -> tuple[str, ...]:
    """Names of the kind's forms (or things) in a split."""
    data = kind(kind_id)
    if data.things:
        return tuple(t for t in data.things if data.thing_splits.get(t, split) == split)
    return tuple(f.name for f in data.forms if f.split == split)


def _form(data: Kind, rng: random.Random, split: Split, name: str) -> Form:
    forms = [f for f in data.forms if f.split == split and name in ("", f.name)]
    if not forms:
        raise FormError(f"{data.id}: no form {name!r} in {split}; {form_names(data.id, split)}")
    form = rng.choice(forms)
    if split == "train":
        return vary.varied(form, rng_of("vary", data.id, form.name, rng.random()))
    return form


def _style(rng: random.Random, split: Split, form: Form | None) -> Style:
    face = form.face if form else "either"
    sans = face == "sans" or (face == "either" and rng.random() < 0.3)
    body = rng.choice(fonts.families(split, "sans" if sans else "serif"))
    wanted = form.fill if form else "same"
    if wanted == "any":
        wanted = rng.choice(_FILLS)
    fill = body
    if wanted != "same":
        fill = rng.choice(fonts.families(split, wanted))
    title = body if rng.random() < 0.6 else rng.choice(fonts.families(split, "serif"))
    ink = rng.choice(form.ink) if form else "#181818"
    style = Style(body, fill, title, ink, rng.choice(form.fill_ink) if form else ink)
    style.scale = rng.uniform(0.94, 1.05) if split == "eval" else rng.uniform(0.88, 1.08)
    style.lead = rng.uniform(1.1, 1.3) if split == "eval" else rng.uniform(1.0, 1.42)
    return style


def _printed(
    form: Form, kind_id: str, seed: int, page: int, dpi: int, split: Split, rng: random.Random
) -> Sheet:
    """The page without its MẪU; NoSuchPageError's second argument is the page count."""
    facts = people.facts(rng, split)
    style = _style(rng, split, form)
    style.dotted = rng_of("needles", kind_id, seed).random() < 0.5
    size = form.size_mm
    if form.turn_chance and rng.random() < form.turn_chance:
        size = (size[1], size[0])
        style.scale *= 0.8
    tints = [rng.choice(side.ground.tints) for side in form.sides]
    copied = rng.choice(form.photocopy.of) if form.photocopy else ""
    if copied and page > 1:
        raise NoSuchPageError(f"{kind_id} {seed}: one page, asked for page {page}", 1)
    loose = min(size) * (0.012 if split == "eval" else 0.03)
    first = 1
    for number, side in enumerate(form.sides):
        shift = [max(m + rng.uniform(-loose, loose), 1.5) for m in side.margins]
        blocks = resolve(side.blocks, facts, rng)
        sheet = Sheet(size, dpi, tints[number] if not copied else "#ffffff", style)
        sheet.dark = sum(style.colour(tints[number])) < _DARK
        if copied:
            _photocopy(sheet, copied, seed, split)
        else:
            grounds.paint(sheet, side.ground, rng_of("ground", kind_id, seed, number))
        margins = (shift[0], shift[1], shift[2], shift[3])
        blocks = _elements_first(blocks)
        name = f"{kind_id}/{seed}/{number}"
        _fit(sheet, margins, blocks, side.pages, name)
        taken = Flow(sheet, margins, page - first + 1, name).run(blocks)
        if first <= page < first + taken:
            if form.page_numbers and page > 1:
                sheet.line(size[0] / 2 - 1.5, 9, str(page), size=13)
            return sheet
        first += taken
    raise NoSuchPageError(f"{kind_id} {seed}: {first - 1} pages, asked for page {page}", first - 1)


def _fit(
    sheet: Sheet, margins: tuple[float, float, float, float], blocks: list[AnyBlock], pages: int,
    name: str,
) -> None:  # fmt: skip
    """Tightens or loosens the type until the blocks take the wanted number of pages."""
    if not pages:
        return
    style = sheet.style
    for _ in range(9):
        taken = Flow(sheet, margins, 0, name).run(blocks)
        if taken == pages:
            break
        factor = 0.96 if taken > pages else 1.04
        style.scale, style.lead = style.scale * factor, style.lead * factor
    for _ in range(8):  # a printed blank is filled down to its foot
        flow = Flow(sheet, margins, 0, name)
        taken, loose = flow.run(blocks), flow.y < flow.bottom * 0.88
        if taken != pages or not loose:
            break
        style.lead *= 1.04
    if taken > pages:
        style.lead /= 1.04


def _elements_first(blocks: list[AnyBlock]) -> list[AnyBlock]:
    """Fixed things lie below running text, but stamps and seals above it."""
    below = [b for b in blocks if _fixed(b) and getattr(b, "what", "") not in ("stamp", "seal")]
    return below + [b for b in blocks if b not in below]


def _fixed(block: AnyBlock) -> bool:
    return type(block).__name__ == "Element"


def _photocopy(sheet: Sheet, copied: str, seed: int, split: Split) -> None:
    """Puts a grey copy of another specimen onto a sheet, both sides of a card at 100 %."""
    rng = rng_of("photocopy", copied, seed)
    card = all(max(form.size_mm) < _CARD for form in kind(copied).forms)
    sides = [1, 2] if card else [1]
    y = 0.0
    for page in sides:
        source = draw(copied, seed, page, sheet.dpi, split)
        grey = ImageOps.autocontrast(source.convert("L"), cutoff=(0.5, rng.choice([1, 20])))
        if rng.random() < 0.7:  # a copier lifts the ground and hardens the black
            low, high = rng.uniform(20, 60), rng.uniform(170, 235)
            table = [round(min(255, max(0, (v - low) * 255 / (high - low)))) for v in range(256)]
            grey = grey.point(table)
        if grey.width > grey.height and len(sides) == 1:
            grey = grey.resize((sheet.image.width, sheet.image.width * grey.height // grey.width))
        limit = sheet.px(232)
        if len(sides) == 1 and grey.height > limit:  # leaves room for the statement
            grey = grey.resize((grey.width * limit // grey.height, limit))
        if len(sides) == 2:
            at = (sheet.px(62), sheet.px(40 + y))
            y += 75
        else:
            at = ((sheet.image.width - grey.width) // 2, sheet.px(rng.uniform(1, 6)))
        sheet.image.paste(grey.convert("RGB"), at)


def _finish(sheet: Sheet, form: Form, rng: random.Random) -> Image.Image:
    image = sheet.image
    if rng.random() < 0.5 and sheet.dpi >= 150:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.5) * sheet.dpi / 300))
    return _tagged(image, sheet.dpi)


def _tagged(image: Image.Image, dpi: int) -> Image.Image:
    image.info["dpi"] = (dpi, dpi)
    image.info["specimen"] = "true"
    return image


def _thing(data: Kind, seed: int, page: int, dpi: int, split: Split, name: str) -> Image.Image:
    if page != 1:
        raise NoSuchPageError(f"{data.id} {seed}: one page, asked for page {page}", 1)
    rng = rng_of("thing", split, seed)
    names = [n for n in form_names(data.id, split) if name in ("", n)]
    if not names:
        raise FormError(f"{data.id}: nothing {name!r} in {split}; {form_names(data.id, split)}")
    sheet = things.draw(rng.choice(names), rng, split, dpi, _style(rng, split, None))
    marks.specimen(sheet, rng_of("mark", data.id, seed))
    return _tagged(sheet.image, dpi)
