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
    mrz,
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
from daemon.documents.mrz_glyphs import Glyphs
from daemon.documents.shrink import shrunk

THUMB = 480
"""Long side, in pixels, of the picture for the screen."""


def examine(
    data: bytes,
    classifier: Classifier | None,
    earlier: Sequence[bytes] = (),
    view_mm: float = 0.0,
    sizes: dict[str, tuple[float, float]] | None = None,
    glyphs: Glyphs | None = None,
) -> Examination:
    """Everything but the text.  Never raises on what a photograph shows or is.

    `sizes`: millimetres of the kinds, to give a page its true size once its kind is known.
    `glyphs`: reads machine-readable zones, which tell surely which way up a card lies.
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
    # Half the size is enough for every judgement, and four times as fast.
    half = cv2.resize(flat.pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    quarters, _ = upright.quarters(np.asarray(half, np.uint8))
    pixels = rectify.turn(flat.pixels, quarters)
    half = rectify.turn(np.asarray(half, np.uint8), quarters)
    corners = turned(found.corners, quarters)
    answer = classifier.classify(half) if classifier else Answer("", 0.0, "")
    if glyphs is not None and mrz.carries(answer.kind) and _on_its_head(pixels, glyphs):
        pixels, half, corners = rectify.turn(pixels, 2), rectify.turn(half, 2), turned(corners, 2)
        answer = classifier.classify(half) if classifier else answer
    verdict = quality.judge(half, flat.dpi // 2, flat.source_dpi)
    if found.others:
        verdict = quality.Verdict("two")
    elif found.cut:
        verdict = quality.Verdict("cut")
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


def _on_its_head(page: Pixels, glyphs: Glyphs) -> bool:
    zone = mrz.read(page, glyphs)
    return zone is not None and zone.upside_down


def _dpi(pixels: Pixels, assumed: int, size_mm: tuple[float, float] | None) -> int:
    """The resolution that gives a page of a known kind its true size, if the shape agrees."""
    if size_mm is None:
        return assumed
    have = max(pixels.shape[:2]) / min(pixels.shape[:2])
    want = max(size_mm) / min(size_mm)
    if abs(np.log(have / want)) > 0.06:
        return assumed
    return round(float(max(pixels.shape[:2])) / (max(size_mm) / 25.4))


def _points(quad: Quad) -> tuple[Point, ...]:
    return tuple((round(float(x), 1), round(float(y), 1)) for x, y in quad)


def _dark(photo: Pixels) -> bool:
    grey = cv2.cvtColor(np.ascontiguousarray(photo[::8, ::8]), cv2.COLOR_RGB2GRAY)
    return float(np.percentile(grey, 99)) < 26


def _thumb(pixels: Pixels) -> bytes:
    return rectify.jpeg(shrunk(pixels, THUMB), 72, 80)


def _since(start: float) -> float:
    return round(time.perf_counter() - start, 3)


def read(
    page_jpeg: bytes,
    recognise: text.Recognise,
    kind: Kind | None = None,
    glyphs: Glyphs | None = None,
) -> Reading:
    """The text of a page made by `examine`, with its codes and the fields of its kind.

    `glyphs` reads machine-readable zones, on kinds that have one and where the kind is not known.
    Raises ReaderMissing, ReadingFailed.
    """
    try:
        pixels = decode(page_jpeg)
    except Undecodable as error:
        raise ReadingFailed(error.reason) from None
    dpi = _density(page_jpeg)
    reading = text.read(pixels, dpi, recognise)
    seen = codes.find(pixels, dpi)
    if glyphs is not None and mrz.carries(kind.id if kind is not None else ""):
        zone = mrz.read(pixels, glyphs)
        seen += (zone.code,) if zone is not None else ()
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
