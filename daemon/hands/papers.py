"""The camera and the documents: live view with the outline, shot, examination, reading."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Protocol

import msgspec

from daemon.documents.client import DocumentsClient
from daemon.documents.errors import DocumentsError
from daemon.documents.messages import Examination, Reading
from daemon.frames import Frames
from daemon.hands.visit import Visit, Visits
from daemon.kiosk import Hands, Reply
from daemon.machine import effects as fx
from daemon.machine.events import (
    Captured,
    CaptureFailed,
    CopyFound,
    Examined,
    ExamineFailed,
    PaperSeen,
    SecretFound,
)
from daemon.machine.values import KindRule
from daemon.store import VaultError
from drivers.camera import Camera
from drivers.errors import CameraError

log = logging.getLogger(__name__)

LOOK_EVERY = 0.12
"""Seconds between two looks at the preview: an outline that follows the hand."""


VAULT_REMEDY = "make room in the folder paths.runtime"


class LiveScreen(Protocol):
    """The part of the screen that shows pictures."""

    def live(self, fd: int | None) -> None: ...

    def outline(
        self, corners: tuple[tuple[float, float], ...] | None, verdict: str = ""
    ) -> None: ...

    def picture(self, page: str, jpeg: bytes) -> None: ...

    def enlarge(self, page: str, jpeg: bytes) -> None: ...


def photo_of(page: str) -> str:
    """Vault name of the photograph a page was made from."""
    return f"{page}.photo"


def text_of(page: str) -> str:
    """Vault name of what OCR read on a page."""
    return f"{page}.text"


class Papers:
    """Hands for everything from the bed to a read page."""

    def __init__(
        self,
        camera: Camera,
        documents: DocumentsClient,
        screen: LiveScreen,
        visits: Visits,
        kinds: dict[str, KindRule],
        post: Callable[[PaperSeen | CopyFound | SecretFound], None],
    ) -> None:
        self._camera = camera
        self._documents = documents
        self._screen = screen
        self._visits = visits
        self._kinds = kinds
        self._post = post
        self._looking: asyncio.Task[None] | None = None
        self._watched = False

    def register(self, hands: Hands) -> None:
        hands.on(fx.PreviewOn, self.preview_on)
        hands.on(fx.PreviewOff, self.preview_off)
        hands.on(fx.Capture, self.capture)
        hands.on(fx.Examine, self.examine)
        hands.on(fx.DropPage, self.drop)
        hands.on(fx.EnlargePage, self.enlarge)

    # -- the live view ---------------------------------------------------------------------

    def preview_on(self, effect: fx.PreviewOn, reply: Reply) -> None:
        self._stop_looking()
        self._looking = asyncio.create_task(self._look(), name="look")

    def preview_off(self, effect: fx.PreviewOff, reply: Reply) -> None:
        self._stop_looking()
        self._screen.live(None)
        if not self._watched:
            self._looking = asyncio.create_task(self._camera.preview(False), name="preview off")

    def watched(self, on: bool) -> None:
        """The certifier looks at the bed although the screen shows something else."""
        if on == self._watched:
            return
        self._watched = on
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._camera.preview(on), name="preview for desk")

    def _stop_looking(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    async def _look(self) -> None:
        """Asks what the preview shows until the live view stops; tells changes only."""
        await self._camera.preview(True)
        frames = Frames(self._camera.frames_fd, writable=False)
        told, counter = "", 0
        try:
            while True:
                await asyncio.sleep(LOOK_EVERY)
                if frames.counter == counter:
                    continue
                counter = frames.counter
                with contextlib.suppress(DocumentsError):
                    seen = await self._documents.outline(self._camera.frames_fd)
                    self._screen.outline(seen.corners or None, seen.verdict)
                    if seen.verdict != told:
                        # An empty bed shows the drawn hand and paper, not a black rectangle.
                        if told in ("", "empty") or seen.verdict == "empty":
                            empty = seen.verdict == "empty"
                            self._screen.live(None if empty else self._camera.frames_fd)
                        told = seen.verdict
                        self._post(PaperSeen(seen.verdict))
        finally:
            frames.close()

    # -- a page ----------------------------------------------------------------------------

    async def capture(self, effect: fx.Capture, reply: Reply) -> None:
        with self._visits.now as visit:
            try:
                jpeg = await self._camera.capture()
            except CameraError as error:
                reply(CaptureFailed(effect.page, error.reason))
                return
            if await _kept(visit, photo_of(effect.page), jpeg, "a photograph"):
                reply(Captured(effect.page))
            else:
                reply(CaptureFailed(effect.page, "vault"))

    async def examine(self, effect: fx.Examine, reply: Reply) -> None:
        with self._visits.now as visit:
            photo = await asyncio.to_thread(visit.vault.get, photo_of(effect.page))
            known = visit.fingerprints
            earlier = [known[page] for page in effect.earlier if page in known]
            try:
                seen = await self._documents.examine(photo, earlier)
            except DocumentsError as error:
                reply(ExamineFailed(effect.page, error.reason))
                return
            if seen.reason:
                # A sensor never makes such a file: the technician looks at the camera's driver.
                log.error("a still of the camera is no photograph: %s", seen.reason)
            if seen.thumb_jpeg:
                self._screen.picture(effect.page, seen.thumb_jpeg)
            if seen.page_jpeg:
                if not await _kept(visit, effect.page, seen.page_jpeg, "a page"):
                    reply(ExamineFailed(effect.page, "vault"))
                    return
                visit.fingerprints[effect.page] = seen.fingerprint
                if seen.quality == "ok" and not seen.duplicate:
                    self._begin_reading(visit, effect.page, seen.page_jpeg, seen.kind)
            reply(self._verdict(effect.page, seen))

    async def enlarge(self, effect: fx.EnlargePage, reply: Reply) -> None:
        """The page itself beside its thumbnail: sharp where it is enlarged."""
        with self._visits.now as visit:
            try:
                jpeg = await asyncio.to_thread(visit.vault.get, effect.page)
            except VaultError:
                return  # erased meanwhile: the screen keeps the thumbnail
            self._screen.enlarge(effect.page, jpeg)

    def _verdict(self, page: str, seen: Examination) -> Examined:
        rule = self._kinds.get(seen.kind, KindRule(seen.kind))
        return Examined(
            page,
            seen.quality,
            seen.where,
            seen.kind,
            already_copy=seen.already_copy,
            secret=rule.refusal == "secret",
            foreign=rule.foreign,
            expired=seen.expired,
            duplicate=seen.duplicate,
        )

    def _begin_reading(self, visit: Visit, page: str, jpeg: bytes, kind: str) -> None:
        """OCR runs while the visitor goes on; the text is needed only for the sealed PDF."""
        earlier = visit.readings.pop(page, None)
        if earlier is not None:
            earlier.cancel()
        visit.readings[page] = asyncio.create_task(self._read(visit, page, jpeg, kind), name="read")

    async def _read(self, visit: Visit, page: str, jpeg: bytes, kind: str) -> None:
        with visit:
            try:
                reading = await self._documents.read(jpeg, kind)
            except DocumentsError as error:
                # A copy is valid without a text layer: the picture certifies, not the text.
                log.warning("a page stays without text: %s", error.reason)
                reading = Reading()
            if reading.secret:
                # Art. 22(3): nothing of it is kept, not even what was read
                visit.secret.add(page)
                await _erased(visit, page)
                self._post(SecretFound(page))
                return
            if reading.already_copy:
                self._post(CopyFound(page))
            data = msgspec.msgpack.encode(reading)
            await asyncio.to_thread(visit.vault.put, text_of(page), data)

    async def drop(self, effect: fx.DropPage, reply: Reply) -> None:
        visit = self._visits.now
        reading = visit.readings.pop(effect.page, None)
        if reading is not None:
            reading.cancel()
        visit.fingerprints.pop(effect.page, None)
        await _erased(visit, effect.page)


async def reading_of(visit: Visit, page: str) -> Reading:
    """What was read on a page, waited for; empty where nothing could be.  Raises VaultError."""
    task = visit.readings.get(page)
    if task is not None:
        await asyncio.wait([task])
    if text_of(page) not in visit.vault.names():
        return Reading()
    data = await asyncio.to_thread(visit.vault.get, text_of(page))
    return msgspec.msgpack.decode(data, type=Reading)


async def _erased(visit: Visit, page: str) -> None:
    """Nothing of a page stays in the vault."""
    for name in (page, photo_of(page), text_of(page)):
        await asyncio.to_thread(visit.vault.drop, name)


async def _kept(visit: Visit, name: str, data: bytes, what: str) -> bool:
    """Puts it into the visit's vault; False = it is not there, and the technician was told why."""
    try:
        await asyncio.to_thread(visit.vault.put, name, data)
    except VaultError as error:
        log.error("%s is %s: %s", what, error.reason, VAULT_REMEDY)
        return False
    return True
