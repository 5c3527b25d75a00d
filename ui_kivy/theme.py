"""The design system: type scale, spacing, radii, contrasts, motion; each stands here and only here.

Sizes are millimetres on the panel, colours are tokens; where they come from: docs/screens.md.
Everything else takes from here by name, which a test holds (tests/ui/test_design_system.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from daemon.machine.values import Contrast, Prefs
from ui_kivy.colours import Rgba, rgba


@dataclass(frozen=True)
class Sizes:
    """Millimetres at normal size; `Theme.px` turns them into pixels, doubled in large mode."""

    # the type scale: em heights; a step between two of them is `…_plus`, `head`, `figure`
    small: float = 10.5
    small_plus: float = 11.0
    body: float = 12.0
    body_plus: float = 13.0
    lead: float = 14.0
    head: float = 16.0
    title: float = 18.0
    amount: float = 24.0
    figure: float = 32.0
    number: float = 40.0
    key: float = 12.0
    # targets
    choice: float = 25.0
    choice_most: float = 38.0
    primary: float = 32.0
    bar: float = 26.5
    bar_large: float = 29.6
    gap: float = 4.2
    key_wide: float = 20.2
    key_high: float = 18.2
    key_gap: float = 3.0
    # spacing: 1, 2, 4, 10 mm
    nudge: float = 1.0
    inset: float = 2.0
    pad: float = 4.0
    margin: float = 10.0
    # the frame
    status: float = 40.0
    status_flat: float = 22.0
    steps: float = 41.0
    steps_flat: float = 18.0
    status_large: float = 31.6
    steps_large: float = 33.0
    sentence_at: float = 238.2
    """Top of the sentence in portrait: 960 px of 1920."""
    low_at: float = 228.3
    """In low mode all controls and the main text stand below this line (lower 1000 px)."""
    reach: float = 100.0
    """So far below the upper edge a hand in a wheelchair reaches (1220 mm above the floor)."""
    reach_keys: float = 95.0
    """Over a keyboard nothing that can be touched is nearer to the upper edge."""
    # the least and the most that zones take
    zone_least: float = 12.0
    picture_least: float = 60.0
    welcome_least: float = 40.0
    art_least: float = 30.0
    badge_zone: float = 50.0
    ticks_large: float = 190.0
    reading_least: float = 80.0
    crowd: float = 110.0
    """Below so much height large letters give the sentence a page of its own."""
    card_most: float = 100.0
    tile_most: float = 110.0
    lead_in: float = 24.0
    overlay_wide: float = 300.0
    overlay_art: float = 80.0
    overlay_art_least: float = 24.0
    pad_wide: float = 170.0
    pad_wide_flat: float = 150.0
    foot: float = 4.0
    # lines and corners
    hair: float = 0.35
    edge: float = 0.6
    stroke: float = 0.8
    bold: float = 1.2
    outline: float = 1.1
    outline_halo: float = 2.2
    mark: float = 1.5
    mark_halo: float = 2.4
    circle: float = 1.6
    ring: float = 3.0
    focus: float = 3.0
    card: float = 5.0
    button: float = 6.0
    key_corner: float = 3.0
    # pictures
    icon: float = 9.0
    dots: float = 2.4
    chart: float = 26.0
    tile_icon: float = 36.0
    emblem: float = 22.0
    dot: float = 9.0
    qr: float = 64.0
    qr_most: float = 110.0
    face: float = 30.0
    face_least: float = 10.0
    face_row: float = 40.0
    kind_icon: float = 20.0
    badge: float = 15.0
    progress: float = 12.0
    spin: float = 40.0
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

TITLES = (SIZES.title, SIZES.head, SIZES.lead, SIZES.body_plus, SIZES.body)
"""Em heights tried for the sentence, largest first, until it fits its zone."""

ZONES = {
    "Camera": 90.0,
    "Picture": 90.0,
    "Pages": 80.0,
    "Payment": 84.0,
    "Table": 70.0,
    "Working": 50.0,
}
"""Millimetres of height that the picture zone needs, by template; others can do with little."""

ZONES_LARGE = {"Table": 165.0, "Payment": 140.0, "Working": 60.0, "Pages": 110.0}
"""The same where letters are large."""

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
TURN_FACTS = 6.0
"""Each fact of the first screen stands so long."""
MOVING_FPS = 20
LIVE_FPS = 30
"""How often the screen looks for a new preview frame."""


# -- colours ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Palette:
    """Tokens; `on_x` is the text upon `x`."""

    ground: str
    surface: str
    ink: str
    quiet: str
    edge: str
    soft: str
    link: str
    head: str
    on_head: str
    go: str
    on_go: str
    stop: str
    on_stop: str
    note: str
    on_note: str
    focus: str
    off: str
    on_off: str
    press: str
    # of the drawings: never alone the bearer of a meaning
    desk: str
    machine: str
    machine_dark: str
    paper: str
    paper_edge: str
    print: str
    skin: str
    skin_shade: str
    hair: str
    silver: str
    cloth: str
    sleeve: str
    glow: str
    accent: str
    good: str
    bad: str


CONTRASTS: tuple[Contrast, ...] = ("standard", "high", "dark", "yellow")
_COLOURS: dict[str, tuple[str, str, str, str]] = {
    # token: standard, high, dark, yellow on black
    "ground": ("#F3F6FA", "#FFFFFF", "#0D1622", "#000000"),
    "surface": ("#FFFFFF", "#FFFFFF", "#172436", "#000000"),
    "ink": ("#10243E", "#000000", "#F2F6FB", "#FFD60A"),
    "quiet": ("#3E4A5C", "#000000", "#C9D5E3", "#FFD60A"),
    "edge": ("#5A6B80", "#000000", "#8EA3BA", "#FFD60A"),
    "soft": ("#E1EAF3", "#EDEDED", "#22344B", "#1F1A00"),
    "link": ("#0B4F8A", "#002E5C", "#9CCBFF", "#FFD60A"),
    "head": ("#0B3A66", "#000000", "#06101C", "#000000"),
    "on_head": ("#FFFFFF", "#FFFFFF", "#F2F6FB", "#FFD60A"),
    "go": ("#1B5E20", "#003D0A", "#8FE39A", "#FFD60A"),
    "on_go": ("#FFFFFF", "#FFFFFF", "#06240B", "#000000"),
    "stop": ("#8A1C1C", "#6B0000", "#FFB4AB", "#FFD60A"),
    "on_stop": ("#FFFFFF", "#FFFFFF", "#3B0703", "#000000"),
    "note": ("#FFE9A8", "#FFF3C4", "#4A3B00", "#2B2400"),
    "on_note": ("#10243E", "#000000", "#FFF1C2", "#FFD60A"),
    "focus": ("#B34700", "#B00020", "#FFD60A", "#FFFFFF"),
    "off": ("#E6EAEF", "#E8E8E8", "#1C2A3C", "#0F0D00"),
    "on_off": ("#404B5A", "#333333", "#B4C2D2", "#C9A908"),
    "press": ("#CFE1F2", "#D6D6D6", "#2E4766", "#3D3300"),
    "desk": ("#DCE7F1", "#EDEDED", "#22344B", "#1F1A00"),
    "machine": ("#B9CADB", "#C9C9C9", "#4A6079", "#4D4000"),
    "machine_dark": ("#5F7891", "#000000", "#8EA3BA", "#FFD60A"),
    "paper": ("#FFFFFF", "#FFFFFF", "#F2F6FB", "#FFF3B0"),
    "paper_edge": ("#7C8FA3", "#000000", "#C9D5E3", "#FFD60A"),
    "print": ("#9FB0C2", "#595959", "#8295AB", "#7A6600"),
    "skin": ("#E8B48C", "#E8B48C", "#D9A27B", "#C99A1E"),
    "skin_shade": ("#D69A6E", "#D69A6E", "#BD865F", "#A87F12"),
    "hair": ("#2B2F3A", "#000000", "#0B0F16", "#1F1A00"),
    "silver": ("#B9C0CA", "#8A8A8A", "#DCE3EC", "#FFF3B0"),
    "cloth": ("#2C7A7B", "#595959", "#5FB3B3", "#8A7300"),
    "sleeve": ("#0B4F8A", "#000000", "#9CCBFF", "#8A7300"),
    "glow": ("#FFD34D", "#FFD60A", "#FFD60A", "#FFFFFF"),
    "accent": ("#C62828", "#B00020", "#FF8A80", "#FFFFFF"),
    "good": ("#2E8B3A", "#003D0A", "#8FE39A", "#FFD60A"),
    "bad": ("#B3261E", "#6B0000", "#FFB4AB", "#FFFFFF"),
}
PALETTES: dict[Contrast, Palette] = {
    name: Palette(**{token: four[at] for token, four in _COLOURS.items()})
    for at, name in enumerate(CONTRASTS)
}

TEXT_ON: tuple[tuple[str, str], ...] = (
    ("ink", "ground"),
    ("ink", "surface"),
    ("ink", "soft"),
    ("ink", "press"),
    ("quiet", "ground"),
    ("quiet", "surface"),
    ("link", "surface"),
    ("link", "ground"),
    ("on_head", "head"),
    ("on_go", "go"),
    ("on_stop", "stop"),
    ("on_note", "note"),
    ("on_off", "off"),
)
"""Pairs (text, ground) that are drawn; each must reach `TEXT_RATIO`."""

EDGE_ON: tuple[tuple[str, str], ...] = (
    ("edge", "surface"),
    ("edge", "ground"),
    ("focus", "ground"),
    ("focus", "surface"),
)
"""Pairs (edge of a control, ground); each must reach `EDGE_RATIO`."""

TEXT_RATIO = 7.0
EDGE_RATIO = 4.5

QR_DARK = "#000000"
QR_LIGHT = "#FFFFFF"
"""A code is dark on light in every contrast: phones do not read the reverse reliably."""
WHITE: Rgba = (1.0, 1.0, 1.0, 1.0)
UNTINTED = WHITE
"""A picture keeps its own colours."""
HIDDEN: Rgba = (1.0, 1.0, 1.0, 0.0)
OUTLINE_GOOD: Rgba = rgba("#39D353")
OUTLINE_NOT_YET: Rgba = rgba("#FFD34D")
OUTLINE_HALO: Rgba = (0.0, 0.0, 0.0, 0.45)
"""Around the page on the live view: the ground is a photograph, the same in every contrast."""
MARK: Rgba = rgba("#C62828")
MARK_HALO: Rgba = (1.0, 1.0, 1.0, 0.9)
"""Around the trouble on a page: on paper, in every contrast."""
PRESSED = 0.18
"""Opacity of the ink over a target that a finger holds."""
SHADE = 0.75
"""Opacity of the ground behind an overlay."""


class Theme:
    """Sizes in pixels and colours for one set of preferences and one panel."""

    def __init__(self, prefs: Prefs, px_per_mm: float, *, calm: bool = False) -> None:
        """`calm`: the system asks for less motion; what moves shows where it comes to rest."""
        self.moves_for = 0.0 if calm else MOVES_FOR
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
