"""The frame of every screen: status, steps, primary action, the always-there bar, choices.

Portrait follows kiosk-experience §2.1 from the upper edge; landscape puts the picture left and
the words with the controls right.  Low mode keeps controls and words in the lower 1000 px.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Sequence

import msgspec

from daemon.catalogue.calendar import VIETNAM
from daemon.machine.views import BAR, Choice, Keyboard, Say
from ui_kivy.geometry import Rect
from ui_kivy.screens.draft import Draft
from ui_kivy.screens.items import Fill, Target
from ui_kivy.theme import SIZES, TITLES
from ui_kivy.typeset import Block

LABELS = (SIZES.lead, 13.0, SIZES.body, 11.0, SIZES.small)
LARGE_TITLES = (13.0, SIZES.body, SIZES.small)
SMALLS = (SIZES.body, 11.0, SIZES.small)
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


def wide(draft: Draft) -> bool:
    """Is this the landscape frame?"""
    return draft.sheet.rect.w > draft.sheet.rect.h


def frame(draft: Draft) -> Rect:
    """Draws what every screen has; returns what is left between steps and bar."""
    whole = draft.sheet.rect
    draft.sheet.add(Fill(whole, "ground"))
    high = draft.mm(SIZES.status_flat if wide(draft) else SIZES.status)
    if draft.theme.large:
        high = draft.mm(SIZES.status_large)
    _status(draft, whole.top(high))
    rest = whole.below(high)
    crowded = draft.theme.large and (wide(draft) or isinstance(draft.view.body, Keyboard))
    if draft.view.step is not None and draft.view.steps and not crowded:
        tall = _steps(draft, rest)
        rest = rest.below(tall)
    bar = _bar(draft, whole)
    margin = draft.mm(SIZES.margin)
    area = Rect(margin, rest.y, whole.w - 2 * margin, bar - draft.gap - rest.y)
    top = draft.mm(SIZES.inset) + draft.gap
    return area.below(top)


def low_top(draft: Draft) -> float:
    """The line above which low mode has no control."""
    return draft.mm(SIZES.low_at) if draft.view.prefs.low and not wide(draft) else 0.0


def _status(draft: Draft, rect: Rect) -> None:
    draft.sheet.add(Fill(rect, "head"))
    if draft.theme.palette.head == draft.theme.palette.ground:
        draft.sheet.add(Fill(rect.foot(draft.mm(SIZES.edge)), "edge"))
    margin = draft.mm(SIZES.margin)
    inner = rect.inset(margin, draft.mm(SIZES.inset))
    now = datetime.datetime.now(VIETNAM)
    clock = draft.block(
        f"{now:%H:%M}", (SIZES.lead, SIZES.small), inner.w, inner.h, bold=True, tight=True
    )
    right = Rect(inner.right - clock.widest, inner.y, clock.widest, inner.h)
    if not wide(draft) and not draft.theme.large:
        date = draft.block(draft.words.date(now.date()), (SIZES.small,), inner.w, tight=True)
        wide_most = max(clock.widest, date.widest)
        right = Rect(inner.right - wide_most, inner.y, wide_most, inner.h)
        two = (right.top(inner.h * 0.56), right.below(inner.h * 0.56))
        draft.put(clock, two[0], "on_head", "head", "right")
        draft.put(date, two[1], "on_head", "head", "right")
    else:
        draft.put(clock, right, "on_head", "head", "right")
    left = Rect(inner.x, inner.y, inner.w - right.w - draft.gap * 2, inner.h)
    if not draft.theme.large or wide(draft):
        side = min(inner.h, draft.mm(SIZES.emblem))
        draft.icon("emblem", Rect(left.x, left.y + (left.h - side) / 2, side, side), "on_head")
        left = left.beside(side + draft.gap)
    if not draft.view.online:
        side = min(inner.h * 0.6, draft.mm(SIZES.icon) * 1.2)
        at = Rect(left.right - side, left.y + (left.h - side) / 2, side, side)
        draft.icon("offline", at, "on_head")
        left = Rect(left.x, left.y, left.w - side - draft.gap, left.h)
    name = draft.view.ward or draft.words.key("status.product")
    if draft.view.step is not None and draft.view.steps and wide(draft) and draft.theme.large:
        # A landscape panel has no height to spare for a strip of large letters.
        name = draft.say(_now(draft, draft.view.step))
    if wide(draft) or draft.theme.large:
        draft.text(
            name,
            (SIZES.lead, 12.0, SIZES.small),
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
        (15.0, 13.0, SIZES.small),
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


def _steps(draft: Draft, rest: Rect) -> float:
    """The named steps; returns the height used."""
    view = draft.view
    at = view.step or 0
    count = len(view.steps)
    names = [draft.words.key(key) for key in view.steps]
    if draft.theme.large:
        high = draft.mm(SIZES.steps_large)
        band = rest.top(high)
        draft.sheet.add(Fill(band, "surface"))
        inner = band.inset(draft.mm(SIZES.margin), draft.mm(1.0))
        bar = inner.foot(draft.mm(2.0))
        for n, cell in enumerate(bar.grid(count, 1, draft.mm(2.0))):
            draft.sheet.add(Fill(cell, "link" if n <= at else "soft", cell.h / 2))
        said = _now(draft, at)
        draft.text(
            draft.say(said),
            (SIZES.small,),
            inner.above(draft.mm(2.0)),
            "ink",
            "surface",
            bold=True,
            tight=True,
            most=1,
        )
        return high
    high = draft.mm(18.0 if wide(draft) else SIZES.steps)
    band = rest.top(high)
    draft.sheet.add(Fill(band, "surface"), Fill(band.foot(draft.mm(SIZES.hair)), "soft"))
    inner = band.inset(draft.mm(SIZES.inset), draft.mm(SIZES.inset))
    dot = draft.mm(SIZES.dot)
    if wide(draft):
        _flat_steps(draft, inner, names, at, dot)
        return high
    cells = inner.grid(count, 1, 0)
    line = inner.y + dot / 2
    for one, two in itertools.pairwise(cells):
        done = cells.index(two) <= at
        x = one.centre[0] + dot / 2
        draft.sheet.add(
            Fill(
                Rect(x, line - draft.mm(0.6), two.centre[0] - dot / 2 - x, draft.mm(1.2)),
                "link" if done else "off",
            )
        )
    for n, (cell, name) in enumerate(zip(cells, names, strict=True)):
        _dot(draft, Rect(cell.centre[0] - dot / 2, cell.y, dot, dot), n, at)
        words = cell.below(dot + draft.mm(1.0))
        draft.text(
            name,
            (SIZES.small,),
            words,
            "ink" if n == at else "quiet",
            "surface",
            bold=n == at,
            tight=True,
        )
    return high


def _now(draft: Draft, at: int) -> Say:
    """Which step this is, in words."""
    steps = draft.view.steps
    return Say("step.now", args={"k": at + 1, "n": len(steps)}, terms={"name": steps[at]})


def _dot(draft: Draft, rect: Rect, n: int, at: int) -> None:
    radius = rect.w / 2
    if n < at:
        draft.sheet.add(Fill(rect, "link", radius))
        draft.icon("yes", rect.inset(rect.w * 0.2), "surface")
        return
    now = n == at
    draft.sheet.add(Fill(rect, "surface", radius, "link" if now else "edge", draft.mm(0.8)))
    if now:
        inner = rect.inset(rect.w * 0.24)
        draft.sheet.add(Fill(inner, "link", inner.w / 2))


def _flat_steps(draft: Draft, inner: Rect, names: list[str], at: int, dot: float) -> None:
    gap = draft.mm(2.0)
    blocks = [
        draft.block(name, (SIZES.small,), 1e6, bold=n == at, tight=True)
        for n, name in enumerate(names)
    ]
    total = sum(block.widest + dot + gap for block in blocks)
    between = (inner.w - total) / (len(names) + 1)
    x = inner.x + between
    for n, block in enumerate(blocks):
        _dot(draft, Rect(x, inner.centre[1] - dot / 2, dot, dot), n, at)
        x += dot + gap
        rect = Rect(x, inner.y, block.widest, inner.h)
        draft.put(block, rect, "ink" if n == at else "quiet", "surface", "left")
        x += block.widest + between


# -- the bar ------------------------------------------------------------------------------


def _bar(draft: Draft, whole: Rect) -> float:
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
        columns, high = (4 if wide(draft) else 2), draft.mm(SIZES.bar_large)
    else:
        items = BAR
        columns, high = (8, draft.mm(SIZES.bar)) if wide(draft) else (4, draft.mm(SIZES.bar))
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
    text = draft.words.key(f"bar.{name}")
    icon = draft.mm(SIZES.icon) * 1.2
    sign = "more" if name == "more" else BAR_ICONS[name]
    if draft.theme.large:
        side = cell.h * 0.42
        inner = cell.inset(draft.mm(2.0), draft.mm(1.0))
        words = inner.beside(side + draft.mm(2.0))
        if draft.block(text, (SIZES.small,), 1e6, bold=True).widest > words.w:
            words = inner
        else:
            draft.icon(sign, Rect(inner.x, inner.centre[1] - side / 2, side, side), ink)
        draft.text(text, (SIZES.small,), words, ink, ground, bold=True, tight=True)
    else:
        inner = cell.inset(draft.mm(0.4), draft.mm(1.0))
        draft.icon(sign, Rect(inner.centre[0] - icon / 2, inner.y, icon, icon), ink)
        draft.text(text, (SIZES.small,), inner.below(icon), ink, ground, bold=True, tight=True)
    if name == "more":
        draft.sheet.target(Target(cell, "bar_more", local=True, radius=radius))
    elif not off:
        draft.press(cell, Choice(name, Say(f"bar.{name}")), radius)


# -- the primary action and the choices -----------------------------------------------------


def primary_height(draft: Draft, wide_: float) -> float:
    """32 mm, and more where large letters need a second line."""
    return max(
        draft.mm(SIZES.primary),
        _primary_label(draft, wide_).height + 2 * draft.mm(SIZES.inset),
    )


def _primary_label(draft: Draft, wide_: float) -> Block:
    choice = draft.view.primary
    assert choice is not None
    room = wide_ - 2 * draft.mm(SIZES.pad) - draft.px(SIZES.icon) * 1.6
    sizes = LABELS if draft.theme.large else (SIZES.title, 16.0, *LABELS)
    one_line = draft.px(sizes[0]) * 1.3 + 1
    return draft.block(draft.say(choice.label), sizes, room, one_line, bold=True, tight=True)


def primary(draft: Draft, rect: Rect) -> None:
    """The act that most people want: full width, always in the same place."""
    choice = draft.view.primary
    if choice is None:
        return
    ground, ink = {"go": ("go", "on_go"), "stop": ("stop", "on_stop")}.get(
        choice.tone, ("link", "surface")
    )
    radius = draft.mm(SIZES.button)
    draft.sheet.add(Fill(rect, ground, radius))
    inner = rect.inset(draft.mm(SIZES.pad), draft.mm(SIZES.inset))
    made = _primary_label(draft, rect.w)
    side = draft.px(SIZES.icon) * 1.15
    gap = draft.gap
    sign = {"go": "forward", "officer": "officer"}.get(choice.tone, "")
    if not sign:
        draft.put(made, inner, ink, ground, "centre")
    else:
        x = inner.x + (inner.w - made.widest - side - gap) / 2
        draft.put(made, Rect(x, inner.y, made.widest, inner.h), ink, ground, "left")
        draft.icon(sign, Rect(x + made.widest + gap, inner.centre[1] - side / 2, side, side), ink)
    draft.press(rect, choice, radius, primary=True)


class Row(msgspec.Struct, frozen=True):
    """Choices side by side, and how high they must be."""

    choices: tuple[Choice, ...]
    high: float


def rows(draft: Draft, choices: Sequence[Choice], room: float) -> list[Row]:
    """Puts short choices in pairs; others have a row of their own."""
    made: list[Row] = []
    half = (room - draft.gap) / 2
    left = list(choices)
    pair_all = len(left) in (2, 4) and all(_fits_half(draft, one, half) for one in left)
    while left:
        many = (
            2
            if pair_all
            or (
                len(left) >= 2
                and len(choices) > 3
                and all(_fits_half(draft, c, half) for c in left[:2])
            )
            else 1
        )
        group = tuple(left[:many])
        del left[:many]
        cell = half if many == 2 else room
        made.append(Row(group, max(_choice_height(draft, one, cell) for one in group)))
    return made


def _sides(draft: Draft) -> tuple[float, float]:
    """Padding and icon width of a choice."""
    return draft.mm(SIZES.pad) * 1.25, draft.px(SIZES.icon) * 1.3


def _room_for_label(draft: Draft, choice: Choice, wide_: float) -> float:
    pad, icon = _sides(draft)
    return wide_ - 2 * pad - (icon + draft.gap if _sign(choice) else 0)


def _sign(choice: Choice) -> str:
    if choice.why_not is not None:
        return "off"
    return choice.icon or {"officer": "officer", "stop": "no"}.get(choice.tone, "")


def _fits_half(draft: Draft, choice: Choice, half: float) -> bool:
    if choice.detail is not None or choice.why_not is not None:
        return False
    made = draft.block(draft.say(choice.label), (SIZES.lead,), 1e6, bold=True, tight=True)
    return len(made.lines) == 1 and made.widest <= _room_for_label(draft, choice, half)


def _parts(draft: Draft, choice: Choice, wide_: float) -> tuple[Block, Block | None]:
    room = _room_for_label(draft, choice, wide_)
    two = draft.px(SIZES.lead) * 1.3 * 2 + 1
    most = 0
    if choice.label.key == "lookup.hit":
        most = 1 if low_top(draft) else 2
    label = draft.block(
        draft.say(choice.label), LABELS, room, two, bold=True, tight=True, most=most
    )
    lower = choice.why_not or choice.detail
    if lower is None:
        return label, None
    return label, draft.block(draft.say(lower), (SIZES.small,), room, tight=True)


def _choice_height(draft: Draft, choice: Choice, wide_: float) -> float:
    label, detail = _parts(draft, choice, wide_)
    tall = label.height + (detail.height if detail else 0)
    return max(
        draft.mm(SIZES.choice) * (1.3 if draft.theme.large else 1.0),
        tall + 2 * draft.mm(SIZES.inset) * 1.5,
    )


def choices(draft: Draft, placed: Sequence[tuple[Row, Rect]]) -> None:
    """Draws rows at their places."""
    for row, rect in placed:
        for choice, cell in zip(
            row.choices, rect.grid(len(row.choices), 1, draft.gap), strict=True
        ):
            _choice(draft, choice, cell)


def _choice(draft: Draft, choice: Choice, rect: Rect) -> None:
    off = choice.why_not is not None
    ground = "off" if off else "surface"
    ink = "on_off" if off else "stop" if choice.tone == "stop" else "ink"
    if choice.tone == "stop" and not off:
        ground, ink = "stop", "on_stop"
    radius = draft.mm(SIZES.button)
    edge = "" if off or ground == "stop" else "edge"
    draft.sheet.add(Fill(rect, ground, radius, edge, draft.mm(SIZES.edge)))
    pad, icon = _sides(draft)
    label, detail = _parts(draft, choice, rect.w)
    sign = _sign(choice)
    inner = rect.inset(pad, 0)
    if sign:
        at = Rect(inner.x, inner.centre[1] - icon / 2, icon, icon)
        draft.icon(sign, at, ink if off or ground == "stop" else "link")
        inner = inner.beside(icon + draft.gap)
    align = "left" if sign or detail else "centre"
    tall = label.height + (detail.height if detail else 0)
    top = rect.y + (rect.h - tall) / 2
    draft.put(
        label,
        Rect(inner.x, top, inner.w, label.height),
        ink,
        ground,
        "left" if align == "left" else "centre",
    )
    if detail:
        draft.put(
            detail,
            Rect(inner.x, top + label.height, inner.w, detail.height),
            ink if off or ground == "stop" else "quiet",
            ground,
            "left",
        )
    if not off:
        draft.press(rect, choice, radius)


# -- paging -------------------------------------------------------------------------------


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


# -- the sentence ---------------------------------------------------------------------------


def sentence(draft: Draft, room: float, *, detail: bool = True) -> tuple[Block, Block | None]:
    """The one sentence of the screen and its line of detail."""
    view = draft.view
    sizes: tuple[float, ...] = LARGE_TITLES if draft.theme.large else TITLES
    if draft.theme.large and wide(draft):
        sizes = (SIZES.small,)
    tall = draft.px(sizes[0]) * 1.5 * (3.1 if draft.theme.large else 2.1)
    most = 3 if view.title.key == "lookup.hit" else 0
    title = draft.block(draft.say(view.title), sizes, room, tall, bold=True, most=most)
    if view.detail is None or not detail:
        return title, None
    small = (SIZES.small,) if draft.theme.large else SMALLS
    return title, draft.block(draft.say(view.detail), small, room, draft.px(12.0) * 1.5 * 2.1)


def sentence_height(parts: tuple[Block, Block | None]) -> float:
    """Pixels of a sentence with its detail."""
    return parts[0].height + (parts[1].height if parts[1] else 0)


def put_sentence(draft: Draft, parts: tuple[Block, Block | None], rect: Rect) -> None:
    """Sets both, from the top of the rectangle."""
    title, detail = parts
    draft.put(title, rect.top(title.height), "ink", "ground", "centre")
    if detail:
        draft.put(detail, rect.below(title.height).top(detail.height), "quiet", "ground", "centre")
