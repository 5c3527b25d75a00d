"""Sets a form: resolves its wordings, then flows its blocks down as many pages as they need."""

from __future__ import annotations

import math
import random

from msgspec.structs import replace

from models.specimens import elements, marks
from models.specimens.forms import (
    AnyBlock,
    Cols,
    Element,
    Fields,
    Gap,
    Pool,
    Sign,
    Table,
    Text,
    fill,
)
from models.specimens.sheet import POINT, Sheet, rng_of

Facts = dict[str, str]


def resolve(blocks: tuple[AnyBlock, ...], facts: Facts, rng: random.Random) -> list[AnyBlock]:
    """The blocks with every choice made and every fact filled in; pools become paragraphs."""
    out: list[AnyBlock] = []
    for block in blocks:
        if isinstance(block, (Text, Element)) and rng.random() >= block.chance:
            continue
        out += _resolve(block, facts, rng)
    return out


def _resolve(block: AnyBlock, facts: Facts, rng: random.Random) -> list[AnyBlock]:
    match block:
        case Text() | Element():
            return [replace(block, text=fill(block.text, facts, rng))]
        case Fields():
            return [replace(block, rows=tuple(fill(row, facts, rng) for row in block.rows))]
        case Cols():
            cells = tuple(tuple(resolve(cell, facts, rng)) for cell in block.cells)
            return [replace(block, cells=cells)]
        case Sign():
            lines = tuple(fill(line, facts, rng) for line in block.lines)
            seal = rng.choice(["round", "none"]) if block.seal == "maybe" else block.seal
            signed = 1.0 if rng.random() < block.signature else 0.0
            name = fill(block.name, facts, rng)
            return [replace(block, lines=lines, name=name, seal=seal, signature=signed)]
        case Table():
            count = rng.randint(*block.rows)
            flat = [
                fill(_counted(cell, block, i), _fresh(cell, facts, rng), rng)
                for i in range(count)
                for cell in block.cells
            ]
            return [replace(block, cells=tuple(flat), rows=(count, count))]
        case Pool():
            return _pool(block, facts, rng)
        case Gap():
            return [block]


def _counted(cell: str, block: Table, row: int) -> str:
    text = cell.replace("{i}", str(row + 1))
    if not block.series:
        return text
    first, *others = block.series[row % len(block.series)].split(" | ")
    for n, other in enumerate(others, start=1):
        text = text.replace(f"{{s{n}}}", other)
    return text.replace("{s}", first)


def _fresh(cell: str, facts: Facts, rng: random.Random) -> Facts:
    """Facts of one more person for a row of a table, in place of `{row.…}`."""
    if "{row." not in cell:
        return facts
    prefix = rng.choice(["p1", "p2", "wife", "husband", "signer", "clerk"])
    row = {f"row.{k.split('.', 1)[1]}": v for k, v in facts.items() if k.startswith(f"{prefix}.")}
    row["row.n"] = str(rng.randint(1, 400))
    row["row.money"] = f"{rng.randint(1, 9)}.{rng.randint(100, 999)}.000"
    return facts | row


def _pool(block: Pool, facts: Facts, rng: random.Random) -> list[AnyBlock]:
    count = min(len(block.texts), rng.randint(*block.count))
    chosen = sorted(rng.sample(range(len(block.texts)), count))
    if block.shuffle:
        rng.shuffle(chosen)
    out: list[AnyBlock] = []
    title = fill(block.title, facts | {"n": "\0", "r": "\1"}, rng)
    for n, index in enumerate(chosen, start=1):
        head = title.replace("\0", str(n)).replace("\1", _roman(n))
        for k, part in enumerate(fill(block.texts[index], facts, rng).split("\n")):
            lead = f"**{head}** " if head and k == 0 else ""
            out.append(
                Text(
                    lead + part,
                    size=block.size,
                    style=block.style,
                    align="justify",
                    indent=block.indent,
                    before=block.before,
                )
            )
    return out


def _roman(n: int) -> str:
    return ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")[(n - 1) % 10]


