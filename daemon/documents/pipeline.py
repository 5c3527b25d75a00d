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
    covered,
    fields,
    fingerprint,
    marks,
    page,
    quality,
    rectify,
    text,
    unroll,
    upright,
)
from daemon.documents.classify import Answer, Classifier
from daemon.documents.decode import Pixels, decode
from daemon.documents.errors import ReadingFailed, Undecodable
from daemon.documents.geometry import Quad, turned
from daemon.documents.messages import Examination, Point, Reading
from daemon.documents.shrink import shrunk
from daemon.machine.values import Box

THUMB = 480
"""Long side, in pixels, of the picture for the screen."""

STRIP = 0.1
"""Share of the page that is pointed at where it goes on beyond the picture."""


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
    bent = None if found.whole or found.cut else unroll.trace(photo, found.corners)
    flat = rectify.flatten(photo, found.corners, size, bent)
    # Half the size is enough for every judgement, and four times as fast.
    half = cv2.resize(flat.pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    quarters, _ = upright.quarters(np.asarray(half, np.uint8))
    pixels = rectify.turn(flat.pixels, quarters)
    half = rectify.turn(np.asarray(half, np.uint8), quarters)
    corners = turned(found.corners, quarters)
    verdict = quality.judge(half, flat.dpi // 2, flat.source_dpi)
    if found.others:
        verdict = quality.Verdict("two")
    elif found.cut:
        verdict = quality.Verdict("cut", _along((found.beyond[0] + quarters) % 4))
    elif verdict.quality != "dark" and not found.whole:
        hand = covered.find(photo, corners)
        # No verdict of its own: like a cut-off page, part of it is not in the picture.
        verdict = quality.Verdict("cut", hand) if hand is not None else verdict
    answer = classifier.classify(half) if classifier else Answer("", 0.0, "")
    print_ = fingerprint.fingerprint(half)
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
        page_jpeg=rectify.jpeg(pixels, dpi),
        thumb_jpeg=_thumb(half),
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
    return round(float(max(pixels.shape[:2])) / (max(size_mm) / 25.4))


def _along(side: int) -> Box:
    """The strip of a page along its top, right, bottom or left side."""
    return (
        Box(0, 0, 1, STRIP), Box(1 - STRIP, 0, STRIP, 1), Box(0, 1 - STRIP, 1, STRIP),
        Box(0, 0, STRIP, 1),
    )[side]  # fmt: skip


def _points(quad: Quad) -> tuple[Point, ...]:
    return tuple((round(float(x), 1), round(float(y), 1)) for x, y in quad)


def _dark(photo: Pixels) -> bool:
    grey = cv2.cvtColor(np.ascontiguousarray(photo[::8, ::8]), cv2.COLOR_RGB2GRAY)
    return float(np.percentile(grey, 99)) < 26


def _thumb(pixels: Pixels) -> bytes:
    return rectify.jpeg(shrunk(pixels, THUMB), 72, 80)


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
    seen = codes.find(pixels)
    return msgspec.structs.replace(
        reading,
        already_copy=marks.says_copy(reading.text),
        fields=fields.find(reading.words, kind, seen) if kind is not None else {},
        codes=seen,
    )


def _density(jpeg: bytes) -> int:
    """Dots per inch that a JPEG of `rectify.jpeg` tells."""
    if jpeg[6:11] == b"JFIF\0" and jpeg[13] == 1:
        return int.from_bytes(jpeg[14:16], "big")
    return rectify.DPI
