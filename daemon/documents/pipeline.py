"""From a photograph to all that is known of it before its text is read."""

from __future__ import annotations

import time
from collections.abc import Sequence

import cv2
import msgspec
import numpy as np

from daemon.catalogue.kinds import Kind
from daemon.documents import (
    codes,
    fields,
    fingerprint,
    marks,
    page,
    quality,
    rectify,
    text,
    upright,
)
from daemon.documents.classify import Answer, Classifier
from daemon.documents.decode import Pixels, decode
from daemon.documents.errors import ReadingFailed, Undecodable
from daemon.documents.geometry import Quad, turned
from daemon.documents.messages import Examination, Point, Reading
from daemon.machine.values import Box

THUMB = 480
"""Long side, in pixels, of the picture for the screen."""


def examine(
    data: bytes,
    classifier: Classifier | None,
    earlier: Sequence[bytes] = (),
    view_mm: float = 0.0,
    sizes: dict[str, tuple[float, float]] | None = None,
) -> Examination:
    """Everything but the text.  Never raises on what a photograph shows or is.

    `sizes`: millimetres of the kinds, to give a page its true size once its kind is known.
    """
    start = time.perf_counter()
    try:
        photo = decode(data)
    except Undecodable as error:
        return Examination("unreadable", reason=error.reason, seconds=_since(start))
    found = page.find(photo)
    if found.corners is None:
        return Examination(
            "dark" if _dark(photo) else "empty",
            thumb_jpeg=_thumb(photo),
            seconds=_since(start),
        )
    height, width = photo.shape[:2]
    size = rectify.paper_size(found.corners, (width, height), view_mm)
    flat = rectify.flatten(photo, found.corners, size)
    quarters, _ = upright.quarters(flat.pixels)
    pixels = rectify.turn(flat.pixels, quarters)
    corners = turned(found.corners, -quarters)
    verdict = quality.judge(pixels, flat.dpi, flat.source_dpi)
    if found.others:
        verdict = quality.Verdict("two", _around(found.others, (width, height)))
    elif found.cut:
        verdict = quality.Verdict("cut")
    answer = classifier.classify(pixels) if classifier else Answer("", 0.0, "")
    print_ = fingerprint.fingerprint(pixels)
    dpi = _dpi(pixels, flat.dpi, (sizes or {}).get(answer.kind))
    return Examination(
        verdict.quality,
        verdict.where,
        corners=_points(corners),
        others=tuple(_points(other) for other in found.others),
        kind=answer.kind,
        probability=answer.probability,
        guess=answer.guess,
        already_copy=answer.kind in marks.COPY_KINDS,
        duplicate=any(fingerprint.same(print_, known) for known in earlier),
        fingerprint=print_,
        width=pixels.shape[1],
        height=pixels.shape[0],
        dpi=dpi,
        codes=codes.find(pixels),
        page_jpeg=rectify.jpeg(pixels, dpi),
        thumb_jpeg=_thumb(pixels),
        seconds=_since(start),
    )


def _dpi(pixels: Pixels, assumed: int, size_mm: tuple[float, float] | None) -> int:
    """The resolution that gives a page of a known kind its true size, if the shape agrees."""
    if size_mm is None:
        return assumed
    have = max(pixels.shape[:2]) / min(pixels.shape[:2])
    want = max(size_mm) / min(size_mm)
    if abs(np.log(have / want)) > 0.06:
        return assumed
    return round(max(pixels.shape[:2]) / (max(size_mm) / 25.4))


def _points(quad: Quad) -> tuple[Point, ...]:
    return tuple((round(float(x), 1), round(float(y), 1)) for x, y in quad)


def _around(quads: Sequence[Quad], size: tuple[int, int]) -> Box:
    """The first of these, as fractions of the photograph."""
    low = np.clip(quads[0].min(axis=0) / size, 0, 1)
    high = np.clip(quads[0].max(axis=0) / size, 0, 1)
    return Box(float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))


def _dark(photo: Pixels) -> bool:
    grey = cv2.cvtColor(np.ascontiguousarray(photo[::8, ::8]), cv2.COLOR_RGB2GRAY)
    return float(np.percentile(grey, 95)) < 40


def _thumb(pixels: Pixels) -> bytes:
    scale = THUMB / max(pixels.shape[:2])
    if scale < 1:
        size = (
            max(1, round(pixels.shape[1] * scale)),
            max(1, round(pixels.shape[0] * scale)),
        )
        step = max(1, int(0.5 / scale))
        pixels = np.asarray(
            cv2.resize(pixels[::step, ::step], size, interpolation=cv2.INTER_AREA), np.uint8
        )
    return rectify.jpeg(pixels, 72, 80)


def _since(start: float) -> float:
    return round(time.perf_counter() - start, 3)


def read(page_jpeg: bytes, recognise: text.Recognise, kind: Kind | None = None) -> Reading:
    """The text of a page made by `examine`, with the fields of its kind.

    Raises ReaderMissing, ReadingFailed.
    """
    try:
        pixels = decode(page_jpeg)
    except Undecodable as error:
        raise ReadingFailed(error.reason) from None
    reading = text.read(pixels, _density(page_jpeg), recognise)
    found = fields.find(reading.words, kind, codes.find(pixels)) if kind is not None else {}
    return msgspec.structs.replace(
        reading, already_copy=marks.says_copy(reading.text), fields=found
    )


def _density(jpeg: bytes) -> int:
    """Dots per inch that a JPEG of `rectify.jpeg` tells."""
    if jpeg[6:11] == b"JFIF\0" and jpeg[13] == 1:
        return int.from_bytes(jpeg[14:16], "big")
    return rectify.DPI
