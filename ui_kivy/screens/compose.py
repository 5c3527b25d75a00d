"""Lays a whole View out: which zones there are and which template fills them."""

from __future__ import annotations

from msgspec.structs import replace

from daemon.machine.views import (
    Faces,
    Keyboard,
    Kinds,
    Lines,
    Notice,
    Pages,
    Payment,
    Picture,
    Table,
    Tiles,
    View,
    Working,
)
from ui_kivy.geometry import Rect
from ui_kivy.screens import bodies, buttons, cards, frame, paging, sentence
from ui_kivy.screens.curtain import curtain
from ui_kivy.screens.draft import Draft, Local
from ui_kivy.screens.items import Sheet
from ui_kivy.screens.keys import keyboard
from ui_kivy.screens.overlay import overlay
from ui_kivy.screens.reading import reading
from ui_kivy.theme import SIZES, ZONES, ZONES_LARGE, Theme
from ui_kivy.typeset import Block
from ui_kivy.words import Words

GROWS = 0.6
"""So much of the space left under the sentence goes to the choices; the rest stays air."""


def least_height(draft: Draft) -> float:
    """Pixels that the picture zone needs."""
    kind = type(draft.view.body).__name__
    least = ZONES.get(kind, 0.0)
    if isinstance(draft.view.body, Working) and draft.theme.large and draft.view.body.steps:
        return draft.mm(SIZES.ticks_large)
    return draft.mm(ZONES_LARGE.get(kind, least) if draft.theme.large else least)


def compose(
    view: View, size: tuple[float, float], theme: Theme, words: Words, local: Local
) -> tuple[Sheet, int]:
    """The sheet of a View on a panel of `size` pixels, and how many pages it has."""
    sheet = Sheet(*size)
    body = view.body
    if isinstance(body, Notice) and body.facts:
        # Told in rows of their own over what can be chosen, and paged with it.
        view = replace(view, choices=(*map(buttons.told, body.facts), *view.choices))
    draft = Draft(view, theme, words, sheet, local)
    if view.prefs.curtain:
        curtain(draft)
        return sheet, 1
    area = frame.frame(draft)
    whole = area
    if view.primary is not None:
        area = _primary(draft, area)
    match view.body:
        case Tiles() | Kinds() | Faces():
            cards.grid(draft, _lowered(draft, area))
        case Lines():
            reading(draft, _lowered(draft, area))
        case Pages() if not draft.wide:
            # Thumbnails can be touched: in low mode they come down with the rest.
            _stacked(draft, _lowered(draft, area))
        case Keyboard():
            keyboard(draft, area, _keys_left(draft, area))
        case _:
            if _side_by_side(draft, whole):
                _beside(draft, area)
            else:
                _stacked(draft, area)
    if view.overlay is not None:
        overlay(draft, view.overlay)
    return sheet, draft.pages


def _primary(draft: Draft, area: Rect) -> Rect:
    """Draws the primary action; returns what is left for the rest."""
    body = draft.view.body
    place = area
    if draft.wide and isinstance(body, Keyboard):
        place = area.left(_keys_left(draft, area))
    elif _side_by_side(draft, area):
        place = _split(draft, area)[1]
    high = buttons.primary_height(draft, place.w)
    buttons.primary(draft, place.foot(high))
    return area if place.w < area.w else area.above(high + draft.gap)


def _lowered(draft: Draft, area: Rect) -> Rect:
    """In low mode the upper part only carries a picture."""
    top = draft.low_top
    if top <= area.y:
        return area
    bodies.welcome(draft, Rect(area.x, area.y, area.w, top - area.y - draft.gap))
    return Rect(area.x, top, area.w, area.bottom - top)


def _side_by_side(draft: Draft, area: Rect) -> bool:
    """Landscape: picture left, words right; large letters only where all words fit there."""
    body = draft.view.body
    if not draft.wide or isinstance(body, Tiles | Faces | Lines | Kinds):
        return False
    if not draft.theme.large:
        return True
    if isinstance(body, Table) or (isinstance(body, Working) and body.steps):
        return False
    right = _split(draft, area)[1]
    if draft.view.primary is not None:
        right = right.above(buttons.primary_height(draft, right.w) + draft.gap)
    tall = sentence.height(sentence.fitted(draft, right.w))
    rows = buttons.rows(draft, draft.view.choices, right.w)
    return tall <= right.h and _some_fit(draft, rows, right.h - tall - draft.gap)


