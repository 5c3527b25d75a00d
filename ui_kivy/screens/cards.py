"""Choices as large cards with signs: tiles of the first screens, kinds of paper."""

from __future__ import annotations

from daemon.machine.views import Choice, Faces, Kinds, Tiles
from ui_kivy.geometry import Rect
from ui_kivy.screens import buttons, day, paging, sentence
from ui_kivy.screens.draft import Draft
from ui_kivy.screens.faces import faces
from ui_kivy.screens.items import Fill, Icon
from ui_kivy.theme import SIZES
from ui_kivy.typeset import Block

SHAPES = {
    "card": ("cccd_", "can_cuoc", "cmnd", "the_", "giay_phep_lai_xe", "dang_ky_xe"),
    "book": ("so_", "hoc_ba", "ho_chieu"),
    "diploma": ("bang_", "chung_chi", "giay_chung_nhan", "gcn_"),
}
"""What a kind of paper looks like from afar, by the beginning of its id."""


_FEW = 4
"""More cards than these have small signs."""


def kind_sign(kind: str) -> str:
    """The sign of a kind's shape."""
    for shape, beginnings in SHAPES.items():
        if kind.startswith(beginnings):
            return f"kind_{shape}"
    return "kind_form"


def grid(draft: Draft, area: Rect) -> None:
    """The sentence on top, then the choices as large cards."""
    parts = sentence.fitted(draft, area.w)
    tall = sentence.height(parts)
    kinds = isinstance(draft.view.body, Kinds)
    crowded = draft.theme.large and area.h - tall < draft.mm(SIZES.crowd)
    if crowded and not isinstance(draft.view.body, Faces):
        _cards(draft, area, draft.view.choices, kinds=kinds, ahead=parts)
        return
    sentence.put(draft, parts, Rect(area.x, area.y, area.w, tall))
    rest = area.below(tall + draft.gap)
    if isinstance(draft.view.body, Tiles) and draft.view.body.facts:
        rest = day.strip(draft, rest, draft.view.body.facts, _tiles_high(draft, area.w))
    match draft.view.body:
        case Faces():
            faces(draft, rest)
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


def _tiles_high(draft: Draft, room: float) -> float:
    """Pixels that all tiles need."""
    cards = draft.view.choices
    columns = _columns(draft, len(cards), kinds=False)
    wide_ = (room - draft.gap * (columns - 1)) / columns
    plain = draft.theme.large or draft.low_top > 0
    least = max((_Card(draft, one, wide_, False, columns, plain).least for one in cards), default=0)
    rows = -(-len(cards) // columns)
    return rows * (least + draft.gap)


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
    tight = draft.theme.large or draft.low_top > 0 or len(cards) > _FEW
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
            if isinstance(draft.view.body, Tiles) and draft.view.body.facts:
                day.strip(draft, space.below(tall + draft.gap), draft.view.body.facts, 0.0)
            return
        page -= first
        cards = cards[page * each : (page + 1) * each]
        rows = each // columns
    most = draft.mm(SIZES.card_most if columns == 1 else SIZES.tile_most) * (
        1.5 if draft.theme.large else 1.0
    )
    high = min((space.h - draft.gap * (rows - 1)) / rows, most)
    total = high * rows + draft.gap * (rows - 1)
    top = space.y + max(0.0, (space.h - total) / 2 if draft.wide else 0.0)
    cells = Rect(space.x, top, space.w, total).grid(columns, rows, draft.gap)
    wide_ = cells[0].w
    # One size for all: a card with a short name is no more important than its neighbour.
    tall = cells[0].h - 2 * draft.mm(SIZES.pad) if kinds else 0.0
    most = min(_Card(draft, one, wide_, kinds, columns, plain, tall).label.size for one in cards)
    for choice, cell in zip(cards, cells, strict=False):
        _Card(draft, choice, wide_, kinds, columns, plain, tall, most).draw(cell)


class _Card:
    """One large card: a sign in a field of its own, a label, a line of detail."""

    def __init__(
        self,
        draft: Draft,
        choice: Choice,
        wide_: float,
        kinds: bool,
        columns: int,
        plain: bool,
        tall: float = 0.0,
        most: float = 1e9,
    ) -> None:
        """`tall`: pixels of height for the label, where known; `most`: of its letters, at most."""
        self.draft, self.choice, self.kinds = draft, choice, kinds
        many = len(draft.view.choices) > _FEW
        self.upright = columns > 1 and not kinds and not draft.theme.large
        self.upright = self.upright and not (many and draft.low_top > 0)
        self.off = choice.why_not is not None
        pad = draft.mm(SIZES.pad)
        large = draft.theme.large
        self.sign = draft.mm(SIZES.tile_icon) * (1.0 if not self.upright else 0.5 if many else 0.62)
        if kinds or large or draft.low_top:
            self.sign = draft.mm(SIZES.kind_icon) * (1.4 if large else 1.0)
        room = wide_ - 2 * pad
        if not self.upright:
            room -= self.sign + 1.5 * draft.gap
        sizes: tuple[float, ...] = (
            (SIZES.lead, SIZES.body, SIZES.small_plus, SIZES.small)
            if self.upright or large
            else (SIZES.title, SIZES.head, SIZES.lead, SIZES.body, SIZES.small)
        )
        sizes = tuple(one for one in sizes if draft.px(one) <= most) or sizes[-1:]
        two = draft.px(SIZES.lead) * 1.3 * (3 if kinds or large else 2) + 1
        two = max(two, tall)
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
                field,
                "off" if self.off else "soft",
                field.w / 2 if not self.kinds else draft.mm(SIZES.key_corner),
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
