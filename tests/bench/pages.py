"""One A4 page from the photograph to the classified page, without and with its text."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from tests.bench.figures import RUNS, Figure, figure
from tests.bench.kiosk import running


async def measure(photo: Path) -> list[Figure]:
    """Through the real worker, in its sandbox, a 12-megapixel JPEG going in."""
    data = await asyncio.to_thread(photo.read_bytes)
    without, with_text = [], []
    async with running() as app:
        await app.documents.examine(data)
        for _ in range(RUNS):
            began = time.perf_counter()
            seen = await app.documents.examine(data)
            without.append(time.perf_counter() - began)
            assert seen.quality == "ok" and seen.kind, "the bench's own page is not recognised"
            await app.documents.read(seen.page_jpeg, seen.kind)
            with_text.append(time.perf_counter() - began)
    return [
        figure("A4 page, photo to kind, without OCR", without, "s", "≤ 0.35"),
        figure("A4 page, photo to kind and text", with_text, "s"),
    ]
