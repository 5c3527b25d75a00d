"""Variations of a form for training: the same paper as other offices and printers would set it.

A kind has a handful of forms, the world has hundreds.  What is learnt must not hang on where a
form happens to put things, so each training specimen moves, recolours, resizes, drops and adds
within what a paper of the kind could look like.  The evaluation's forms are never varied.
"""

from __future__ import annotations

import colorsys
import random

from msgspec.structs import replace
from PIL import ImageColor

from models.specimens import vary_blocks
from models.specimens.clutter import clutter
from models.specimens.forms import Form, Ground, Side

_STRENGTHS = (0.3, 0.6, 1.0)
_WHITES = ("#ffffff", "#fdfcf8", "#fbfbfd", "#f7f4ea", "#f4f4f2", "#fffdf2", "#f2efe4", "#eef0f0")
_PATTERNS = ("none", "waves", "rosette", "rings", "blend")
_DARK = 3 * 150
"""Sum of red, green and blue below which a side is a cover."""
_LEAF = 180
"""Millimetres of a long side from which a paper gets form numbers, codes and stamps."""
_SMALL = 120
"""Millimetres of a long side below which a form is a card or a leaf of a booklet."""


def varied(form: Form, rng: random.Random) -> Form:
    """Another printing of the form; the same for the same generator."""
    strength = rng.choice(_STRENGTHS)
    small = max(form.size_mm) < _SMALL
    sides = tuple(_side(side, form, rng, strength, small=small) for side in form.sides)
    changed = replace(form, sides=sides)
    if rng.random() < 0.3 * strength:
        changed = replace(changed, face="either")
    if rng.random() < 0.25 * strength and not small:
        changed = replace(changed, fill="any", fill_ink=(*form.fill_ink, "#1a2f9c"))
    return changed


def _side(side: Side, form: Form, rng: random.Random, strength: float, *, small: bool) -> Side:
    low, high = 1 - 0.3 * strength, 1 + 0.35 * strength
    top, right, bottom, left = (m * rng.uniform(low, high) for m in side.margins)
    blocks = vary_blocks.varied(side.blocks, form.size_mm, rng, strength)
    dark = all(sum(ImageColor.getrgb(tint)) < _DARK for tint in side.ground.tints)
    if dark:  # the cover of a book: board and gold, nothing else
        tints = tuple(tinted(tint, rng, strength * 0.6) for tint in side.ground.tints)
        return replace(side, ground=replace(side.ground, tints=tints), blocks=blocks)
    if max(form.size_mm) > _LEAF:
        blocks += clutter(form.size_mm, rng, strength)
    return replace(
        side, margins=(top, right, bottom, left), blocks=blocks,
        ground=side.ground if form.photocopy else _ground(side.ground, rng, strength, small=small),
    )  # fmt: skip


def _ground(ground: Ground, rng: random.Random, strength: float, *, small: bool) -> Ground:
    tints = [tinted(tint, rng, strength) for tint in ground.tints]
    white = all(_saturation(tint) < 0.06 for tint in ground.tints)
    if white:
        tints += _WHITES
    patterns, colours = ground.patterns, [tinted(c, rng, strength) for c in ground.pattern_colours]
    frames = ground.frames
    if rng.random() < 0.25 * strength:
        patterns = (rng.choice(_PATTERNS[:3] if white else _PATTERNS),)
        if white:  # a plain paper on a pale patterned blank
            colours = [rng.choice(["#f6e6e6", "#e6eef6", "#eaf2e4", "#f4eedc", "#f0e8f2"])]
    if not small and rng.random() < 0.12 * strength:
        frames = (rng.choice(["none", "line", "double"]),)
    frame_colours = tuple(tinted(c, rng, strength) for c in ground.frame_colours)
    return replace(
        ground, tints=tuple(tints), patterns=patterns, pattern_colours=tuple(colours),
        frames=frames, frame_colours=frame_colours,
    )  # fmt: skip


def _saturation(colour: str) -> float:
    red, green, blue = ImageColor.getrgb(colour)[:3]
    return colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)[1]


def tinted(colour: str, rng: random.Random, strength: float) -> str:
    """A neighbour of a colour: hue within 14 degrees, other saturation and lightness."""
    red, green, blue = (value / 255 for value in ImageColor.getrgb(colour)[:3])
    hue, saturation, value = colorsys.rgb_to_hsv(red, green, blue)
    hue = (hue + rng.uniform(-0.04, 0.04) * strength) % 1
    saturation = min(1.0, saturation * (1 + rng.uniform(-0.5, 0.6) * strength))
    value = min(1.0, value * (1 + rng.uniform(-0.1, 0.08) * strength))
    mixed = colorsys.hsv_to_rgb(hue, saturation, value)
    return "#" + "".join(f"{round(part * 255):02x}" for part in mixed)
