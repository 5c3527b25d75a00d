"""Sets the pages of `pages.txt` and takes them with a simple camera."""

from __future__ import annotations

import random
import re
from pathlib import Path

import cv2
import msgspec
import numpy as np
import numpy.typing as npt
import segno
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from daemon.catalogue import kinds
from tests.strangers.values import People

PAGES = Path(__file__).parent / "pages.txt"
CITIZENS = Path(__file__).parent / "citizens.txt"
"""Papers that say who somebody is, to be drawn many times."""
DPI = 250
_MM = DPI / 25.4

FACES = tuple(
    Path(f"/usr/share/fonts/truetype/{name}")
    for name in (
        "dejavu/DejaVuSerifCondensed.ttf",
        "dejavu/DejaVuSans.ttf",
        "noto/NotoSerif-Regular.ttf",
        "noto/NotoSans-Regular.ttf",
    )
)
"""Where no further faces are given; all have the Vietnamese letters."""

_FIELD = re.compile(r"\{([#a-z0-9_]+)\}")
_FROM, _TO = "\x02", "\x03"
"""Stand around what was filled in."""
_PIECES = re.compile(f"{_FROM}([^{_TO}]*){_TO}")


class Layout(msgspec.Struct, frozen=True):
    """One page of the data file."""

    kind: str
    size_mm: tuple[int, int]
    colour: str
    lines: tuple[str, ...]


class Drawn(msgspec.Struct, frozen=True):
    """A page, and what stands on it."""

    kind: str
    image: Image.Image
    truth: dict[str, str]


def layouts(pages: Path = PAGES) -> list[Layout]:
    """All pages of a data file, in its order."""
    found = []
    for block in re.split(r"^## ", pages.read_text("utf-8"), flags=re.M)[1:]:
        head, *lines = block.strip("\n").splitlines()
        kind, size, colour = head.split()
        wide, high = size.split("x")
        found.append(Layout(kind, (int(wide), int(high)), colour, tuple(lines)))
    return found


def draw(
    layout: Layout, seed: int, faces: tuple[Path, ...] = FACES, hands: tuple[Path, ...] = ()
) -> Drawn:
    """The page, flat, at `DPI`; `hands`: faces of what is filled in (none = the page's own)."""
    rng = random.Random(f"{layout.kind}/{layout.lines[:2]}/{seed}")
    people = People(rng)
    kind = kinds.load()[layout.kind]
    truth: dict[str, str] = {}

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        if name.startswith("#"):
            return people.name() if name == "#name" else people.address()
        return f"{_FROM}{value(name)}{_TO}"

    def value(name: str) -> str:
        field = kind.field(name)
        if field is None:
            raise ValueError(f"{layout.kind} has no field {name}")
        truth.setdefault(name, people.of(kind, field))
        return truth[name]

    lines = [_FIELD.sub(fill, line) for line in layout.lines]
    image = _Sheet(layout, rng, rng.choice(faces), hands, people.payload(kind, truth)).set(lines)
    return Drawn(layout.kind, image, truth)


