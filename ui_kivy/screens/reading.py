"""Texts to read, page by page, with the choices beside or below them."""

from __future__ import annotations

from daemon.machine.views import Lines
from ui_kivy.geometry import Rect
from ui_kivy.screens import buttons, paging, sentence
from ui_kivy.screens.draft import Draft
from ui_kivy.theme import SIZES
from ui_kivy.typeset import Block


def reading(draft: Draft, area: Rect) -> None:
    """Paragraphs, in pages where they do not fit; choices below."""
    body = draft.view.body
    assert isinstance(body, Lines)
    if draft.wide and draft.theme.large and body.lines:
        title = draft.block(
            draft.say(draft.view.title), (SIZES.small,), area.w * 0.94, bold=True, most=3
        )
        rows = buttons.rows(draft, draft.view.choices, area.w)
        _read_then_choose(draft, area, body, rows, title)
        return
    parts = sentence.fitted(draft, area.w)
    tall = sentence.height(parts)
    sentence.put(draft, parts, Rect(area.x, area.y, area.w, tall))
    rest = area.below(tall + draft.gap)
    if draft.wide:
        # Lines are short, so the choices find room beside them.
        side = rest.beside(rest.w * 0.6) if draft.view.choices else rest.beside(rest.w)
        rows = buttons.rows(draft, draft.view.choices, side.w)
        tall = sum(row.high + draft.gap for row in rows)
        if tall <= side.h + draft.gap:
            y = side.y
            for row in rows:
                buttons.choices(draft, [(row, Rect(side.x, y, side.w, row.high))])
                y += row.high + draft.gap
            if body.lines:
                _paragraphs(draft, rest.left(rest.w - side.w - 2 * draft.gap), body)
            return
    rows = buttons.rows(draft, draft.view.choices, area.w)
    tall = sum(row.high + draft.gap for row in rows)
    if rows and rest.h - tall < draft.mm(SIZES.reading_least) * draft.theme.scale:
        _read_then_choose(draft, rest, body, rows)
        return
    foot = rest.bottom
    placed = []
    for row in reversed(rows):
        foot -= row.high
        placed.append((row, Rect(rest.x, foot, rest.w, row.high)))
        foot -= draft.gap
    buttons.choices(draft, placed)
    card = Rect(rest.x, rest.y, rest.w, foot - rest.y)
    if body.lines:
        _paragraphs(draft, card, body)


def _read_then_choose(
    draft: Draft,
    rest: Rect,
    body: Lines,
    rows: list[buttons.Row],
    title: Block | None = None,
) -> None:
    """Large letters: the text page by page, the choices on the last one."""
    arrow = paging.arrows_height(draft)
    space = rest.above(arrow + draft.gap)
    pad = draft.mm(SIZES.pad) * 1.4
    inner = space.inset(pad)
    headed = [(title, False)] if title is not None else []
    blocks = [*headed, *_blocks(draft, body, inner.w)]
    texts = _pages(blocks, inner.h, draft.gap) if blocks else []
    sets: list[list[buttons.Row]] = [[]] if rows else []
    # Nothing that can be touched stands higher than a hand in a wheelchair reaches.
    highest = space.bottom - max((row.high for row in rows), default=0.0)
    first = space.y if draft.wide else max(space.y, min(draft.mm(SIZES.reach_keys), highest))
    left = space.bottom - first
    for row in rows:
        if sets[-1] and row.high > left:
            sets.append([])
            left = space.bottom - first
        sets[-1].append(row)
        left -= row.high + draft.gap
    for n, rows_ in enumerate(sets):
        if draft.followed is not None and any(draft.followed in row.choices for row in rows_):
            draft.local.page = len(texts) + n
    draft.pages = len(texts) + len(sets)
    paging.arrows(draft, rest.foot(arrow), draft.pages)
    at = min(draft.local.page, draft.pages - 1)
    if at < len(texts):
        draft.card(space, "surface", "edge")
        _put(draft, inner, texts[at], draft.gap)
        return
    y = first
    for row in sets[at - len(texts)]:
        buttons.choices(draft, [(row, Rect(space.x, y, space.w, row.high))])
        y += row.high + draft.gap


def _blocks(draft: Draft, body: Lines, room: float) -> list[tuple[Block, bool]]:
    """Every paragraph, and whether it is a heading."""
    short = len(body.lines) <= 4 and not draft.theme.large
    size = SIZES.small if draft.theme.large else SIZES.lead if short else SIZES.body
    made = []
    for said in body.lines:
        heading = ".section." in said.key
        made.append((draft.block(draft.say(said), (size,), room, bold=heading), heading))
    return made


def _put(draft: Draft, inner: Rect, blocks: list[tuple[Block, bool]], space: float) -> None:
    y = inner.y
    for block, heading in blocks:
        place = Rect(inner.x, y, inner.w, block.height)
        draft.put(block, place, "link" if heading else "ink", "surface", "left")
        y += block.height + space


def _paragraphs(draft: Draft, card: Rect, body: Lines) -> None:
    pad = draft.mm(SIZES.pad) * 1.4
    inner = card.inset(pad)
    short = len(body.lines) <= 4
    blocks = _blocks(draft, body, inner.w)
    space = draft.gap * (1.8 if short else 0.8)
    arrow = paging.arrows_height(draft)
    pages = _pages(blocks, inner.h, space)
    if len(pages) > 1:
        card = card.above(arrow + draft.gap)
        inner = card.inset(pad)
        pages = _pages(blocks, inner.h, space)
        paging.arrows(draft, Rect(card.x, card.bottom + draft.gap, card.w, arrow), len(pages))
    draft.pages = max(draft.pages, len(pages))
    shown = pages[min(draft.local.page, len(pages) - 1)]
    used = sum(block.height for block, _ in shown) + space * (len(shown) - 1)
    if len(pages) == 1:
        card = card.top(min(card.h, used + 2 * pad))
        inner = card.inset(pad)
    draft.card(card, "surface", "edge")
    _put(draft, inner, shown, space)


def _pages(
    blocks: list[tuple[Block, bool]], tall: float, space: float
) -> list[list[tuple[Block, bool]]]:
    """Cuts paragraphs into pages, between lines where one paragraph alone is too high."""
    pages: list[list[tuple[Block, bool]]] = [[]]
    left = tall
    for block, heading in blocks:
        todo: Block | None = block
        while todo is not None:
            fit = int((left + 1) // todo.line)
            need = min(len(todo.lines), 2) + (2 if heading else 0)
            if fit < need and pages[-1]:
                pages.append([])
                left = tall
                continue
            many = max(1, min(fit, len(todo.lines)))
            part, todo = todo.cut(many)
            pages[-1].append((part, heading))
            left -= part.height + space
    return pages
