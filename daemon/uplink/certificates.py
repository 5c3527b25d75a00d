"""The certificate of the line, looked after: asked for in time, taken in a signed command."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Callable

from daemon.uplink import topics
from daemon.uplink.down.acts import Act, By, Done, Failed
from daemon.uplink.down.specs import Args, CertificateArgs
from daemon.uplink.line import Message
from daemon.uplink.renewal import BadCertificate, Renewal
from daemon.uplink.worker import Worker

log = logging.getLogger(__name__)

LOOK_EVERY = 3600.0
"""Seconds between two looks whether the certificate ends soon, and between two requests."""
LOOK_AGAIN = 5.0
"""Seconds to the next look where there is no line to ask on."""
ANSWER_FIRST = 0.5
"""Seconds between an answer and the end of the line that it goes on."""


class Certificates:
    """Of one kiosk's line.  All methods belong to the loop."""

    def __init__(
        self,
        renewal: Renewal,
        topic: str,
        worker: Callable[[], Worker | None],
        ending: Callable[[bool], None],
    ) -> None:
        """`topic`: everything above `up/csr`, with its last slash; `ending(on)`: the alarm."""
        self._renewal = renewal
        self._topic = topic + topics.REQUEST
        self._worker = worker
        self._ending = ending

    def acts(self) -> dict[str, Act]:
        """Commands about the line itself."""
        return {"rotate-cert": self._rotate, "install-cert": self._install}

    async def look_after(self) -> None:
        """Asks for a new one in time, again each hour until it comes; never ends."""
        while True:
            due = await asyncio.to_thread(self._renewal.due)
            self._ending(due)
            worker = self._worker()
            up = worker is not None and worker.up
            if due and up:
                with contextlib.suppress(OSError):
                    await self._ask()
            await asyncio.sleep(LOOK_EVERY if up or not due else LOOK_AGAIN)

    async def days(self) -> int | None:
        """Whole days until the present one ends; None where there is none to be read."""
        ends = await asyncio.to_thread(self._renewal.ends)
        return None if ends is None else (ends - dt.datetime.now(dt.UTC)).days

    # -- inside ----------------------------------------------------------------------------

    async def _rotate(self, args: Args, by: By) -> Done:
        try:
            await self._ask()
        except OSError as error:
            log.error("uplink: no certificate is asked for: %s", error.strerror)
            raise Failed from None
        return Done()

    async def _install(self, args: CertificateArgs, by: By) -> Done:
        try:
            await asyncio.to_thread(self._renewal.install, args.chain.encode())
        except BadCertificate as error:
            log.error("uplink: the certificate that came is not taken: %s", error)
            raise Failed("arguments") from None
        except OSError as error:
            log.error("uplink: the certificate that came is not kept: %s", error)
            raise Failed from None
        asyncio.get_running_loop().call_later(ANSWER_FIRST, self._dial_again)
        return Done()

    def _dial_again(self) -> None:
        worker = self._worker()
        if worker is not None:
            worker.dial_again()

    async def _ask(self) -> None:
        request = await asyncio.to_thread(self._renewal.request)
        worker = self._worker()
        if worker is not None:
            worker.send(Message(topic=self._topic, body=request, kind="application/pkcs10"))
