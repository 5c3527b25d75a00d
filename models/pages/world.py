"""A camera over a bed: papers as surfaces in space, seen by a lens, lit, blurred and stored.

Lengths in millimetres, the bed is z = 0 and z points to the camera.  A paper may be rolled about
one of its axes (`curl`); it is drawn as plane strips, so that every corner is known exactly.
"""

from __future__ import annotations

import math

import cv2
import msgspec
import numpy as np
import numpy.typing as npt
from PIL import Image

from models.pages import beds

Floats = npt.NDArray[np.float64]
Picture = npt.NDArray[np.float32]

STRIPS = 48


class Paper(msgspec.Struct, frozen=True):
    """A flat picture and how it lies."""

    image: Image.Image
    centre: tuple[float, float]
    angle: float
    """Degrees clockwise."""
    curl: tuple[float, ...] = ()
    """Height in mm of the surface at even steps along its width (or height: `along_y`)."""
    along_y: bool = False

    def size(self) -> tuple[float, float]:
        """Millimetres."""
        dpi = self.image.info["dpi"][0]
        return self.image.width / dpi * 25.4, self.image.height / dpi * 25.4

    def surface(self, u: Floats, v: Floats) -> Floats:
        """Points in space (n × 3) of places on the paper, 0 to 1 from its top left corner."""
        w, h = self.size()
        heights = np.asarray(self.curl or (0.0, 0.0), float)
        along, length = (v, h) if self.along_y else (u, w)
        t = np.linspace(0, 1, 400)
        z = np.interp(t, np.linspace(0, 1, len(heights)), heights)
        if len(heights) > 2:
            z = np.convolve(
                np.pad(z, 30, mode="edge"), np.hanning(61) / np.hanning(61).sum(), "same"
            )
            z = z[30:-30]
        # The paper does not stretch: what rises comes nearer.
        flat = np.sqrt(np.maximum(1e-9, (length / 399) ** 2 - np.diff(z) ** 2))
        place = np.concatenate([[0.0], np.cumsum(flat)])
        place -= place[-1] / 2
        x = np.interp(along, t, place)
        other = (u - 0.5) * w if self.along_y else (v - 0.5) * h
        flat_points = np.stack([other, x] if self.along_y else [x, other], axis=1)
        turn = math.radians(self.angle)
        spin = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
        return np.column_stack([flat_points @ spin + self.centre, np.interp(along, t, z)])


class Camera(msgspec.Struct, frozen=True):
    """Where it stands and what its lens does; the picture is `size` (width, height) pixels."""

    size: tuple[int, int]
    view: float
    """Millimetres of bed across the picture, in its middle."""
    tilt: float
    """Degrees away from straight down ..."""
    heading: float
    """... in this direction."""
    focal: float
    """Focal length as a multiple of the picture's width."""
    k1: float
    k2: float

    def project(self, points: Floats) -> Floats:
        """Pixels (n × 2) of points in space (n × 3), continuous: the first pixel is 0 to 1."""
        tilt, heading = math.radians(self.tilt), math.radians(self.heading)
        ch, sh, ct, st = math.cos(heading), math.sin(heading), math.cos(tilt), math.sin(tilt)
        around = np.array([[ch, sh, 0], [-sh, ch, 0], [0, 0, 1]])
        lean = np.array([[1, 0, 0], [0, ct, -st], [0, st, ct]])
        turned = points @ (around.T @ lean @ around).T
        distance = self.focal * self.view
        depth = distance - turned[:, 2]
        seen = turned[:, :2] / depth[:, None] * self.focal
        r2 = (seen**2).sum(axis=1, keepdims=True) * 4
        seen = seen * (1 + self.k1 * r2 + self.k2 * r2 * r2)
        return np.asarray(seen * self.size[0] + np.array(self.size) / 2, np.float64)


