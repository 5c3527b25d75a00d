"""Contact sheets: many screens on one picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image


def sheet(out: Path, paths: Sequence[Path], frame: str, columns: int) -> None:
    """A contact sheet of pictures of one frame."""
    wide, high = (108, 192) if frame == "portrait" else (192, 108)
    gap = 6
    rows = -(-len(paths) // columns)
    size = (columns * (wide + gap) + gap, rows * (high + gap) + gap)
    made = Image.new("RGB", size, "#D5DCE6")
    for number, path in enumerate(paths):
        with Image.open(path) as image:
            small = image.convert("RGB").resize((wide, high), Image.Resampling.LANCZOS)
        x = gap + number % columns * (wide + gap)
        made.paste(small, (x, gap + number // columns * (high + gap)))
    made.quantize(128).save(out, optimize=True)
