"""The screen while it is hidden: somebody hears it in a headset, and nobody else reads it."""

from __future__ import annotations

from ui_kivy.screens.draft import Draft
from ui_kivy.screens.items import Fill, Target
from ui_kivy.theme import SIZES


def curtain(draft: Draft) -> None:
    """Dark in every contrast; a touch anywhere opens it."""
    whole = draft.sheet.rect
    dark = draft.view.prefs.contrast in ("dark", "yellow")
    ground, ink = ("ground", "ink") if dark else ("ink", "ground")
    draft.sheet.add(Fill(whole, ground))
    words = draft.words.key("curtain.on")
    inner = whole.inset(draft.mm(SIZES.margin))
    draft.text(words, (SIZES.body, SIZES.small), inner, ink, ground)
    draft.sheet.target(Target(whole, "curtain"))
