"""Tickets to print, and whether they came out."""

from __future__ import annotations

import random
from pathlib import Path

from PIL import Image, ImageChops

from drivers.ticket_printer import WIDTH


def ticket(height: int = 300, seed: int = 1) -> Image.Image:
    """Random dots: any lost or shifted byte shows."""
    data = random.Random(seed).randbytes(WIDTH // 8 * height)
    return Image.frombytes("1", (WIDTH, height), data)


def same(path: Path, image: Image.Image) -> bool:
    """Is `image` what lies on the paper, apart from the blank paper before the cut?"""
    paper = Image.open(path).convert("1")
    above = paper.crop((0, 0, WIDTH, image.height))
    below = paper.crop((0, image.height, WIDTH, paper.height))
    return ImageChops.difference(above.convert("L"), image.convert("L")).getbbox() is None and (
        ImageChops.invert(below.convert("L")).getbbox() is None
    )


def same_end(path: Path, image: Image.Image) -> bool:
    """Is `image` whole at the end of the paper, after what an earlier ticket left on it?"""
    paper = Image.open(path).convert("1")
    return any(_same_at(paper, image, top) for top in range(paper.height - image.height + 1))


def _same_at(paper: Image.Image, image: Image.Image, top: int) -> bool:
    part = paper.crop((0, top, WIDTH, top + image.height))
    return part.tobytes() == image.tobytes()
