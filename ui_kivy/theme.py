"""The one place for sizes, type, radii and motion; colours are in `palettes.py`.

Sizes are millimetres on the panel; where they come from: docs/screens.md.
Everything else takes from here by name.
"""

from __future__ import annotations

from dataclasses import dataclass

from daemon.machine.values import Prefs
from ui_kivy.colours import Rgba, rgba
from ui_kivy.palettes import PALETTES


@dataclass(frozen=True)
class Sizes:
    """Millimetres at normal size; `Theme.px` turns them into pixels, doubled in large mode."""

    # type: em heights
    small: float = 10.5
    body: float = 12.0
    lead: float = 14.0
    title: float = 18.0
    number: float = 40.0
    amount: float = 24.0
    key: float = 12.0
    # targets
    target: float = 20.0
    choice: float = 25.0
    choice_most: float = 38.0
    primary: float = 32.0
    primary_least: float = 26.0
    primary_wide: float = 100.0
    bar: float = 26.5
    bar_large: float = 29.6
    gap: float = 4.2
    key_wide: float = 20.2
    key_high: float = 18.2
    key_gap: float = 3.0
    # the frame
    margin: float = 10.0
    pad: float = 4.0
    inset: float = 2.0
    status: float = 40.0
    status_flat: float = 22.0
    steps: float = 41.0
    status_large: float = 31.6
    steps_large: float = 33.0
    sentence_at: float = 238.2
    """Top of the sentence in portrait: 960 px of 1920."""
    low_at: float = 228.3
    """In low mode all controls and the main text stand below this line (lower 1000 px)."""
    picture_least: float = 60.0
    foot: float = 4.0
    # lines and corners
    hair: float = 0.35
    edge: float = 0.6
    bold: float = 1.2
    ring: float = 3.0
    focus: float = 3.0
    card: float = 5.0
    button: float = 6.0
    key_corner: float = 3.0
    # pictures
    icon: float = 9.0
    tile_icon: float = 36.0
    emblem: float = 22.0
    dot: float = 9.0
    qr: float = 64.0
    qr_most: float = 110.0
    face: float = 30.0
    thumb_least: float = 44.0
    countdown: float = 46.0
    tick: float = 10.0


SIZES = Sizes()
LINE = 1.5
"""Line height in em: stacked Vietnamese marks never touch the line above."""
TIGHT = 1.3
"""Line height of one- or two-word labels (still above the font's own 1.27)."""
LARGE = 2.0
LETTERS_A_LINE = 32

TITLES = (SIZES.title, 16.0, SIZES.lead, 13.0, SIZES.body)
"""Em heights tried for the sentence, largest first, until it fits its zone."""

PX_PER_MM = 4.03
"""A 21.5-inch panel of 1080 × 1920."""

# -- time, in seconds ---------------------------------------------------------------------

SECOND_TOUCH = 0.4
"""A second touch within this time after one that acted is ignored."""
SECOND_KEY = 0.2
"""The same for one and the same key of the keyboard; another key counts at once."""
LONGEST_TOUCH = 5.0
"""Longer than a finger: a palm or a thing leaning on the glass."""
TAP = 0.06
"""How long a synthetic finger rests."""
LOOP = 2.5
"""One round of an illustration."""
MOVES_FOR = 5.0
"""Illustrations and waiting signs move this long, then rest."""
MOVING_FPS = 20
LIVE_FPS = 30
"""How often the screen looks for a new preview frame."""


class Theme:
    """Sizes in pixels and colours for one set of preferences and one panel."""

    def __init__(self, prefs: Prefs, px_per_mm: float) -> None:
        self.large = prefs.size == "large"
        self.palette = PALETTES[prefs.contrast]
        self.px_per_mm = px_per_mm
        self.scale = LARGE if self.large else 1.0

    def px(self, size: float) -> float:
        """Pixels of a size that grows with the text."""
        return round(size * self.px_per_mm * self.scale)

    def fixed(self, size: float) -> float:
        """Pixels of a size that stays: margins, lines, gaps."""
        return round(size * self.px_per_mm)

    def colour(self, token: str, alpha: float = 1.0) -> Rgba:
        return rgba(getattr(self.palette, token), alpha)
