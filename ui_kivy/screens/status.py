"""The upper band: emblem, ward, service, no connection, clock."""

from __future__ import annotations

import datetime

from daemon.catalogue.calendar import VIETNAM
from ui_kivy.geometry import Rect
from ui_kivy.screens.draft import Draft
from ui_kivy.screens.items import Fill
from ui_kivy.screens.steps import now
from ui_kivy.theme import SIZES


def status(draft: Draft, rect: Rect) -> None:
    """Draws the band."""
    draft.sheet.add(Fill(rect, "head"))
    if draft.theme.palette.head == draft.theme.palette.ground:
        draft.sheet.add(Fill(rect.foot(draft.mm(SIZES.edge)), "edge"))
    margin = draft.mm(SIZES.margin)
    inner = rect.inset(margin, draft.mm(SIZES.inset))
    time = datetime.datetime.now(VIETNAM)
    clock = draft.block(
        f"{time:%H:%M}", (SIZES.lead, SIZES.small), inner.w, inner.h, bold=True, tight=True
    )
    right = Rect(inner.right - clock.widest, inner.y, clock.widest, inner.h)
    if not draft.wide and not draft.theme.large:
        date = draft.block(draft.words.date(time.date()), (SIZES.small,), inner.w, tight=True)
        wide_most = max(clock.widest, date.widest)
        right = Rect(inner.right - wide_most, inner.y, wide_most, inner.h)
        two = (right.top(inner.h * 0.56), right.below(inner.h * 0.56))
        draft.put(clock, two[0], "on_head", "head", "right")
        draft.put(date, two[1], "on_head", "head", "right")
    else:
        draft.put(clock, right, "on_head", "head", "right")
    left = Rect(inner.x, inner.y, inner.w - right.w - draft.gap * 2, inner.h)
    if not draft.theme.large or draft.wide:
        side = min(inner.h, draft.mm(SIZES.emblem))
        draft.icon("emblem", Rect(left.x, left.y + (left.h - side) / 2, side, side), "on_head")
        left = left.beside(side + draft.gap)
    if not draft.view.online:
        side = min(inner.h * 0.6, draft.mm(SIZES.icon) * 1.2)
        at = Rect(left.right - side, left.y + (left.h - side) / 2, side, side)
        draft.icon("offline", at, "on_head")
        left = Rect(left.x, left.y, left.w - side - draft.gap, left.h)
    name = draft.view.ward or draft.words.key("status.product")
    if draft.view.step is not None and draft.view.steps and draft.wide and draft.theme.large:
        # A landscape panel has no height to spare for a strip of large letters.
        name = draft.say(now(draft, draft.view.step))
    if draft.wide or draft.theme.large:
        draft.text(
            name,
            (SIZES.lead, SIZES.body, SIZES.small),
            left,
            "on_head",
            "head",
            bold=True,
            align="left",
            tight=True,
            most=1,
        )
        return
    upper, lower = left.top(inner.h * 0.56), left.below(inner.h * 0.56)
    draft.text(
        name,
        (SIZES.head, SIZES.lead, SIZES.body_plus, SIZES.small),
        upper,
        "on_head",
        "head",
        bold=True,
        align="left",
        tight=True,
        most=1,
    )
    draft.text(
        draft.words.key("status.service"),
        (SIZES.small,),
        lower,
        "on_head",
        "head",
        align="left",
        tight=True,
        most=1,
    )
