"""Variations of what stands on a page: sizes, places, rows, columns, colours, order."""

from __future__ import annotations

import random
from typing import Literal

from msgspec.structs import replace

from models.specimens.forms import AnyBlock, Cols, Element, Fields, Gap, Pool, Sign, Table, Text

Size = tuple[float, float]

_TITLE_COLOURS = ("ink", "#c01828", "#b02020", "#d01820", "#203080", "#102a6a", "#303030")
_STRETCHES = 5
_DROPPABLE = ("emblem", "portrait", "photo", "box", "rule", "seal", "signature", "barcode", "band")
_MIRRORED = ("qr", "seal", "stamp", "signature", "barcode", "photo")


def varied(
    blocks: tuple[AnyBlock, ...], size: Size, rng: random.Random, strength: float
) -> tuple[AnyBlock, ...]:
    """The blocks of a side of `size` mm, changed as another printer would have set them."""
    return _Blocks(size, rng, strength).all(blocks)


class _Warp:
    """Stretches a side here and shrinks it there, so that what stood first still does."""

    def __init__(self, length: float, rng: random.Random, strength: float) -> None:
        reach = 0.28 * strength
        steps = [1 + rng.uniform(-reach, reach) for _ in range(_STRETCHES)]
        whole = sum(steps) / (1 + rng.uniform(-0.05, 0.03) * strength)
        shift = rng.uniform(-0.02, 0.03) * strength
        self.length = length
        self.knots = [shift]
        for step in steps:
            self.knots.append(self.knots[-1] + step / whole)

    def __call__(self, place: float) -> float:
        """Where a place (mm) comes to lie."""
        at = min(max(place / self.length, 0.0), 1.0) * _STRETCHES
        number = min(int(at), _STRETCHES - 1)
        low, high = self.knots[number : number + 2]
        return (low + (high - low) * (at - number)) * self.length


