"""The templates that fill the picture zone; nothing here is a choice of the View."""

from __future__ import annotations

from daemon.machine.views import (
    Camera,
    Choice,
    Notice,
    Pages,
    Payment,
    Picture,
    Say,
    Table,
    Working,
)
from ui_kivy.geometry import Rect
from ui_kivy.screens import paging
from ui_kivy.screens.draft import Draft
from ui_kivy.screens.items import Art, Code, Fill, Icon, LiveView, Photo, Ring, Spin, Target
from ui_kivy.theme import SIZES
from ui_kivy.typeset import Block, clipped


def body(draft: Draft, rect: Rect) -> None:
    """Draws the View's body into the picture zone."""
    if rect.h < draft.mm(SIZES.zone_least):
        return
    match draft.view.body:
        case Camera():
            _camera(draft, rect)
        case Picture() as picture:
            _picture(draft, rect, picture)
        case Pages() as pages:
            _pages(draft, rect, pages)
        case Working() as working:
            _working(draft, rect, working)
        case Notice() as notice:
            if rect.h >= draft.mm(SIZES.art_least):
                _notice(draft, rect, notice)
        case Table() as table:
            _table(draft, rect, table)
        case Payment() as payment:
            _payment(draft, rect, payment)


def welcome(draft: Draft, rect: Rect) -> None:
    """The picture over the controls in low mode."""
    if rect.h > draft.mm(SIZES.welcome_least):
        draft.card(rect, "soft")
        draft.sheet.add(Art("kiosk", rect.inset(draft.mm(SIZES.pad)).fit(4, 3), rect))


def _camera(draft: Draft, rect: Rect) -> None:
    draft.sheet.add(Fill(rect, "desk", draft.mm(SIZES.card)))
    draft.sheet.add(LiveView(rect.inset(draft.mm(SIZES.inset))))


def _picture(draft: Draft, rect: Rect, picture: Picture) -> None:
    draft.card(rect, "soft")
    inner = rect.inset(draft.mm(SIZES.pad))
    if picture.parts:
        _looked(draft, inner, picture)
        return
    draft.sheet.add(Photo(picture.page, inner, picture.mark, picture.blurred))


