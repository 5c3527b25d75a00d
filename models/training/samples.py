"""Pictures to learn from and to be measured by: rectified pages as the kiosk would cut them out.

A page is drawn, photographed on a desk and cut out again at corners that are a little off, as a
page finder's are.  What is left in the picture is what the product leaves in it: uneven light,
shadows, glare, blur, noise, JPEG, a strip of desk, any quarter turn.
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterator

import cv2
import msgspec
import numpy as np
import numpy.typing as npt
from PIL import Image

from models.specimens import OTHER, NoSuchPageError, Scene, draw, form_names
from models.specimens.camera import Quad
from models.specimens.fonts import Split
from models.specimens.forms import kind
from models.specimens.sheet import rng_of
from models.training.labels import LABELS, NOTHING

Pixels = npt.NDArray[np.uint8]

LONG_SIDE = 448
"""Pixels of a cut-out's long side: twice what the model sees."""

_LEVELS = (0, 1, 1, 2, 2, 2, 3)
_FRAME = (720, 540)
_CARD = 90
"""Millimetres of a long side that only cards stay below."""
_WITHOUT_EDGE = ("empty_bed", "objects", "hand", "texture", "glare_only", "keyboard", "notes_fan")
_SMALL = ("the_nhua", "the_thu_vien", "banknote")


class Job(msgspec.Struct, frozen=True):
    """One page to draw: how often it is photographed, and which form it is of."""

    kind: str
    """A kind's id, or OTHER."""
    form: str
    seed: int
    shots: int
    split: Split


class Sample(msgspec.Struct, frozen=True):
    """One cut-out (JPEG, upright page turned by `turn` quarter turns clockwise)."""

    kind: str
    form: str
    page: int
    turn: int
    level: int
    seed: int
    jpeg: bytes


def jobs(split: Split, pages: int, shots: int, others: int) -> list[Job]:
    """`pages` pages of each kind, spread over its forms, and `others` of unknown papers.

    What is no paper at all has many forms and gets twice as many.
    """
    out: list[Job] = []
    for label in LABELS:
        forms = form_names(label, split)
        count = pages * 2 if label == NOTHING else pages
        out += [Job(label, forms[i % len(forms)], i, shots, split) for i in range(count)]
    names = form_names(OTHER, split)
    out += [Job(OTHER, names[i % len(names)], i, shots, split) for i in range(others)]
    return out


def make(job: Job) -> Iterator[Sample]:
    """The samples of a job, always the same for the same job."""
    rng = rng_of("sample", job.split, job.kind, job.form, job.seed)
    page, number = _draw(job, rng)
    for shot in range(job.shots):
        level, turn = rng.choice(_LEVELS), rng.randrange(4)
        scene = Scene(
            [page], rng.randrange(2**31), level=level, split=job.split, mat=rng.random() < 0.3
        )
        picture, corners = scene.shoot(_FRAME, shot)
        if job.form in _WITHOUT_EDGE and rng.random() < 0.5:
            quad: Quad = ((0, 0), (_FRAME[0], 0), _FRAME, (0, _FRAME[1]))  # nothing was found
        else:
            quad = _missed(corners[0], rng)
        cut = cut_out(np.asarray(picture), quad)
        if job.split == "train":
            cut = _touched(cut, rng)
        held = io.BytesIO()
        Image.fromarray(np.rot90(cut, -turn)).save(held, "JPEG", quality=88)
        yield Sample(job.kind, job.form, number, turn, level, job.seed, held.getvalue())


def _draw(job: Job, rng: random.Random) -> tuple[Image.Image, int]:
    """A page of about 1000 pixels, the first one or a later one, and its number."""
    card = job.kind != OTHER and is_card(job.kind, job.form)
    page = rng.choice([1, 2] if card else [1, 1, 1, 2])
    dpi = 300 if card or job.form in _SMALL else 90
    try:
        return draw(job.kind, job.seed, page, dpi, job.split, job.form), page
    except NoSuchPageError:
        return draw(job.kind, job.seed, 1, dpi, job.split, job.form), 1


def is_card(kind_id: str, form: str) -> bool:
    """A form of a plastic card's size: small print, and a back that matters as much."""
    return any(max(f.size_mm) < _CARD and f.name == form for f in kind(kind_id).forms)


def _missed(quad: Quad, rng: random.Random) -> Quad:
    """Corners as a page finder gives them: nearly right, at times off by three per cent."""
    points = np.array(quad)
    side = float(np.linalg.norm(points[0] - points[2])) / 1.4
    off = rng.choice([0.003, 0.008, 0.008, 0.02]) * side
    return tuple((x + rng.gauss(0, off), y + rng.gauss(0, off)) for x, y in quad)


def cut_out(picture: Pixels, quad: Quad) -> Pixels:
    """The quadrilateral (TL TR BR BL) of a picture as a rectangle of LONG_SIDE pixels."""
    points = np.array(quad, np.float32)
    sides = [float(np.linalg.norm(points[i] - points[(i + 1) % 4])) for i in range(4)]
    wide, high = (sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2
    scale = LONG_SIDE / max(wide, high, 1)
    size = max(8, round(wide * scale)), max(8, round(high * scale))
    target = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], np.float32)
    matrix = cv2.getPerspectiveTransform(points, target)
    return np.asarray(
        cv2.warpPerspective(
            picture, matrix, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
        ),
        np.uint8,
    )


def _touched(cut: Pixels, rng: random.Random) -> Pixels:
    """What other papers, cameras and lamps would change: hue, saturation, gamma, gain, tint."""
    if rng.random() < 0.5:
        hsv = cv2.cvtColor(cut, cv2.COLOR_RGB2HSV).astype(np.float32)
        hsv[..., 0] = (hsv[..., 0] + rng.uniform(-9, 9)) % 180
        hsv[..., 1] *= rng.uniform(0.4, 1.3)
        bent = np.clip(hsv, 0, 255).astype(np.uint8)
        cut = np.asarray(cv2.cvtColor(bent, cv2.COLOR_HSV2RGB), np.uint8)
    gamma, gain = rng.uniform(0.75, 1.3), rng.uniform(0.82, 1.12)
    tint = np.array([rng.uniform(0.94, 1.06) for _ in range(3)], np.float32)
    values = (cut.astype(np.float32) / 255) ** gamma * gain * tint
    touched = np.clip(values * 255, 0, 255).astype(np.uint8)
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        _covered(touched, rng)
    return touched


def _covered(cut: Pixels, rng: random.Random) -> None:
    """Hides a piece, in place: no kind may hang on a single seal, title or portrait."""
    high, wide = cut.shape[:2]
    h, w = round(high * rng.uniform(0.05, 0.22)), round(wide * rng.uniform(0.08, 0.4))
    y, x = rng.randrange(high - h + 1), rng.randrange(wide - w + 1)
    piece = cut[y : y + h, x : x + w]
    if rng.random() < 0.5:
        piece[:] = np.median(piece, axis=(0, 1)).astype(np.uint8)
    else:
        piece[:] = cv2.blur(piece, (max(3, w // 3), max(3, h // 3)))
