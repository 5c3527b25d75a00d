"""Photographs to test with: specimens on a simulated desk, each drawn once a session."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from PIL import Image

from daemon.children import Child
from daemon.documents.client import DocumentsClient
from daemon.documents.geometry import ordered
from models.specimens import FontMissingError, draw, photograph
from tests.documents.scenes import Running, Take, Taken


@lru_cache(maxsize=64)
def _drawn(kind: str, seed: int, page: int, dpi: int) -> Image.Image:
    return draw(kind, seed, page, dpi)


@lru_cache(maxsize=128)
def _taken(kinds: tuple[str, ...], seed: int, options: tuple[tuple[str, Any], ...]) -> Taken:
    given = dict(options)
    dpi, page = given.pop("dpi", 150), given.pop("page", 1)
    papers = [_drawn(kind, seed + n, page, dpi) for n, kind in enumerate(kinds)]
    photo = photograph(papers, seed, **given)
    true = [np.array(quad) for quad in photo.corners]
    quads = tuple(ordered(quad) for quad in true)
    quarters = 0
    if quads:
        first = int(np.argmin(np.linalg.norm(quads[0] - true[0][0], axis=1)))
        quarters = -first % 4
    return Taken(np.asarray(photo.image.convert("RGB")), quads, quarters)


@pytest.fixture(scope="session")
def take() -> Take:
    """`take("giay_khai_sinh", seed, level=…, turn=…, faults=…)`; several kinds, or none."""

    def made(kinds: str | tuple[str, ...], seed: int, **options: Any) -> Taken:
        names = (kinds,) if isinstance(kinds, str) else kinds
        faults = options.pop("faults", ())
        options["faults"] = frozenset(faults)
        try:
            return _taken(names, seed, tuple(sorted(options.items(), key=lambda o: o[0])))
        except FontMissingError as error:
            pytest.skip(str(error))

    return made


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    """A supervised document worker."""
    client = DocumentsClient()
    child = Child("documents", client)
    task = asyncio.create_task(child.run())
    try:
        async with asyncio.timeout(20):
            await child.ready.wait()
        yield Running(client, child)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
