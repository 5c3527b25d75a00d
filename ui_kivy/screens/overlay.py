"""What stands over a screen: more time, help, officer called, leave."""

from __future__ import annotations

from daemon.machine.views import Overlay
from ui_kivy.geometry import Rect
from ui_kivy.screens import bodies, buttons, sentence
from ui_kivy.screens.draft import Draft
from ui_kivy.screens.items import Art, Fill
from ui_kivy.theme import SHADE, SIZES, TITLES

PICTURES = {"help": "officer", "called": "officer", "leave": "leave"}


def overlay(draft: Draft, over: Overlay) -> None:
    """A card at the foot of the screen, in reach, with the rest shaded and dead."""
    sheet = draft.sheet
    sheet.over()
    whole = sheet.rect
    sheet.add(Fill(whole, "head", alpha=SHADE))
    margin = draft.mm(SIZES.margin)
    pad = draft.mm(SIZES.pad) * 1.5
    wide_ = min(whole.w - 2 * margin, draft.mm(SIZES.overlay_wide))
    room = wide_ - 2 * pad
    sizes = sentence.LARGE_TITLES if draft.theme.large else TITLES
    title = draft.block(draft.say(over.title), sizes, room, draft.px(SIZES.title) * 6, bold=True)
    rows = buttons.rows(draft, over.choices, room)
    tall = sum(row.high for row in rows) + draft.gap * (len(rows) - 1)
    rest = whole.h - 2 * margin - 2 * pad - title.height - tall - 2 * draft.gap
    low = draft.low_top
    if low:
        rest = min(rest, whole.h - margin - low - 2 * pad - title.height - tall - 2 * draft.gap)
    picture = min(draft.mm(SIZES.overlay_art), rest)
    counts = over.seconds is not None
    if counts:
        picture = min(picture, draft.mm(SIZES.countdown))
    shows = picture > draft.mm(SIZES.overlay_art_least)
    high = 2 * pad + title.height + draft.gap + tall + (picture + draft.gap if shows else 0)
    card = Rect((whole.w - wide_) / 2, whole.bottom - margin * 2 - high, wide_, high)
    if draft.wide or card.y < margin:
        card = Rect(card.x, (whole.h - high) / 2, wide_, high)
    draft.card(card, "surface", "edge")
    inner = card.inset(pad)
    y = inner.y
    if shows:
        zone = Rect(inner.x, y, inner.w, picture)
        if counts and over.seconds is not None:
            bodies.ring(draft, zone.fit(1, 1), over.seconds)
        else:
            name = getattr(draft.view.body, "loop", "") if over.name == "show" else ""
            sheet.add(Art(name or PICTURES.get(over.name, "lay_paper"), zone.fit(4, 3), zone))
        y += picture + draft.gap
    draft.put(title, Rect(inner.x, y, inner.w, title.height), "ink", "surface", "centre")
    y += title.height + draft.gap
    placed = []
    for row in rows:
        placed.append((row, Rect(inner.x, y, inner.w, row.high)))
        y += row.high + draft.gap
    buttons.choices(draft, placed)
