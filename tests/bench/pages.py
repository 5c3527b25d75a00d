"""One A4 page from the photograph to the classified page, without and with its text.

`python -m tests.bench.pages` measures it alone.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from daemon.demo.photos import photos
from tests.bench.figures import RUNS, Figure, figure, processor_time
from tests.bench.kiosk import running


async def measure(photo: Path) -> list[Figure]:
    """Through the real worker, in its sandbox, a 12-megapixel JPEG going in."""
    data = await asyncio.to_thread(photo.read_bytes)
    without, worked, with_text = [], [], []
    async with running() as app:
        worker = next(child for child in app.children if child.name == "documents")
        await app.documents.examine(data)
        for _ in range(RUNS):
            before, began = processor_time(worker.pid), time.perf_counter()
            seen = await app.documents.examine(data)
            without.append(time.perf_counter() - began)
            worked.append(processor_time(worker.pid) - before)
            assert seen.quality == "ok" and seen.kind, "the bench's own page is not recognised"
            await app.documents.read(seen.page_jpeg, seen.kind)
            with_text.append(time.perf_counter() - began)
    return [
        figure("A4 page, photo to kind, without OCR", without, "s", "≤ 0.35"),
        figure("… processor time of both cores", worked, "s"),
        figure("A4 page, photo to kind and text", with_text, "s", "≤ 2.0"),
    ]


if __name__ == "__main__":
    for row in asyncio.run(measure(photos(Path("build/demo/photos"))[0])):
        print(row)
