"""From a photograph to all that is known of it before its text is read."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from functools import partial

import cv2
import numpy as np
from msgspec.structs import replace

from daemon.catalogue.calendar import VIETNAM
from daemon.catalogue.kinds import Kind
from daemon.documents import (
    codes,
    fields,
    fingerprint,
    marks,
    mrz,
    page,
    page_jpeg,
    quality,
    rectify,
    text,
    unroll,
)
from daemon.documents.aside import Aside
from daemon.documents.classify import Answer, Classifier
from daemon.documents.decode import Pixels, decode, decode_photo
from daemon.documents.errors import ReadingFailed, Undecodable
from daemon.documents.geometry import Quad, turned
from daemon.documents.headline import Judge, Look, readable
from daemon.documents.messages import Decision, Examination, Point, Reading, Word
from daemon.documents.mrz_glyphs import Glyphs
from daemon.documents.shrink import shrunk
from daemon.documents.text_engine import TextEngine
from daemon.documents.text_tsv import as_text
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
    judge: Judge | None = None,
    glyphs: Glyphs | None = None,
) -> Examination:
    """Everything but the text.  Never raises on what a photograph shows or is.

    `sizes`: millimetres of the kinds, to give a page its true size once its kind is known.
    `judge`: reads the title where the picture is not enough; without one the picture decides.
    `glyphs`: reads machine-readable zones, which tell surely which way up a card lies.
    """
    start = time.perf_counter()
    try:
        photo, halved = decode_photo(data)
    except Undecodable as error:
        return Examination("unreadable", reason=error.reason, seconds=_since(start))
    found = page.first(photo)
    if found.corners is None:
        return Examination(
            "dark" if _dark(photo) else "empty",
            thumb_jpeg=_thumb(photo),
            seconds=_since(start),
        )
    height, width = photo.shape[:2]
    corners = found.corners
    size = rectify.paper_size(corners, (width, height), view_mm)
    # No verdict of its own: like a cut-off page, part of it is not in the picture.
    alone = not (found.whole or found.cut or found.others)
    # Nobody waits for what a second core does: the libraries let go of the interpreter.
    with Aside() as aside:
        seen = aside.look(photo, corners, size, alone=alone)
        bent = None if found.whole or found.cut else unroll.trace(photo, corners)
        flat = rectify.flatten(photo, corners, size, bent)
        del photo  # 37 MB of a photograph of 12 megapixels, and nothing below looks at it
        # Half the size is enough for every judgement, and four times as fast.
        small = cv2.resize(flat.pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        half = np.asarray(small, np.uint8)
        quarters = seen.quarters()
        pixels = rectify.turn(flat.pixels, quarters)
        # In the order in which they are begun; what is left the first core does in the end.
        jpeg = aside.jpeg(pixels, flat.dpi)
        judged = aside.judge(half, flat.dpi // 2, flat.source_dpi)
        half = rectify.turn(half, quarters)
        flat_dpi = flat.dpi
        del flat
        picture, look, more = _recognised(pixels, half, flat_dpi, classifier, judge, glyphs)
        if more:
            pixels, half = rectify.turn(pixels, more), rectify.turn(half, more)
            quarters += more
        print_, thumb = fingerprint.fingerprint(half), _thumb(half)
        found = replace(found, others=(*found.others, *seen.others()))
        verdict = _verdict(judged.result(), found, seen.hand(), quarters)
        encoded = page_jpeg.encoded(pixels, flat_dpi) if more else jpeg.result()
    del half
    decision = look.decision
    dpi = _dpi(pixels, flat_dpi, (sizes or {}).get(decision.kind))
    return Examination(
        verdict.quality,
        verdict.where,
        corners=_points(turned(corners, quarters) * 2**halved),
        others=tuple(_points(other * 2**halved) for other in found.others),
        kind=decision.kind,
        probability=decision.probability,
        guess=decision.guess,
        picture=picture,
        decision=decision,
        words=look.words,
        already_copy=decision.kind in marks.COPY_KINDS or marks.says_copy(as_text(look.words)),
        expired=judge is not None and judge.expired(look, _today()),
        duplicate=any(fingerprint.same(print_, known) for known in earlier),
        fingerprint=print_,
        width=pixels.shape[1],
        height=pixels.shape[0],
        dpi=dpi,
        page_jpeg=rectify.with_density(encoded, dpi),
        thumb_jpeg=thumb,
        seconds=_since(start),
    )


def _verdict(
    verdict: quality.Verdict, found: page.Found, hand: Box | None, quarters: int
) -> quality.Verdict:
    """The verdict on the page, turned; places come as it lies in the photograph."""
    if found.others:
        return quality.Verdict("two")
    if found.cut:
        return quality.Verdict("cut", _along((found.beyond[0] + quarters) % 4))
    if verdict.quality != "dark" and hand is not None:
        return quality.Verdict("cut", _box_turned(hand, quarters))
    where = verdict.where and _box_turned(verdict.where, quarters)
    return quality.Verdict(verdict.quality, where)


def _recognised(
    pixels: Pixels,
    half: Pixels,
    dpi: int,
    classifier: Classifier | None,
    judge: Judge | None,
    glyphs: Glyphs | None,
) -> tuple[dict[str, float], Look, int]:
    """What the picture says, the decision, and the quarters that the page is still to be turned."""
    picture, look = _looked(pixels, half, dpi, classifier, judge)
    more = look.quarters
    if glyphs is not None and not readable(look.words) and mrz.carries(look.decision.kind):
        more = 2 if _on_its_head(pixels, glyphs) else more
    if more != look.quarters:
        pixels, half = rectify.turn(pixels, more), rectify.turn(half, more)
        picture, look = _looked(pixels, half, dpi, classifier, judge)
    return picture, look, more


def _looked(
    pixels: Pixels, half: Pixels, dpi: int, classifier: Classifier | None, judge: Judge | None
) -> tuple[dict[str, float], Look]:
    """What the picture says, and the decision with the quarters that the page is to be turned."""
    if judge is None:
        answer = classifier.classify(half) if classifier else Answer("", 0.0, "")
        picture = {answer.guess: answer.probability} if answer.guess else {}
        return picture, Look(Decision(answer.kind, answer.probability, answer.guess))
    picture = classifier.probabilities(half) if classifier else {}
    look = judge.look(pixels, dpi, picture)
    if look.quarters and classifier:
        half = rectify.turn(half, look.quarters)
        picture = classifier.probabilities(half)
        decision = judge.decide(picture, look.words, half.shape)
        look = replace(look, decision=decision)
    return picture, look


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


def _along(side: int) -> Box:
    """The strip of a page along its top, right, bottom or left side."""
    return (
        Box(0, 0, 1, STRIP), Box(1 - STRIP, 0, STRIP, 1), Box(0, 1 - STRIP, 1, STRIP),
        Box(0, 0, STRIP, 1),
    )[side]  # fmt: skip


def _box_turned(box: Box, quarters: int) -> Box:
    """The same place on a page that was turned clockwise."""
    for _ in range(quarters % 4):
        box = Box(1 - box.y - box.h, box.x, box.h, box.w)
    return box


def _points(quad: Quad) -> tuple[Point, ...]:
    return tuple((round(float(x), 1), round(float(y), 1)) for x, y in quad)


def _dark(photo: Pixels) -> bool:
    grey = cv2.cvtColor(np.ascontiguousarray(photo[::8, ::8]), cv2.COLOR_RGB2GRAY)
    return float(np.percentile(grey, 99)) < 26


def _thumb(pixels: Pixels) -> bytes:
    return rectify.jpeg(shrunk(pixels, THUMB), 72, 80)


def _today() -> dt.date:
    return dt.datetime.now(VIETNAM).date()


def _since(start: float) -> float:
    return round(time.perf_counter() - start, 3)


def read(
    jpeg: bytes,
    engine: TextEngine,
    kind: Kind | None = None,
    glyphs: Glyphs | None = None,
    choose: Callable[[tuple[Word, ...]], Kind | None] | None = None,
) -> Reading:
    """The text of a page made by `examine`, with its codes and the fields of its kind.

    `glyphs` reads machine-readable zones, on kinds that have one and where the kind is not known.
    `choose`: the kind by all words of the page, where these are to decide.
    Raises ReaderMissing, ReadingFailed.
    """
    try:
        pixels = decode(jpeg)
    except Undecodable as error:
        raise ReadingFailed(error.reason) from None
    dpi = _density(jpeg)
    reading = text.read(pixels, dpi, engine)
    seen = codes.find(pixels, dpi)
    if choose is not None:
        kind = choose(reading.words)
    if glyphs is not None and mrz.carries(kind.id if kind is not None else ""):
        zone = mrz.read(pixels, glyphs)
        seen += (zone.code,) if zone is not None else ()
    found: fields.Values = {}
    if kind is not None:
        again = partial(text.read_again, pixels, dpi, engine)
        found = fields.find(reading.words, kind, seen, again=again)
    return replace(
        reading,
        already_copy=marks.says_copy(reading.text),
        secret=marks.says_secret(reading.text),
        codes=seen,
        fields=found,
        expired=kind is not None and fields.expired(found, kind, _today()),
    )


def _density(jpeg: bytes) -> int:
    """Dots per inch that a JPEG of `rectify.jpeg` tells."""
    if jpeg[6:11] == b"JFIF\0" and jpeg[13] == 1:
        return int.from_bytes(jpeg[14:16], "big")
    return rectify.DPI
