"""The primary action and the choices: where they stand in rows, and how they are drawn."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from daemon.machine.views import Choice, Fact, Picture
from ui_kivy.geometry import Rect
from ui_kivy.screens.draft import Draft
from ui_kivy.screens.items import Fill
from ui_kivy.theme import SIZES
from ui_kivy.typeset import Block

LABELS = (SIZES.lead, SIZES.body_plus, SIZES.body, SIZES.small_plus, SIZES.small)


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
    sizes = LABELS if draft.theme.large else (SIZES.title, SIZES.head, *LABELS)
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


def told(fact: Fact) -> Choice:
    """A fact as a row that cannot be pressed."""
    return Choice("", fact.says, icon=fact.icon, why_not=fact.says)


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
                and (len(choices) > 3 or isinstance(draft.view.body, Picture))
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
    if not choice.action:
        return choice.icon
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
        most = 1 if draft.low_top else 2
    label = draft.block(
        draft.say(choice.label), LABELS, room, two, bold=True, tight=True, most=most
    )
    lower = choice.why_not or choice.detail
    if not choice.action:
        return draft.block(draft.say(choice.label), LABELS[2:], room, two, tight=True), None
    if lower is None:
        return label, None
    return label, draft.block(draft.say(lower), (SIZES.small,), room, tight=True)


def _choice_height(draft: Draft, choice: Choice, wide_: float) -> float:
    label, detail = _parts(draft, choice, wide_)
    tall = label.height + (detail.height if detail else 0)
    if not choice.action:
        return max(tall, _sides(draft)[1])
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


def _fact(draft: Draft, choice: Choice, rect: Rect) -> None:
    """A sign and what it tells, without an edge: nothing to press."""
    pad, icon = _sides(draft)
    inner = rect.inset(pad, 0)
    draft.icon(choice.icon, Rect(inner.x, inner.centre[1] - icon / 2, icon, icon), "link")
    label, _ = _parts(draft, choice, rect.w)
    draft.put(label, inner.beside(icon + draft.gap), "ink", "ground", "left")


def _choice(draft: Draft, choice: Choice, rect: Rect) -> None:
    if not choice.action:
        _fact(draft, choice, rect)
        return
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
