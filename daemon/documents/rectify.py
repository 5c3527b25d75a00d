"""The paper as a flat upright picture at 300 dpi of its own size."""

from __future__ import annotations

import cv2
import msgspec
import numpy as np

from daemon.documents import unroll
from daemon.documents.decode import Pixels
from daemon.documents.geometry import Quad, proportion, sides
from daemon.documents.shrink import halved

DPI = 300

SIZES: tuple[tuple[float, float], ...] = (
    (297.0, 210.0),
    (85.6, 53.98),
    (265.0, 190.0),
    (210.0, 148.0),
)
"""Millimetres, long side first: A4, ID-1 (ISO/IEC 7810), land certificate, A5."""

ALIKE = 0.035
"""Relative difference of proportions within which a paper is taken for one of the sizes."""


class Flat(msgspec.Struct, frozen=True):
    """A rectified page."""

    pixels: Pixels
    dpi: int
    source_dpi: float
    """Resolution of the photograph on the paper, for the size assumed."""


def paper_size(
    quad: Quad, photo_size: tuple[int, int], view_mm: float = 0.0
) -> tuple[float, float]:
    """Width and height in mm of the paper seen as `quad`.

    With the width of the view known (`view_mm`, calibrated camera) the nearest known size in true
    millimetres; else the size with the nearest proportions, A4 before all others; else the
    paper's own proportions with the long side of A4.
    """
    ratio = proportion(quad, photo_size)
    long_short = max(ratio, 1 / ratio)
    lengths = sides(quad)
    longest = max(lengths[0] + lengths[2], lengths[1] + lengths[3]) / 2
    if view_mm:
        long_mm = longest * view_mm / photo_size[0]
        near = [
            s
            for s in SIZES
            if abs(np.log(s[0] / long_mm)) < 0.12 and abs(np.log(s[0] / s[1] / long_short)) < 0.08
        ]
        size = (
            min(near, key=lambda s: abs(s[0] - long_mm))
            if near
            else (long_mm, long_mm / long_short)
        )
    else:
        size = min(SIZES[:3], key=lambda s: abs(np.log(s[0] / s[1] / long_short)))
        if abs(np.log(size[0] / size[1] / long_short)) > ALIKE:
            size = (297.0, 297.0 / long_short)
    return size if ratio > 1 else (size[1], size[0])


def flatten(
    photo: Pixels, quad: Quad, size_mm: tuple[float, float], bent: unroll.Bent | None = None
) -> Flat:
    """The paper at `DPI` as it lies (still perhaps sideways); a small one at up to 600 dpi.

    With `bent` a curled sheet is unrolled.
    """
    source = _source(quad, size_mm)
    dpi = _resolution(source, size_mm)
    width, height = _pixels(size_mm, dpi)
    matrix = _straightening(quad, (width, height))
    if bent is not None:
        return Flat(unroll.flatten(photo, matrix, (width, height), bent), dpi, source)
    how = cv2.INTER_AREA if source > 2 * dpi else cv2.INTER_LINEAR
    flat = cv2.warpPerspective(
        photo, matrix, (width, height), flags=how, borderMode=cv2.BORDER_REPLICATE
    )
    return Flat(np.asarray(flat, np.uint8), dpi, source)


def near(photo: Pixels, quad: Quad, size_mm: tuple[float, float]) -> tuple[Pixels, float]:
    """(the photograph halved as often as a page of half the resolution allows, its scale)."""
    longest = max(_glimpsed(quad, size_mm))
    small = halved(photo, round(max(photo.shape[:2]) * longest / float(sides(quad).max())))
    return small, small.shape[1] / photo.shape[1]


def glimpse(small: Pixels, scale: float, quad: Quad, size_mm: tuple[float, float]) -> Pixels:
    """The paper as it lies at half of the resolution of `flatten`, and not unrolled.

    `small`, `scale`: from `near`.  Fast: to look at, not to keep.
    """
    size = _glimpsed(quad, size_mm)
    matrix = _straightening(quad * scale, size)
    seen = cv2.warpPerspective(
        small, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(seen, np.uint8)


def _glimpsed(quad: Quad, size_mm: tuple[float, float]) -> tuple[int, int]:
    return _pixels(size_mm, _resolution(_source(quad, size_mm), size_mm) // 2)


def _source(quad: Quad, size_mm: tuple[float, float]) -> float:
    """Dots per inch of the photograph on the paper, in the direction that has fewer."""
    lengths = sides(quad)
    across = (lengths[0] + lengths[2]) / 2 / (size_mm[0] / 25.4)
    down = (lengths[1] + lengths[3]) / 2 / (size_mm[1] / 25.4)
    return float(min(across, down))


def _resolution(source: float, size_mm: tuple[float, float]) -> int:
    # What the camera saw of a card is worth keeping: its print is half the size of a letter's.
    return 2 * DPI if max(size_mm) < 130 and source > 1.4 * DPI else DPI


def _pixels(size_mm: tuple[float, float], dpi: int) -> tuple[int, int]:
    return round(size_mm[0] / 25.4 * dpi), round(size_mm[1] / 25.4 * dpi)


def _straightening(quad: Quad, size: tuple[int, int]) -> cv2.typing.MatLike:
    width, height = size
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    return cv2.getPerspectiveTransform(quad.astype(np.float32) - 0.5, target)


def turn(pixels: Pixels, quarters: int) -> Pixels:
    """Turned clockwise by quarter turns."""
    codes = {1: cv2.ROTATE_90_CLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_COUNTERCLOCKWISE}
    code = codes.get(quarters % 4)
    return pixels if code is None else np.asarray(cv2.rotate(pixels, code), np.uint8)


def jpeg(pixels: Pixels, dpi: int, quality: int = 85) -> bytes:
    """As JPEG that tells its resolution (JFIF 1.02 density, dots per inch)."""
    bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("the JPEG encoder refused the page")
    return with_density(data.tobytes(), dpi)


def with_density(data: bytes, dpi: int) -> bytes:
    """The same JPEG with another resolution in its JFIF header."""
    if data[2:4] != b"\xff\xe0" or data[6:11] != b"JFIF\0":
        raise ValueError("a JPEG without a JFIF header")
    dots = dpi.to_bytes(2, "big")
    return data[:13] + b"\x01" + dots + dots + data[18:]