def _split(draft: Draft, area: Rect) -> tuple[Rect, Rect]:
    """Landscape: the picture, and the column of words and controls."""
    share = 0.42 if draft.theme.large else 0.5
    left = area.w * share
    return area.left(left), area.beside(left + 2 * draft.gap)


def _keys_left(draft: Draft, area: Rect) -> float:
    """Landscape: width left of the keyboard."""
    return area.w - draft.mm(SIZES.key_wide) * 10 - draft.mm(SIZES.key_gap) * 9 - 3 * draft.gap


def _stacked(draft: Draft, area: Rect) -> None:
    """Portrait: picture, sentence, choices from the foot upwards."""
    parts = sentence.fitted(draft, area.w)
    tall = sentence.height(parts)
    least = least_height(draft)
    low = draft.low_top
    floor = max(area.y + least, low)
    rows = buttons.rows(draft, draft.view.choices, area.w)
    room = area.bottom - floor - tall - 2 * draft.gap
    if not _some_fit(draft, rows, room) or (not rows and room < -draft.gap):
        _in_turn(draft, area, parts, rows)
        return
    placed, foot = _choices(draft, area, room)
    top = foot - tall - (draft.gap if placed else 0)
    looks = isinstance(draft.view.body, Picture) and draft.view.body.parts
    if area.y + least < draft.mm(SIZES.sentence_at) and not looks:
        top = min(max(draft.mm(SIZES.sentence_at), low), top)
    placed = _grown(draft, placed, area.bottom - top - tall - 2 * draft.gap)
    sentence.put(draft, parts, Rect(area.x, top, area.w, tall))
    buttons.choices(draft, placed)
    bodies.body(draft, Rect(area.x, area.y, area.w, top - draft.gap - area.y))


def _grown(
    draft: Draft, placed: list[tuple[buttons.Row, Rect]], room: float
) -> list[tuple[buttons.Row, Rect]]:
    """Rows grow upwards into the space that would stay empty: a larger target is easier to hit."""
    if not placed or draft.pages > 1:
        return placed
    rows = [row.high for row, _ in placed]
    spare = room - sum(rows) - draft.gap * (len(rows) - 1)
    foot = placed[-1][1].bottom
    most = draft.mm(SIZES.choice_most)
    made = []
    for row, rect in reversed(placed):
        high = max(row.high, min(most, row.high + spare * GROWS / len(rows)))
        foot -= high
        made.append((row, Rect(rect.x, foot, rect.w, high)))
        foot -= draft.gap
    return made[::-1]


def _cut(
    parts: tuple[Block, Block | None] | None, room: float
) -> tuple[tuple[Block, Block | None] | None, ...]:
    """A sentence that is too high for one page has its detail on the next."""
    if parts is None or parts[1] is None or sentence.height(parts) <= room:
        return (parts,)
    return ((parts[0], None), (parts[1], None))


def _some_fit(draft: Draft, rows: list[buttons.Row], room: float) -> bool:
    """Do all rows fit, or at least one of them with the arrows?"""
    if not rows or sum(row.high + draft.gap for row in rows) - draft.gap <= room:
        return True
    return max(row.high for row in rows) + draft.gap + paging.arrows_height(draft) <= room