class _Sheet:
    """A page while it is set."""

    def __init__(
        self, layout: Layout, rng: random.Random, face: Path, hands: tuple[Path, ...], coded: str
    ) -> None:
        self.wide, self.high = (round(side * _MM) for side in layout.size_mm)
        self.image = Image.new("RGB", (self.wide, self.high), layout.colour)
        self.pen = ImageDraw.Draw(self.image)
        self.rng = rng
        self.face = face
        dark = sum(self.image.getpixel((0, 0))) < 300  # type: ignore[arg-type]
        self.ink = "#e8d9a0" if dark else rng.choice(["#101010", "#1a1a2a", "#202020"])
        self.red = self.ink if dark else rng.choice(["#b01020", "#101010", "#8a1420"])
        small = layout.size_mm[1] < 100
        self.points = rng.uniform(6.2, 7.0) if small else rng.uniform(11.5, 13.5)
        self.margin = round(self.wide * rng.uniform(0.07, 0.12))
        self.y = round(self.high * rng.uniform(0.05, 0.08))
        self.small = small
        self.coded = coded
        self.filled = "@filled" in layout.lines
        self.hand = rng.choice(hands) if self.filled and hands else face

    def font(
        self, scale: float, bold: bool = False, face: Path | None = None
    ) -> ImageFont.FreeTypeFont:
        size = round(self.points * scale * DPI / 72)
        face = face or self.face
        font = ImageFont.truetype(str(face), size)
        if "[" in face.name:
            axes, weight = font.get_variation_axes(), 700 if bold else 400
            weights = [weight if a["name"] in (b"Weight", "Weight") else a["default"] for a in axes]
            font.set_variation_by_axes([float(w or 0) for w in weights])
        return font

    def set(self, lines: list[str]) -> Image.Image:
        self._ground()
        room = self.high * 0.9 / max(1, len(lines))
        step = min(room, self.points * DPI / 72 * self.rng.uniform(1.7, 2.1))
        for line in lines:
            self._line(line, step)
        self._mark()
        return self.image.filter(ImageFilter.GaussianBlur(self.rng.uniform(0.3, 0.8)))

    def _ground(self) -> None:
        if self.rng.random() < 0.5:
            red, green, blue = self.image.getpixel((0, 0))  # type: ignore[misc]
            tint = (max(0, red - 9), max(0, green - 7), max(0, blue - 8))
            pitch = self.rng.randint(14, 40)
            for x in range(-self.high, self.wide, pitch):
                self.pen.line((x, 0, x + self.high, self.high), tint, 1)

    def _mark(self) -> None:
        """MẪU across the page, pale, as on every specimen."""
        layer = Image.new("L", self.image.size, 0)
        font = ImageFont.truetype(str(self.face), round(min(self.image.size) * 0.12))
        pen = ImageDraw.Draw(layer)
        pen.text((self.wide / 2, self.high / 2), "MẪU  SPECIMEN", 34, font, anchor="mm")
        layer = layer.rotate(self.rng.uniform(20, 50))
        self.image.paste(Image.new("RGB", self.image.size, "#888888"), mask=layer)

    def _line(self, line: str, step: float) -> None:
        mark, rest = line[:1], line[2:]
        if line.startswith("@"):
            self._thing(line[1:], step)
            return
        scale, where, colour, bold = 1.0, "la", self.ink, False
        x = self.margin
        if mark == "=":
            scale, where, colour, bold = self.rng.uniform(1.3, 1.7), "ma", self.red, True
        elif mark in "~>-*+" and line[1:2] == " ":
            where = {"~": "ma", ">": "ra"}.get(mark, "la")
            scale = {"-": 0.8, "*": 1.15}.get(mark, 1.0)
            bold = mark in "~*"
            x += round(self.wide * 0.2) if mark in "-*+" and self.small else 0
        else:
            rest = line
        parts = [part.strip() for part in rest.split(" | ")]
        for at, part in enumerate(parts):
            width = (self.wide - self.margin - x) / len(parts)
            left = x + at * width
            spot = {"la": left, "ma": left + width / 2, "ra": self.wide - self.margin}[where]
            font = self.font(scale, bold)
            limit = width if where != "la" else self.wide - self.margin - left
            if len(parts) > 1:
                limit = width - 10
            if self.filled and _FROM in part:
                self._filled(part, left, limit, scale)
                continue
            part = _PIECES.sub(r"\1", part)
            length = font.getlength(part)
            if length > limit:
                font = self.font(scale * limit / length, bold)
            self.pen.text((spot, self.y), part, colour, font, anchor=where)
        self.y += round(step * max(1.0, scale))

    def _filled(self, part: str, left: float, limit: float, scale: float) -> None:
        """A label, a dotted line to the end of its column, and on it what somebody wrote.

        Nobody writes running capitals by hand.
        """
        found = _PIECES.search(part)
        assert found is not None
        said = found[1].title() if found[1].isupper() and self.hand != self.face else found[1]
        label, font = part[: found.start()], self.font(scale)
        start, base = left + font.getlength(label), self.y + font.getmetrics()[0]
        self.pen.text((left, base), label, self.ink, font, anchor="ls")
        x = start
        while x < left + limit:
            self.pen.ellipse((x, base + 2, x + 2, base + 4), self.ink)
            x += 9
        size = scale * self.rng.uniform(1.0, 1.25)
        font = self.font(size, face=self.hand)
        room, long = left + limit - start, font.getlength(said)
        if long > room:
            font = self.font(size * room / long, face=self.hand)
        pen = self.rng.choice(["#1d2f8f", "#101010", "#27307a"])
        at = (start + self.rng.uniform(0, max(0.0, room - long)) / 3, base - self.rng.randint(1, 6))
        self.pen.text(at, said, pen, font, anchor="ls")

    def _thing(self, what: str, step: float) -> None:
        side = round(min(self.wide, self.high) * 0.2)
        match what:
            case "gap":
                self.y += round(step * 3)
            case "photo":
                box = (
                    self.margin // 3,
                    self.high // 3,
                    self.margin // 3 + side,
                    self.high * 2 // 3,
                )
                if not self.small:
                    box = (self.margin, self.y, self.margin + 2 * side, self.y + 2 * side)
                self.pen.rectangle(box, "#9aa0a8")
            case "seal":
                x, y = self.wide * 3 // 4, min(self.y, self.high - side)
                self.pen.ellipse(
                    (x - side // 2, y, x + side // 2, y + side), outline="#c02030", width=8
                )
            case "qr":
                square = _code("MẪU / SPECIMEN").resize((side, side), Image.Resampling.NEAREST)
                self.image.paste(square, (self.wide - side - self.margin // 2, self.margin // 2))
            case "cardqr":
                square = _code(self.coded, 2)
                self.image.paste(square, (self.wide - square.width - 8, 8))
            case "mrz":
                face = ImageFont.truetype(
                    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf", round(self.wide * 0.045)
                )
                for row in ("IDVNM1901234569079190123456<<9", "9011056F3011054VNM<<<<<<<<<<<8"):
                    self.pen.text((self.margin // 2, self.y), row, self.ink, face)
                    self.y += round(self.wide * 0.055)


def _code(said: str, pixels: int = 1) -> Image.Image:
    """A QR code on white, so many pixels a module."""
    made = segno.make(said, error="m", micro=False)
    border = 3 if pixels > 1 else 0
    grid = np.array([[0 if dot else 255 for dot in row] for row in made.matrix], np.uint8)
    return Image.fromarray(np.kron(np.pad(grid, border, constant_values=255), _dot(pixels)))


def _dot(pixels: int) -> npt.NDArray[np.uint8]:
    return np.ones((pixels, pixels), np.uint8)


def photograph(
    page: Image.Image,
    seed: int,
    size: tuple[int, int] = (2800, 2100),
    bed: npt.NDArray[np.uint8] | None = None,
) -> Image.Image:
    """The page on a plain desk, or on `bed`: a little perspective, uneven light, blur, noise."""
    rng = np.random.default_rng(seed)
    wide, high = size
    flat = np.asarray(page.convert("RGB"))
    if (flat.shape[0] > flat.shape[1]) != (high > wide):
        flat = np.ascontiguousarray(np.rot90(flat, int(rng.choice([1, 3]))))
    scale = min(0.86 * wide / flat.shape[1], 0.86 * high / flat.shape[0], 1.6)
    half = np.array([flat.shape[1], flat.shape[0]]) * scale / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    angle = rng.uniform(-0.06, 0.06)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = corners @ turn.T * (1 + rng.uniform(-0.02, 0.02, (4, 2)))
    corners += np.array([wide, high]) / 2
    desk = rng.integers(40, 110, 3).astype(np.float32)
    picture = np.empty((high, wide, 3), np.float32)
    picture[:] = desk + rng.normal(0, 4, (high, wide, 1)).astype(np.float32)
    if bed is not None:
        picture[:] = bed
    source = np.array(
        [[0, 0], [flat.shape[1], 0], [flat.shape[1], flat.shape[0]], [0, flat.shape[0]]], np.float32
    )
    matrix = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    # Averaged before it is made smaller, as a lens does.
    soft = cv2.GaussianBlur(flat, (0, 0), max(0.1, 0.45 / scale)) if scale < 1 else flat
    put = cv2.warpPerspective(soft, matrix, size, flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(np.full(flat.shape[:2], 255, np.uint8), matrix, size)
    picture = np.where(mask[..., None] > 127, put, picture).astype(np.float32)
    picture *= _light(wide, high, rng)
    blurred = np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 1.0)))
    noisy = blurred + rng.normal(0, rng.uniform(2, 6), picture.shape)
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


def _light(wide: int, high: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """A slope of light with a warm or cold tint."""
    across = np.linspace(-1, 1, wide, dtype=np.float32)[None, :, None] * rng.uniform(-0.12, 0.12)
    down = np.linspace(-1, 1, high, dtype=np.float32)[:, None, None] * rng.uniform(-0.12, 0.12)
    tint = rng.uniform(0.92, 1.0, 3).astype(np.float32)
    return ((0.92 + across + down) * tint).astype(np.float32)
