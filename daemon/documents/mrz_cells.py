"""The cells of a machine-readable zone: one letter each, all of one size.

The letters of a zone have one pitch and no gaps, so all that was found of them fits one smooth
grid; it is fitted to all rows together, and what was lost or merged with the ground is where the
grid says.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from daemon.documents.decode import Pixels
from daemon.documents.mrz_find import Floats, Row, darkness

HEIGHT, WIDTH = 32, 24
"""Pixels of a cell."""

LETTER = 20.0
"""Pixels of a letter's height in a cell."""

ACROSS = 1.1
"""Pitches that a cell is wide: its letter and the rims of its neighbours."""

COLUMNS = {3: 30, 2: 44}
"""Columns of a zone with so many rows."""

STANDARD = 0.97
"""Height of OCR-B's letters in pitches (ICAO Doc 9303 part 3: size 1 of ISO 1073-2)."""

Cells = npt.NDArray[np.float32]
"""n × HEIGHT × WIDTH, 0 paper to 1 print."""


class Grid(msgspec.Struct, frozen=True):
    """Where each letter's middle lies."""

    centres: Floats
    """rows × columns × 2, pixels of the page."""
    height: float
    """Pixels of a letter's height."""
    misfit: float
    """Usual distance of the letters found from the grid, as a share of the pitch."""

    @property
    def pitch(self) -> float:
        """Usual distance of neighbours in a row."""
        return float(np.median(np.linalg.norm(np.diff(self.centres, axis=1), axis=2)))

    def of_standard_height(self) -> Grid:
        """With letters as high as OCR-B's are for the pitch, whatever was found."""
        return Grid(self.centres, STANDARD * self.pitch, self.misfit)

    def corners(self) -> Floats:
        """TL TR BR BL around all letters, pixels of the page."""
        c = self.centres
        pitch = (c[0, -1] - c[0, 0]) / (c.shape[1] - 1) * 0.5
        half = np.array([-pitch[1], pitch[0]]) / max(1e-9, float(np.hypot(*pitch)))
        half *= self.height * 0.5
        return np.array(
            [c[0, 0] - pitch - half, c[0, -1] + pitch - half, c[-1, -1] + pitch + half,
             c[-1, 0] - pitch + half]
        )  # fmt: skip


def fit(rows: Sequence[Row]) -> Grid | None:
    """The grid through the letters of two or three rows; None where they have no one pitch."""
    columns = COLUMNS[len(rows)]
    parts = [row.centres(columns) for row in rows]
    points = np.concatenate(parts)
    which = np.concatenate([np.full(len(part), n) for n, part in enumerate(parts)])
    column = _comb(points[:, 0], columns)
    if column is None:
        return None
    return _through(points, which, columns, column, max(row.height for row in rows))


def _through(
    points: Floats, which: npt.NDArray[np.int64], columns: int, column: Floats, height: float
) -> Grid | None:
    """The grid through letters of which `column` says roughly where they stand."""
    rows = int(which.max()) + 1
    terms_x = terms_y = np.zeros(0)
    misfit = np.inf
    for _ in range(3):
        near = np.rint(column)
        inside = (near >= 0) & (near < columns)
        if inside.sum() < 0.5 * columns * rows:
            return None
        u = np.asarray(near / (columns - 1) * 2 - 1, np.float64)
        terms = _terms(u, np.asarray(which - (rows - 1) / 2, np.float64))
        terms_x = _robust(terms[inside], points[inside, 0])
        terms_y = _robust(terms[inside], points[inside, 1])
        pitch = terms_x[1] * 2 / (columns - 1)
        if pitch < 2:
            return None
        off = (points[:, 0] - terms @ terms_x) / pitch
        misfit = float(np.median(np.abs(off[inside])))
        column = near + np.clip(off, -1, 1)
    taken = len({(int(r), int(k)) for r, k in zip(which[inside], near[inside], strict=True)})
    if misfit > 0.12 or taken < 0.6 * columns * rows:
        return None
    u, v = np.meshgrid(np.linspace(-1, 1, columns), np.arange(rows) - (rows - 1) / 2)
    terms = _terms(u.ravel(), v.ravel())
    centres = np.stack([terms @ terms_x, terms @ terms_y], axis=1)
    return Grid(centres.reshape(rows, columns, 2), height, misfit)


