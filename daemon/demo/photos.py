"""The photographs that the demo lays under the camera: two pages at an angle on a desk."""

from __future__ import annotations

import io
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from models.specimens import draw, photograph

KIND, SEED = "hop_dong_lao_dong", 11
SIZE = (4056, 3040)
ANGLE = (7.0, -5.0)
"""Degrees that each page lies at."""
VIEW_MM = 470
"""Width of the desk in the picture: enough for A4 at an angle, with desk on all sides."""
EDITION = 3
"""Raise it when the pictures should be made anew."""


def make(page: int) -> bytes:
    """The photograph of a page (1 or 2) as JPEG."""
    flat = draw(KIND, seed=SEED, page=page, dpi=300)
    taken = photograph(
        flat, seed=SEED + page, size=SIZE, level=1, angle=ANGLE[page - 1], view_mm=VIEW_MM
    )
    held = io.BytesIO()
    taken.image.convert("RGB").save(held, "JPEG", quality=92)
    return held.getvalue()


def photos(folder: Path) -> list[Path]:
    """The two photographs, drawn where they are not there from an earlier run."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"page-{page}-e{EDITION}.jpg" for page in (1, 2)]
    missing = [number for number, path in enumerate(paths, 1) if not path.exists()]
    if missing:
        with ProcessPoolExecutor() as pool:
            for number, data in zip(missing, pool.map(make, missing), strict=True):
                part = paths[number - 1].with_suffix(".part")
                part.write_bytes(data)
                part.replace(paths[number - 1])
    return paths
