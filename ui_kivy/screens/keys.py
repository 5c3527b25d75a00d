"""The keyboard template: a field, results above it, and the layouts of keys."""

from __future__ import annotations

from daemon.machine.views import Keyboard
from ui_kivy.geometry import Rect
from ui_kivy.screens import buttons, paging, sentence
from ui_kivy.screens.draft import Draft
from ui_kivy.screens.items import Fill, Icon, Target
from ui_kivy.theme import SIZES
from ui_kivy.typeset import Block, width

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
SIGNS = ("1234567890", "-/.,:;()&", "'\"@+%?!")
MAIL = "@.-_"
"""In place of the space bar, where an address is typed."""
MARKS = "ăâêôơưđ"
TONES = {"s": "á", "f": "à", "r": "ả", "x": "ã", "j": "ạ"}
PAD = ("123", "456", "789", " 0<")


def keyboard(draft: Draft, area: Rect, left: float) -> None:
    """Field and keys; in landscape the words stand left of the keys."""
    body = draft.view.body
    assert isinstance(body, Keyboard)
    pad = body.layout in ("number", "code")
    text = draft.local.typed if draft.local.typed is not None else body.text.reveal()
    if draft.wide:
        words = area.left(left)
        if draft.view.primary is not None:
            words = words.above(buttons.primary_height(draft, left) + draft.gap)
        keys = area.beside(left + 3 * draft.gap)
        if pad:
            wide_ = min(keys.w, draft.mm(SIZES.pad_wide_flat))
            keys = Rect(keys.x + (keys.w - wide_) / 2, keys.y, wide_, keys.h)
        _keys(draft, keys, pad)
        _words(draft, words, text, pad)
        return
    tall = _tall(draft, pad)
    keys = area.foot(tall)
    if pad:
        keys = Rect(
            keys.centre[0] - draft.mm(SIZES.pad_wide) / 2, keys.y, draft.mm(SIZES.pad_wide), keys.h
        )
    _keys(draft, keys, pad)
    upper = area.above(tall + draft.gap)
    _words(draft, upper, text, pad)


def _short(draft: Draft) -> bool:
    """Without the rows of marks: an address has none, a search needs none, and in low mode results
    need the room.
    """
    body = draft.view.body
    if isinstance(body, Keyboard) and body.layout == "mail":
        return True
    searching = isinstance(body, Keyboard) and body.layout == "search"
    return searching and draft.low_top > 0


def _key_high(draft: Draft, pad: bool) -> float:
    high = SIZES.key_high * (1.5 if pad else 1.0)
    return draft.mm(high * (1.0 if draft.theme.large else 1.08))


def _tall(draft: Draft, pad: bool) -> float:
    rows = 4 if pad or _short(draft) else 6
    return rows * _key_high(draft, pad) + (rows - 1) * draft.mm(SIZES.key_gap)


def _words(draft: Draft, area: Rect, text: str, pad: bool) -> None:
    """Sentence, results, field: the field next to the keys."""
    high = draft.px(SIZES.body if draft.theme.large else SIZES.lead) * 1.4 + draft.mm(SIZES.inset)
    field = area.foot(high)
    upper = area.above(high + draft.gap)
    low = draft.low_top
    if low and draft.view.choices:
        # What can be touched is low; the sentence stands above it.
        above = Rect(upper.x, upper.y, upper.w, max(0.0, low - draft.gap - upper.y))
        upper = Rect(upper.x, min(low, upper.bottom), upper.w, max(0.0, upper.bottom - low))
    else:
        above = upper
    rows = buttons.rows(draft, draft.view.choices, area.w)
    parts: tuple[Block, Block | None] | None = sentence.fitted(draft, area.w)
    least = (max(row.high for row in rows) + paging.arrows_height(draft) + draft.gap) if rows else 0
    for detail in (True, False):
        parts = sentence.fitted(draft, area.w, detail=detail)
        needed = sentence.height(parts) + (0 if above is not upper else draft.gap + least)
        if needed <= above.h:
            break
    else:
        # Something was found: it is worth more room than how to search.
        parts = None if rows else parts
    tall = sentence.height(parts) if parts else 0.0
    room = upper.h - (tall + draft.gap if above is upper else 0)
    # Nothing that can be touched stands higher than a hand in a wheelchair reaches.
    room = min(room, upper.bottom - draft.mm(SIZES.reach_keys)) if not draft.wide else room
    used = 0.0
    pages: list[list[buttons.Row]] = [[]]
    fits = sum(row.high for row in rows) + draft.gap * max(0, len(rows) - 1) <= room
    arrow = paging.arrows_height(draft)
    space = room if fits else room - arrow - draft.gap
    for row in rows:
        if pages[-1] and used + row.high > space:
            pages.append([])
            used = 0.0
        pages[-1].append(row)
        used += row.high + draft.gap
    draft.pages = max(draft.pages, len(pages))
    shown = pages[min(draft.local.page, len(pages) - 1)]
    foot = upper.bottom
    if len(pages) > 1:
        paging.arrows(draft, upper.foot(arrow), len(pages))
        foot -= arrow + draft.gap
    placed = []
    for row in reversed(shown):
        foot -= row.high
        placed.append((row, Rect(area.x, foot, area.w, row.high)))
        foot -= draft.gap
    buttons.choices(draft, placed)
    top = upper.y
    if draft.wide is False:
        end = foot if above is upper else above.bottom
        top = max(above.y, min(end - tall, above.y + (end - above.y - tall) / 2))
    if parts is not None:
        sentence.put(draft, parts, Rect(area.x, top, area.w, tall))
    _field(draft, field, text, pad)