def _comb(x: Floats, columns: int) -> Floats | None:
    """Where each letter stands on the comb of so many teeth that fits most of them.

    The teeth may come closer to each other from one end to the other, as in a view askew.
    """
    low, high = np.percentile(x, [2, 98])
    middle, half = (low + high) / 2, (high - low) / 2
    rough = 2 * half / (columns - 2.2)
    if rough < 3:
        return None
    phases = np.linspace(0, 1, 16, endpoint=False)[None, :, None]
    pitches = rough * np.linspace(0.92, 1.08, 49)[:, None, None]
    best: tuple[float, float, float, Floats] | None = None
    for bend in np.linspace(-0.06, 0.06, 7):
        straight = x + bend * half * (((x - middle) / half) ** 2 - 1)
        away = np.abs((straight / pitches - phases + 0.5) % 1 - 0.5).clip(max=0.3).mean(axis=2)
        at = np.unravel_index(int(away.argmin()), away.shape)
        if best is None or away[at] < best[0]:
            best = (
                float(away[at]),
                float(pitches[at[0], 0, 0]),
                float(phases[0, at[1], 0]),
                straight,
            )
    assert best is not None
    _, pitch, phase, straight = best
    place = straight / pitch - phase
    teeth = np.rint(place).astype(int)
    held = np.bincount(teeth - teeth.min())
    # The comb lies where it holds the most letters.
    inside = np.convolve(held, np.ones(columns, int))[columns - 1 :]
    return np.asarray(place - teeth.min() - int(inside.argmax()), np.float64)


def _terms(u: Floats, v: Floats) -> Floats:
    """A plane seen askew and bent along the rows: u across (-1 to 1), v the row."""
    return np.stack([np.ones_like(u), u, v, u * v, u * u, u**3], axis=1)


def _robust(terms: Floats, values: Floats) -> Floats:
    """Least squares in which what is far off counts little (Huber's weights)."""
    weights = np.ones(len(values))
    found: Floats = np.zeros(terms.shape[1])
    for _ in range(6):
        root = np.sqrt(weights)[:, None]
        found = np.asarray(np.linalg.lstsq(terms * root, values * root[:, 0], rcond=None)[0])
        off = np.abs(values - terms @ found)
        scale = 1.5 * float(np.median(off)) + 1e-6
        weights = np.minimum(1.0, scale / np.maximum(off, 1e-9))
    return found


def cut(page: Pixels, grid: Grid, shift: tuple[float, float] = (0.0, 0.0)) -> Cells:
    """The cells, row after row; `shift` moves all by shares of a letter's height."""
    x0, y0, x1, y1 = _around(grid, page.shape)
    scale = LETTER / grid.height
    part = page[y0:y1, x0:x1]
    if scale < 0.75:
        size = max(1, round((x1 - x0) * scale * 1.25)), max(1, round((y1 - y0) * scale * 1.25))
        part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    real = part.shape[1] / (x1 - x0), part.shape[0] / (y1 - y0)
    dark = darkness(part, grid.height * real[0])
    centres = (grid.centres - (x0, y0) + 0.5) * real - 0.5
    return sample(dark, centres, grid.height * real[0], shift)


def sample(
    dark: npt.NDArray[np.uint8], centres: Floats, height: float, shift: tuple[float, float]
) -> Cells:
    """Cells around `centres` of a picture of darkness, upright along their rows."""
    along = np.asarray(np.gradient(centres, axis=1), np.float64)
    along /= np.maximum(1e-9, np.linalg.norm(along, axis=2, keepdims=True))
    pitch = float(np.median(np.linalg.norm(np.diff(centres, axis=1), axis=2)))
    x = ((np.arange(WIDTH) + 0.5) / WIDTH - 0.5)[None, :] * pitch * ACROSS + shift[0] * height
    y = (np.arange(HEIGHT) - (HEIGHT - 1) / 2)[:, None] * height / LETTER + shift[1] * height
    tangent = along.reshape(-1, 1, 1, 2)
    middle = centres.reshape(-1, 1, 1, 2)
    map_x = middle[..., 0] + tangent[..., 0] * x - tangent[..., 1] * y
    map_y = middle[..., 1] + tangent[..., 1] * x + tangent[..., 0] * y
    flat = cv2.remap(
        dark,
        map_x.reshape(-1, WIDTH).astype(np.float32),
        map_y.reshape(-1, WIDTH).astype(np.float32),
        cv2.INTER_LINEAR,
    )
    cells = flat.reshape(-1, HEIGHT, WIDTH).astype(np.float32)
    low = np.percentile(cells, 20, axis=(1, 2), keepdims=True)
    high = np.percentile(cells, 97, axis=(1, 2), keepdims=True)
    return np.asarray(np.clip((cells - low) / np.maximum(high - low, 20), -0.25, 1.25), np.float32)


def _around(grid: Grid, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """The part of the page that holds the zone and the paper around it."""
    flat = grid.centres.reshape(-1, 2)
    room = 2.2 * grid.height
    low, high = flat.min(axis=0) - room, flat.max(axis=0) + room
    return (
        max(0, int(low[0])),
        max(0, int(low[1])),
        min(shape[1], int(high[0]) + 1),
        min(shape[0], int(high[1]) + 1),
    )
