"""Pictures of the certifier's desk: part of `./dev docs`; needs Chromium, driver and NSS tools."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from tests.desk.browser import browser, missing
from tests.desk.kiosk import SIZE, Line
from tests.desk.ward import PIN, ward
from tests.visits.papers import DEGREE, flat, photo

WIDE = 1080
COLOURS = 96


def build(folder: Path) -> bool:
    """Draw all of them; False where a browser cannot be driven here."""
    if missing():
        return False
    asyncio.run(_draw(folder))
    for path in folder.glob("desk-*.png"):
        with Image.open(path) as picture:
            small = picture.convert("RGB").resize((WIDE, picture.height * WIDE // picture.width))
        small.quantize(COLOURS).save(path, optimize=True)
    return True


async def _draw(folder: Path) -> None:
    page, bed = flat(*DEGREE), Image.open(io.BytesIO(photo())).convert("RGB").resize(SIZE)
    with TemporaryDirectory(prefix="desk-") as name:
        async with ward(Path(name), ward="Phường Thủ Đức", live_seconds=0.2) as place:
            lines = [Line(place, kiosk, place.kiosk(kiosk)) for kiosk in ("26824-k01", "26824-k02")]
            files = place.officer("tvchung", "Trần Văn Chứng")
            async with (
                lines[0].running(),
                lines[1].running(),
                browser(place, files, Path(name)) as one,
            ):
                await one.go(place.url + "/enter")
                await one.picture(folder / "desk-enter.png")
                await one.type(PIN)
                await one.press("Enter")
                await one.until_path("/")
                frame = np.asarray(bed)
                request, answer = lines[0].ask(
                    2, inspection="by_live_camera", jpeg=page, kind=("bang_dai_hoc", "Bằng đại học")
                )
                lines[1].certifier.paying("SYABCDEF", 8000)
                lines[1].certifier.doing("paying")
                await one.until("return document.querySelector('[data-open]') !== null")
                for _ in range(3):
                    lines[0].frames.write(frame)
                    await asyncio.sleep(1.2)
                await one.picture(folder / "desk-board.png")
                await one.press("Enter")
                await one.until_path(f"/request/{request}")
                for _ in range(6):
                    lines[0].frames.write(frame)
                    await asyncio.sleep(0.3)
                await one.press("c")
                await one.picture(folder / "desk-request.png")
                await one.press("l", "9")
                await one.picture(folder / "desk-relay.png")
                answer.cancel()