def _field(draft: Draft, rect: Rect, text: str, pad: bool) -> None:
    radius = draft.mm(SIZES.key_corner)
    draft.sheet.add(Fill(rect, "surface", radius, "link", draft.mm(SIZES.bold)))
    inner = rect.inset(draft.mm(SIZES.pad), draft.mm(SIZES.edge))
    em = SIZES.body if draft.theme.large else SIZES.lead
    size = draft.px(em)
    shown = text
    # The end of a long text is what its writer looks at.
    while shown and width(shown, size, True) > inner.w - draft.mm(SIZES.pad):
        shown = shown[1:]
    if not text:
        hint = draft.words.key("keys.here")
        draft.text(
            hint,
            (SIZES.body, SIZES.small),
            inner,
            "quiet",
            "surface",
            align="centre" if pad else "left",
            tight=True,
            most=1,
        )
        return
    made = draft.text(
        shown,
        (em,),
        inner,
        "ink",
        "surface",
        bold=True,
        align="centre" if pad else "left",
        tight=True,
    )
    x = inner.x + (made.widest if not pad else (inner.w + made.widest) / 2) + draft.mm(SIZES.nudge)
    draft.sheet.add(
        Fill(Rect(x, inner.y + inner.h * 0.18, draft.mm(SIZES.stroke), inner.h * 0.64), "link")
    )


def _keys(draft: Draft, area: Rect, pad: bool) -> None:
    gap = draft.mm(SIZES.key_gap)
    high = _key_high(draft, pad)
    if draft.wide:
        rows = 4 if pad else 6
        high = min(high * 1.2, (area.h - (rows - 1) * gap) / rows)
        total = rows * high + (rows - 1) * gap
        area = Rect(area.x, area.y + (area.h - total) / 2, area.w, total)
    y = area.y
    if pad:
        for row in PAD:
            for sign, cell in zip(row, Rect(area.x, y, area.w, high).grid(3, 1, gap), strict=True):
                if sign == "<":
                    _key(draft, cell, "digit", "back", icon="delete", strong=True)
                elif sign != " ":
                    _key(draft, cell, "digit", sign, sign, big=True)
            y += high + gap
        return
    unit = (area.w - 9 * gap) / 10
    for names in _plane(draft)[2 if _short(draft) else 0 :]:
        total = sum(span for _, span, *_ in names)
        x = area.x + (area.w - total * unit - (total - 1) * gap) / 2
        for value, span, label, icon in names:
            cell = Rect(x, y, span * unit + (span - 1) * gap, high)
            active = value in ("shift",) and draft.local.shift
            _key(draft, cell, "key", value, label, icon=icon, strong=len(value) > 1, active=active)
            x += cell.w + gap
        y += high + gap


Key = tuple[str, float, str, str]
"""What it sends, columns, label, icon."""


def _plane(draft: Draft) -> list[list[Key]]:
    """The six rows of keys."""
    local, words = draft.local, draft.words
    upper = local.shift

    def letters(row: str) -> list[Key]:
        return [(one, 1, one.upper() if upper else one, "") for one in row]

    signs = local.plane == "signs"
    one, two, three = SIGNS if signs else ROWS
    tones: list[Key] = [
        (f"tone:{key}", 2, sign.upper() if upper else sign, "") for key, sign in TONES.items()
    ]
    marks = letters(MARKS)
    body = draft.view.body
    last: list[Key] = [("space", 8, words.key("keys.space"), "")]
    if isinstance(body, Keyboard) and body.layout == "mail":
        last = [(sign, 2, sign, "") for sign in MAIL]
    method = (f"method:{local.method}", 3, words.key(f"keys.{local.method}"), "")
    return [
        tones,
        [*marks, method],
        letters(one),
        [*letters(two), ("clear", 1, "", "clear")],
        [("shift", 1, "", "shift"), *letters(three), ("delete", 2, "", "delete")],
        [("plane", 2, "ABC" if signs else "123", ""), *last],
    ]


def _key(
    draft: Draft,
    rect: Rect,
    action: str,
    value: str,
    label: str = "",
    *,
    icon: str = "",
    strong: bool = False,
    active: bool = False,
    big: bool = False,
) -> None:
    radius = draft.mm(SIZES.key_corner)
    ground = "press" if active else "soft" if strong else "surface"
    draft.sheet.add(Fill(rect, ground, radius, "edge", draft.mm(SIZES.edge)))
    if icon:
        side = min(rect.w, rect.h) * 0.55
        x, y = rect.centre
        draft.sheet.add(Icon(icon, Rect(x - side / 2, y - side / 2, side, side), "ink"))
    else:
        scale = draft.theme.scale
        size = SIZES.title if big else SIZES.key if len(label) == 1 else SIZES.small
        largest = SIZES.head if len(label) == 1 and not big else size * scale
        sizes = tuple(one / scale for one in (largest, size * 1.0, SIZES.small) if one <= largest)
        draft.text(
            label, sizes, rect.inset(draft.mm(SIZES.stroke)), "ink", ground, bold=True, tight=True
        )
    draft.sheet.target(Target(rect, action, value, local=action == "key", radius=radius))
