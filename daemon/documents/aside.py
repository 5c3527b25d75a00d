"""What a second core does while the first one flattens a page and recognises it.

It keeps the photograph only until it has a smaller one: a worker may have 300 MiB.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Generic, Self, TypeVar

import numpy as np

from daemon.documents import (
    covered,
    further,
    page_jpeg,
    quality,
    rectify,
    text_ground,
    upright,
)
from daemon.documents.decode import Pixels
from daemon.documents.geometry import Quad
from daemon.machine.values import Box

T = TypeVar("T")


class Aside:
    """One thread that works off what it is asked, for one photograph."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "aside")

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
        near = _Near(corners)
        lies = self._thread.submit(near.lies, photo, size)
        if not alone:
            return Seen(lies, None, None)
        return Seen(lies, self._thread.submit(near.hand), self._thread.submit(near.others))

    def judge(self, page: Pixels, dpi: int, source_dpi: float) -> Owed[quality.Verdict]:
        """The verdict on a page, places as it lies."""
        return Owed(self._thread, lambda: quality.judge(page, dpi, source_dpi))

    def jpeg(self, page: Pixels, dpi: int) -> Owed[bytes]:
        """The picture of a page for its PDF."""
        return Owed(self._thread, lambda: page_jpeg.encoded(page, dpi))


class Owed(Generic[T]):
    """An answer that the second core gives, or the first one where it has not been begun."""

    def __init__(self, thread: ThreadPoolExecutor, work: Callable[[], T]) -> None:
        self._work, self._begun = work, thread.submit(work)

    def result(self) -> T:
        return self._work() if self._begun.cancel() else self._begun.result()


class Seen:
    """Answers, each waited for when it is asked."""

    def __init__(
        self,
        lies: Future[int],
        hand: Future[Box | None] | None,
        others: Future[tuple[Quad, ...]] | None,
    ) -> None:
        self._lies, self._hand, self._others = lies, hand, others

    def quarters(self) -> int:
        """Clockwise quarter turns that make the page upright."""
        return self._lies.result()

    def hand(self) -> Box | None:
        """Where a hand covers the page, as fractions of it as it lies."""
        return self._hand.result() if self._hand is not None else None

    def others(self) -> tuple[Quad, ...]:
        """Corners of further papers, in pixels of the photograph."""
        return self._others.result() if self._others is not None else ()


class _Near:
    """The smaller photograph, from when it is made to when it has been looked at."""

    def __init__(self, corners: Quad) -> None:
        self._corners, self._photo, self._scale = corners, np.zeros((1, 1, 3), np.uint8), 1.0

    def lies(self, photo: Pixels, size: tuple[float, float]) -> int:
        self._photo, self._scale = rectify.near(photo, self._corners, size)
        sheet = rectify.glimpse(self._photo, self._scale, self._corners, size)
        return upright.quarters(text_ground.dark_print(sheet))[0]

    def hand(self) -> Box | None:
        return covered.find(self._photo, self._corners * self._scale)

    def others(self) -> tuple[Quad, ...]:
        photo, self._photo = self._photo, self._photo[:1, :1].copy()
        found = further.search(photo, self._corners * self._scale)
        return tuple(quad / self._scale for quad in found)
