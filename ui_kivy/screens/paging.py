"""The two arrows that turn pages of one screen."""

from __future__ import annotations

from ui_kivy.geometry import Rect
from ui_kivy.screens.draft import Draft
from ui_kivy.screens.items import Fill, Target
from ui_kivy.theme import SIZES


def arrows_height(draft: Draft) -> float:
    """Pixels of the row that turns pages."""
    return draft.px(SIZES.small) * 1.3 + draft.mm(SIZES.inset) * 4


def arrows(draft: Draft, rect: Rect, pages: int) -> None:
    """Two big arrows with the page between them; no dragging is ever needed."""
    page = min(draft.local.page, pages - 1)
    middle = draft.block(f"{page + 1}/{pages}", (SIZES.small,), rect.w, bold=True, tight=True)
    side = (rect.w - middle.widest - 2 * draft.gap) / 2
    places = (
        ("page_back", "back", Rect(rect.x, rect.y, side, rect.h), page > 0),
        ("page_next", "next", Rect(rect.right - side, rect.y, side, rect.h), page + 1 < pages),
    )
    draft.put(middle, rect, "ink", "ground", "centre")
    radius = draft.mm(SIZES.button)
    for action, sign, cell, works in places:
        draft.sheet.add(
            Fill(
                cell,
                "surface" if works else "off",
                radius,
                "edge" if works else "",
                draft.mm(SIZES.edge),
            )
        )
        tall = cell.h * 0.62
        draft.icon(
            sign,
            Rect(cell.centre[0] - tall / 2, cell.centre[1] - tall / 2, tall, tall),
            "link" if works else "on_off",
        )
        if works:
            draft.sheet.target(Target(cell, action, local=True, radius=radius))
