"""A sheet that does not lie flat: its borders are curves, and its lines of text follow them.

The four borders are traced in the rectified picture.  Between the upper and the lower one, and
between the left and the right one, the displacement is interpolated (Coons, "Surfaces for
computer-aided design", 1967, for the displacement instead of the surface).  That straightens the
lines; how much a slope towards the camera is foreshortened is not known and stays.
"""

from __future__ import annotations

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from daemon.documents.decode import Pixels
from daemon.documents.geometry import Quad, sides
from daemon.documents.shrink import shrunk

Floats = npt.NDArray[np.float32]
Curve = npt.NDArray[np.float64]
"""Distance outward from the straight side at `KNOTS` even places along it, as a share of the
page's size across the side."""

LONGEST = 480
"""Samples along the longer side of the page on which borders are traced."""

REACH = 0.06
"""How far from the straight side a border is looked for, as a share of the page's size."""

KNOTS = 65
DEGREE = 6
"""Of the polynomial that a border is."""

BENT = 0.008
"""Deviation from straight, as a share of the page's size, from which a page is unrolled."""

CLEAR = 4.0
"""Least step of colour at a border, in CIELAB, along most of it."""

EACH = 3
"""Samples along a border that are taken together."""

SMOOTH = 0.11
"""What a step of one sample to the side costs the path along a border, as a share of its step."""


class Bent(msgspec.Struct, frozen=True):
    """The four borders, from the corners' order: top, right, bottom, left."""

    curves: tuple[Curve, Curve, Curve, Curve]

    def grid(self, width: int, height: int) -> tuple[Floats, Floats]:
        """Where on the straight page (pixels) the points of the unrolled one come from.

        Two arrays KNOTS × KNOTS: x and y for even steps across and down.
        """
        top, right, bottom, left = self.curves
        t = np.linspace(0, 1, KNOTS)
        # Curves run clockwise: the lower and the left one against the axes.
        down = (1 - t)[:, None] * -top[None, :] + t[:, None] * bottom[::-1][None, :]
        across = (1 - t)[None, :] * -left[::-1][:, None] + t[None, :] * right[:, None]
        x = (t[None, :] + across) * width
        y = (t[:, None] + down) * height
        return x.astype(np.float32), y.astype(np.float32)


def trace(photo: Pixels, quad: Quad) -> Bent | None:
    """The curved borders of the paper found at `quad`; None where they are straight or not seen."""
    lab, width, height = _flat(photo, quad)
    margin = _margin(width, height)
    curves: list[Curve] = []
    turned = lab
    for k in range(4):
        across = height if k % 2 == 0 else width
        found = _traced(turned, margin, round(REACH * across))
        curves.append(np.zeros(KNOTS) if found is None else found / across)
        turned = np.rot90(turned)
    bend = max(float(np.ptp(_straightened(curve))) for curve in curves)
    if bend < BENT:
        return None
    return Bent((curves[0], curves[1], curves[2], curves[3]))


