"""A camera over a desk: renders papers lying at an angle and knows where their corners are.

The bed is a plane in millimetres; papers lie on it turned and shifted; a pinhole camera looks
down at it slightly askew.  Light, shadow, glare, blur, noise, white balance and JPEG follow.
A `Scene` is decided once by its seed and can then be shot at any size and as often as wanted:
only the sensor's noise differs between two shots, as with a real camera.

Levels: 0 ideal, 1 a good kiosk, 2 a typical kiosk photograph (blur of 2 px at 300 dpi, noise 9,
shading 30 %), 3 a bad one (2.8 px, 13, 45 %).
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from models.specimens import desk, lens, light
from models.specimens.fonts import Split
from models.specimens.laying import Lying, lay, true_size, view_of
from models.specimens.sheet import rng_of
from models.specimens.things import fingers

Quad = tuple[tuple[float, float], ...]
"""Four corners in pixels: TL TR BR BL as one reads the paper."""

FAULTS = ("glare", "blur", "moved", "dark", "hand", "cut", "shadow")
"""What can be forced on a scene, to see whether the quality check finds it."""

_NOISE = (1.5, 4.0, 7.5, 12.0)
_ANGLE = (3.0, 8.0, 16.0, 28.0)
_JPEG = (95, 90, 84, 72)


class Photo(NamedTuple):
    """A photograph and, for each paper in the order given, its true corners."""

    image: Image.Image
    corners: tuple[Quad, ...]


class Scene:
    """A desk with papers on it, decided by a seed; `shoot` renders it."""

    def __init__(
        self,
        pages: Sequence[Image.Image],
        seed: int,
        *,
        level: int = 2,
        split: Split = "eval",
        aspect: float = 4 / 3,
        view_mm: float = 0,
        turn: int | None = 0,
        faults: frozenset[str] | set[str] = frozenset(),
        mat: bool = False,
        angle: float | None = None,
    ) -> None:
        """Lays papers out.

        `view_mm` is the width of bed that the picture shows (0 = what the papers need); `turn`
        the quarter turns of the papers seen by the camera (None = any); `angle` fixes the rest
        of the angle in degrees; `mat` lays the kiosk's dark mat; `faults` are from FAULTS.
        """
        unknown = set(faults) - set(FAULTS)
        if unknown:
            raise ValueError(f"unknown faults {sorted(unknown)}; there are {FAULTS}")
        if not 0 <= level <= 3:
            raise ValueError(f"level {level}; there are 0, 1, 2, 3")
        rng = rng_of("scene", split, seed, level)
        self.pages, self.level, self.split, self.seed, self.mat = pages, level, split, seed, mat
        self.faults = frozenset(faults)
        sizes = [true_size(page) for page in pages]
        quarter = rng.randrange(4) if turn is None else turn % 4
        around = [rng.uniform(-1, 1) * _ANGLE[level] if angle is None else angle for _ in pages]
        angles = [quarter * 90 + a for a in around]
        self.view = view_of(sizes, angles, aspect, rng)
        if view_mm:
            self.view = (view_mm, view_mm / aspect)
        self.papers = tuple(lay(sizes, angles, self.view, rng, "cut" in faults))
        self.tilt = [rng.uniform(-1, 1) * lens.TILT[level] for _ in range(2)]
        self.lens = rng.uniform(-1, 1) * lens.LENS[level]
        self.light = rng_of("light", split, seed, level).randrange(2**31)
        self.desk_seed = rng.randrange(2**31)
        self._shrunk: dict[tuple[int, int], npt.NDArray[np.uint8]] = {}

    # -- geometry -------------------------------------------------------------------------

    def homography(self, size: tuple[int, int]) -> npt.NDArray[np.float64]:
        """Bed mm → pixels of an ideal pinhole picture of this size."""
        return lens.homography(size, self.view, self.tilt)

    def corners(self, size: tuple[int, int]) -> tuple[Quad, ...]:
        """True corners of every paper in a picture of this size."""
        matrix = self.homography(size)
        out = []
        for paper in self.papers:
            flat = np.column_stack([paper.corners(), np.ones(4)]) @ matrix.T
            bent = lens.bend(flat[:, :2] / flat[:, 2:], size, self.lens)
            out.append(tuple((float(x), float(y)) for x, y in bent))
        return tuple(out)

    # -- picture --------------------------------------------------------------------------

    def shoot(self, size: tuple[int, int], shot: int = 0, *, jpeg: bool = True) -> Photo:
        """A photograph of `size` (width, height) pixels; `shot` numbers repeated ones."""
        rng = np.random.default_rng([self.seed & 0x7FFFFFFF, shot])
        picture = self._render(size)
        noise = _NOISE[self.level] * (1.6 if "dark" in self.faults else 1)
        grain = rng.standard_normal((size[1], size[0]), dtype=np.float32) * noise
        picture += grain[..., None]
        colour = rng.standard_normal((size[1] // 2 + 1, size[0] // 2 + 1, 3), dtype=np.float32)
        picture += cv2.resize(colour, size, interpolation=cv2.INTER_LINEAR) * noise * 0.5
        image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
        if jpeg:
            held = io.BytesIO()
            image.save(held, "JPEG", quality=_JPEG[self.level])
            image = Image.open(io.BytesIO(held.getvalue()))
            image.load()
        return Photo(image, self.corners(size))

    def _render(self, size: tuple[int, int]) -> npt.NDArray[np.float32]:
        """The scene before the sensor: height × width × 3."""
        w, h = size
        rng = np.random.default_rng(self.light)
        coarse = (max(64, w // 2), max(48, h // 2))
        bed = desk.texture(coarse, self.desk_seed, self.split, mat_only=self.mat)
        picture = cv2.resize(bed, size, interpolation=cv2.INTER_LINEAR).astype(np.float32)
        matrix = self.homography(size)
        for index, paper in enumerate(self.papers):
            self._put(picture, index, paper, matrix, size, rng)
        if abs(self.lens) > 1e-6:
            picture = lens.through(picture, size, self.lens)
        picture *= light.lighting(size, self.level, self.faults, rng)[..., None]
        if "hand" in self.faults:
            self._hand(picture, size)
        if "glare" in self.faults or (self.level == 3 and rng.random() < 0.3):
            around = np.array(self.corners(size)[0]) if self.papers else np.array([size]) / 2
            light.glare(picture, size, around, "glare" in self.faults, rng)
        picture *= light.white_balance(self.level, rng)
        if "dark" in self.faults:
            picture *= 0.16
        return lens.blur(picture, size[0] / self.view[0], self.level, self.faults, rng)

    def _page(self, index: int, paper: Lying, pixels_mm: float) -> npt.NDArray[np.uint8]:
        """The flat page, shrunk to about the picture's scale so that it does not alias."""
        wide = max(8, min(self.pages[index].width, round(paper.w * pixels_mm * 1.15)))
        key = (index, wide)
        if key not in self._shrunk:
            page = self.pages[index].convert("RGB")
            tall = max(8, round(page.height * wide / page.width))
            if wide < page.width:
                page = page.resize((wide, tall), Image.Resampling.BOX, reducing_gap=3)
            self._shrunk = {k: v for k, v in self._shrunk.items() if k[0] != index}
            self._shrunk[key] = np.asarray(page)
        return self._shrunk[key]

    def _put(
        self, picture: npt.NDArray[np.float32], index: int, paper: Lying,
        matrix: npt.NDArray[np.float64], size: tuple[int, int], rng: np.random.Generator,
    ) -> None:  # fmt: skip
        scale = size[0] / self.view[0]
        page = self._page(index, paper, scale)
        target = cv2.perspectiveTransform(paper.corners()[None].astype(np.float64), matrix)[0]
        h, w = page.shape[:2]
        source = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32) - np.float32(0.5)
        reached = np.asarray(target - 0.5, np.float32)
        warp = np.asarray(cv2.getPerspectiveTransform(source, reached), np.float64)
        low = np.floor(target.min(0)).astype(int) - round(8 * scale)
        high = np.ceil(target.max(0)).astype(int) + round(8 * scale)
        x0, y0 = max(0, int(low[0])), max(0, int(low[1]))
        x1, y1 = min(size[0], int(high[0])), min(size[1], int(high[1]))
        if x1 <= x0 or y1 <= y0:
            return
        shift = np.array([[1, 0, -x0], [0, 1, -y0], [0, 0, 1]], float)
        box = (x1 - x0, y1 - y0)
        flags = cv2.INTER_LINEAR
        laid = cv2.warpPerspective(
            page, shift @ warp, box, flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
        mask = np.zeros((box[1], box[0]), np.uint8)
        outline = np.round((target - [x0, y0]) * 16 - 8).astype(np.int32)
        cv2.fillConvexPoly(mask, outline, 255, cv2.LINE_AA, 4)
        region = picture[y0:y1, x0:x1]
        thick = rng.uniform(0.6, 2.5) * scale
        angle = rng.uniform(0, 6.28)
        dx, dy = thick * math.cos(angle), thick * math.sin(angle)
        move = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
        cast = cv2.warpAffine(mask, move, box)
        cast = cv2.GaussianBlur(cast, (0, 0), max(0.6, thick * 0.7))
        region *= 1 - cast[..., None].astype(np.float32) / 255 * np.float32(rng.uniform(0.2, 0.6))
        cover = mask[..., None].astype(np.float32) / 255
        fold = light.folds(paper.w > 120, self.level, page.shape[:2], shift @ warp, box, rng)
        region *= 1 - cover
        region += laid.astype(np.float32) * cover * fold

    def _hand(self, picture: npt.NDArray[np.float32], size: tuple[int, int]) -> None:
        rng = rng_of("hand", self.seed)
        small = np.asarray(fingers((size[0] // 2, size[1] // 2), rng, self.split), np.float32)
        layer = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR))
        cover = layer[..., 3:] / 255
        picture *= 1 - cover
        picture += layer[..., :3] * cover


def photograph(
    pages: Image.Image | Sequence[Image.Image],
    seed: int,
    size: tuple[int, int] = (2028, 1520),
    level: int = 2,
    *,
    split: Split = "eval",
    view_mm: float = 0,
    turn: int | None = 0,
    faults: frozenset[str] | set[str] = frozenset(),
    mat: bool = False,
    angle: float | None = None,
) -> Photo:
    """A photograph of a desk with these flat papers on it (none = an empty desk).

    `size` is width × height in pixels; the options are those of `Scene`.  Returns the picture and
    the true corners of each paper (TL TR BR BL as one reads it, pixels of the picture).
    """
    many = [pages] if isinstance(pages, Image.Image) else list(pages)
    scene = Scene(
        many, seed, level=level, split=split, aspect=size[0] / size[1], view_mm=view_mm, turn=turn,
        faults=faults, mat=mat, angle=angle,
    )  # fmt: skip
    return scene.shoot(size)
