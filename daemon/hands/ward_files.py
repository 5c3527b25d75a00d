"""Files of facts that the ward signs: taken without a restart, or refused and the old stays."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from daemon.catalogue.reading import CatalogueError
from daemon.uplink.down.judge import Judge
from daemon.uplink.down.payloads import FileClaims
from daemon.uplink.down.refusal import Refused
from daemon.uplink.gateway import Gateway
from daemon.uplink.gateway.errors import GatewayError

log = logging.getLogger(__name__)

ASK_EVERY = 600.0
"""Seconds between two questions to the gateway."""
LOOK_EVERY = 5.0
"""Seconds between two looks into the folder."""

Alarm = Callable[[str, bool, str], None]
"""Name of the file, refused or not, and why."""


class Kind(msgspec.Struct, frozen=True):
    """One name of file."""

    suffix: str
    """`.json` or `.toml`, as its loader wants it."""
    load: Callable[[Path], Any]
    """Checks it as a whole.  Raises CatalogueError or ValueError."""
    use: Callable[[Any], Awaitable[None]]


class WardFiles:
    """The newest of each name that was taken.  Belongs to the loop.

    A file comes from the gateway, or lies in `FOLDER/inbox/NAME.jws` where a technician has put it;
    both are taken by the same rules (docs/services.md).
    """

    def __init__(
        self,
        folder: Path,
        kinds: Mapping[str, Kind],
        judge: Judge | None,
        gateway: Gateway | None,
        alarm: Alarm,
    ) -> None:
        """`judge` is None where the configuration names no key: then nothing is taken."""
        self._folder = folder
        self._inbox = folder / "inbox"
        self._kinds = kinds
        self._judge = judge
        self._gateway = gateway
        self._alarm = alarm
        self.revs: dict[str, int] = {}

    async def load(self) -> None:
        """What was taken before the start, checked anew: a key may have been withdrawn since."""
        for name in self._kinds:
            token = await asyncio.to_thread(_read, self._folder / f"{name}.jws")
            if token is not None:
                await self.take(name, token)

    async def look_after(self) -> None:
        """Looks into the folder, and asks the gateway.  Never ends."""
        ask_at = 0.0
        clock = asyncio.get_running_loop().time
        while True:
            await self.look()
            if self._gateway is not None and self._judge is not None and clock() >= ask_at:
                ask_at = clock() + ASK_EVERY
                await self.ask()
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """Takes what lies in the folder; it lies there no longer afterwards."""
        for name in self._kinds:
            path = self._inbox / f"{name}.jws"
            token = await asyncio.to_thread(_read, path)
            if token is not None:
                await self.take(name, token)
                await asyncio.to_thread(path.unlink, missing_ok=True)

    async def ask(self) -> None:
        """Asks the gateway for newer ones."""
        assert self._gateway is not None
        for name in self._kinds:
            try:
                token = await self._gateway.file(name, self.revs.get(name, 0))
            except GatewayError as error:
                log.info("file %s: %s", name, error)
                continue
            if token:
                await self.take(name, token.encode())

    async def take(self, name: str, token: bytes) -> bool:
        """From now on this file; False, with an alarm, where it is refused and the old stays."""
        try:
            await self._take(name, token)
        except Refused as error:
            log.error("file %s is refused: %s; the old one stays", name, error.code)
            self._alarm(name, True, error.code)
            return False
        self._alarm(name, False, "")
        return True

    # -- inside ----------------------------------------------------------------------------

    async def _take(self, name: str, token: bytes) -> None:
        if self._judge is None:
            raise Refused("key_unknown")
        claims = self._judge.file(name, token)
        if claims.rev < self.revs.get(name, 0):
            raise Refused("older")
        if claims.rev == self.revs.get(name):
            return
        facts = await asyncio.to_thread(self._checked, name, claims)
        await self._kinds[name].use(facts)
        await asyncio.to_thread(self._keep, name, token)
        self.revs[name] = claims.rev
        log.warning("file %s: revision %d", name, claims.rev)

    def _checked(self, name: str, claims: FileClaims) -> Any:
        """What its own loader makes of it.  Raises Refused."""
        kind = self._kinds[name]
        part = self._folder / f"{name}.part{kind.suffix}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part.write_text(claims.text, encoding="utf-8")
            return kind.load(part)
        except (CatalogueError, ValueError) as error:
            log.error("file %s: %s", name, error)
            raise Refused("damaged") from None
        except OSError:
            raise Refused("no_store") from None
        finally:
            part.unlink(missing_ok=True)

    def _keep(self, name: str, token: bytes) -> None:
        """Whole or not at all.  Where it cannot be kept it holds until the next start."""
        path = self._folder / f"{name}.jws"
        part = path.with_suffix(".part")
        try:
            with part.open("wb") as file:
                file.write(token)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as error:
            log.error("file %s is not kept: %s", name, error.strerror)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
