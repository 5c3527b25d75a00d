"""Does the verdict on a photograph foretell how well its text is read?

Pages of known text are blurred, moved, noised and shaded in five steps, photographed flat, judged
and read with Tesseract.  Printed are the area under the curve of each measure against "more than
`TOLERATED` of the characters are wrong", the two rates of the verdict, and a table by damage.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Sequence
from typing import Any

import cv2
import msgspec
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw
from rapidfuzz.distance import Levenshtein

from daemon.catalogue import procedures
from daemon.documents import page, quality, rectify, text, text_engine, unroll, upright
from daemon.documents.decode import Pixels
from models.pages import cases
from models.specimens import fonts

TOLERATED = 0.05
"""Share of wrong characters from which a page does not count as read."""

DPI = 300

STEPS = 5
DAMAGES: dict[str, tuple[float, ...]] = {
    "blur": (0.6, 1.6, 2.6, 3.8, 5.5),
    "moved": (2.0, 8.0, 14.0, 22.0, 34.0),
    "noise": (2.0, 12.0, 22.0, 34.0, 50.0),
    "far": (300.0, 170.0, 120.0, 90.0, 66.0),
}
"""By step: blur in pixels at 300 dpi, way of the movement, deviation of the noise, resolution."""


class Page(msgspec.Struct, frozen=True):
    """One page and what became of it."""

    damage: str
    step: int
    points: float
    wrong: float
    """Levenshtein distance over the length of the true text."""
    verdict: str
    best: float
    """`quality.Sharpness.best`, 0 where nothing was measured."""
    worst: float


def pages(
    engine: text_engine.TextEngine, each: int, names: Sequence[str] = tuple(DAMAGES)
) -> list[Page]:
    """`each` pages for every kind and step of damage."""
    out = []
    for number in range(each):
        rng = random.Random(f"reading/{number}")
        points = (9.0, 12.0, 13.0, 14.0)[number % 4]
        image, lines = _page(rng, points)
        for name in names:
            for step, amount in enumerate(DAMAGES[name]):
                taken, source = _damaged(image, name, amount, rng)
                read = text.read(taken, DPI, engine).text
                half = cv2.resize(taken, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
                small = np.asarray(half, np.uint8)
                sharp = quality.sharpness(small, DPI // 2) or quality.Sharpness(0.0, 0.0)
                verdict = quality.judge(small, DPI // 2, source).quality
                wrong = _distance(lines, read)
                out.append(Page(name, step, points, wrong, verdict, sharp.best, sharp.worst))
    return out


def figures(read: Sequence[Page]) -> dict[str, Any]:
    """Area under the curve by measure, rates of the verdict, mean error by damage and step."""
    bad = np.array([one.wrong > TOLERATED for one in read])
    refused = np.array([one.verdict != "ok" for one in read])
    damages = sorted({one.damage for one in read})
    return {
        "pages": len(read),
        "not_read": int(bad.sum()),
        "auc_best": _auc([-one.best for one in read], bad),
        "auc_worst": _auc([-one.worst for one in read], bad),
        "auc_both": _auc([-(one.worst**2) / max(one.best, 1e-6) for one in read], bad),
        "refused_of_not_read": _share(refused[bad]),
        "refused_of_read": _share(refused[~bad]),
        "wrong_of_accepted": _mean([one.wrong for one in read if one.verdict == "ok"]),
        "by_damage": {
            name: [
                {
                    "amount": DAMAGES[name][step],
                    "wrong": _mean([o.wrong for o in read if (o.damage, o.step) == (name, step)]),
                    "best": _mean([o.best for o in read if (o.damage, o.step) == (name, step)]),
                    "worst": _mean([o.worst for o in read if (o.damage, o.step) == (name, step)]),
                    "ok": sum(
                        o.verdict == "ok" for o in read if (o.damage, o.step) == (name, step)
                    ),
                }
                for step in range(STEPS)
            ]
            for name in damages
        },
    }


def _auc(scores: Sequence[float], bad: npt.NDArray[np.bool_]) -> float | None:
    """Chance that a page that is not read scores higher than one that is (Mann and Whitney)."""
    values = np.asarray(scores, float)
    high, low = values[bad], values[~bad]
    if not len(high) or not len(low):
        return None
    above = (high[:, None] > low[None]).mean() + 0.5 * (high[:, None] == low[None]).mean()
    return round(float(above), 4)


def _share(which: npt.NDArray[np.bool_]) -> float | None:
    return round(float(which.mean()), 4) if len(which) else None


def _mean(values: Sequence[float]) -> float | None:
    return round(float(np.mean(values)), 4) if len(values) else None


def _distance(true: str, read: str) -> float:
    want, have = (" ".join(unicodedata.normalize("NFC", t).split()) for t in (true, read))
    return Levenshtein.distance(want, have) / max(1, len(want))


def curled(engine: text_engine.TextEngine, count: int) -> dict[str, Any]:
    """Mean share of wrong characters of curled pages, as they are seen and unrolled."""
    straight: list[float] = []
    unrolled: list[float] = []
    for number in range(count):
        rng = random.Random(f"curled/{number}")
        image, lines = _page(rng, 13.0, 2480)
        image.info["dpi"] = (DPI, DPI)
        curl, along_y = cases.rolled(rng)
        made = cases.scene(
            rng, image, curl=curl, along_y=along_y, tilt=10, size=(3264, 2448), bed="dark"
        )
        photo = np.asarray(made.shoot())
        quad = page.find(photo).corners
        if quad is None:
            continue
        size = rectify.paper_size(quad, (photo.shape[1], photo.shape[0]))
        for errors, bent in ((straight, None), (unrolled, unroll.trace(photo, quad))):
            flat = rectify.flatten(photo, quad, size, bent)
            quarters, _ = upright.quarters(flat.pixels)
            upright_page = rectify.turn(flat.pixels, quarters)
            errors.append(_distance(lines, text.read(upright_page, flat.dpi, engine).text))
    return {
        "pages": len(straight),
        "wrong_straightened": _mean(straight),
        "wrong_unrolled": _mean(unrolled),
        "each": [[round(a, 4), round(b, 4)] for a, b in zip(straight, unrolled, strict=True)],
    }


def _page(rng: random.Random, points: float, height: int = 1000) -> tuple[Image.Image, str]:
    """A sheet of names of procedures, and its text; half an A4 page wide at 300 dpi."""
    names = [entry.name_vi for entry in procedures.load().procedures]
    family = rng.choice(fonts.families("eval", "serif" if rng.random() < 0.5 else "sans"))
    font = fonts.load(family.path(""), round(points * family.scale * DPI / 72))
    image = Image.new("RGB", (1754, height), (248, 247, 243))
    draw = ImageDraw.Draw(image)
    lines: list[str] = []
    y, room = 90.0, 1754 - 2 * 130
    while y < height - 110:
        line, words = "", rng.choice(names).split()
        while words and font.getlength(f"{line} {words[0]}") < room:
            line = f"{line} {words.pop(0)}".strip()
        draw.text((130, y), line, (30, 30, 34), font)
        lines.append(line)
        y += points * DPI / 72 * 1.5
    return image, "\n".join(lines)


def _damaged(
    image: Image.Image, name: str, amount: float, rng: random.Random
) -> tuple[Pixels, float]:
    """(the page as a photograph shows it, at 300 dpi; the resolution it really has)."""
    values = np.asarray(image, np.float32)
    noise = np.random.default_rng(rng.randrange(2**31))
    source = float(DPI)
    if name == "blur":
        values = cv2.GaussianBlur(values, (0, 0), amount).astype(np.float32)
    if name == "moved":
        reach = int(np.ceil(amount / 2)) + 1
        line = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
        turn = rng.uniform(0, np.pi)
        way = np.array([np.cos(turn), np.sin(turn)]) * amount / 2
        ends = [tuple(int(v) for v in np.rint((reach + s * way) * 16)) for s in (-1, 1)]
        cv2.line(line, ends[0], ends[1], 1.0, 1, cv2.LINE_AA, 4)
        values = cv2.filter2D(values, -1, line / line.sum()).astype(np.float32)
    if name == "far":
        source = amount
        size = round(values.shape[1] * amount / DPI), round(values.shape[0] * amount / DPI)
        values = cv2.resize(values, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    level = amount if name == "noise" else 3.0
    values = values + noise.normal(0, level, values.shape).astype(np.float32)
    taken = np.clip(cv2.GaussianBlur(values, (0, 0), 0.6), 0, 255).astype(np.uint8)
    if name == "far":
        taken = np.asarray(cv2.resize(taken, image.size, interpolation=cv2.INTER_LINEAR), np.uint8)
    return taken, source
