"""The one place for sizes, colours, type, radii and motion.

Sizes are millimetres on the panel, colours `#RRGGBB`; sources: kiosk-experience §1.2 (figures,
tokens with their ratios) and §2.1 (frame).  Everything else takes from here by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from daemon.machine.values import Contrast, Prefs

Rgba = tuple[float, float, float, float]


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
    sleeve: str
    glow: str
    accent: str
    good: str
    bad: str


STANDARD = Palette(
    ground="#F3F6FA",
    surface="#FFFFFF",
    ink="#10243E",
    quiet="#3E4A5C",
    edge="#5A6B80",
    soft="#E1EAF3",
    link="#0B4F8A",
    head="#0B3A66",
    on_head="#FFFFFF",
    go="#1B5E20",
    on_go="#FFFFFF",
    stop="#8A1C1C",
    on_stop="#FFFFFF",
    note="#FFE9A8",
    on_note="#10243E",
    focus="#B34700",
    off="#E6EAEF",
    on_off="#404B5A",
    press="#CFE1F2",
    desk="#DCE7F1",
    machine="#B9CADB",
    machine_dark="#5F7891",
    paper="#FFFFFF",
    paper_edge="#7C8FA3",
    print="#9FB0C2",
    skin="#E8B48C",
    sleeve="#0B4F8A",
    glow="#FFD34D",
    accent="#C62828",
    good="#2E8B3A",
    bad="#B3261E",
)

HIGH = Palette(
    ground="#FFFFFF",
    surface="#FFFFFF",
    ink="#000000",
    quiet="#000000",
    edge="#000000",
    soft="#EDEDED",
    link="#002E5C",
    head="#000000",
    on_head="#FFFFFF",
    go="#003D0A",
    on_go="#FFFFFF",
    stop="#6B0000",
    on_stop="#FFFFFF",
    note="#FFF3C4",
    on_note="#000000",
    focus="#B00020",
    off="#E8E8E8",
    on_off="#333333",
    press="#D6D6D6",
    desk="#EDEDED",
    machine="#C9C9C9",
    machine_dark="#000000",
    paper="#FFFFFF",
    paper_edge="#000000",
    print="#595959",
    skin="#E8B48C",
    sleeve="#000000",
    glow="#FFD60A",
    accent="#B00020",
    good="#003D0A",
    bad="#6B0000",
)

DARK = Palette(
    ground="#0D1622",
    surface="#172436",
    ink="#F2F6FB",
    quiet="#C9D5E3",
    edge="#8EA3BA",
    soft="#22344B",
    link="#9CCBFF",
    head="#06101C",
    on_head="#F2F6FB",
    go="#8FE39A",
    on_go="#06240B",
    stop="#FFB4AB",
    on_stop="#3B0703",
    note="#4A3B00",
    on_note="#FFF1C2",
    focus="#FFD60A",
    off="#1C2A3C",
    on_off="#B4C2D2",
    press="#2E4766",
    desk="#22344B",
    machine="#4A6079",
    machine_dark="#8EA3BA",
    paper="#F2F6FB",
    paper_edge="#C9D5E3",
    print="#8295AB",
    skin="#D9A27B",
    sleeve="#9CCBFF",
    glow="#FFD60A",
    accent="#FF8A80",
    good="#8FE39A",
    bad="#FFB4AB",
)

YELLOW = Palette(
    ground="#000000",
    surface="#000000",
    ink="#FFD60A",
    quiet="#FFD60A",
    edge="#FFD60A",
    soft="#1F1A00",
    link="#FFD60A",
    head="#000000",
    on_head="#FFD60A",
    go="#FFD60A",
    on_go="#000000",
    stop="#FFD60A",
    on_stop="#000000",
    note="#2B2400",
    on_note="#FFD60A",
    focus="#FFFFFF",
    off="#0F0D00",
    on_off="#C9A908",
    press="#3D3300",
    desk="#1F1A00",
    machine="#4D4000",
    machine_dark="#FFD60A",
    paper="#FFF3B0",
    paper_edge="#FFD60A",
    print="#7A6600",
    skin="#C99A1E",
    sleeve="#8A7300",
    glow="#FFFFFF",
    accent="#FFFFFF",
    good="#FFD60A",
    bad="#FFFFFF",
)

PALETTES: dict[Contrast, Palette] = {
    "standard": STANDARD,
    "high": HIGH,
    "dark": DARK,
    "yellow": YELLOW,
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
CURTAIN = "#000000"
ON_CURTAIN = "#767676"
CLEAR: Rgba = (0.0, 0.0, 0.0, 0.0)
WHITE: Rgba = (1.0, 1.0, 1.0, 1.0)
SHADE = 0.55
"""Opacity of the ground behind an overlay."""


def rgba(colour: str, alpha: float = 1.0) -> Rgba:
    """`#RRGGBB` as Kivy takes it."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return (red, green, blue, alpha)


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2 between two colours, 1…21."""

    def luminance(colour: str) -> float:
        parts = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in rgba(colour)[:3]
        )
        return sum(
            weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True)
        )

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def tokens(palette: Palette) -> Iterator[tuple[str, str]]:
    """(name, colour) of every token."""
    for field in fields(palette):
        yield field.name, getattr(palette, field.name)


# -- sizes, in mm -------------------------------------------------------------------------


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
"""Illustrations and waiting signs move this long, then rest (kiosk-experience §1.2)."""
MOVING_FPS = 20
LIVE_FPS = 30
"""How often the screen looks for a new preview frame."""
COUNT_FPS = 10


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
