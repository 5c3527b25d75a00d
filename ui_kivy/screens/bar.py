"""The always-there bar: back, home, language, size, contrast, speech, low mode, help."""

from __future__ import annotations

from daemon.machine.views import BAR, Choice, bar_label
from ui_kivy.geometry import Rect
from ui_kivy.screens.draft import Draft
from ui_kivy.screens.items import Fill, Target
from ui_kivy.theme import SIZES

BAR_ICONS = {
    "back": "back",
    "home": "home",
    "language": "globe",
    "size": "size",
    "contrast": "contrast",
    "speech": "sound",
    "low": "low",
    "help": "help",
}
LARGE_BAR = (("back", "home", "help"), ("language", "size", "contrast"), ("speech", "low"))
"""In large mode the bar has pages of three and a fourth key that turns them."""


def bar(draft: Draft, whole: Rect) -> float:
    """Draws the bar; returns its upper edge."""
    side = draft.mm(SIZES.foot)
    gap = draft.gap
    items: tuple[str, ...]
    if draft.theme.large:
        page = draft.local.bar
        focused = draft.followed.action if draft.followed else ""
        for n, names in enumerate(LARGE_BAR):
            if focused in names:
                page = n
        page %= len(LARGE_BAR)
        items = (*LARGE_BAR[page], *("" for _ in range(3 - len(LARGE_BAR[page]))), "more")
        columns, high = (4 if draft.wide else 2), draft.mm(SIZES.bar_large)
    else:
        items = BAR
        columns, high = (8, draft.mm(SIZES.bar)) if draft.wide else (4, draft.mm(SIZES.bar))
    rows = -(-len(items) // columns)
    tall = rows * high + (rows - 1) * gap
    rect = Rect(side, whole.bottom - side - tall, whole.w - 2 * side, tall)
    draft.sheet.add(
        Fill(Rect(0, rect.y - gap, whole.w, whole.bottom - rect.y + gap), "soft"),
    )
    for name, cell in zip(items, rect.grid(columns, rows, gap), strict=True):
        if name:
            _bar_key(draft, name, cell)
    return rect.y - gap


def _bar_key(draft: Draft, name: str, cell: Rect) -> None:
    off = name in draft.view.bar_off
    on = {
        "speech": draft.view.prefs.speech,
        "low": draft.view.prefs.low,
        "size": draft.theme.large,
    }.get(name, False)
    ground = "off" if off else "press" if on else "surface"
    ink = "on_off" if off else "ink" if on else "link"
    radius = draft.mm(SIZES.card)
    edge = "" if off else "edge"
    draft.sheet.add(Fill(cell, ground, radius, edge, draft.mm(SIZES.edge)))
    label = bar_label(draft.view, name)
    text = draft.say(label)
    icon = draft.mm(SIZES.icon) * 1.2
    sign = "more" if name == "more" else BAR_ICONS[name]
    if draft.theme.large:
        side = cell.h * 0.42
        inner = cell.inset(draft.mm(SIZES.inset), draft.mm(SIZES.nudge))
        words = inner.beside(side + draft.mm(SIZES.inset))
        if draft.block(text, (SIZES.small,), 1e6, bold=True).widest > words.w:
            words = inner
        else:
            draft.icon(sign, Rect(inner.x, inner.centre[1] - side / 2, side, side), ink)
        draft.text(text, (SIZES.small,), words, ink, ground, bold=True, tight=True)
    else:
        inner = cell.inset(draft.mm(SIZES.edge), draft.mm(SIZES.nudge))
        draft.icon(sign, Rect(inner.centre[0] - icon / 2, inner.y, icon, icon), ink)
        draft.text(text, (SIZES.small,), inner.below(icon), ink, ground, bold=True, tight=True)
    if name == "more":
        draft.sheet.target(Target(cell, "bar_more", local=True, radius=radius))
    elif not off:
        draft.press(cell, Choice(name, label), radius)
