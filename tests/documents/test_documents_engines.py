"""What every engine of text recognition must do, and what only one has to answer for."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz import fuzz

from daemon.documents import private, text, text_engine, text_pytesseract
from daemon.documents.errors import ReaderMissing, ReadingFailed
from daemon.documents.messages import Word
from daemon.documents.text_engine import TextEngine
from daemon.documents.text_ground import even
from daemon.documents.text_tsv import as_text, parse
from models.reading import errors, pages
from tests.documents.scenes import Take

ROOT = Path(__file__).resolve().parents[2]

needs_font = pytest.mark.skipif(bool(pages.missing()), reason="fonts-noto-core is not installed")


@pytest.fixture(scope="module", params=text_engine.NAMES)
def engine(request: pytest.FixtureRequest) -> Iterator[TextEngine]:
    made = text_engine.start(request.param)
    if not made.version():
        made.close()
        pytest.skip(f"{request.param} or the Vietnamese data is not installed")
    yield made
    made.close()


def strip(seed: int, lines: int = 6) -> tuple[text_engine.Plane, str]:
    """The first lines of a page: quick to read."""
    printed = pages.page(seed)
    pitch = round(13 / 72 * 300 * 1.45)
    grey = even(printed.pixels[: pages.MARGIN + lines * pitch], 300)
    return grey, "\n".join(printed.text.splitlines()[:lines])


@needs_font
def test_what_takes_too_long_is_given_up() -> None:
    engine = text_engine.start("tesserocr")
    if not engine.version():
        pytest.skip("tesserocr or the Vietnamese data is not installed")
    grey, truth = strip(1, lines=20)
    with pytest.raises(ReadingFailed, match="late"):
        engine.words(grey, 300, within=0.001)  # nobody reads a page in a millisecond
    assert len(engine.words(grey, 300)) > len(truth.split()) * 0.9, "the next one is read"
    engine.close()


@needs_font
def test_words_come_in_order_with_their_places(engine: TextEngine) -> None:
    grey, truth = strip(1)
    words = engine.words(grey, 300)
    assert as_text(words).splitlines() == truth.splitlines()
    assert {word.line for word in words} == set(range(6))
    height, width = grey.shape
    for word in words:
        assert word.x >= 0 and word.x + word.w <= width
        assert word.y >= 0 and word.y + word.h <= height
        assert 0 <= word.confidence <= 1
        assert word.text == unicodedata.normalize("NFC", word.text)
        # A box holds its word: ink inside, and none in the gap before it.
        assert grey[word.y : word.y + word.h, word.x : word.x + word.w].min() < 80
    for one, other in itertools.pairwise(words):
        if one.line == other.line:
            assert one.x + one.w <= other.x
        else:
            assert other.line == one.line + 1
            assert other.y > one.y


def test_a_remark_of_tesseract_does_not_end_a_process_in_the_sandbox() -> None:
    """It remarks on a picture of a few pixels, and on many a page."""
    code = """if True:
        import numpy as np
        from daemon.documents import sandbox, text_engine
        engine = text_engine.start("tesserocr")
        sandbox._filter(programs=False)
        print(engine.words(np.full((40, 3), 255, np.uint8), 10))
    """
    pytest.importorskip("tesserocr")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "()\n"), done.stderr


@needs_font
def test_a_picture_reads_the_same_whatever_was_read_before(engine: TextEngine) -> None:
    first, _ = strip(2, 3)
    second, _ = strip(4, 3)
    once = engine.words(first, 300)
    engine.words(second, 300)
    assert engine.words(first, 300) == once


@needs_font
@pytest.mark.parametrize("layout", ["line", "sparse", "page"])
def test_layouts(engine: TextEngine, layout: text_engine.Layout) -> None:
    grey, truth = strip(3, 1)
    assert fuzz.ratio(as_text(engine.words(grey, 300, layout)), truth) > 90


def test_nothing_is_read_where_nothing_is(engine: TextEngine) -> None:
    assert engine.words(np.full((300, 300), 245, np.uint8), 300) == ()
    assert engine.words(np.zeros((1, 1), np.uint8), 300) == ()
    assert engine.alive()


@needs_font
def test_two_threads_do_not_mix_their_pages(engine: TextEngine) -> None:
    grey, _ = strip(1, 2)
    other, _ = strip(4, 2)
    alone = engine.words(grey, 300), engine.words(other, 300)
    together: dict[int, tuple[Word, ...]] = {}

    def work(number: int, page: text_engine.Plane) -> None:
        together[number] = engine.words(page, 300)

    threads = [threading.Thread(target=work, args=p) for p in enumerate((grey, other))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (together[0], together[1]) == alone


def test_a_whole_page(engine: TextEngine, take: Take) -> None:
    page = take("quyet_dinh", 1, level=0, size=(2028, 1520)).page()
    seen = text.read(page.pixels, page.dpi, engine)
    assert fuzz.partial_ratio("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", seen.text) > 90
    assert fuzz.partial_ratio("QUYẾT ĐỊNH", seen.text) > 90
    assert "CỘNG" not in repr(seen) + repr(seen.words)


@pytest.mark.parametrize("name", text_engine.NAMES)
def test_without_the_vietnamese_data_it_says_so(
    name: text_engine.Name, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    engine = text_engine.start(name)
    try:
        assert engine.version() == ""
        with pytest.raises(ReaderMissing, match="vie"):
            engine.words(np.full((60, 200), 255, np.uint8), 300)
    finally:
        engine.close()


@needs_font
def test_pytesseract_leaves_nothing_and_writes_only_to_memory() -> None:
    place = private.PLACE
    if not private.in_memory(place):
        pytest.skip(f"{place} is not a memory file system")
    before = set(place.iterdir())
    engine = text_pytesseract.PytesseractEngine(lambda: None)
    try:
        if not engine.version():
            pytest.skip("tesseract-ocr is not installed")
        grey, _ = strip(1, 2)
        assert engine.words(grey, 300)
        (folder,) = set(place.iterdir()) - before
        assert folder.stat().st_mode & 0o777 == 0o700
        assert list(folder.iterdir()) == []
        with pytest.raises(ReadingFailed):
            engine._reader.close()
            engine.words(grey, 300)
        assert not folder.exists()
    finally:
        engine.close()


def test_what_a_killed_helper_left_is_wiped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private, "in_memory", lambda place: True)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left, theirs = (tmp_path / f"ward-kiosk-reader-{pid}-x" for pid in (dead.pid, os.getpid()))
    for folder in (left, theirs):
        folder.mkdir()
        (folder / "tess_input.PPM").write_bytes(b"P5")
    made = private.made("reader", tmp_path)
    assert not left.exists()
    assert theirs.exists(), "that process lives"
    assert made.is_dir()


def test_a_disk_is_refused() -> None:
    with pytest.raises(ReaderMissing, match="memory"):
        private.made("reader", Path("/proc"))


def test_a_broken_picture_does_not_end_the_helper() -> None:
    assert text_pytesseract.run(b"P5\n10 10\n255\n", "300 6") != (0, b"")


def test_tsv_becomes_words_in_lines() -> None:
    head = "level page_num block_num par_num line_num word_num left top width height conf text"
    head = head.replace(" ", "\t")
    rows = [
        "4\t1\t1\t1\t1\t0\t0\t0\t90\t20\t-1\t",
        "5\t1\t1\t1\t1\t1\t10\t20\t30\t9\t96.5\tGIẤY",
        "5\t1\t1\t1\t1\t2\t50\t20\t30\t9\t90\tKHAI",
        "5\t1\t1\t1\t2\t1\t10\t40\t30\t9\t80\tSo\u0302\u0301",
        '5\t1\t1\t1\t2\t2\t50\t40\t30\t9\t70\t"',
        "5\t1\t1\t1\t2\t3\t50\t40\t30\t9\t70\t ",
    ]
    for table in ([head, *rows], rows):
        words = parse("\n".join(table))
        assert as_text(words) == 'GIẤY KHAI\nSố "'
        assert words[0] == Word("GIẤY", 10, 20, 30, 9, 0.965, 0)


def error(printed: pages.Printed, pixels: pages.Pixels, engine: TextEngine) -> float:
    wrong, length = errors.edits(printed.text, text.read(pixels, pages.DPI, engine).text)
    return wrong / length


@needs_font
def test_a_stamp_over_the_lines_costs_nothing(engine: TextEngine) -> None:
    if engine.name == "pytesseract":
        pytest.skip("the picture is prepared before any engine sees it")
    printed = pages.page(0, stamp=True)
    assert error(printed, pages.spoilt(printed.pixels, 2, 0), engine) <= 0.007


@needs_font
def test_red_print_is_no_stamp(engine: TextEngine) -> None:
    grey, truth = strip(1, 2)
    pixels = np.stack([np.maximum(grey, 190), grey, grey], axis=2)
    assert as_text(engine.words(even(pixels, 300), 300)) == truth