def _signed_next(blocks: list[AnyBlock], start: int) -> list[AnyBlock]:
    """The blocks up to the signatures if these come next: no signature stands alone on a page."""
    for end in range(start, len(blocks)):
        block = blocks[end]
        if isinstance(block, Sign) or (
            isinstance(block, Cols) and any(isinstance(b, Sign) for c in block.cells for b in c)
        ):
            return blocks[start : end + 1]
        if not isinstance(block, Gap) or block.page:
            return []
    return []


class Flow:
    """Sets resolved blocks; draws only what falls on the wanted page (1-based)."""

    def __init__(
        self, sheet: Sheet, margins: tuple[float, float, float, float], wanted: int, seed: str
    ) -> None:
        self.sheet, self.margins, self.wanted, self.seed = sheet, margins, wanted, seed
        self.page = 1
        self.y = margins[0]
        self.x = margins[3]
        self.width = sheet.size_mm[0] - margins[1] - margins[3]
        self.marks = 0
        self.measuring = False

    @property
    def visible(self) -> bool:
        return self.page == self.wanted and not self.measuring

    @property
    def bottom(self) -> float:
        return self.sheet.size_mm[1] - self.margins[2]

    def run(self, blocks: list[AnyBlock]) -> int:
        """Sets all blocks; returns how many pages they took."""
        for i, block in enumerate(blocks):
            if isinstance(block, (Cols, Sign)):
                self._room(self._height(block))
            elif isinstance(block, Text) and (tail := _signed_next(blocks, i + 1)):
                self._room(sum(self._height(part) for part in (block, *tail)))
            self._set(block)
        return self.page

    def _set(self, block: AnyBlock) -> None:
        match block:
            case Text():
                self._text(block)
            case Fields():
                self._fields(block)
            case Table():
                self._table(block)
            case Cols():
                self._cols(block)
            case Sign():
                self._sign(block)
            case Gap():
                self._gap(block)
            case Element():
                if self.page == self.wanted and not self.measuring:
                    elements.place(self.sheet, block, rng_of(self.seed, "element", self.marks))
                self.marks += 1
            case Pool():  # resolved into paragraphs before
                raise AssertionError("a pool was not resolved")

    def _height(self, block: AnyBlock) -> float:
        page, y, count, before = self.page, self.y, self.marks, self.measuring
        self.measuring = True
        self._set(block)
        height = self.y - y
        self.page, self.y, self.marks, self.measuring = page, y, count, before
        return height

    def _room(self, height: float) -> None:
        """Goes to the next page where less than this is left (never inside a measurement)."""
        if self.y + height > self.bottom and not self.measuring and self.y > self.margins[0]:
            self.page += 1
            self.y = self.margins[0]

    def _step(self, size: float) -> float:
        return size * POINT * self.sheet.style.lead * 1.12 * self.sheet.style.scale

    def _text(self, block: Text) -> None:
        self.y += block.before
        size = block.size
        if block.fit:
            natural = self.sheet.width(block.text, block.face, block.style, size)
            size *= min(1.0, self.width / max(natural, 1e-6))
        step = self._step(size)
        lines = self.sheet.wrap(
            block.text, math.inf if block.fit else self.width, size=size, style=block.style,
            face=block.face, indent=block.indent,
        )  # fmt: skip
        widest = 0.0
        for i, words in enumerate(lines):
            self._room(step)
            indent = block.indent if i == 0 else 0
            if self.visible:
                got = self.sheet.row(
                    words, self.x + indent, self.y, self.width - indent, size=size,
                    face=block.face, colour=block.colour, align=block.align,
                    last=i == len(lines) - 1,
                )  # fmt: skip
                widest = max(widest, got)
            self.y += step
        if block.rule:
            half = widest * block.rule / 2
            middle = self.x + self.width / 2
            if self.visible and block.align == "center":
                rule_y = self.y + 0.4
                self.sheet.rule(middle - half, rule_y, middle + half, rule_y, block.colour)
            self.y += 1.6

    def _fields(self, block: Fields) -> None:
        lead = block.lead * self.sheet.style.lead / 1.2
        for row in block.rows:
            self._room(lead)
            parts = [part.strip() for part in row.split("||")]
            share = self.width / len(parts)
            extra = 0.0
            for i, part in enumerate(parts):
                extra = max(extra, self._field(block, part, self.x + i * share, share - 2, lead))
            self.y += lead + extra

    def _field(self, block: Fields, part: str, x: float, width: float, lead: float) -> float:
        label, _, value = (piece.strip() for piece in part.partition("="))
        taken = 0.0
        if label:
            taken = self.sheet.width(label + " ", "body", block.label_style, block.size)
            if self.visible:
                self.sheet.line(
                    x, self.y, label, size=block.size, style=block.label_style,
                    colour=block.colour,
                )  # fmt: skip
        style = {"size": block.size, "style": block.value_style, "face": "fill"}
        lines = self.sheet.wrap(value, width, indent=taken, **style)  # type: ignore[arg-type]
        below = self.y + block.size * POINT * 1.15
        for i, words in enumerate(lines):
            left = x + (taken if i == 0 else 0)
            if not self.visible:
                continue
            if block.leader != "none":
                self.sheet.dots(left, x + width, below + i * lead, block.leader)
            self.sheet.row(
                words, left, self.y + i * lead, width, size=block.size, face="fill",
                colour="fill", align="left", last=True,
            )  # fmt: skip
        return (len(lines) - 1) * lead

    def _table(self, block: Table) -> None:
        columns = len(block.widths)
        total = sum(block.widths)
        cells = [block.cells[i : i + columns] for i in range(0, len(block.cells), columns)]
        for r, row in enumerate([block.head, *cells]):
            height = block.height * (1.35 if r == 0 else 1)
            self._room(height)
            x = self.x
            for text, share in zip(row, block.widths, strict=True):
                width = self.width * share / total
                if self.visible:
                    self.sheet.box(x, self.y, width, height, outline="ink", mm=0.2)
                    style = "b" if r == 0 else ""
                    face = block.face if r else "body"
                    ink = "fill" if face == "fill" else "ink"
                    natural = self.sheet.width(text, face, style, block.size)
                    size = block.size * min(1.0, (width - 1.6) / max(natural, 1e-6))
                    shift = (width - min(natural, width - 1.6)) / 2 if r == 0 else 0.8
                    top = self.y + (height - size * POINT * 1.3) / 2
                    self.sheet.line(
                        x + shift, top, text, size=size, style=style, face=face, colour=ink
                    )  # fmt: skip
                x += width
            self.y += height

    def _cols(self, block: Cols) -> None:
        x, width, top = self.x, self.width, self.y
        room = width - block.gap * (len(block.widths) - 1)
        lowest = top
        for share, cell in zip(block.widths, block.cells, strict=True):
            self.y = top
            self.width = room * share / sum(block.widths)
            outer, self.measuring = self.measuring, self.measuring
            for inner in cell:
                self._set(inner)
            self.measuring = outer
            lowest = max(lowest, self.y)
            self.x += self.width + block.gap
        self.x, self.width, self.y = x, width, lowest

    def _sign(self, block: Sign) -> None:
        rng = rng_of(self.seed, "sign", self.marks)
        self.marks += 1
        for line in block.lines:
            plain = line.startswith("(")
            self._text(
                Text(
                    line, size=block.size * (0.92 if plain else 1), style="i" if plain else "b",
                    align="center", fit=True,
                )
            )  # fmt: skip
        top, middle = self.y, self.x + self.width / 2
        self.y += block.room
        if block.name:
            self._text(Text(block.name, size=block.size, style="b", align="center", fit=True))
        if not self.visible:
            return
        if block.signature:
            at = (middle + rng.uniform(-4, 6), top + block.room * rng.uniform(0.4, 0.6))
            marks.signature(self.sheet, *at, rng, mm=rng.uniform(28, 42))
        if block.seal == "round":
            shift = math.copysign(rng.uniform(9, 15), -1)
            at = (middle + shift, top + block.room * rng.uniform(0.35, 0.6))
            marks.seal(self.sheet, *at, rng, mm=rng.uniform(30, 36))

    def _gap(self, block: Gap) -> None:
        if block.page:
            if not self.measuring:
                self.page += 1
                self.y = self.margins[0]
        else:
            self.y += block.mm
