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
import random
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import msgspec
import numpy as np
import numpy.typing as npt
from PIL import Image

from models.specimens import desk
from models.specimens.fonts import Split
from models.specimens.sheet import rng_of
from models.specimens.things import fingers

Quad = tuple[tuple[float, float], ...]
"""Four corners in pixels: TL TR BR BL as one reads the paper."""

FAULTS = ("glare", "blur", "moved", "dark", "hand", "cut", "shadow")
"""What can be forced on a scene, to see whether the quality check finds it."""

_BLUR = (0.35, 1.0, 1.7, 2.6)
_NOISE = (1.5, 4.0, 7.5, 12.0)
_SHADE = (0.04, 0.15, 0.3, 0.45)
_TILT = (0.0, 2.5, 6.0, 11.0)
_ANGLE = (3.0, 8.0, 16.0, 28.0)
_LENS = (0.0, 0.004, 0.012, 0.03)
_JPEG = (95, 90, 84, 72)


class Photo(NamedTuple):
    """A photograph and, for each paper in the order given, its true corners."""

    image: Image.Image
    corners: tuple[Quad, ...]


class Lying(msgspec.Struct, frozen=True):
    """Where one paper lies on the bed: centre and size in mm, angle in degrees clockwise."""

    x: float
    y: float
    w: float
    h: float
    angle: float

    def corners(self) -> npt.NDArray[np.float64]:
        """4 × 2, mm on the bed, TL TR BR BL of the paper."""
        half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float) * [self.w / 2, self.h / 2]
        turn = math.radians(self.angle)
        cos, sin = math.cos(turn), math.sin(turn)
        turned = half @ np.array([[cos, sin], [-sin, cos]])
        return np.asarray(turned + np.array([self.x, self.y]), np.float64)