def _in_turn(
    draft: Draft, area: Rect, parts: tuple[Block, Block | None], rows: list[buttons.Row]
) -> None:
    """Large letters: first what there is to see, then, on further pages, what can be chosen."""
    high = paging.arrows_height(draft)
    rest = area.above(high + draft.gap)
    title = sentence.fitted(draft, area.w, detail=False)[0]
    floor = draft.low_top
    upper = rest.below(max(0.0, floor - rest.y)) if floor else rest
    with_title = upper.h - title.height - draft.gap
    shows_title = with_title >= max((row.high for row in rows), default=0.0)
    pages = _paged(rows, with_title if shows_title else upper.h, draft.gap, 0.0)
    focused = next(
        (
            n
            for n, page in enumerate(pages)
            if draft.followed is not None and any(draft.followed in row.choices for row in page)
        ),
        None,
    )
    # The first page has as much of the sentence as leaves room for the picture; what it cannot
    # take has a page of its own.
    sentences = ((parts,), ((title, None), parts), (None, parts))
    first = next(
        (
            way
            for way in sentences
            if upper.h - (sentence.height(way[0]) if way[0] else 0) >= least_height(draft)
        ),
        sentences[-1],
    )
    texts = tuple(part for way in first for part in _cut(way, upper.h))
    ahead = len(texts)
    draft.pages = len(pages) + ahead
    paging.arrows(draft, area.foot(high), draft.pages)
    if focused is not None:
        draft.local.page = focused + ahead
    at = min(draft.local.page, draft.pages - 1)
    if at < ahead:
        shown = texts[at]
        tall = sentence.height(shown) if shown else 0.0
        top = max(upper.y, rest.bottom - tall)
        if shown:
            sentence.put(draft, shown, Rect(rest.x, top, rest.w, tall))
        if at == 0:
            bodies.body(draft, Rect(rest.x, rest.y, rest.w, top - draft.gap - rest.y))
        return
    y = rest.bottom
    placed = []
    for row in reversed(pages[at - ahead]):
        y -= row.high
        placed.append((row, Rect(rest.x, y, rest.w, row.high)))
        y -= draft.gap
    buttons.choices(draft, placed)
    if shows_title:
        sentence.put(draft, (title, None), Rect(rest.x, y - title.height, rest.w, title.height))
        y -= title.height + draft.gap
        if y - rest.y > draft.mm(SIZES.picture_least) and not isinstance(
            draft.view.body, Table | Payment
        ):
            bodies.body(draft, Rect(rest.x, rest.y, rest.w, y - rest.y))


def _beside(draft: Draft, area: Rect) -> None:
    """Landscape: picture left, words and controls right."""
    left, right = _split(draft, area)
    if draft.view.primary is not None:
        right = right.above(buttons.primary_height(draft, right.w) + draft.gap)
    parts = sentence.fitted(draft, right.w)
    tall = sentence.height(parts)
    room = right.h - tall - draft.gap
    bodies.body(draft, left)
    placed, foot = _choices(draft, right, room)
    spare = foot - right.y - tall
    top = right.y + max(0.0, min(spare / 3, draft.mm(SIZES.lead_in)))
    sentence.put(draft, parts, Rect(right.x, top, right.w, tall))
    buttons.choices(draft, placed)


def _choices(draft: Draft, area: Rect, room: float) -> tuple[list[tuple[buttons.Row, Rect]], float]:
    """Places the choices at the foot of `area`, in pages where `room` is too little."""
    rows = buttons.rows(draft, draft.view.choices, area.w)
    gap = draft.gap
    pages = _paged(rows, room, gap, paging.arrows_height(draft) + gap)
    draft.pages = max(draft.pages, len(pages))
    foot = area.bottom
    if len(pages) > 1:
        high = paging.arrows_height(draft)
        paging.arrows(draft, area.foot(high), len(pages))
        foot -= high + gap
    shown = _page_of_focus(draft, pages)
    placed: list[tuple[buttons.Row, Rect]] = []
    for row in reversed(shown):
        foot -= row.high
        placed.append((row, Rect(area.x, foot, area.w, row.high)))
        foot -= gap
    return placed[::-1], foot + (gap if placed else 0)


def _page_of_focus(draft: Draft, pages: list[list[buttons.Row]]) -> list[buttons.Row]:
    """The page that is open; with the keys in use, the one where the focus stands."""
    for n, page in enumerate(pages):
        if draft.followed is not None and any(draft.followed in row.choices for row in page):
            draft.local.page = n
    return pages[min(draft.local.page, len(pages) - 1)] if pages else []


def _paged(
    rows: list[buttons.Row], room: float, gap: float, arrows: float
) -> list[list[buttons.Row]]:
    def cut(space: float) -> list[list[buttons.Row]]:
        pages: list[list[buttons.Row]] = []
        left = 0.0
        for row in rows:
            if not pages or row.high > left:
                pages.append([])
                left = space
            pages[-1].append(row)
            left -= row.high + gap
        return pages

    once = cut(room)
    return once if len(once) < 2 else cut(room - arrows)
