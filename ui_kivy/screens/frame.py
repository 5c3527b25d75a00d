"""The frame of every screen: status above, steps below it, the always-there bar at the foot.

Portrait reads from the upper edge; landscape puts the picture left and
the words with the controls right.  Low mode keeps controls and words in the lower 1000 px.
"""

from __future__ import annotations

from daemon.machine.views import Keyboard
from ui_kivy.geometry import Rect
from ui_kivy.screens.bar import bar
from ui_kivy.screens.draft import Draft
from ui_kivy.screens.items import Fill
from ui_kivy.screens.status import status
from ui_kivy.screens.steps import steps
from ui_kivy.theme import SIZES


def frame(draft: Draft) -> Rect:
    """Draws what every screen has; returns what is left between steps and bar."""
    whole = draft.sheet.rect
    draft.sheet.add(Fill(whole, "ground"))
    high = draft.mm(SIZES.status_flat if draft.wide else SIZES.status)
    if draft.theme.large:
        high = draft.mm(SIZES.status_large)
    status(draft, whole.top(high))
    rest = whole.below(high)
    crowded = draft.theme.large and (draft.wide or isinstance(draft.view.body, Keyboard))
    if draft.view.step is not None and draft.view.steps and not crowded:
        tall = steps(draft, rest)
        rest = rest.below(tall)
    foot = bar(draft, whole)
    margin = draft.mm(SIZES.margin)
    area = Rect(margin, rest.y, whole.w - 2 * margin, foot - draft.gap - rest.y)
    top = draft.mm(SIZES.inset) + draft.gap
    return area.below(top)
