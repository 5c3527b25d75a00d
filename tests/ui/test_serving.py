"""The second display: laid out without a fault in every size, drawn, back after a kill."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest
from PIL import Image

from daemon.children import Child, ChildrenConfig
from daemon.machine.views import Serving, ServingLine
from ui_kivy.screens.items import Text
from ui_kivy.serving.client import ServingClient

CALLS = tuple(ServingLine(f"W{n:05}", str(n + 90), n == 0) for n in range(8))
SIZES = ((800, 480), (480, 800), (1024, 600), (1280, 1024), (1920, 1080), (1080, 1920))
PATIENT = ChildrenConfig(answer_within=20, busy_within=60, start_within=90)


@pytest.mark.parametrize("count", [0, 1, 2, 8])
@pytest.mark.parametrize("size", SIZES)
def test_every_size_holds_every_number(size: tuple[int, int], count: int) -> None:
    from ui_kivy.serving.layout import MOST, lay
    from ui_kivy.words import Words

    sheet = lay(Serving(CALLS[:count]), size, Words("vi"), Words("en"))
    assert not sheet.faults
    texts = [item for item in sheet.items if isinstance(item, Text)]
    said = [line for text in texts for line in text.block.lines]
    shown = CALLS[: min(count, MOST + 1)]
    assert [line for line in said if line.startswith("W")] == [one.number for one in shown]
    for item in texts:
        assert item.rect.x >= 0 and item.rect.right <= size[0] and item.rect.bottom <= size[1]
        assert item.block.size >= min(size) * 0.02, "small print"
    if count:
        biggest = max(texts, key=lambda item: item.block.size)
        assert biggest.block.lines == (CALLS[0].number,)


async def test_the_process_draws_and_outlives_a_kill(tmp_path: Path) -> None:
    client = ServingClient()
    child = Child("serving", client, arguments=("--size", "800x480"), config=PATIENT)
    task = asyncio.create_task(child.run())
    try:
        await asyncio.wait_for(child.ready.wait(), 90)
        client.show(Serving(CALLS[:1]))
        assert await client.photograph(tmp_path / "one.png")
        os.kill(child.pid, signal.SIGKILL)
        async with asyncio.timeout(90):
            while child.ready.is_set():  # the child sets no event for a death  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            await child.ready.wait()
        assert await client.photograph(tmp_path / "two.png"), "nobody told it again"
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    with Image.open(tmp_path / "one.png") as one, Image.open(tmp_path / "two.png") as two:
        assert one.size == (800, 480)
        assert one.tobytes() == two.tobytes()
        assert len(one.getcolors(maxcolors=1 << 20) or ()) > 3
