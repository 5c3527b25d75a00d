"""Lays the second display out: the newest call large, those before it beside or below.

Vietnamese first, English under it: whoever waits chose no language.  Sizes go with the panel and
not with millimetres: it hangs where nobody knows from how far it is read.
"""

from __future__ import annotations

from daemon.machine.views import Say, Serving, ServingLine
from ui_kivy.geometry import Rect
from ui_kivy.screens.items import Align, Fill, Sheet, Text
from ui_kivy.typeset import fitting
from ui_kivy.words import Words

MOST = 5
"""Calls under the newest one."""
LEAST = (800, 480)
"""Pixels of the smallest panel, landscape or portrait."""
STEPS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.32, 0.26, 0.2, 0.15)
"""Of a rectangle's height: em heights that are tried for a text in it."""


def lay(serving: Serving, size: tuple[float, float], vi: Words, en: Words) -> Sheet:
    """The sheet on a panel of `size` pixels."""
    sheet = Sheet(*size)
    whole = sheet.rect
    sheet.add(Fill(whole, "ground"))
    wide = whole.w > whole.h
    high = whole.h * (0.17 if wide else 0.11)
    head = whole.top(high)
    sheet.add(Fill(head, "head"))
    gap = min(whole.w, whole.h) * 0.03
    inside = head.inset(gap, high * 0.1)
    _both(sheet, inside, vi.key("serving.title"), en.key("serving.title"), "on_head", "head")
    body = whole.below(high).inset(gap)
    if not serving.calls:
        text = vi.key("serving.none"), en.key("serving.none")
        _both(sheet, body.inset(0, body.h * 0.3), *text, "ink", "ground")
        return sheet
    first, rest = serving.calls[0], serving.calls[1 : MOST + 1]
    if not rest:
        _newest(sheet, body, first, vi, en)
        return sheet
    if wide:
        left = body.left((body.w - gap) * 0.6)
        right = body.beside(left.w + gap)
    else:
        left = body.top((body.h - gap) * 0.5)
        right = body.below(left.h + gap)
    _newest(sheet, left, first, vi, en)
    _before(sheet, right, rest, gap / 2, vi, en)
    return sheet


def _newest(sheet: Sheet, rect: Rect, call: ServingLine, vi: Words, en: Words) -> None:
    ground, ink = ("go", "on_go") if call.fresh else ("surface", "ink")
    sheet.add(Fill(rect, ground, radius=rect.h * 0.04, edge="edge", edge_width=rect.h * 0.006))
    inner = rect.inset(rect.w * 0.04, rect.h * 0.05)
    upper = inner.top(inner.h * 0.56)
    size = _text(sheet, upper, call.number, ink, ground, bold=True)
    # The number is the largest, however narrow the panel.
    high = min(inner.h * 0.4, size * 1.3)
    lower = inner.foot(inner.h * 0.4).top(high)
    said = Say("serving.counter", args={"at": call.counter})
    _both(sheet, lower, vi.say(said), en.say(said), ink, ground)


def _before(
    sheet: Sheet,
    rect: Rect,
    calls: tuple[ServingLine, ...],
    gap: float,
    vi: Words,
    en: Words,
) -> None:
    high = (rect.h - gap * (MOST - 1)) / MOST
    for at, call in enumerate(calls):
        row = Rect(rect.x, rect.y + at * (high + gap), rect.w, high)
        sheet.add(Fill(row, "surface", radius=high * 0.15, edge="edge", edge_width=high * 0.015))
        inner = row.inset(row.w * 0.04, row.h * 0.06)
        _text(sheet, inner.left(inner.w * 0.5), call.number, "ink", "surface", bold=True, to="left")
        said = Say("serving.counter", args={"at": call.counter})
        place = inner.beside(inner.w * 0.52)
        _both(sheet, place, vi.say(said), en.say(said), "ink", "surface", "right")


def _both(
    sheet: Sheet, rect: Rect, vi: str, en: str, ink: str, ground: str, to: Align = "centre"
) -> None:
    """Vietnamese above, English below and smaller."""
    upper = rect.top(rect.h * 0.6)
    _text(sheet, upper, vi, ink, ground, bold=True, to=to)
    _text(sheet, rect.below(rect.h * 0.62), en, ink, ground, to=to)


def _text(
    sheet: Sheet,
    rect: Rect,
    text: str,
    ink: str,
    ground: str,
    *,
    bold: bool = False,
    to: Align = "centre",
) -> float:
    """Sets a text into a rectangle; returns its size in pixels."""
    sizes = tuple(rect.h * step / 1.3 for step in STEPS)
    made = fitting(text, sizes, rect.w, rect.h, bold=bold, line=1.3)
    if made.height > rect.h + 1 or made.widest > rect.w + 1:
        sheet.faults.append(f"{text[:24]!r}: {made.widest:.0f}×{made.height:.0f} in {rect}")
    sheet.add(Text(made, rect, ink, ground, to))
    return made.size
