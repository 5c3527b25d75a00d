"""Hostile files through the real worker: a name for each, bounded memory, and the worker lives."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from daemon.documents.errors import Reason
from daemon.machine.values import Quality
from tests.documents.bare_worker import BareWorker
from tests.documents.hostile import ACCEPTED, FILES, paper, saved

MEMORY = 360
"""MiB that no file may make the worker need: three pictures of 25 megapixels, its own."""


@pytest.fixture(scope="module")
def worker() -> Iterator[BareWorker]:
    made = BareWorker()
    yield made
    made.close()


@pytest.mark.parametrize("name", FILES)
def test_each_has_a_named_verdict(worker: BareWorker, name: str) -> None:
    hostile = FILES[name]
    seen = worker.examine(hostile.make())
    assert seen.reason in hostile.reasons
    assert (seen.quality == "unreadable") == (seen.reason != ACCEPTED)
    assert worker.lives()
    assert worker.own_peak() < MEMORY


def test_a_photo_is_examined_after_all_of_them(worker: BareWorker) -> None:
    assert worker.examine(saved(paper())).corners


BASES = [
    saved(paper(640, 480)),
    saved(paper(640, 480), progressive=True),
    saved(paper(640, 480).convert("CMYK")),
    saved(paper(640, 480), "PNG"),
    saved(paper(640, 480).convert("P"), "PNG"),
    saved(paper(640, 480), "WEBP"),
    saved(paper(640, 480), "WEBP", lossless=True),
]

EDITS = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.binary(min_size=1, max_size=12),
        st.sampled_from(["replace", "insert", "drop", "cut"]),
    ),
    min_size=1,
    max_size=8,
)


def mutated(base: bytes, edits: list[tuple[float, bytes, str]], head: bool) -> bytes:
    """`head`: all edits fall into the first 600 bytes, where sizes and tables stand."""
    data = bytearray(base)
    for place, what, how in edits:
        at = int(place * min(len(data), 600 if head else len(data)))
        if how == "replace":
            data[at : at + len(what)] = what
        elif how == "insert":
            data[at:at] = what
        elif how == "drop":
            del data[at : at + len(what)]
        elif at > 8:
            del data[at:]
    return bytes(data)


def never_harmed(worker: BareWorker, data: bytes) -> None:
    seen = worker.examine(data)
    assert seen.quality in get_args(Quality)
    assert seen.reason == ACCEPTED or seen.reason in get_args(Reason)
    assert worker.lives()
    assert worker.own_peak() < MEMORY


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(base=st.sampled_from(BASES), edits=EDITS, head=st.booleans())
def test_no_mutated_file_harms_the_worker(
    worker: BareWorker, base: bytes, edits: list[tuple[float, bytes, str]], head: bool
) -> None:
    never_harmed(worker, mutated(base, edits, head))


@pytest.mark.long
@settings(
    max_examples=3000,
    deadline=None,
    derandomize=False,
    suppress_health_check=list(HealthCheck),
)
@given(base=st.sampled_from(BASES), edits=EDITS, head=st.booleans())
def test_no_mutated_file_harms_the_worker_at_length(
    worker: BareWorker, base: bytes, edits: list[tuple[float, bytes, str]], head: bool
) -> None:
    never_harmed(worker, mutated(base, edits, head))


@pytest.mark.parametrize("engine", ["tesserocr", "pytesseract"])
def test_both_engines_read_inside_the_sandbox(engine: str) -> None:
    worker = BareWorker("--engine", engine)
    try:
        if not worker.ready.reader:
            pytest.skip(f"{engine} or the Vietnamese data is not installed")
        sheet = Image.new("RGB", (900, 200), "white")
        reading = worker.read(saved(sheet, dpi=(300, 300)))
        assert (reading.width, reading.height, reading.words) == (900, 200, ())
        assert worker.lives()
    finally:
        worker.close()


def test_a_picture_of_50_megapixels_is_halved_and_its_corners_are_not(worker: BareWorker) -> None:
    small, large = paper(1000, 750), paper(1000, 750).resize((8000, 6000))
    (one, other) = (worker.examine(saved(image)) for image in (small, large))
    assert one.corners and other.corners
    for (x, y), (big_x, big_y) in zip(one.corners, other.corners, strict=True):
        assert abs(big_x / 8 - x) < 4
        assert abs(big_y / 8 - y) < 4
    held = io.BytesIO(other.page_jpeg)
    assert Image.open(held).format == "JPEG"
