"""A kiosk's end of the line, with a certifier that asks and a bed that moves, and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import io
import itertools
from collections.abc import AsyncIterator
from typing import Any, Literal

import numpy as np
from PIL import Image

from daemon.certifier import Asked
from daemon.desk_messages import Frame
from daemon.frames import Frames
from daemon.hands.desk import DeskCertifier
from daemon.hands.live import LiveView
from daemon.machine.personal import Personal
from daemon.uplink.desk import DeskLine, DeskLinkConfig
from tests.desk.ward import Papers, Ward, soon

SIZE = (800, 600)
NAMES = itertools.count(1)


def picture(shade: int = 200) -> bytes:
    """A page's JPEG."""
    out = io.BytesIO()
    Image.new("RGB", (1240, 1754), (shade, shade, 190)).save(out, "JPEG")
    return out.getvalue()


class Line:
    """One kiosk on the line."""

    def __init__(self, ward: Ward, name: str, files: Papers, **settings: Any) -> None:
        self.name = name
        self.present: list[tuple[bool, str]] = []
        self.spent: list[tuple[str, float, float, int]] = []
        self.camera: list[bool] = []
        self.fd = Frames.create(*SIZE)
        self.frames = Frames(self.fd, writable=True)
        config = DeskLinkConfig(
            url=settings.pop("url", ward.url),
            ca=str(ward.ca),
            certificate=str(files.certificate),
            key=str(files.key),
            retry_least=0.05,
            retry_most=0.2,
            **settings,
        )
        self.line = DeskLine(config, name, "0.1.0")
        self.sent = 0
        """Bytes of live pictures so far."""
        self.live = LiveView(
            self.fd, self._picture, self.camera.append, frames=config.frames, budget=config.budget
        )
        self.certifier = DeskCertifier(
            self.line,
            self.live,
            lambda there, why: self.present.append((there, why)),
            lambda *what: self.spent.append(what),
        )

    def _picture(self, frame: Frame) -> bool:
        self.sent += len(frame.jpeg)
        return self.line.send(frame)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Line]:
        task = asyncio.create_task(self.line.run(self.certifier))
        try:
            await soon(lambda: bool(self.present) and self.line.open)
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self.frames.close()

    def ask(
        self,
        pages: int = 1,
        *,
        inspection: Literal["by_live_camera", "pilot"] = "pilot",
        requester: str = "Nguyễn Thị Mẫu",
        notes: tuple[str, ...] = (),
        jpeg: bytes = b"",
        kind: tuple[str, str] = ("giay_khai_sinh", "Giấy khai sinh"),
    ) -> Any:
        """Asks; the task ends with the decision."""
        asked = Asked(
            f"request-{next(NAMES)}-{self.name}",
            (kind[0],),
            (pages,),
            2,
            "digital",
            titles=(kind[1],),
            names=tuple(f"page-{n + 1}" for n in range(pages)),
            notes=(notes,),
            fee=8000,
            statement=("CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH", "Số chứng thực: …", "Ngày 01"),
            inspection=inspection,
            requester=Personal(requester),
            read=tuple((Personal((("ho_ten", requester, 0.5),)), ()) for _ in range(pages)),
        )
        pictures = [jpeg or picture(120 + 20 * n) for n in range(pages)]
        return asked.id, asyncio.create_task(self.certifier.decide(asked, pictures))

    def draw(self, seed: int) -> None:
        """A new picture of the bed."""
        noise = np.random.default_rng(seed).integers(0, 60, (SIZE[1], SIZE[0], 3), np.uint8)
        noise[100:500, 150:650] += 150
        self.frames.write(noise)

    async def moves(self) -> None:
        """The bed as the camera sees it, fifteen pictures a second."""
        for seed in itertools.count():
            self.draw(seed)
            await asyncio.sleep(1 / 15)
