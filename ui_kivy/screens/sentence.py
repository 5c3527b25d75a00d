"""The one sentence of a screen with its line of detail."""

from __future__ import annotations

from ui_kivy.geometry import Rect
from ui_kivy.screens.draft import Draft
from ui_kivy.theme import SIZES, TITLES
from ui_kivy.typeset import Block

Parts = tuple[Block, Block | None]
"""The sentence, and its detail."""
LARGE_TITLES = (SIZES.body_plus, SIZES.body, SIZES.small)
SMALLS = (SIZES.body, SIZES.small_plus, SIZES.small)


def fitted(draft: Draft, room: float, *, detail: bool = True) -> Parts:
    """Both at the largest sizes that fit a width of `room` pixels."""
    view = draft.view
    sizes: tuple[float, ...] = LARGE_TITLES if draft.theme.large else TITLES
    if draft.theme.large and draft.wide:
        sizes = (SIZES.small,)
    tall = draft.px(sizes[0]) * 1.5 * (3.1 if draft.theme.large else 2.1)
    most = 3 if view.title.key == "lookup.hit" else 0
    title = draft.block(draft.say(view.title), sizes, room, tall, bold=True, most=most)
    if view.detail is None or not detail:
        return title, None
    small = (SIZES.small,) if draft.theme.large else SMALLS
    return title, draft.block(draft.say(view.detail), small, room, draft.px(SIZES.body) * 1.5 * 2.1)


def height(parts: Parts) -> float:
    """Pixels of a sentence with its detail."""
    return parts[0].height + (parts[1].height if parts[1] else 0)


def put(draft: Draft, parts: Parts, rect: Rect) -> None:
    """Sets both, from the top of the rectangle."""
    title, detail = parts
    draft.put(title, rect.top(title.height), "ink", "ground", "centre")
    if detail:
        draft.put(detail, rect.below(title.height).top(detail.height), "quiet", "ground", "centre")