class Weather(msgspec.Struct, frozen=True):
    """Light, shadow, sensor; zeros are a perfect picture."""

    shade: float = 0.0
    """How much darker the far corner is, 0 to 1."""
    shadows: int = 0
    hard: float = 0.1
    """Width of a shadow's border as a share of the picture."""
    warm: float = 0.0
    exposure: float = 1.0
    defocus: float = 0.0
    """Pixels."""
    motion: float = 0.0
    """Pixels."""
    noise: float = 0.0
    quality: int = 95
    contact: float = 0.35
    """Depth of the shadow beside a paper's border."""
    glare: float = 0.0
    """Strength of a reflection on the first paper."""


class World:
    """A bed with papers, a camera over it and hands on it."""

    def __init__(
        self, bed: str, papers: list[Paper], camera: Camera, weather: Weather, seed: int,
        hands: tuple[tuple[float, float, float], ...] = (),
    ) -> None:  # fmt: skip
        """`hands`: fingertips at x, y mm, coming in at an angle of so many degrees."""
        self.bed, self.papers, self.camera = bed, papers, camera
        self.weather, self.seed, self.hands = weather, seed, hands

    def corners(self) -> list[Floats]:
        """4 × 2 pixels of each paper: TL TR BR BL as one reads it."""
        u, v = np.array([0.0, 1, 1, 0]), np.array([0.0, 0, 1, 1])
        return [self.camera.project(paper.surface(u, v)) for paper in self.papers]

    def outlines(self, steps: int = 60) -> list[Floats]:
        """The borders of each paper as closed polygons, whatever its curl."""
        t = np.linspace(0, 1, steps, endpoint=False)
        zero, one = np.zeros(steps), np.ones(steps)
        u = np.concatenate([t, one, 1 - t, zero])
        v = np.concatenate([zero, t, one, 1 - t])
        return [self.camera.project(paper.surface(u, v)) for paper in self.papers]

    def shoot(self) -> Image.Image:
        """The photograph."""
        rng = np.random.default_rng(self.seed)
        w, h = self.camera.size
        picture = np.asarray(beds.BEDS[self.bed]((h, w), rng), np.float32).copy()
        for paper in self.papers:
            self._lay(picture, paper, rng)
        picture *= self._light(rng)[..., None]
        if self.weather.glare:
            self._reflect(picture, rng)
        self._hold(picture, rng)
        warm = self.weather.warm
        picture *= np.array([1 + warm, 1, 1 - warm], np.float32) * np.float32(self.weather.exposure)
        return self._developed(picture, rng)

    # -- the parts ------------------------------------------------------------------------

    def _lay(self, picture: Picture, paper: Paper, rng: np.random.Generator) -> None:
        h, w = picture.shape[:2]
        scale = w / self.camera.view
        image = paper.image
        wide = max(8, min(image.width, round(paper.size()[0] * scale * 1.2)))
        if wide < image.width:
            tall = max(8, round(image.height * wide / image.width))
            image = image.resize((wide, tall), Image.Resampling.LANCZOS)
        values = np.asarray(image.convert("RGBA"), np.float32)
        colour = np.zeros((h, w, 3), np.float32)
        cover = np.zeros((h, w), np.float32)
        strips = STRIPS if paper.curl else 8
        sun = np.array([rng.uniform(-0.6, 0.6), rng.uniform(-0.6, 0.6), 1.0])
        sun /= np.linalg.norm(sun)
        for n in range(strips):
            self._strip(values, paper, n / strips, (n + 1) / strips, sun, colour, cover)
        lift = rng.uniform(0.4, 2.0) * scale + (max(paper.curl) * 0.3 * scale if paper.curl else 0)
        way = rng.uniform(0, 2 * math.pi)
        move = np.array([[1, 0, lift * math.cos(way)], [0, 1, lift * math.sin(way)]])
        cast = cv2.warpAffine(cover, move, (w, h))
        cast = cv2.GaussianBlur(cast, (0, 0), max(0.7, lift * 0.8))
        picture *= 1 - np.float32(self.weather.contact) * np.asarray(cast)[..., None]
        picture *= 1 - cover[..., None]
        picture += colour

    def _strip(
        self, values: Picture, paper: Paper, start: float, end: float, sun: Floats,
        colour: Picture, cover: Picture,
    ) -> None:  # fmt: skip
        """One plane strip of the paper, added to `colour` (premultiplied) and `cover`."""
        h, w = cover.shape
        rows, columns = values.shape[:2]
        u, v = np.array([start, end, end, start]), np.array([0.0, 0, 1, 1])
        if paper.along_y:
            u, v = np.array([0.0, 1, 1, 0]), np.array([start, start, end, end])
        points = paper.surface(u, v)
        seen = self.camera.project(points)
        low = np.maximum(np.floor(seen.min(axis=0)).astype(int) - 2, 0)
        high = np.minimum(np.ceil(seen.max(axis=0)).astype(int) + 2, [w, h])
        if (high <= low).any():
            return
        source = np.stack([u * columns, v * rows], axis=1).astype(np.float32) - np.float32(0.5)
        target = (seen - low - 0.5).astype(np.float32)
        matrix = cv2.getPerspectiveTransform(source, target)
        box = (int(high[0] - low[0]), int(high[1] - low[1]))
        drawn = cv2.warpPerspective(values, matrix, box, borderMode=cv2.BORDER_REPLICATE)
        mask = np.zeros((box[1] * 4, box[0] * 4), np.uint8)
        outline = np.round(((seen - low) * 4 - 0.5) * 64).astype(np.int32)
        cv2.fillConvexPoly(mask, outline, 255, cv2.LINE_AA, 6)
        part = cv2.resize(mask, box, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        part = np.minimum(part * drawn[..., 3] / 255, 1)
        normal = np.cross(points[1] - points[0], points[3] - points[0])
        normal /= np.linalg.norm(normal) + 1e-9
        bright = np.float32(0.35 + 0.65 * abs(float(normal @ sun)) / float(sun[2]))
        where = (slice(low[1], high[1]), slice(low[0], high[0]))
        room = np.minimum(part, 1 - cover[where])
        colour[where] += drawn[..., :3] * (room * bright)[..., None]
        cover[where] += room

    def _light(self, rng: np.random.Generator) -> Picture:
        w, h = self.camera.size
        y, x = np.mgrid[0:1:60j, 0:1:80j].astype(np.float32)
        way = rng.uniform(0, 2 * math.pi)
        slope = (x - 0.5) * math.cos(way) + (y - 0.5) * math.sin(way) + 0.5
        field = 1 - np.float32(self.weather.shade) * np.clip(slope, 0, 1)
        light = cv2.resize(field.astype(np.float32), (w, h), interpolation=cv2.INTER_LINEAR)
        for _ in range(self.weather.shadows):
            corners = rng.uniform(-0.2, 1.2, (4, 2)) * [320, 240]
            hull = cv2.convexHull(corners.astype(np.float32)).astype(np.int32)
            shape = np.zeros((240, 320), np.float32)
            cv2.fillConvexPoly(shape, hull, 1.0)
            big = cv2.resize(shape, (w, h), interpolation=cv2.INTER_LINEAR)
            soft = cv2.GaussianBlur(big, (0, 0), max(1.0, self.weather.hard * w))
            light *= 1 - np.float32(rng.uniform(0.15, 0.5)) * soft
        return np.asarray(light, np.float32)

    def _reflect(self, picture: Picture, rng: np.random.Generator) -> None:
        w, h = self.camera.size
        corners = self.corners()[0]
        weights = rng.dirichlet([2.0] * 4)
        cx, cy = weights @ corners
        reach = float(np.ptp(corners, axis=0).max())
        a, b = (rng.uniform(0.06, 0.16, 2) * reach).tolist()
        turn = rng.uniform(0, math.pi)
        y, x = np.mgrid[:h, :w].astype(np.float32)
        u = (x - cx) * math.cos(turn) + (y - cy) * math.sin(turn)
        v = (y - cy) * math.cos(turn) - (x - cx) * math.sin(turn)
        spot = 1 / (1 + np.exp(np.clip((np.hypot(u / a, v / b) - 1) * 5, -40, 40)))
        picture += spot[..., None] * np.float32(self.weather.glare)

    def _hold(self, picture: Picture, rng: np.random.Generator) -> None:
        """Fingers: capsules of skin, shaded as cylinders, with nails."""
        scale = self.camera.size[0] / self.camera.view
        skins = np.array([(226, 178, 148), (198, 146, 112), (160, 108, 80), (238, 196, 172)])
        for x, y, angle in self.hands:
            skin = skins[rng.integers(4)] + rng.uniform(-10, 10, 3)
            spread_ = rng.integers(1, 5)
            for n in range(int(spread_)):
                side = (n - (spread_ - 1) / 2) * 17
                turn = math.radians(angle)
                across = np.array([-math.sin(turn), math.cos(turn)])
                back = np.array([math.cos(turn), math.sin(turn)])
                tip = np.array([x, y]) + across * side + back * rng.uniform(0, 12)
                base = tip + back * 400
                self._finger(picture, tip, base, 8.0 * scale, skin, scale)

    def _finger(
        self, picture: Picture, tip: Floats, base: Floats, radius: float, skin: Floats, scale: float
    ) -> None:
        h, w = picture.shape[:2]
        ends = self.camera.project(np.column_stack([np.stack([tip, base]), [4.0, 4.0]]))
        a, b = ends
        length = float(np.linalg.norm(b - a))
        d = (b - a) / length
        y, x = np.mgrid[:h, :w].astype(np.float32)
        along = np.clip((x - a[0]) * d[0] + (y - a[1]) * d[1], 0, length)
        away = np.hypot(x - a[0] - along * d[0], y - a[1] - along * d[1]) / radius
        cover = np.clip((1 - away) * radius + 0.5, 0, 1)
        shadow = np.clip(1.6 - away, 0, 1) * 0.3
        picture *= 1 - (shadow * (1 - cover))[..., None]
        bright = (0.72 + 0.28 * np.sqrt(np.clip(1 - away**2, 0, 1)))[..., None]
        tone = np.asarray(skin, np.float32)
        nail = (along > radius * 0.1) & (along < radius * 1.1) & (away < 0.55)
        tone = np.where(nail[..., None], tone * np.float32(1.06) + 8, tone)
        picture *= 1 - cover[..., None]
        picture += tone * bright * cover[..., None]

    def _developed(self, picture: Picture, rng: np.random.Generator) -> Image.Image:
        weather = self.weather
        if weather.defocus > 0.4:
            reach = math.ceil(weather.defocus)
            y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
            disc = np.clip(weather.defocus + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
            picture = np.asarray(cv2.filter2D(picture, -1, disc / disc.sum()), np.float32)
        if weather.motion > 1:
            reach = math.ceil(weather.motion / 2)
            line = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
            way = rng.uniform(0, math.pi)
            step = np.array([math.cos(way), math.sin(way)]) * weather.motion / 2
            start, end = (
                tuple(np.rint((reach + s * step) * 16).astype(int).tolist()) for s in (-1, 1)
            )
            cv2.line(line, start, end, 1.0, 1, cv2.LINE_AA, 4)
            picture = np.asarray(cv2.filter2D(picture, -1, line / line.sum()), np.float32)
        gamma = 255 * (np.clip(picture, 0, 255) / 255) ** np.float32(rng.uniform(0.92, 1.08))
        if weather.noise:
            grain = rng.standard_normal(gamma.shape, dtype=np.float32) * np.float32(weather.noise)
            gamma += grain * (0.5 + 0.5 * np.sqrt(gamma / 255))
        return Image.fromarray(np.clip(gamma + 0.5, 0, 255).astype(np.uint8))
