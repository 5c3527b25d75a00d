"""Templates whose choices are the picture: tiles, kinds of paper, faces; and texts to read."""

from __future__ import annotations

from daemon.machine.views import Choice, Faces, Kinds, Lines
from ui_kivy.geometry import Rect
from ui_kivy.screens import buttons, paging, sentence
from ui_kivy.screens.draft import Draft
from ui_kivy.screens.items import Fill, Icon
from ui_kivy.theme import SIZES
from ui_kivy.typeset import Block

SHAPES = {
    "card": ("cccd_", "can_cuoc", "cmnd", "the_", "giay_phep_lai_xe", "dang_ky_xe"),
    "book": ("so_", "hoc_ba", "ho_chieu"),
    "diploma": ("bang_", "chung_chi", "giay_chung_nhan", "gcn_"),
}
"""What a kind of paper looks like from afar, by the beginning of its id."""


def kind_sign(kind: str) -> str:
    """The sign of a kind's shape."""
    for shape, beginnings in SHAPES.items():
        if kind.startswith(beginnings):
            return f"kind_{shape}"
    return "kind_form"


FACE_WORDS = (SIZES.body, SIZES.small)
FACES = ("face1", "face2", "face3", "face4", "face5")


def grid(draft: Draft, area: Rect) -> None:
    """The sentence on top, then the choices as large cards."""
    parts = sentence.fitted(draft, area.w)
    tall = sentence.height(parts)
    kinds = isinstance(draft.view.body, Kinds)
    crowded = draft.theme.large and area.h - tall < draft.mm(110.0)
    if crowded and not isinstance(draft.view.body, Faces):
        _cards(draft, area, draft.view.choices, kinds=kinds, ahead=parts)
        return
    sentence.put(draft, parts, Rect(area.x, area.y, area.w, tall))
    rest = area.below(tall + draft.gap)
    match draft.view.body:
        case Faces():
            _faces(draft, rest)
        case Kinds() if not draft.theme.large:
            cards = tuple(one for one in draft.view.choices if one.action == "kind")
            others = [one for one in draft.view.choices if one.action != "kind"]
            foot = rest.bottom
            for row in reversed(buttons.rows(draft, others, rest.w)):
                foot -= row.high
                buttons.choices(draft, [(row, Rect(rest.x, foot, rest.w, row.high))])
                foot -= draft.gap
            _cards(draft, Rect(rest.x, rest.y, rest.w, foot - rest.y), cards, kinds=True)
        case _:
            _cards(draft, rest, draft.view.choices, kinds=kinds)


def _columns(draft: Draft, count: int, kinds: bool) -> int:
    if draft.theme.large:
        return 1
    if draft.wide:
        return 3 if count >= 3 else max(1, count)
    return 2 if kinds or count > 4 else 1