def true_size(image: Image.Image) -> tuple[float, float]:
    """Millimetres of a flat page; without a resolution it is taken for A4's long side."""
    dpi = image.info.get("dpi")
    if dpi and dpi[0] >= 20:
        return image.width * 25.4 / float(dpi[0]), image.height * 25.4 / float(dpi[1])
    scale = 297 / max(image.size)
    return image.width * scale, image.height * scale


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
        self.view = _view(sizes, angles, aspect, rng)
        if view_mm:
            self.view = (view_mm, view_mm / aspect)
        self.papers = tuple(_lay(sizes, angles, self.view, rng, "cut" in faults))
        self.tilt = [rng.uniform(-1, 1) * _TILT[level] for _ in range(2)]
        self.lens = rng.uniform(-1, 1) * _LENS[level]
        self.light = rng_of("light", split, seed, level).randrange(2**31)
        self.desk_seed = rng.randrange(2**31)
        self._shrunk: dict[tuple[int, int], npt.NDArray[np.uint8]] = {}

    # -- geometry -------------------------------------------------------------------------

    def homography(self, size: tuple[int, int]) -> npt.NDArray[np.float64]:
        """Bed mm → pixels of an ideal pinhole picture of this size."""
        w, h = size
        scale = w / self.view[0]
        focal = 1.4 * w
        rx, ry = (math.radians(t) for t in self.tilt)
        cx, sx, cy, sy = math.cos(rx), math.sin(rx), math.cos(ry), math.sin(ry)
        turn_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
        turn_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
        rotation = turn_y @ turn_x
        plane = np.column_stack([rotation[:, 0] * scale, rotation[:, 1] * scale, [0, 0, focal]])
        inner = np.array([[focal, 0, w / 2], [0, focal, h / 2], [0, 0, 1]])
        centre = np.array([[1, 0, -self.view[0] / 2], [0, 1, -self.view[1] / 2], [0, 0, 1]])
        found: npt.NDArray[np.float64] = inner @ plane @ centre
        return np.asarray(found / found[2, 2], np.float64)

    def _bend(
        self, points: npt.NDArray[np.float64], size: tuple[int, int]
    ) -> npt.NDArray[np.float64]:
        """Where the lens puts the points of the ideal picture."""
        centre = np.array(size) / 2
        unit = max(size) / 2
        ideal = (points - centre) / unit
        real = ideal.copy()
        for _ in range(12):  # the map is given the other way round: a fixed point
            real = ideal / (1 + self.lens * (real**2).sum(1, keepdims=True))
        return real * unit + centre

    def corners(self, size: tuple[int, int]) -> tuple[Quad, ...]:
        """True corners of every paper in a picture of this size."""
        matrix = self.homography(size)
        out = []
        for paper in self.papers:
            flat = np.column_stack([paper.corners(), np.ones(4)]) @ matrix.T
            bent = self._bend(flat[:, :2] / flat[:, 2:], size)
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
        light = np.random.default_rng(self.light)
        coarse = (max(64, w // 2), max(48, h // 2))
        bed = desk.texture(coarse, self.desk_seed, self.split, mat_only=self.mat)
        picture = cv2.resize(bed, size, interpolation=cv2.INTER_LINEAR).astype(np.float32)
        matrix = self.homography(size)
        for index, paper in enumerate(self.papers):
            self._put(picture, index, paper, matrix, size, light)
        if abs(self.lens) > 1e-6:
            picture = self._through_lens(picture, size)
        picture *= self._lighting(size, light)[..., None]
        if "hand" in self.faults:
            self._hand(picture, size)
        if "glare" in self.faults or (self.level == 3 and light.random() < 0.3):
            self._glare(picture, size, light)
        picture *= self._white_balance(light)
        if "dark" in self.faults:
            picture *= 0.16
        return self._blur(picture, size, light)

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
        matrix: npt.NDArray[np.float64], size: tuple[int, int], light: np.random.Generator,
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
        thick = light.uniform(0.6, 2.5) * scale
        angle = light.uniform(0, 6.28)
        dx, dy = thick * math.cos(angle), thick * math.sin(angle)
        move = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
        cast = cv2.warpAffine(mask, move, box)
        cast = cv2.GaussianBlur(cast, (0, 0), max(0.6, thick * 0.7))
        region *= 1 - cast[..., None].astype(np.float32) / 255 * np.float32(light.uniform(0.2, 0.6))
        cover = mask[..., None].astype(np.float32) / 255
        fold = self._folds(paper, page.shape[:2], shift @ warp, box, light)
        region *= 1 - cover
        region += laid.astype(np.float32) * cover * fold

    def _folds(
        self, paper: Lying, shape: tuple[int, int], warp: npt.NDArray[np.float64],
        box: tuple[int, int], light: np.random.Generator,
    ) -> npt.NDArray[np.float32]:  # fmt: skip
        """Shading of creases and of a sheet that does not lie quite flat."""
        soft = np.ones((24, 24), np.float32)
        if self.level >= 1:
            soft += (light.random((24, 24), dtype=np.float32) - 0.5) * 0.02 * self.level
            x = np.linspace(0, 1, 24, dtype=np.float32)
            wave = np.sin(x * light.uniform(2, 9) + light.uniform(0, 6)) * 0.025 * self.level
            soft += wave[None, :] if light.random() < 0.5 else wave[:, None]
            if paper.w > 120 and light.random() < 0.3:
                at = int(24 * light.choice([0.33, 0.5, 0.66]))
                if light.random() < 0.7:
                    soft[at, :] *= 0.9
                else:
                    soft[:, at] *= 0.9
        grid = np.diag([shape[1] / 24, shape[0] / 24, 1.0])
        laid = cv2.warpPerspective(
            soft, warp @ grid, box, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return laid[..., None].astype(np.float32)

    def _through_lens(
        self, picture: npt.NDArray[np.float32], size: tuple[int, int]
    ) -> npt.NDArray[np.float32]:
        w, h = size
        unit = max(size) / 2
        x = (np.arange(w, dtype=np.float32) + 0.5 - w / 2) / unit
        y = (np.arange(h, dtype=np.float32) + 0.5 - h / 2) / unit
        bend = 1 + np.float32(self.lens) * (x[None, :] ** 2 + y[:, None] ** 2)
        map_x = x[None, :] * bend * unit + np.float32(w / 2 - 0.5)
        map_y = y[:, None] * bend * unit + np.float32(h / 2 - 0.5)
        bent = cv2.remap(picture, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(bent, np.float32)

    def _lighting(
        self, size: tuple[int, int], light: np.random.Generator
    ) -> npt.NDArray[np.float32]:
        small = (64, 48)
        x = np.linspace(-1, 1, small[0], dtype=np.float32)[None, :]
        y = np.linspace(-1, 1, small[1], dtype=np.float32)[:, None]
        shade = _SHADE[self.level]
        lamp = (light.uniform(-0.9, 0.9), light.uniform(-0.9, 0.9))
        far = ((x - lamp[0]) ** 2 + (y - lamp[1]) ** 2) / 4
        bright = light.uniform(0.92, 1.04)
        field = np.asarray(bright * (1 - shade * np.clip(far, 0, 1)), np.float32)
        casts = 1 if "shadow" in self.faults else int(light.random() < 0.12 * self.level)
        for _ in range(casts):  # a head or an arm between lamp and paper
            cx, cy = light.uniform(-1, 1), light.uniform(-1, 1)
            rx, ry = light.uniform(0.3, 0.9), light.uniform(0.3, 0.9)
            inside = (((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 - 1) * 6
            soft = 1 / (1 + np.exp(np.minimum(inside, 60)))
            depth = 0.45 if "shadow" in self.faults else light.uniform(0.1, 0.4)
            field *= np.asarray(1 - depth * soft, np.float32)
        wide = cv2.resize(field.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
        return np.asarray(wide, np.float32)

    def _white_balance(self, light: np.random.Generator) -> npt.NDArray[np.float32]:
        swing = 0.02 + 0.04 * self.level
        warm = light.uniform(-swing, swing)
        gains = [1 + warm, 1 + light.uniform(-0.3, 0.3) * swing, 1 - warm]
        return np.asarray(gains, np.float32)

    def _glare(
        self, picture: npt.NDArray[np.float32], size: tuple[int, int], light: np.random.Generator
    ) -> None:
        corners = np.array(self.corners(size)[0]) if self.papers else np.array([size]) / 2
        middle, reach = corners.mean(0), np.ptp(corners, axis=0) if len(corners) > 1 else size
        cx = middle[0] + light.uniform(-0.25, 0.25) * reach[0]
        cy = middle[1] + light.uniform(-0.25, 0.25) * reach[1]
        strong = "glare" in self.faults
        radius = (light.uniform(0.1, 0.2) if strong else light.uniform(0.03, 0.08)) * max(reach)
        x = (np.arange(size[0], dtype=np.float32)[None, :] - cx) / radius
        y = (np.arange(size[1], dtype=np.float32)[:, None] - cy) / (radius * light.uniform(0.5, 1))
        spot = np.exp(-(x**2 + y**2)) * np.float32(420 if strong else 200)
        picture += spot[..., None]

    def _hand(self, picture: npt.NDArray[np.float32], size: tuple[int, int]) -> None:
        rng = rng_of("hand", self.seed)
        small = np.asarray(fingers((size[0] // 2, size[1] // 2), rng, self.split), np.float32)
        layer = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR))
        cover = layer[..., 3:] / 255
        picture *= 1 - cover
        picture += layer[..., :3] * cover

    def _blur(
        self, picture: npt.NDArray[np.float32], size: tuple[int, int], light: np.random.Generator
    ) -> npt.NDArray[np.float32]:
        per_300dpi = size[0] / self.view[0] / 11.81
        sigma = _BLUR[self.level] * per_300dpi * light.uniform(0.7, 1.1)
        if "blur" in self.faults:
            sigma = 6 * per_300dpi + 1
        if "moved" in self.faults:
            length = max(5, round(22 * per_300dpi))
            kernel = np.zeros((length, length), np.float32)
            angle = light.uniform(0, math.pi)
            mid = length / 2
            reach = (mid * math.cos(angle), mid * math.sin(angle))
            start = (round(mid - reach[0]), round(mid - reach[1]))
            end = (round(mid + reach[0]), round(mid + reach[1]))
            cv2.line(kernel, start, end, 1.0)
            picture = np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.float32)
        if sigma < 0.3:
            return picture
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)


def _reach(size: tuple[float, float], angle: float) -> tuple[float, float]:
    """Width and height of the upright box around a turned paper."""
    turn = math.radians(angle)
    cos, sin = abs(math.cos(turn)), abs(math.sin(turn))
    return size[0] * cos + size[1] * sin, size[0] * sin + size[1] * cos


def _view(
    sizes: Sequence[tuple[float, float]], angles: Sequence[float], aspect: float, rng: random.Random
) -> tuple[float, float]:
    """Room on the bed that holds the papers side by side with a margin."""
    if not sizes:
        return 340.0, 340.0 / aspect
    boxes = [_reach(s, a) for s, a in zip(sizes, angles, strict=True)]
    wide = sum(b[0] for b in boxes) * 1.02
    high = max(b[1] for b in boxes)
    need = max(wide, high * aspect) * rng.uniform(1.1, 1.28)
    return need, need / aspect


def _lay(
    sizes: Sequence[tuple[float, float]], angles: Sequence[float], view: tuple[float, float],
    rng: random.Random, cut: bool,
) -> list[Lying]:  # fmt: skip
    """Papers side by side, each somewhere in its share of the bed."""
    out: list[Lying] = []
    if not sizes:
        return out
    boxes = [_reach(s, a) for s, a in zip(sizes, angles, strict=True)]
    total = sum(b[0] for b in boxes)
    left = 0.0
    for size, angle, (wide, high) in zip(sizes, angles, boxes, strict=True):
        share = view[0] * wide / total
        slack_x, slack_y = max(0.0, share - wide) * 0.4, max(0.0, view[1] - high) * 0.4
        x = left + share / 2 + rng.uniform(-1, 1) * slack_x / 2
        y = view[1] / 2 + rng.uniform(-1, 1) * slack_y / 2
        if cut:
            x += (share / 2 - wide * 0.3) * rng.choice([-1, 1])
        out.append(Lying(x, y, size[0], size[1], angle))
        left += share
    return out


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
