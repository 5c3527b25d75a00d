"""What colours must reach, and how they are computed."""

from __future__ import annotations

Rgba = tuple[float, float, float, float]

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