def _cards(
    draft: Draft,
    area: Rect,
    cards: tuple[Choice, ...],
    *,
    kinds: bool,
    ahead: tuple[Block, Block | None] | None = None,
) -> None:
    """As many cards as fit, in pages; `ahead` is a sentence that has the first page for itself."""
    if not cards:
        return
    columns = _columns(draft, len(cards), kinds)
    wide_ = (area.w - draft.gap * (columns - 1)) / columns
    arrow = paging.arrows_height(draft)

    def fitting(space: Rect, plain: bool) -> int:
        least = max(_Card(draft, one, wide_, kinds, columns, plain).least for one in cards)
        return max(1, int((space.h + draft.gap) // (least + draft.gap)))

    rows = -(-len(cards) // columns)
    # Little room: rather all choices on one page than a second line in each.
    tight = draft.theme.large or draft.low_top > 0
    plain = tight and rows > fitting(area, False)
    space = area
    if ahead is not None or rows > fitting(area, plain):
        space = area.above(arrow + draft.gap)
        each = fitting(space, plain) * columns
        first = 1 if ahead is not None else 0
        draft.pages = max(draft.pages, first - (-len(cards) // each))
        if draft.followed in cards:
            draft.local.page = first + cards.index(draft.followed) // each
        page = min(draft.local.page, draft.pages - 1)
        paging.arrows(draft, area.foot(arrow), draft.pages)
        if ahead is not None and page == 0:
            tall = sentence.height(ahead)
            sentence.put(draft, ahead, Rect(space.x, space.y, space.w, tall))
            return
        page -= first
        cards = cards[page * each : (page + 1) * each]
        rows = each // columns
    most = draft.mm(100.0 if columns == 1 else 110.0) * (1.5 if draft.theme.large else 1.0)
    high = min((space.h - draft.gap * (rows - 1)) / rows, most)
    total = high * rows + draft.gap * (rows - 1)
    top = space.y + max(0.0, (space.h - total) / 2 if draft.wide else 0.0)
    cells = Rect(space.x, top, space.w, total).grid(columns, rows, draft.gap)
    for choice, cell in zip(cards, cells, strict=False):
        _Card(draft, choice, cell.w, kinds, columns, plain).draw(cell)


class _Card:
    """One large card: a sign in a field of its own, a label, a line of detail."""

    def __init__(
        self, draft: Draft, choice: Choice, wide_: float, kinds: bool, columns: int, plain: bool
    ) -> None:
        self.draft, self.choice, self.kinds = draft, choice, kinds
        self.upright = columns > 1 and not kinds and not draft.theme.large
        self.off = choice.why_not is not None
        pad = draft.mm(SIZES.pad)
        large = draft.theme.large
        self.sign = draft.mm(SIZES.tile_icon) * (1.0 if not self.upright else 0.7)
        if kinds or large or draft.low_top:
            self.sign = draft.mm(20.0)
        room = wide_ - 2 * pad
        if not self.upright:
            room -= self.sign + 1.5 * draft.gap
        sizes = (
            (SIZES.lead, SIZES.body, 11.0, SIZES.small)
            if self.upright or large
            else (SIZES.title, 16.0, SIZES.lead, SIZES.body, SIZES.small)
        )
        two = draft.px(SIZES.lead) * 1.3 * (3 if kinds or large else 2) + 1
        self.label = draft.block(draft.say(choice.label), sizes, room, two, bold=True, tight=True)
        lower = choice.why_not or (None if plain else choice.detail)
        self.detail = (
            draft.block(
                draft.say(lower),
                (SIZES.body, SIZES.small),
                room,
                draft.px(SIZES.body) * 1.5 * 2,
                tight=large or self.upright,
            )
            if lower is not None
            else None
        )
        words = self.label.height + (self.detail.height if self.detail else 0)
        self.words = words
        self.least = pad * 2 + (
            self.sign + draft.gap + words if self.upright else max(words, self.sign)
        )

    def draw(self, rect: Rect) -> None:
        draft = self.draft
        ground = "off" if self.off else "surface"
        ink = "on_off" if self.off else "ink"
        radius = draft.mm(SIZES.button)
        draft.sheet.add(
            Fill(rect, ground, radius, "" if self.off else "edge", draft.mm(SIZES.edge))
        )
        inner = rect.inset(draft.mm(SIZES.pad))
        if self.upright:
            total = self.sign + draft.gap + self.words
            top = inner.y + (inner.h - total) / 2
            field = Rect(inner.centre[0] - self.sign / 2, top, self.sign, self.sign)
            words = Rect(inner.x, top + self.sign + draft.gap, inner.w, self.words)
            align = "centre"
        else:
            field = Rect(inner.x, inner.centre[1] - self.sign / 2, self.sign, self.sign)
            right = inner.beside(self.sign + 1.5 * draft.gap)
            words = Rect(right.x, inner.centre[1] - self.words / 2, right.w, self.words)
            align = "left"
        draft.sheet.add(
            Fill(
                field, "off" if self.off else "soft", field.w / 2 if not self.kinds else draft.mm(3)
            )
        )
        name = kind_sign(self.choice.value) if self.kinds else (self.choice.icon or "paper")
        draft.sheet.add(Icon(name, field.inset(field.w * 0.2), "on_off" if self.off else "link"))
        draft.put(
            self.label,
            words.top(self.label.height),
            ink,
            ground,
            "left" if align == "left" else "centre",
        )
        if self.detail:
            draft.put(
                self.detail,
                words.below(self.label.height),
                "on_off" if self.off else "quiet",
                ground,
                "left" if align == "left" else "centre",
            )
        if not self.off:
            draft.press(rect, self.choice, radius)


def _faces(draft: Draft, area: Rect) -> None:
    """Five levels with words: side by side, or below each other where letters are large."""
    if draft.theme.large and not draft.wide:
        _faces_below(draft, area)
        return
    faces = draft.view.choices
    large = draft.theme.large
    wide_ = (area.w - draft.gap * (len(faces) - 1)) / len(faces)
    room = wide_ - draft.mm(2.0)
    words = [
        draft.block(draft.say(one.label), FACE_WORDS, room, bold=True, tight=True) for one in faces
    ]
    letters = max(one.height for one in words) + (2 if large else 4) * draft.gap
    side = min(wide_ * 0.72, draft.mm(SIZES.face) * draft.theme.scale, area.h - letters)
    high = side + letters
    if side < draft.mm(10.0):
        draft.sheet.faults.append(f"faces of {side:.0f} px, words of {letters:.0f} px")
    top = area.y + (area.h - high) * 0.4
    cells = Rect(area.x, top, area.w, high).grid(len(faces), 1, draft.gap)
    for n, (choice, made, cell) in enumerate(zip(faces, words, cells, strict=True)):
        _face_card(draft, cell)
        y = cell.y + (0.5 if large else 1.5) * draft.gap
        draft.icon(FACES[n], Rect(cell.centre[0] - side / 2, y, side, side), "link")
        place = Rect(cell.x + draft.mm(1.0), y + side + draft.gap, room, made.height)
        draft.put(made, place, "ink", "surface", "centre")
        draft.press(cell, choice, draft.mm(SIZES.button))


def _faces_below(draft: Draft, area: Rect) -> None:
    """One row a level."""
    faces = draft.view.choices
    gaps = draft.gap * (len(faces) - 1)
    high = min((area.h - gaps) / len(faces), draft.mm(40.0))
    cells = area.top(high * len(faces) + gaps).grid(1, len(faces), draft.gap)
    for n, (choice, cell) in enumerate(zip(faces, cells, strict=True)):
        _face_card(draft, cell)
        side = min(cell.h * 0.72, draft.mm(SIZES.face))
        draft.icon(
            FACES[n], Rect(cell.x + draft.gap, cell.centre[1] - side / 2, side, side), "link"
        )
        words = cell.beside(side + 2 * draft.gap)
        place = Rect(words.x, words.y, words.w - draft.gap, words.h)
        text = draft.say(choice.label)
        draft.text(text, FACE_WORDS, place, "ink", "surface", bold=True, align="left", tight=True)
        draft.press(cell, choice, draft.mm(SIZES.button))


def _face_card(draft: Draft, cell: Rect) -> None:
    draft.sheet.add(Fill(cell, "surface", draft.mm(SIZES.button), "edge", draft.mm(SIZES.edge)))


def reading(draft: Draft, area: Rect) -> None:
    """Paragraphs, in pages where they do not fit; choices below."""
    body = draft.view.body
    assert isinstance(body, Lines)
    if draft.wide and draft.theme.large and body.lines:
        title = draft.block(
            draft.say(draft.view.title), (SIZES.small,), area.w * 0.94, bold=True, most=3
        )
        rows = buttons.rows(draft, draft.view.choices, area.w)
        _read_then_choose(draft, area, body, rows, title)
        return
    parts = sentence.fitted(draft, area.w)
    tall = sentence.height(parts)
    sentence.put(draft, parts, Rect(area.x, area.y, area.w, tall))
    rest = area.below(tall + draft.gap)
    if draft.wide:
        # Lines are short, so the choices find room beside them.
        side = rest.beside(rest.w * 0.6) if draft.view.choices else rest.beside(rest.w)
        rows = buttons.rows(draft, draft.view.choices, side.w)
        tall = sum(row.high + draft.gap for row in rows)
        if tall <= side.h + draft.gap:
            y = side.y
            for row in rows:
                buttons.choices(draft, [(row, Rect(side.x, y, side.w, row.high))])
                y += row.high + draft.gap
            if body.lines:
                _paragraphs(draft, rest.left(rest.w - side.w - 2 * draft.gap), body)
            return
    rows = buttons.rows(draft, draft.view.choices, area.w)
    tall = sum(row.high + draft.gap for row in rows)
    if rows and rest.h - tall < draft.mm(80.0) * draft.theme.scale:
        _read_then_choose(draft, rest, body, rows)
        return
    foot = rest.bottom
    placed = []
    for row in reversed(rows):
        foot -= row.high
        placed.append((row, Rect(rest.x, foot, rest.w, row.high)))
        foot -= draft.gap
    buttons.choices(draft, placed)
    card = Rect(rest.x, rest.y, rest.w, foot - rest.y)
    if body.lines:
        _paragraphs(draft, card, body)


def _read_then_choose(
    draft: Draft,
    rest: Rect,
    body: Lines,
    rows: list[buttons.Row],
    title: Block | None = None,
) -> None:
    """Large letters: the text page by page, the choices on the last one."""
    arrow = paging.arrows_height(draft)
    space = rest.above(arrow + draft.gap)
    pad = draft.mm(SIZES.pad) * 1.4
    inner = space.inset(pad)
    headed = [(title, False)] if title is not None else []
    texts = _pages([*headed, *_blocks(draft, body, inner.w)], inner.h, draft.gap)
    sets: list[list[buttons.Row]] = [[]] if rows else []
    left = space.h
    for row in rows:
        if sets[-1] and row.high > left:
            sets.append([])
            left = space.h
        sets[-1].append(row)
        left -= row.high + draft.gap
    for n, rows_ in enumerate(sets):
        if draft.followed is not None and any(draft.followed in row.choices for row in rows_):
            draft.local.page = len(texts) + n
    draft.pages = len(texts) + len(sets)
    paging.arrows(draft, rest.foot(arrow), draft.pages)
    at = min(draft.local.page, draft.pages - 1)
    if at < len(texts):
        draft.card(space, "surface", "edge")
        _put(draft, inner, texts[at], draft.gap)
        return
    y = space.y
    for row in sets[at - len(texts)]:
        buttons.choices(draft, [(row, Rect(space.x, y, space.w, row.high))])
        y += row.high + draft.gap


def _blocks(draft: Draft, body: Lines, room: float) -> list[tuple[Block, bool]]:
    """Every paragraph, and whether it is a heading."""
    short = len(body.lines) <= 4 and not draft.theme.large
    size = SIZES.small if draft.theme.large else SIZES.lead if short else SIZES.body
    made = []
    for said in body.lines:
        heading = said.key.startswith("lookup.section.")
        made.append((draft.block(draft.say(said), (size,), room, bold=heading), heading))
    return made


def _put(draft: Draft, inner: Rect, blocks: list[tuple[Block, bool]], space: float) -> None:
    y = inner.y
    for block, heading in blocks:
        place = Rect(inner.x, y, inner.w, block.height)
        draft.put(block, place, "link" if heading else "ink", "surface", "left")
        y += block.height + space


def _paragraphs(draft: Draft, card: Rect, body: Lines) -> None:
    pad = draft.mm(SIZES.pad) * 1.4
    inner = card.inset(pad)
    short = len(body.lines) <= 4
    blocks = _blocks(draft, body, inner.w)
    space = draft.gap * (1.8 if short else 0.8)
    arrow = paging.arrows_height(draft)
    pages = _pages(blocks, inner.h, space)
    if len(pages) > 1:
        card = card.above(arrow + draft.gap)
        inner = card.inset(pad)
        pages = _pages(blocks, inner.h, space)
        paging.arrows(draft, Rect(card.x, card.bottom + draft.gap, card.w, arrow), len(pages))
    draft.pages = max(draft.pages, len(pages))
    shown = pages[min(draft.local.page, len(pages) - 1)]
    used = sum(block.height for block, _ in shown) + space * (len(shown) - 1)
    if len(pages) == 1:
        card = card.top(min(card.h, used + 2 * pad))
        inner = card.inset(pad)
    draft.card(card, "surface", "edge")
    _put(draft, inner, shown, space)


def _pages(
    blocks: list[tuple[Block, bool]], tall: float, space: float
) -> list[list[tuple[Block, bool]]]:
    """Cuts paragraphs into pages, between lines where one paragraph alone is too high."""
    pages: list[list[tuple[Block, bool]]] = [[]]
    left = tall
    for block, heading in blocks:
        todo: Block | None = block
        while todo is not None:
            fit = int((left + 1) // todo.line)
            need = min(len(todo.lines), 2) + (2 if heading else 0)
            if fit < need and pages[-1]:
                pages.append([])
                left = tall
                continue
            many = max(1, min(fit, len(todo.lines)))
            part, todo = todo.cut(many)
            pages[-1].append((part, heading))
            left -= part.height + space
    return pages
