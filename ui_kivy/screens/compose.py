"""Lays a whole View out: which zones there are and which template fills them."""

from __future__ import annotations

from daemon.machine.views import (
    Camera,
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
from ui_kivy.screens import bodies, frame, full
from ui_kivy.screens.draft import Draft, Local
from ui_kivy.screens.items import Sheet
from ui_kivy.screens.keys import keyboard
from ui_kivy.screens.overlay import overlay
from ui_kivy.theme import SIZES, Theme
from ui_kivy.words import Words

LEAST = {Camera: 90.0, Picture: 90.0, Pages: 80.0, Payment: 84.0, Table: 70.0, Working: 50.0}
"""Millimetres of height that the picture zone needs, by template; others can do with little."""


def compose(
    view: View, size: tuple[float, float], theme: Theme, words: Words, local: Local
) -> tuple[Sheet, int]:
    """The sheet of a View on a panel of `size` pixels, and how many pages it has."""
    sheet = Sheet(*size)
    draft = Draft(view, theme, words, sheet, local)
    area = frame.frame(draft)
    if view.primary is not None:
        high = frame.primary_height(draft)
        place = area.foot(high)
        if frame.wide(draft) and not isinstance(view.body, Tiles | Faces | Lines | Kinds):
            place = Rect(_split(draft, area)[1].x, place.y, _split(draft, area)[1].w, place.h)
            if isinstance(view.body, Keyboard):
                place = Rect(area.x, place.y, _keys_left(draft, area), place.h)
        elif not isinstance(view.body, Keyboard) or not frame.wide(draft):
            area = area.above(high + draft.gap)
        frame.primary(draft, place)
    match view.body:
        case Tiles() | Kinds() | Faces():
            full.grid(draft, _lowered(draft, area))
        case Lines():
            full.reading(draft, _lowered(draft, area))
        case Keyboard():
            keyboard(draft, area, _keys_left(draft, area))
        case _:
            if frame.wide(draft):
                _beside(draft, area)
            else:
                _stacked(draft, area)
    if view.overlay is not None:
        overlay(draft, view.overlay)
    return sheet, draft.pages


def _lowered(draft: Draft, area: Rect) -> Rect:
    """In low mode the upper part only carries a picture."""
    top = frame.low_top(draft)
    if top <= area.y:
        return area
    bodies.welcome(draft, Rect(area.x, area.y, area.w, top - area.y - draft.gap))
    return Rect(area.x, top, area.w, area.bottom - top)


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
    parts = frame.sentence(draft, area.w)
    tall = frame.sentence_height(parts)
    least = draft.mm(LEAST.get(type(draft.view.body), 0.0))
    low = frame.low_top(draft)
    floor = max(area.y + least, low)
    placed, foot = _choices(draft, area, area.bottom - floor - tall - 2 * draft.gap)
    top = min(max(draft.mm(SIZES.sentence_at), low), foot - tall - (draft.gap if placed else 0))
    frame.put_sentence(draft, parts, Rect(area.x, top, area.w, tall))
    frame.choices(draft, placed)
    bodies.body(draft, Rect(area.x, area.y, area.w, top - draft.gap - area.y))


def _beside(draft: Draft, area: Rect) -> None:
    """Landscape: picture left, words and controls right."""
    left, right = _split(draft, area)
    if draft.view.primary is not None:
        right = right.above(frame.primary_height(draft) + draft.gap)
    parts = frame.sentence(draft, right.w)
    tall = frame.sentence_height(parts)
    placed, foot = _choices(draft, right, right.h - tall - draft.gap)
    room = foot - right.y - tall
    top = right.y + max(0.0, min(room / 3, draft.mm(24.0)))
    frame.put_sentence(draft, parts, Rect(right.x, top, right.w, tall))
    frame.choices(draft, placed)
    bodies.body(draft, left)


def _choices(draft: Draft, area: Rect, room: float) -> tuple[list[tuple[frame.Row, Rect]], float]:
    """Places the choices at the foot of `area`, in pages where `room` is too little."""
    rows = frame.rows(draft, draft.view.choices, area.w)
    gap = draft.gap
    pages = _paged(rows, room, gap, frame.arrows_height(draft) + gap)
    draft.pages = max(draft.pages, len(pages))
    foot = area.bottom
    if len(pages) > 1:
        high = frame.arrows_height(draft)
        frame.arrows(draft, area.foot(high), len(pages))
        foot -= high + gap
    shown = _page_of_focus(draft, pages)
    placed: list[tuple[frame.Row, Rect]] = []
    for row in reversed(shown):
        foot -= row.high
        placed.append((row, Rect(area.x, foot, area.w, row.high)))
        foot -= gap
    return placed[::-1], foot + (gap if placed else 0)


def _page_of_focus(draft: Draft, pages: list[list[frame.Row]]) -> list[frame.Row]:
    """The page that is open; with the keys in use, the one where the focus stands."""
    for n, page in enumerate(pages):
        if draft.focused is not None and any(draft.focused in row.choices for row in page):
            draft.local.page = n
    return pages[min(draft.local.page, len(pages) - 1)] if pages else []


def _paged(rows: list[frame.Row], room: float, gap: float, arrows: float) -> list[list[frame.Row]]:
    def cut(space: float) -> list[list[frame.Row]]:
        pages: list[list[frame.Row]] = []
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
