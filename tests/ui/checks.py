"""What can be wrong with a laid out screen, computed.  Figures: docs/screens.md."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cache

import segno

from daemon.machine.values import Language
from daemon.machine.views import Payment, View
from tests.ui.states import over
from ui_kivy.colours import contrast
from ui_kivy.geometry import Rect
from ui_kivy.screens.compose import compose
from ui_kivy.screens.draft import Local
from ui_kivy.screens.items import Code, Fill, Item, Sheet, Text
from ui_kivy.theme import PX_PER_MM, TEXT_RATIO, Theme
from ui_kivy.words import Words

FRAMES = {"portrait": (1080.0, 1920.0), "landscape": (1920.0, 1080.0)}
REACH = 403
"""On a 24-inch panel whose lower edge is 800 mm high, 1220 mm is so far from the upper edge."""


@cache
def words(language: Language) -> Words:
    return Words(language)


def sheets(view: View, frame: str, told: Words | None = None) -> Iterator[tuple[str, Sheet]]:
    """Every page of a View, in its own language or in these words."""
    told = told or words(view.prefs.language)
    theme = Theme(view.prefs, PX_PER_MM)
    local = Local(follow=False)
    for page in itertools.count():
        local.page = page
        sheet, pages = compose(view, FRAMES[frame], theme, told, local)
        on_it = f"+{over(view)}" if view.overlay else ""
        yield f"{view.name}{on_it} page {page + 1}/{pages}", sheet
        if page + 1 >= pages:
            return


def on_top(sheet: Sheet) -> list[Item]:
    """What is not under the shade of an overlay."""
    shades = [
        at
        for at, item in enumerate(sheet.items)
        if isinstance(item, Fill) and item.alpha < 1 and item.rect == sheet.rect
    ]
    return sheet.items[shades[-1] + 1 :] if shades else sheet.items


def extent(text: Text) -> Rect:
    """The rectangle that the letters really cover."""
    block, rect = text.block, text.rect
    x = {
        "left": rect.x,
        "centre": rect.x + (rect.w - block.widest) / 2,
        "right": rect.right - block.widest,
    }[text.align]
    # Between lines there is air; the letters themselves are 1.2 em high.
    air = (block.line - block.size * 1.2) / 2
    y = rect.y + (rect.h - block.height) / 2 + air
    return Rect(x, y, block.widest, block.height - 2 * air)


def faults(name: str, sheet: Sheet, view: View, frame: str) -> Iterator[str]:
    for fault in sheet.faults:
        yield f"{name}: {fault}"
    theme = Theme(view.prefs, PX_PER_MM)
    palette = theme.palette
    items = on_top(sheet)
    texts = [item for item in items if isinstance(item, Text)]
    keys = [one.rect for one in sheet.targets if one.action in ("key", "digit")]
    for text in texts:
        what = f"{name}: {text.block.lines[0][:20]!r}"
        box = extent(text)
        if (
            box.x < -1
            or box.y < -1
            or box.right > sheet.rect.w + 1
            or box.bottom > sheet.rect.h + 1
        ):
            yield f"{what} leaves the screen"
        on_key = any(key.holds(*text.rect.centre) for key in keys)
        least = 10.5 * PX_PER_MM * (1.0 if on_key else theme.scale)
        if text.block.size < least - 1:
            yield f"{what} is {text.block.size / PX_PER_MM:.1f} mm high"
        if text.block.line < text.block.size * 1.27:
            yield f"{what}: lines touch"
        ratio = contrast(getattr(palette, text.colour), getattr(palette, text.ground))
        if ratio < TEXT_RATIO:
            yield f"{what}: {text.colour} on {text.ground} is {ratio:.1f}"
    for one, two in itertools.combinations(texts, 2):
        if extent(one).meets(extent(two), 3):
            yield f"{name}: {one.block.lines[0][:16]!r} over {two.block.lines[0][:16]!r}"
    yield from target_faults(name, sheet, frame, low=view.prefs.low)
    for item in items:
        if isinstance(item, Text):
            for target in sheet.targets:
                box = extent(item)
                outside = not (
                    target.rect.x - 1 <= box.x
                    and box.right <= target.rect.right + 1
                    and target.rect.y - 1 <= box.y
                    and box.bottom <= target.rect.bottom + 1
                )
                if box.meets(target.rect, 2) and outside:
                    yield f"{name}: {item.block.lines[0][:16]!r} crosses {target.action}"
        if isinstance(item, Code):
            modules = segno.make(item.payload, error="m", micro=False).symbol_size(border=0)[0]
            unit = min(item.rect.w, item.rect.h) // (modules + 8)
            least = 60 if isinstance(view.body, Payment) else 50
            if unit * modules < least * PX_PER_MM:
                yield f"{name}: code of {unit * modules / PX_PER_MM:.0f} mm"


def target_faults(name: str, sheet: Sheet, frame: str, *, low: bool) -> Iterator[str]:
    for target in sheet.targets:
        what = f"{name}: target {target.action} {target.value}"
        high = 18 if target.action in ("key", "digit") else 20
        if target.rect.w < 20 * PX_PER_MM - 1 or target.rect.h < high * PX_PER_MM - 1:
            yield f"{what} is {target.rect.w / PX_PER_MM:.1f} × {target.rect.h / PX_PER_MM:.1f} mm"
        if target.primary and (target.rect.w < 100 * PX_PER_MM or target.rect.h < 26 * PX_PER_MM):
            yield f"{what} is too small for a primary action"
        if (
            target.rect.x < 0
            or target.rect.right > sheet.rect.w
            or target.rect.bottom > sheet.rect.h
        ):
            yield f"{what} leaves the screen"
        if frame == "portrait" and target.rect.centre[1] < REACH:
            yield f"{what} is out of reach"
        if frame == "portrait" and low and target.rect.y < 920 - 1:
            yield f"{what} at {target.rect.y:.0f} px is above the lower 1000 px"
    for one, two in itertools.combinations(sheet.targets, 2):
        keys = one.action in ("key", "digit") and two.action in ("key", "digit")
        gap = (3 if keys else 4) * PX_PER_MM
        if one.rect.inset(-(gap - 2) / 2).meets(two.rect.inset(-(gap - 2) / 2)):
            yield f"{name}: {one.action} {one.value} and {two.action} {two.value} are too close"