def _looked(draft: Draft, inner: Rect, picture: Picture) -> None:
    """The page to be read: a touch on a part enlarges it, a touch on the part shows all again.

    In low mode the picture stands too high for a hand: there the choices below do it.
    """
    radius = draft.mm(SIZES.key_corner)
    if picture.near is not None:
        draft.sheet.add(Photo(picture.page, inner, near=picture.near))
        if not draft.low_top:
            draft.sheet.target(Target(inner, "part", "0", radius=radius))
        side = draft.mm(SIZES.chart)
        if inner.h > 3 * side:
            # Where on the page this is.
            chart = Rect(inner.right - side, inner.bottom - side * 1.3, side, side * 1.3)
            draft.sheet.add(
                Fill(chart, "surface", radius, "edge", draft.mm(SIZES.edge)),
                Photo(picture.page, chart.inset(draft.mm(SIZES.inset)), picture.near),
            )
        return
    draft.sheet.add(Photo(picture.page, inner))
    rows = -(-len(picture.parts) // 2)
    for n, cell in enumerate(inner.grid(2, rows, draft.gap)[: len(picture.parts)], 1):
        large = min(cell.w, cell.h) >= draft.mm(SIZES.kind_icon)
        near = draft.wide or cell.centre[1] > draft.mm(SIZES.reach)
        if large and near and not draft.low_top:
            draft.sheet.target(Target(cell, "part", str(n), radius=radius))


def _pages(draft: Draft, rect: Rect, pages: Pages) -> None:
    """Thumbnails, as many as fit at 44 mm and more; local arrows turn to the others."""
    draft.card(rect, "soft")
    inner = rect.inset(draft.mm(SIZES.pad))
    gap = draft.gap
    caption = draft.px(SIZES.small) * 1.3
    count = len(pages.pages)
    least = draft.mm(SIZES.thumb_least)
    across = max(1, min(count, int((inner.w + gap) // (least + gap))))
    high = inner.h
    if across < count:
        arrow = paging.arrows_height(draft)
        high -= arrow + gap
        sheets = -(-count // across)
        draft.pages = max(draft.pages, sheets)
        paging.arrows(draft, inner.foot(arrow), sheets)
    if draft.followed is not None and draft.followed.value in pages.pages:
        draft.local.page = pages.pages.index(draft.followed.value) // across
    first = min(draft.local.page, (count - 1) // across) * across
    shown = pages.pages[first : first + across]
    row = inner.top(high)
    wide_ = min((row.w - gap * (len(shown) - 1)) / max(1, len(shown)), (high - caption) / 1.25)
    wide_ = max(wide_, least)
    total = wide_ * len(shown) + gap * (len(shown) - 1)
    x = row.x + (row.w - total) / 2
    radius = draft.mm(SIZES.key_corner)
    for n, page in enumerate(shown, first):
        cell = Rect(x, row.y, wide_, high)
        chosen = n == pages.selected
        draft.sheet.add(
            Fill(
                cell,
                "press" if chosen else "surface",
                radius,
                "focus" if chosen else "edge",
                draft.mm(SIZES.bold if chosen else SIZES.edge),
            )
        )
        draft.sheet.add(Photo(page, cell.inset(draft.mm(SIZES.inset)).above(caption)))
        if n < len(pages.captions):
            draft.text(
                draft.say(pages.captions[n]),
                (SIZES.small,),
                cell.foot(caption).inset(draft.mm(SIZES.nudge), 0),
                "ink",
                "press" if chosen else "surface",
                bold=chosen,
                tight=True,
            )
        draft.press(cell, Choice("page", Say(""), page), radius)
        x += wide_ + gap


def _working(draft: Draft, rect: Rect, working: Working) -> None:
    draft.card(rect, "surface")
    inner = rect.inset(draft.mm(SIZES.margin))
    if working.steps:
        _ticks(draft, inner, working)
        return
    if working.of:
        high = draft.mm(SIZES.progress)
        middle = inner.y + inner.h * 0.82
        bar = Rect(inner.x, middle - high / 2, inner.w, high)
        share = min(1.0, working.at / working.of)
        draft.sheet.add(Fill(bar, "soft", high / 2, "edge", draft.mm(SIZES.edge)))
        if share > 0:
            filled = Rect(bar.x, bar.y, max(bar.h, bar.w * share), bar.h)
            draft.sheet.add(Fill(filled, "link", high / 2))
        art = Rect(inner.x, inner.y, inner.w, middle - high - inner.y)
        if art.h > draft.mm(SIZES.art_least):
            draft.sheet.add(Art("printing", art.fit(4, 3), art))
        return
    side = min(inner.w, inner.h, draft.px(SIZES.spin))
    if working.loop and inner.h > draft.mm(SIZES.badge_zone):
        # What is being done, and below it the sign that it goes on.
        side = draft.mm(SIZES.badge)
        upper = inner.above(side + draft.gap)
        draft.sheet.add(Art(working.loop, upper.fit(4, 3), upper))
        inner = inner.foot(side)
    x, y = inner.centre
    draft.sheet.add(Spin(Rect(x - side / 2, y - side / 2, side, side)))


def _ticks(draft: Draft, inner: Rect, working: Working) -> None:
    """Named steps: done, at work, to come."""
    tick = min(draft.px(SIZES.tick) * 1.4, inner.h / len(working.steps) * 0.8)
    cells = inner.grid(1, len(working.steps), 0)
    for n, (said, cell) in enumerate(zip(working.steps, cells, strict=True)):
        box = Rect(cell.x, cell.centre[1] - tick / 2, tick, tick)
        done, now = n < working.done, n == working.done
        if done:
            draft.sheet.add(Fill(box, "go", tick / 2), Icon("yes", box.inset(tick * 0.2), "on_go"))
        elif now:
            draft.sheet.add(Spin(box))
        else:
            draft.sheet.add(Fill(box, "surface", tick / 2, "edge", draft.mm(SIZES.edge)))
        words = cell.beside(tick + draft.gap * 1.5)
        draft.text(
            draft.say(said),
            (SIZES.lead, SIZES.body, SIZES.small),
            words,
            "ink" if done or now else "quiet",
            "surface",
            bold=now,
            align="left",
            tight=True,
        )


TONES = {
    "good": ("yes", "good"),
    "warn": ("warn", "accent"),
    "stop": ("no", "bad"),
    "info": ("", ""),
}


def _notice(draft: Draft, rect: Rect, notice: Notice) -> None:
    draft.card(rect, "surface")
    inner = rect.inset(draft.mm(SIZES.pad))
    held = notice.qr or notice.own.reveal()
    if held:
        side = min(inner.w, inner.h, draft.mm(SIZES.qr_most))
        x, y = inner.centre
        draft.sheet.add(Code(held, Rect(x - side / 2, y - side / 2, side, side)))
        return
    number = None
    if notice.number:
        number = draft.block(
            notice.number,
            (SIZES.number, SIZES.figure, SIZES.amount, SIZES.title),
            inner.w,
            inner.h * 0.5,
            bold=True,
            tight=True,
        )
        if draft.theme.large and inner.h < number.height:
            return
    if number is not None:
        wide_ = inner.w > inner.h * 1.5
        if wide_:
            half = inner.left(inner.w * 0.5)
            draft.sheet.add(Art(notice.loop or "slip", half.fit(4, 3), half))
            place = inner.beside(inner.w * 0.52)
            number = draft.block(
                notice.number,
                (SIZES.number, SIZES.figure, SIZES.amount, SIZES.title),
                place.w,
                place.h,
                bold=True,
                tight=True,
            )
            draft.put(number, place, "link", "surface", "centre")
        else:
            draft.put(number, inner.foot(number.height), "link", "surface", "centre")
            upper = inner.above(number.height)
            if upper.h > draft.mm(SIZES.art_least):
                draft.sheet.add(Art(notice.loop or "slip", upper.fit(4, 3), upper))
    elif notice.loop:
        draft.sheet.add(Art(notice.loop, inner.fit(4, 3), rect))
    sign, colour = TONES[notice.tone]
    if sign and notice.loop != "bye" and rect.h > draft.mm(SIZES.badge_zone):
        side = draft.mm(SIZES.badge)
        pad = draft.mm(SIZES.pad)
        badge = Rect(rect.x + pad, rect.y + pad, side, side)
        draft.sheet.add(Icon(sign if sign != "yes" else "done", badge, colour))


def _table(draft: Draft, rect: Rect, table: Table) -> None:
    """What it costs: a row a paper, the total below."""
    draft.card(rect, "surface", "edge")
    inner = rect.inset(draft.mm(SIZES.pad) * 1.5)
    rest = inner
    if not (draft.theme.large and draft.wide):
        # There the sentence alone says the sum: the height is for the rows.
        rest = _sum(draft, inner, table.total)
    under = draft.theme.large and not draft.wide
    sets: list[tuple[Block, Block, float]] = []
    most = rest.h if len(table.rows) == 1 else rest.h - paging.arrows_height(draft) - draft.gap
    for said, amount in table.rows:
        money = draft.block(
            draft.words.money(amount), (SIZES.body, SIZES.small), rest.w, bold=True, tight=True
        )
        room = rest.w if under else rest.w - money.widest - 2 * draft.gap
        tall = most - (money.height if under else 0)
        words = draft.block(draft.say(said), (SIZES.body, SIZES.small), room, tall, tight=True)
        if words.height > tall:
            # The longest names of papers, in the largest letters: the end of the name gives way.
            words = clipped(words, max(1, int(tall // words.line)), room)
        sets.append((words, money, words.height + (money.height if under else 0)))
    shown, arrow = _rows_that_fit(draft, [high for *_, high in sets], rest)
    if arrow:
        paging.arrows(draft, arrow, draft.pages)
    y = rest.y
    for words, money, high in sets[shown]:
        cell = Rect(rest.x, y, rest.w, high)
        left = cell.top(words.height) if under else cell.left(rest.w - money.widest - draft.gap)
        draft.put(words, left, "ink", "surface", "left")
        draft.put(money, cell.foot(money.height), "ink", "surface", "right")
        y += high + draft.gap


def _sum(draft: Draft, inner: Rect, amount: int) -> Rect:
    """The total under a line; returns what is left above."""
    word = draft.block(draft.words.key("pay.sum"), (SIZES.body, SIZES.small), inner.w, tight=True)
    sizes: tuple[float, ...] = (SIZES.lead, SIZES.body, SIZES.small)
    if not draft.theme.large:
        sizes = (SIZES.amount, SIZES.title, *sizes)
    room = inner.w - word.widest - draft.gap
    total = draft.block(draft.words.money(amount), sizes, room, bold=True, tight=True)
    high = max(total.height, word.height) + draft.gap
    foot = inner.foot(high)
    draft.sheet.add(
        Fill(Rect(inner.x, foot.y - draft.gap / 2, inner.w, draft.mm(SIZES.edge)), "edge")
    )
    draft.put(total, Rect(foot.right - room, foot.y, room, foot.h), "ink", "surface", "right")
    draft.put(word, foot.left(word.widest), "ink", "surface", "left")
    return inner.above(high + draft.gap)


def _rows_that_fit(draft: Draft, highs: list[float], rest: Rect) -> tuple[slice, Rect | None]:
    """The rows of the open page; local arrows where not all fit."""
    if sum(highs) + draft.gap * (len(highs) - 1) <= rest.h:
        return slice(None), None
    arrow = paging.arrows_height(draft)
    room = rest.h - arrow - draft.gap
    pages: list[list[int]] = [[]]
    left = room
    for n, high in enumerate(highs):
        if pages[-1] and high > left:
            pages.append([])
            left = room
        pages[-1].append(n)
        left -= high + draft.gap
    draft.pages = max(draft.pages, len(pages))
    page = pages[min(draft.local.page, len(pages) - 1)]
    return slice(page[0], page[-1] + 1), rest.foot(arrow)


def _payment(draft: Draft, rect: Rect, payment: Payment) -> None:
    """The code, the amount and the content, so that a person can also type them."""
    draft.card(rect, "surface", "edge")
    inner = rect.inset(draft.mm(SIZES.pad))
    lines = (
        (draft.words.key("pay.amount_word"), draft.words.money(payment.amount)),
        (draft.words.key("pay.memo_word"), payment.memo),
    )
    beside = inner.w > inner.h * 1.35 and (draft.wide or not draft.theme.large)
    sizes = (SIZES.title, SIZES.lead, SIZES.body, SIZES.small)
    if beside:
        side = min(inner.h, inner.w * 0.56, draft.mm(SIZES.qr_most))
        code = Rect(inner.x, inner.y + (inner.h - side) / 2, side, side)
        words = inner.beside(side + draft.gap * 2)
        high = min(words.h / 2, draft.px(SIZES.small) * 1.3 + draft.px(SIZES.title) * 1.4)
        top = words.y + (words.h - 2 * high) / 2
        cells = [Rect(words.x, top + n * high, words.w, high) for n in range(2)]
        for (label, value), cell in zip(lines, cells, strict=True):
            small = 0.0 if draft.theme.large else draft.px(SIZES.small) * 1.3
            if small:
                draft.text(
                    label,
                    (SIZES.small,),
                    cell.top(small),
                    "quiet",
                    "surface",
                    align="left",
                    tight=True,
                )
            draft.text(
                value,
                sizes,
                cell.below(small),
                "ink",
                "surface",
                bold=True,
                align="left",
                tight=True,
            )
    else:
        high = draft.px(SIZES.small) * 1.3
        # In large letters the amount stands in the sentence only.
        both = (": ".join(lines[0]), ": ".join(lines[1]))
        texts = lines[1] if draft.theme.large else both
        tall = 2 * high
        side = min(inner.w, inner.h - tall - draft.gap, draft.mm(SIZES.qr_most))
        code = Rect(inner.x + (inner.w - side) / 2, inner.y, side, side)
        foot = inner.foot(tall)
        for n, text in enumerate(texts):
            row = Rect(foot.x, foot.y + n * high, foot.w, high)
            draft.text(text, (SIZES.small,), row, "ink", "surface", bold=True, tight=True)
    draft.sheet.add(Code(payment.qr, code))
    if payment.seen:
        badge = Rect(
            code.centre[0] - code.w / 6, code.centre[1] - code.w / 6, code.w / 3, code.w / 3
        )
        draft.sheet.add(Icon("done", badge, "good"))


def ring(draft: Draft, rect: Rect, seconds: float) -> None:
    """The count-down of the last seconds."""
    draft.sheet.add(Ring(rect, seconds, "link", rect.h * 0.36, counts=True))