def flatten(photo: Pixels, matrix: cv2.typing.MatLike, size: tuple[int, int], bent: Bent) -> Pixels:
    """The unrolled page; `matrix` leads from the photograph to the straight page of this size."""
    width, height = size
    x, y = bent.grid(width, height)
    points = np.stack([x.ravel(), y.ravel()], axis=1)[None] - np.float32(0.5)
    back = np.linalg.inv(np.asarray(matrix, np.float64))
    seen = cv2.perspectiveTransform(points.astype(np.float64), back)[0].astype(np.float32)
    maps = seen.reshape(KNOTS, KNOTS, 2)
    out = np.empty((height, width, 3), np.uint8)
    # In strips: two maps of a whole page would be larger than the photograph.
    step = (KNOTS - 1) / max(1, width - 1)
    columns = np.arange(width, dtype=np.float32) * np.float32(step)
    for start in range(0, height, 256):
        rows = np.arange(start, min(height, start + 256), dtype=np.float32)
        rows *= np.float32((KNOTS - 1) / max(1, height - 1))
        where_x = np.repeat(columns[None, :], len(rows), axis=0)
        where_y = np.repeat(rows[:, None], width, axis=1)
        part = cv2.remap(maps, where_x, where_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        out[start : start + len(rows)] = cv2.remap(
            photo, part[..., 0], part[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
    return out


def _margin(width: int, height: int) -> int:
    return round(REACH * max(width, height)) + 6


def _flat(photo: Pixels, quad: Quad) -> tuple[Floats, int, int]:
    """(CIELAB of the straight page with a margin around it, its width, its height)."""
    lengths = sides(quad)
    wide, high = float(lengths[0] + lengths[2]), float(lengths[1] + lengths[3])
    scale = LONGEST / max(wide, high)
    width, height = max(40, round(wide * scale)), max(40, round(high * scale))
    small = shrunk(photo, round(2.2 * LONGEST / max(wide, high) * max(photo.shape[:2])))
    factor = small.shape[1] / photo.shape[1]
    margin = _margin(width, height)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) + margin
    matrix = cv2.getPerspectiveTransform((quad * factor).astype(np.float32), target)
    size = width + 2 * margin, height + 2 * margin
    flat = cv2.warpPerspective(small, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    lab = cv2.cvtColor(cv2.GaussianBlur(flat, (0, 0), 1.0), cv2.COLOR_RGB2LAB)
    return lab.astype(np.float32) * np.array([100 / 255, 1, 1], np.float32), width, height


def _traced(lab: Floats, margin: int, reach: int) -> Curve | None:
    """Samples outward of the upper border along it; None where most of it is not clear."""
    strip = lab[margin - reach - 2 : margin + reach + 3, margin + 2 : -margin - 2]
    columns = strip.shape[1] // EACH
    strip = strip[:, : columns * EACH].reshape(len(strip), columns, EACH, 3).mean(axis=2)
    step = strip[3:] - strip[:-3]
    inner = np.median(strip[-3:].reshape(-1, 3), axis=0)
    outer = np.median(strip[:3].reshape(-1, 3), axis=0)
    way = inner - outer
    size = float(np.linalg.norm(way))
    if size < CLEAR:
        return None
    value = np.clip((step * (way / size)).sum(axis=2), 0, 1.5 * size)
    path = _path(value, SMOOTH * size)
    most = value[path, np.arange(value.shape[1])]
    clear = most > 0.35 * size
    if clear.mean() < 0.7:
        return None
    t = np.linspace(-1, 1, value.shape[1])
    outward = reach - (path + 0.5)
    fitted = np.polynomial.Polynomial.fit(t[clear], outward[clear], DEGREE, domain=[-1, 1])
    off = np.abs(fitted(t) - outward)
    near = clear & (off < max(1.0, 2.5 * float(np.median(off[clear]))))
    if near.mean() < 0.6:
        return None
    fitted = np.polynomial.Polynomial.fit(t[near], outward[near], DEGREE, domain=[-1, 1])
    return np.asarray(fitted(np.linspace(-1, 1, KNOTS)), np.float64)


def _path(value: Floats, cost: float) -> npt.NDArray[np.intp]:
    """Row by column of the path of most value whose row changes by at most one a column."""
    rows, columns = value.shape
    total = value[:, 0].copy()
    came = np.zeros((rows, columns), np.int8)
    for n in range(1, columns):
        above = np.concatenate([[-np.inf], total[:-1]]) - cost
        below = np.concatenate([total[1:], [-np.inf]]) - cost
        choices = np.stack([above, total, below])
        which = choices.argmax(axis=0)
        came[:, n] = which - 1
        total = choices[which, np.arange(rows)] + value[:, n]
    path = np.empty(columns, np.intp)
    path[-1] = int(total.argmax())
    for n in range(columns - 1, 0, -1):
        path[n - 1] = path[n] + came[path[n], n]
    return path


def _straightened(curve: Curve) -> Curve:
    """Without the straight line through it: only what is bent."""
    t = np.linspace(-1, 1, len(curve))
    return np.asarray(curve - np.polynomial.Polynomial.fit(t, curve, 1)(t), np.float64)
