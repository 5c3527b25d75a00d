"""The five levels of contentment, each with its words."""

from __future__ import annotations

from ui_kivy.geometry import Rect
from ui_kivy.screens.draft import Draft
from ui_kivy.screens.items import Fill
from ui_kivy.theme import SIZES

FACE_WORDS = (SIZES.body, SIZES.small)
FACES = ("face1", "face2", "face3", "face4", "face5")


def faces(draft: Draft, area: Rect) -> None:
    """Five levels with words: side by side, or below each other where letters are large."""
    if draft.theme.large and not draft.wide:
        _faces_below(draft, area)
        return
    faces = draft.view.choices
    large = draft.theme.large
    wide_ = (area.w - draft.gap * (len(faces) - 1)) / len(faces)
    room = wide_ - draft.mm(SIZES.inset)
    words = [
        draft.block(draft.say(one.label), FACE_WORDS, room, bold=True, tight=True) for one in faces
    ]
    letters = max(one.height for one in words) + (2 if large else 4) * draft.gap
    side = min(wide_ * 0.72, draft.mm(SIZES.face) * draft.theme.scale, area.h - letters)
    high = side + letters
    if side < draft.mm(SIZES.face_least):
        draft.sheet.faults.append(f"faces of {side:.0f} px, words of {letters:.0f} px")
    top = area.y + (area.h - high) * 0.4
    cells = Rect(area.x, top, area.w, high).grid(len(faces), 1, draft.gap)
    for n, (choice, made, cell) in enumerate(zip(faces, words, cells, strict=True)):
        _face_card(draft, cell)
        y = cell.y + (0.5 if large else 1.5) * draft.gap
        draft.icon(FACES[n], Rect(cell.centre[0] - side / 2, y, side, side), "link")
        place = Rect(cell.x + draft.mm(SIZES.nudge), y + side + draft.gap, room, made.height)
        draft.put(made, place, "ink", "surface", "centre")
        draft.press(cell, choice, draft.mm(SIZES.button))


def _faces_below(draft: Draft, area: Rect) -> None:
    """One row a level."""
    faces = draft.view.choices
    gaps = draft.gap * (len(faces) - 1)
    high = min((area.h - gaps) / len(faces), draft.mm(SIZES.face_row))
    cells = area.top(high * len(faces) + gaps).grid(1, len(faces), draft.gap)
    for n, (choice, cell) in enumerate(zip(faces, cells, strict=True)):
        _face_card(draft, cell)
        side = min(cell.h * 0.72, draft.mm(SIZES.face))
        draft.icon(
            FACES[n], Rect(cell.x + draft.gap, cell.centre[1] - side / 2, side, side), "link"
        )
        words = cell.beside(side + 2 * draft.gap)
        place = Rect(words.x, words.y, words.w - draft.gap, words.h)
        text = draft.say(choice.label)
        draft.text(text, FACE_WORDS, place, "ink", "surface", bold=True, align="left", tight=True)
        draft.press(cell, choice, draft.mm(SIZES.button))


def _face_card(draft: Draft, cell: Rect) -> None:
    draft.sheet.add(Fill(cell, "surface", draft.mm(SIZES.button), "edge", draft.mm(SIZES.edge)))
