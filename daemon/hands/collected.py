"""A support bundle that is asked for from above: sealed first, then sent over HTTPS, never MQTT."""

from __future__ import annotations

import base64
import hashlib
import logging
import ssl
from typing import TYPE_CHECKING

import aiohttp

from daemon.console.talk import NoArgs
from daemon.hands.nobody import nobody
from daemon.uplink.down import specs
from daemon.uplink.down.acts import By, Done, Failed

if TYPE_CHECKING:
    from daemon.wiring import App

log = logging.getLogger(__name__)

WITHIN = 120.0
"""Seconds for the whole upload: a bundle is a few hundred kilobytes."""


class Collected:
    """Of one kiosk."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def collect(self, args: specs.CollectArgs, by: By) -> Done:
        """Raises Failed: `not_here` where the configuration names neither place nor certificate."""
        config = self._app.config
        place = config.uplink.bundle_to
        if not place or not config.console.support_certificate:
            raise Failed("not_here")
        if not args.to.startswith(place):
            raise Failed("arguments")
        talk = nobody(self._app, by)
        row = await self._app.console.bundle.run(NoArgs(), talk)
        content = talk.files[row.name]
        if not row.sealed:
            raise Failed("not_here")
        await sent(args.to, content, config.uplink.ca)
        return Done(result={"bytes": len(content), "files": len(row.files)})


async def sent(to: str, content: bytes, ca: str) -> None:
    """By PUT, with its digest (RFC 9530).  Raises Failed where the other side does not take it.

    `ca`: PEM file of an authority that is believed beside the system's; empty = none.
    """
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    headers = {"Content-Type": "application/pkcs7-mime", "Content-Digest": f"sha-256=:{digest}:"}
    try:
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if ca:
            context.load_verify_locations(ca)
        within = aiohttp.ClientTimeout(total=WITHIN)
        async with (
            aiohttp.ClientSession(timeout=within) as session,
            session.put(
                to, data=content, headers=headers, ssl=context, allow_redirects=False
            ) as answer,
        ):
            status = answer.status
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        # the address is left out: it may carry its own permission
        log.error("a bundle is not sent: %s", type(error).__name__)
        raise Failed("unreachable") from None
    if not 200 <= status < 300:
        log.error("a bundle is not taken: HTTP %d", status)
        raise Failed("refused_there")