class _Blocks:
    def __init__(self, size: Size, rng: random.Random, strength: float) -> None:
        self.size, self.rng, self.strength = size, rng, strength
        self.across, self.down = (_Warp(length, rng, strength) for length in size)
        self.lead = 1 + self.swing(0.22)
        self.leader: Literal["dots", "line", "none"] | None = None
        if self.often(0.3):
            self.leader = rng.choice(["dots", "line", "none", "none"])
        self.type = 1 + self.swing(0.08)
        self.heading = 1 + self.swing(0.18)
        self.air = 1 + self.swing(0.7)

    def swing(self, reach: float) -> float:
        return self.rng.uniform(-reach, reach) * self.strength

    def often(self, chance: float) -> bool:
        return self.rng.random() < chance * self.strength

    def all(self, blocks: tuple[AnyBlock, ...]) -> tuple[AnyBlock, ...]:
        out: list[AnyBlock] = []
        for block in blocks:
            if isinstance(block, Element) and block.what in _DROPPABLE and self.often(0.06):
                continue
            out.append(self.one(block))
        return tuple(out)

    def one(self, block: AnyBlock) -> AnyBlock:
        match block:
            case Text():
                return self.text(block)
            case Fields():
                return self.fields(block)
            case Pool():
                size = block.size * self.type
                return replace(block, size=size, before=block.before * self.air)
            case Table():
                return self.table(block)
            case Cols():
                return self.cols(block)
            case Sign():
                return self.sign(block)
            case Gap():
                return block if block.page else replace(block, mm=max(0.5, block.mm * self.air))
            case Element():
                return self.element(block)

    def text(self, block: Text) -> Text:
        title = block.align == "center" and "b" in block.style and block.size > 13
        size = block.size * (self.heading if title else self.type) * (1 + self.swing(0.05))
        colour, style = block.colour, block.style
        if title and self.often(0.15):
            colour = self.rng.choice(_TITLE_COLOURS)
        if not title and self.often(0.08):
            style = self.rng.choice(["", "b", "i"])
        rule = block.rule if not self.often(0.15) else self.rng.choice([0, 0.3, 0.6, 1])
        align = block.align
        if align == "left" and self.often(0.05):
            align = "center"
        before = max(0.0, block.before * self.air + self.swing(1.0))
        return replace(
            block, size=size, colour=colour, style=style, rule=rule, before=before, align=align
        )

    def fields(self, block: Fields) -> Fields:
        rows: list[str] = []
        for row in block.rows:
            parts = row.split(" || ")
            if len(block.rows) > 3 and self.often(0.1):
                continue
            if len(parts) > 1 and self.often(0.2):
                rows += parts
            else:
                rows.append(row)
        if len(rows) > 4 and self.often(0.3):  # neighbours change places
            at = self.rng.randrange(1, len(rows) - 1)
            rows[at], rows[at + 1] = rows[at + 1], rows[at]
        if self.often(0.15) and not any(row[:1].isdigit() for row in rows):
            rows = [f"{n}. {row}" for n, row in enumerate(rows, start=1)]
        return replace(
            block, rows=tuple(rows) or block.rows, size=block.size * self.type,
            lead=block.lead * self.lead, leader=self.leader or block.leader,
            value_style=self.rng.choice(["b", "", "i"]) if self.often(0.3) else block.value_style,
        )  # fmt: skip

    def table(self, block: Table) -> Table:
        low, high = block.rows
        factor = 1 + self.swing(0.5)
        rows = (max(1, round(low * factor)), max(1, round(high * factor)))
        rows = (min(rows), max(rows))
        keep = list(range(len(block.widths)))
        whole = len(block.cells) == len(block.widths)
        if whole and len(keep) > 4 and self.often(0.25):
            keep.pop(self.rng.randrange(1, len(keep)))
        cells = tuple(block.cells[i] for i in keep) if whole else block.cells
        widths = tuple(block.widths[i] * (1 + self.swing(0.25)) for i in keep)
        return replace(
            block, rows=rows, head=tuple(block.head[i] for i in keep), cells=cells, widths=widths,
            height=block.height * (1 + self.swing(0.25)), size=block.size * self.type,
        )  # fmt: skip

    def cols(self, block: Cols) -> Cols:
        cells = tuple(self.all(cell) for cell in block.cells)
        widths = tuple(width * (1 + self.swing(0.12)) for width in block.widths)
        signed = [any(isinstance(b, Sign) for b in cell) for cell in block.cells]
        if all(signed) and self.often(0.3):
            cells, widths = cells[::-1], widths[::-1]
        return replace(block, cells=cells, widths=widths)

    def sign(self, block: Sign) -> Sign:
        seal = block.seal
        if self.often(0.1):
            seal = self.rng.choice(["round", "none"]) if seal != "none" else seal
        size = block.size * self.type
        return replace(block, size=size, room=block.room * (1 + self.swing(0.25)), seal=seal)

    def element(self, block: Element) -> Element:
        """Moves with all the others, a little by itself, and stays on the sheet."""
        wide, high = self.size
        text = block.what == "text"
        w = self.across(block.x + block.w) - self.across(block.x) if text else block.w
        w *= 1 + self.swing(0.1)
        own = 0.006 if text else 0.02
        x = self.across(block.x) + self.swing(own) * wide
        y = self.down(block.y) + self.swing(own) * high
        centred = block.what in ("seal", "stamp", "signature")
        if block.what in _MIRRORED and max(self.size) > 120 and self.often(0.12):
            x = wide - x - (0 if centred else w)
        if not centred:
            x = min(max(x, 0.8), max(0.8, wide - max(w, 2) - 0.8))
            y = min(max(y, 0.5), high - 2)
        tall = block.h * (1 + self.swing(0.06)) if text else block.h * w / max(block.w, 1e-6)
        if block.what in ("rule", "band", "box"):
            w, tall = block.w, block.h
        size = block.size * (1 + self.swing(0.08))
        colour = block.colour
        if text and block.size > 10 and self.often(0.2):
            colour = self.rng.choice(_TITLE_COLOURS)
        return replace(block, x=x, y=y, w=w, h=tall, size=size, colour=colour)
