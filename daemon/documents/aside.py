"""What a second core does while the first one flattens a page and recognises it.

It keeps the photograph only until it has a smaller one: a worker may have 300 MiB.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from daemon.documents import covered, further, page_jpeg, quality, rectify, text_ground, upright
from daemon.documents.decode import Pixels
from daemon.documents.geometry import Quad
from daemon.machine.values import Box

_Near = tuple[int, Pixels, float]


class Aside:
    """One thread that works off what it is asked, for one photograph."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "aside")
        self._stored: Future[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.shutdown(cancel_futures=True)

    def look(self, photo: Pixels, corners: Quad, size: tuple[float, float], *, alone: bool) -> Seen:
        """Which way the paper lies; where it is `alone`, also a hand on it and a further paper."""
        lies = self._thread.submit(_lies, photo, corners, size)
        if not alone:
            return Seen(lies, None, None)
        hand = self._thread.submit(_hand, lies, corners)
        return Seen(lies, hand, self._thread.submit(_further, lies, corners))

    def judge(self, page: Pixels, dpi: int, source_dpi: float) -> Future[quality.Verdict]:
        """The verdict on a page; never beside its JPEG, for each takes much memory."""
        return self._thread.submit(quality.judge, page, dpi, source_dpi)

    def store(self, page: Pixels, dpi: int) -> Future[bytes]:
        """The page's JPEG; one asked for earlier is not needed any more."""
        if self._stored is not None:
            self._stored.cancel()
        self._stored = self._thread.submit(page_jpeg.encoded, page, dpi)
        return self._stored


class Seen:
    """Answers, each waited for when it is asked."""

    def __init__(
        self,
        lies: Future[_Near],
        hand: Future[Box | None] | None,
        others: Future[tuple[Quad, ...]] | None,
    ) -> None:
        self._lies, self._hand, self._others = lies, hand, others

    def quarters(self) -> int:
        """Clockwise quarter turns that make the page upright."""
        return self._lies.result()[0]

    def hand(self) -> Box | None:
        """Where a hand covers the page, as fractions of it as it lies."""
        return self._hand.result() if self._hand is not None else None

    def others(self) -> tuple[Quad, ...]:
        """Corners of further papers, in pixels of the photograph."""
        return self._others.result() if self._others is not None else ()


def _lies(photo: Pixels, corners: Quad, size: tuple[float, float]) -> _Near:
    small, scale = rectify.near(photo, corners, size)
    sheet = rectify.glimpse(small, scale, corners, size)
    quarters, _ = upright.quarters(text_ground.dark_print(sheet))
    return quarters, small, scale


# Asked after `_lies` of the same thread, which is done then.
def _hand(lies: Future[_Near], corners: Quad) -> Box | None:
    _, small, scale = lies.result()
    return covered.find(small, corners * scale)


def _further(lies: Future[_Near], corners: Quad) -> tuple[Quad, ...]:
    _, small, scale = lies.result()
    return tuple(quad / scale for quad in further.search(small, corners * scale))
