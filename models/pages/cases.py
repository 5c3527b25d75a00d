"""The kinds of photograph that are asked about, each by name, and how to draw number n of one."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from models.pages import beds, papers
from models.pages.world import Camera, Paper, Weather, World
from models.specimens import draw, photograph

Floats = npt.NDArray[np.float64]


class Case(NamedTuple):
    """One photograph with the truth about it."""

    jpeg: bytes
    quads: list[Floats]
    """TL TR BR BL of each paper as one reads it, pixels of the photograph as it is shown."""
    verdict: str
    """The verdict of the door that is right, `whole` where the picture is the paper."""


SIZES = ((1024, 768), (1600, 1200), (1600, 1200), (2028, 1520), (2048, 1536), (1920, 1080))
LARGE = ((4056, 3040), (4000, 3000), (3264, 2448))

SPECIMENS = (
    "giay_khai_sinh", "cccd_gan_chip_2021", "quyet_dinh", "bang_dai_hoc", "hop_dong_lao_dong",
    "gcn_qsdd_2025", "ho_chieu", "the_bhyt", "dang_ky_xe", "so_ho_khau", "hoc_ba",
    "giay_phep_lai_xe", "trich_luc_khai_tu", "cmnd_9_so",
)  # fmt: skip


def flat(rng: random.Random) -> Image.Image:
    """Any paper."""
    make = rng.choice([
        papers.text_page, papers.text_page, papers.text_page, papers.certificate, papers.card,
        papers.spread, papers.cover, papers.slip, papers.blank,
    ])  # fmt: skip
    return make(rng)


def weather(rng: random.Random, hard: float = 1.0) -> Weather:
    """Ordinary light and sensor; `hard` scales all of it."""
    return Weather(
        shade=rng.uniform(0, 0.35) * hard,
        warm=rng.uniform(-0.09, 0.09) * hard,
        exposure=rng.uniform(0.8, 1.06),
        defocus=rng.uniform(0, 1.6) * hard,
        noise=rng.uniform(0, 6) * hard,
        quality=rng.randint(74, 95),
        contact=rng.uniform(0.15, 0.55),
    )


def camera(
    rng: random.Random, view: float, size: tuple[int, int] | None = None, tilt: float = 8.0
) -> Camera:
    """Any camera over the bed, up to `tilt` degrees askew."""
    size = size or rng.choice(SIZES)
    if rng.random() < 0.25:
        size = size[1], size[0]
    return Camera(
        size, view, rng.uniform(0, tilt), rng.uniform(0, 360), rng.uniform(0.75, 1.6),
        rng.uniform(-0.012, 0.012), 0.0,
    )  # fmt: skip


def around(paper: Image.Image, angle: float) -> tuple[float, float]:
    """Width and height in mm of the upright box around a turned paper."""
    dpi = paper.info["dpi"][0]
    w, h = paper.width / dpi * 25.4, paper.height / dpi * 25.4
    turn = np.radians(angle)
    cos, sin = abs(np.cos(turn)), abs(np.sin(turn))
    return float(w * cos + h * sin), float(w * sin + h * cos)


def scene(
    rng: random.Random, paper: Image.Image, *, bed: str = "", tilt: float = 8.0, turn: float = 15.0,
    room: tuple[float, float] = (1.12, 1.7), size: tuple[int, int] | None = None,
    light: Weather | None = None, hands: int = 0, curl: tuple[float, ...] = (),
    along_y: bool = False,
) -> World:  # fmt: skip
    """One paper wholly in the picture, with between so much and so much room around it."""
    angle = rng.randrange(4) * 90 + rng.uniform(-turn, turn)
    box = around(paper, angle)
    seen = camera(rng, 1.0, size, tilt)
    aspect = seen.size[0] / seen.size[1]
    view = max(box[0], box[1] * aspect) * rng.uniform(*room)
    seen = Camera(seen.size, view, seen.tilt, seen.heading, seen.focal, seen.k1, seen.k2)
    slack = (view - box[0]) / 2, (view / aspect - box[1]) / 2
    centre = rng.uniform(-0.6, 0.6) * slack[0], rng.uniform(-0.6, 0.6) * slack[1]
    bed = bed or rng.choice(sorted(beds.BEDS))
    lying = Paper(paper, centre, angle, curl, along_y)
    made = World(bed, [lying], seen, light or weather(rng), rng.randrange(2**31), ())
    if hands:
        made.hands = tuple(_fingertips(rng, made, hands))
    corners = made.corners()[0]
    if (corners < 4).any() or (corners > np.array(seen.size) - 4).any():
        wider = (room[0] * 1.06, room[1] * 1.06)
        return scene(
            rng, paper, bed=bed, tilt=tilt, turn=turn, room=wider, size=size, light=light,
            hands=hands, curl=curl, along_y=along_y,
        )  # fmt: skip
    return made


def _fingertips(rng: random.Random, world: World, reach: int) -> list[tuple[float, float, float]]:
    """A hand over one border: its fingertips lie `reach` mm inside the paper."""
    paper = world.papers[0]
    side, t = rng.randrange(4), rng.uniform(0.25, 0.75)
    w, h = paper.size()
    inset = reach / (h if side % 2 == 0 else w)
    u, v = ((t, inset), (1 - inset, t), (t, 1 - inset), (inset, t))[side]
    x, y, _ = paper.surface(np.array([u]), np.array([v]))[0]
    outward = paper.angle + (-90, 0, 90, 180)[side]
    return [(float(x), float(y), outward + rng.uniform(-25, 25))]


def _taken(world: World, verdict: str) -> Case:
    return _stored(world.shoot(), world.corners(), verdict, world.weather.quality)


def _stored(image: Image.Image, quads: list[Floats], verdict: str, quality: int) -> Case:
    held = io.BytesIO()
    image.save(held, "JPEG", quality=quality)
    return Case(held.getvalue(), quads, verdict)


# -- the cases -----------------------------------------------------------------------------


def plain(rng: random.Random) -> Case:
    """Any paper on any bed."""
    return _taken(scene(rng, flat(rng)), "ok")


def white_on_white(rng: random.Random) -> Case:
    """A white sheet on a white desk."""
    paper = rng.choice([papers.text_page, papers.blank, papers.slip])(rng)
    return _taken(scene(rng, paper, bed="white"), "ok")


def patterned(rng: random.Random) -> Case:
    """On cloth, oilcloth, boards, terrazzo."""
    bed = rng.choice(["checked", "printed", "planks", "stone"])
    return _taken(scene(rng, flat(rng), bed=bed), "ok")


def small_card(rng: random.Random) -> Case:
    """A card in a bed made for A4."""
    bed = rng.choice(["dark", "dark", "grey", "planks", "white", "coloured"])
    return _taken(scene(rng, papers.card(rng), bed=bed, room=(2.2, 3.8), turn=30), "ok")


def askew(rng: random.Random) -> Case:
    """The camera leans 12 to 25 degrees."""
    light = weather(rng)
    while True:
        made = scene(rng, flat(rng), tilt=25, turn=45, room=(1.15, 1.6), light=light)
        if made.camera.tilt > 12:
            return _taken(made, "ok")


def shaded(rng: random.Random) -> Case:
    """Shadows with hard and soft borders over paper and bed."""
    light = weather(rng)
    light = Weather(
        light.shade, rng.randint(1, 2), rng.uniform(0.002, 0.06), light.warm, light.exposure,
        light.defocus, 0.0, light.noise, light.quality, light.contact,
    )  # fmt: skip
    return _taken(scene(rng, flat(rng), light=light), "ok")


def rough(rng: random.Random) -> Case:
    """Noise, defocus and a bad JPEG, as a cheap camera gives."""
    return _taken(scene(rng, flat(rng), light=weather(rng, 2.0)), "ok")


def large(rng: random.Random) -> Case:
    """Eight to twelve megapixels."""
    return _taken(scene(rng, flat(rng), size=rng.choice(LARGE)), "ok")


def filling(rng: random.Random) -> Case:
    """The paper fills the picture but for a thin border."""
    return _taken(scene(rng, flat(rng), room=(1.02, 1.06), turn=1.5, tilt=2), "ok")


def touched(rng: random.Random) -> Case:
    """Fingers over a border, not far into the paper: found all the same, and `cut`."""
    return _taken(
        scene(rng, papers.text_page(rng), hands=rng.randint(18, 45), room=(1.2, 1.6)), "cut"
    )


def curled(rng: random.Random) -> Case:
    """A sheet that does not lie flat: bent up at its ends or in its middle."""
    curl, along_y = rolled(rng)
    paper = papers.text_page(rng)
    return _taken(scene(rng, paper, curl=curl, along_y=along_y, tilt=14), "ok")


def rolled(rng: random.Random) -> tuple[tuple[float, ...], bool]:
    """Heights of a surface bent about one axis, and whether they run down the page."""
    high = rng.uniform(6, 26)
    shape = rng.choice(["middle", "ends", "end", "wave"])
    t = np.linspace(0, 1, 25)
    z = {
        "middle": np.sin(np.pi * t) ** 2,
        "ends": (2 * t - 1) ** 2,
        "end": np.clip(t - 0.4, 0, None) ** 2 / 0.36,
        "wave": 0.5 - 0.5 * np.cos(3 * np.pi * t),
    }[shape]
    return tuple(float(v) for v in z * high), rng.random() < 0.5


def cut_off(rng: random.Random) -> Case:
    """A part of the paper, 6 to 45 per cent of a side, is outside the picture."""
    made = scene(rng, papers.text_page(rng), room=(1.12, 1.4), turn=10)
    w, h = made.camera.size
    corners = made.corners()[0]
    share = rng.uniform(0.06, 0.45)
    low, high = corners.min(axis=0), corners.max(axis=0)
    scale = made.camera.view / w
    move = {
        "left": (-(low[0] + share * (high[0] - low[0])), 0.0),
        "right": (w - high[0] + share * (high[0] - low[0]), 0.0),
        "top": (0.0, -(low[1] + share * (high[1] - low[1]))),
        "bottom": (0.0, h - high[1] + share * (high[1] - low[1])),
    }[rng.choice(["left", "right", "top", "bottom"])]
    lying = made.papers[0]
    centre = (lying.centre[0] + move[0] * scale, lying.centre[1] + move[1] * scale)
    made.papers = [Paper(lying.image, centre, lying.angle)]
    return _taken(made, "cut")


def two(rng: random.Random) -> Case:
    """Two papers that do not lie on each other."""
    made = [
        (lambda p: (p, rng.choice([0, 0, 90, 180, 270]) + rng.uniform(-10, 10)))(flat(rng))
        for _ in range(2)
    ]
    boxes = [around(p, a) for p, a in made]
    gap = rng.uniform(8, 40)
    total = boxes[0][0] + boxes[1][0] + gap
    seen = camera(rng, 1.0, rng.choice(SIZES), 5)
    aspect = seen.size[0] / seen.size[1]
    view = max(total, max(b[1] for b in boxes) * aspect) * rng.uniform(1.12, 1.3)
    seen = Camera(seen.size, view, seen.tilt, seen.heading, seen.focal, seen.k1, seen.k2)
    left = -total / 2
    lying = []
    for (paper, angle), box in zip(made, boxes, strict=True):
        lying.append(Paper(paper, (left + box[0] / 2, rng.uniform(-4, 4)), angle))
        left += box[0] + gap
    bed = rng.choice(sorted(beds.BEDS))
    world = World(bed, lying, seen, weather(rng), rng.randrange(2**31))
    everything = np.concatenate(world.corners())
    if (everything < 4).any() or (everything > np.array(seen.size) - 4).any():
        return two(rng)
    return _taken(world, "two")


def empty(rng: random.Random) -> Case:
    """A bed with nothing on it."""
    seen = camera(rng, rng.uniform(250, 450))
    light = weather(rng)
    shadows = Weather(
        light.shade, rng.randint(0, 2), rng.uniform(0.005, 0.08), light.warm, light.exposure,
        light.defocus, 0.0, light.noise, light.quality, light.contact,
    )  # fmt: skip
    bed = rng.choice(sorted(beds.BEDS))
    return _taken(World(bed, [], seen, shadows, rng.randrange(2**31)), "empty")


def scan(rng: random.Random) -> Case:
    """A flatbed scan: the picture is the paper."""
    image = rng.choice([papers.text_page, papers.certificate, papers.spread])(rng).convert("RGB")
    crop = [round(rng.uniform(0, 0.01) * side) for side in (*image.size, *image.size)]
    image = image.crop((crop[0], crop[1], image.width - crop[2], image.height - crop[3]))
    values = np.asarray(image, np.float32)
    values += np.random.default_rng(rng.randrange(2**31)).normal(0, 1.5, values.shape)
    image = Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
    w, h = image.size
    whole = np.array([[0, 0], [w, 0], [w, h], [0, h]], float)
    return _stored(image, [whole], "whole", 90)


def specimen(rng: random.Random) -> Case:
    """A drawn document under the other camera, `models.specimens.camera`, any of its levels."""
    kind = rng.choice(SPECIMENS)
    page = draw(kind, rng.randrange(10**6), 1, 150, rng.choice(["eval", "train"]))
    size, level = rng.choice(SIZES), rng.randrange(4)
    view = rng.uniform(250, 360) if max(page.size) < 900 and rng.random() < 0.5 else 0
    shot = photograph(
        page, rng.randrange(10**6), size, level, turn=None, split=rng.choice(["eval", "train"]),
        view_mm=view,
    )  # fmt: skip
    return _stored(shot.image.convert("RGB"), [np.array(q) for q in shot.corners], "ok", 92)


def turned_by_exif(rng: random.Random) -> Case:
    """A photograph that its EXIF data turns (orientation 3, 6 or 8)."""
    made = scene(rng, flat(rng))
    image = made.shoot()
    orientation, undone = rng.choice([
        (3, Image.Transpose.ROTATE_180), (6, Image.Transpose.ROTATE_90),
        (8, Image.Transpose.ROTATE_270),
    ])  # fmt: skip
    stored = image.transpose(undone)
    exif = Image.Exif()
    exif[0x0112] = orientation
    held = io.BytesIO()
    stored.save(held, "JPEG", quality=90, exif=exif)
    return Case(held.getvalue(), made.corners(), "ok")


CASES: dict[str, Callable[[random.Random], Case]] = {
    "plain": plain, "white_on_white": white_on_white, "patterned": patterned,
    "small_card": small_card, "askew": askew, "shaded": shaded, "rough": rough, "large": large,
    "filling": filling, "specimen": specimen, "exif": turned_by_exif, "touched": touched,
    "curled": curled, "cut_off": cut_off, "two": two, "empty": empty, "scan": scan,
}  # fmt: skip


def made(name: str, number: int) -> Case:
    """Photograph `number` of a case; the same for the same number."""
    return CASES[name](random.Random(f"pages/{name}/{number}"))
