"""The named steps of a service, and which of them is now."""

from __future__ import annotations

import itertools

from daemon.machine.views import Say
from ui_kivy.geometry import Rect
from ui_kivy.screens.draft import Draft
from ui_kivy.screens.items import Fill
from ui_kivy.theme import SIZES, TIGHT


def steps(draft: Draft, rest: Rect) -> float:
    """The named steps; returns the height used."""
    view = draft.view
    at = view.step or 0
    count = len(view.steps)
    names = [draft.words.key(key) for key in view.steps]
    if draft.theme.large:
        high = draft.mm(SIZES.steps_large)
        band = rest.top(high)
        draft.sheet.add(Fill(band, "surface"))
        inner = band.inset(draft.mm(SIZES.margin), draft.mm(SIZES.nudge))
        bar = inner.foot(draft.mm(SIZES.inset))
        for n, cell in enumerate(bar.grid(count, 1, draft.mm(SIZES.inset))):
            draft.sheet.add(Fill(cell, "link" if n <= at else "soft", cell.h / 2))
        said = now(draft, at)
        draft.text(
            draft.say(said),
            (SIZES.small,),
            inner.above(draft.mm(SIZES.inset)),
            "ink",
            "surface",
            bold=True,
            tight=True,
            most=1,
        )
        return high
    high = draft.mm(SIZES.steps_flat if draft.wide else SIZES.steps)
    band = rest.top(high)
    draft.sheet.add(Fill(band, "surface"), Fill(band.foot(draft.mm(SIZES.hair)), "soft"))
    inner = band.inset(draft.mm(SIZES.inset), draft.mm(SIZES.inset))
    dot = draft.mm(SIZES.dot)
    if draft.wide:
        _flat_steps(draft, inner, names, at, dot)
        return high
    high_all = dot + draft.mm(SIZES.nudge) + 2 * draft.px(SIZES.small) * TIGHT
    inner = inner.below((inner.h - high_all) / 2) if inner.h > high_all else inner
    cells = _cells(draft, inner, names)
    line = inner.y + dot / 2
    for one, two in itertools.pairwise(cells):
        done = cells.index(two) <= at
        x = one.centre[0] + dot / 2
        draft.sheet.add(
            Fill(
                Rect(
                    x,
                    line - draft.mm(SIZES.edge),
                    two.centre[0] - dot / 2 - x,
                    draft.mm(SIZES.bold),
                ),
                "link" if done else "off",
            )
        )
    for n, (cell, name) in enumerate(zip(cells, names, strict=True)):
        _dot(draft, Rect(cell.centre[0] - dot / 2, cell.y, dot, dot), n, at)
        words = cell.below(dot + draft.mm(SIZES.nudge))
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


def _cells(draft: Draft, inner: Rect, names: list[str]) -> list[Rect]:
    """A column a step, as wide as its name needs, so that no name breaks where all have room."""
    needs = [
        draft.block(name, (SIZES.small,), 1e6, bold=True, tight=True).widest + 1 for name in names
    ]
    spare = (inner.w - sum(needs)) / len(needs)
    if spare < draft.mm(SIZES.inset) / 2:
        return list(inner.grid(len(names), 1, 0))
    cells, x = [], inner.x
    for need in needs:
        cells.append(Rect(x, inner.y, need + spare, inner.h))
        x += need + spare
    return cells


def now(draft: Draft, at: int) -> Say:
    """Which step this is, in words."""
    names = draft.view.steps
    return Say("step.now", args={"k": at + 1, "n": len(names)}, terms={"name": names[at]})


def _dot(draft: Draft, rect: Rect, n: int, at: int) -> None:
    radius = rect.w / 2
    if n < at:
        draft.sheet.add(Fill(rect, "link", radius))
        draft.icon("yes", rect.inset(rect.w * 0.2), "surface")
        return
    current = n == at
    draft.sheet.add(
        Fill(rect, "surface", radius, "link" if current else "edge", draft.mm(SIZES.stroke))
    )
    if current:
        inner = rect.inset(rect.w * 0.24)
        draft.sheet.add(Fill(inner, "link", inner.w / 2))


def _flat_steps(draft: Draft, inner: Rect, names: list[str], at: int, dot: float) -> None:
    gap = draft.mm(SIZES.inset)
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
