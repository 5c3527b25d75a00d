"""The strip of the first screen: what the day is like, one fact after the other."""

from __future__ import annotations

from daemon.machine.views import Fact
from ui_kivy.geometry import Rect
from ui_kivy.screens.draft import Draft
from ui_kivy.screens.items import Fill
from ui_kivy.theme import SIZES, TIGHT


def strip(draft: Draft, area: Rect, facts: tuple[Fact, ...], needed: float) -> Rect:
    """Draws the fact of now, where `needed` pixels stay below it; returns what is left."""
    pad, dot = draft.mm(SIZES.inset if draft.wide else SIZES.pad), draft.mm(SIZES.dots)
    side = draft.px(SIZES.icon) * (1.0 if draft.theme.large else 2.0)
    dots = len(facts) * 2 * dot
    room = area.w - side - dots - 4 * pad
    sizes: tuple[float, ...] = (SIZES.lead, SIZES.body_plus, SIZES.body, SIZES.small)
    if draft.wide:
        # A landscape panel has no height to spare.
        sizes = sizes[-1:]
    # As high as the longest fact, so that nothing moves where one follows the other.
    low = draft.px(SIZES.lead) * TIGHT * 2 + 1
    blocks = [
        draft.block(draft.say(one.says), sizes, room, low, bold=True, tight=True) for one in facts
    ]
    high = max(max(one.height for one in blocks), side) + 2 * pad
    if area.h - high - draft.gap < needed or max(one.widest for one in blocks) > room:
        return area
    at = draft.local.turn % len(facts)
    card = area.top(high)
    draft.card(card, "soft")
    field = Rect(card.x + pad, card.centre[1] - side / 2, side, side)
    draft.sheet.add(Fill(field, "surface", side / 2))
    draft.icon(facts[at].icon, field.inset(side * 0.22), "link")
    words = Rect(field.right + pad, card.y, room, high)
    draft.put(blocks[at], words, "ink", "soft", "left")
    for n in range(len(facts)):
        place = Rect(card.right - pad - dots + n * 2 * dot, card.centre[1] - dot / 2, dot, dot)
        draft.sheet.add(Fill(place, "link" if n == at else "edge", dot / 2))
    return area.below(high + draft.gap)
