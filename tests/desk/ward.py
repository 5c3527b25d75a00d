"""A ward with a desk: the real server, its authority, officers and kiosks with certificates."""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp

from daemon.desk.config import DeskConfig
from daemon.desk.desk import Desk
from daemon.desk.issue import issue_kiosk, issue_officer
from daemon.desk.pages import Pages
from daemon.desk.people import Term
from daemon.desk.server import Server, context

PIN = "482913"
WITHIN = 20.0
"""Seconds after which what has not come will not come."""


class Papers(NamedTuple):
    """Files of a holder of a certificate."""

    certificate: Path
    key: Path
    p12: Path | None = None
    passphrase: str = ""


class Ward:
    """A desk that runs, and who may come to it."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.config = DeskConfig(
            names=("localhost", "127.0.0.1"),
            host="127.0.0.1",
            port=0,
            state=str(folder / "desk"),
            runtime=str(folder / "run"),
            **settings,
        )
        self.desk = Desk(self.config)
        self.pages = Pages(self.desk)
        certificate, key = self.desk.files()
        self.ca = self.desk.authority.certificate_file
        self.server = Server(self.pages.app, context(self.ca, certificate, key))
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return f"https://localhost:{self.server.port}"

    async def start(self, port: int = 0) -> None:
        await self.server.start("127.0.0.1", port)
        self._task = asyncio.create_task(self.desk.look_after())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
        await self.server.stop()

    def officer(self, name: str, full: str = "Trần Văn Chứng", **term: Any) -> Papers:
        """Somebody with a certificate and the PIN of all."""
        found = issue_officer(
            self.desk, name, Term(full, ("TUQ. CHỦ TỊCH",), "12/QĐ-UBND", **term), pin=PIN
        )
        folder = self.folder / "people"
        folder.mkdir(exist_ok=True)
        files = Papers(
            folder / f"{name}.pem", folder / f"{name}.key", folder / f"{name}.p12",
            found.passphrase,
        )  # fmt: skip
        files.certificate.write_bytes(found.certificate)
        files.key.write_bytes(found.key)
        assert files.p12 is not None
        files.p12.write_bytes(found.p12)
        return files

    def kiosk(self, name: str) -> Papers:
        found = issue_kiosk(self.desk, name)
        folder = self.folder / "people"
        folder.mkdir(exist_ok=True)
        files = Papers(folder / f"{name}.pem", folder / f"{name}.key")
        files.certificate.write_bytes(found.certificate)
        files.key.write_bytes(found.key)
        return files

    def tls(self, files: Papers | None) -> ssl.SSLContext:
        made = ssl.create_default_context(cafile=self.ca)
        made.minimum_version = ssl.TLSVersion.TLSv1_3
        if files is not None:
            made.load_cert_chain(files.certificate, files.key)
        return made


@contextlib.asynccontextmanager
async def ward(folder: Path, **settings: Any) -> AsyncIterator[Ward]:
    """Runs one."""
    made = Ward(folder, **settings)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


class Officer:
    """An officer's browser without a screen: forms as they stand on the pages."""

    def __init__(self, ward: Ward, files: Papers) -> None:
        self.ward = ward
        connector = aiohttp.TCPConnector(ssl=ward.tls(files))
        self.session = aiohttp.ClientSession(ward.url, connector=connector)

    async def __aenter__(self) -> Officer:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()

    async def get(self, path: str) -> tuple[int, str]:
        async with self.session.get(path) as answer:
            return answer.status, await answer.text(errors="replace")

    async def post(self, path: str, **fields: str) -> tuple[int, str]:
        """As a browser sends a form of this desk."""
        headers = {"Origin": self.ward.url}
        async with self.session.post(path, data=fields, headers=headers) as answer:
            return answer.status, await answer.text()

    async def enter(self, pin: str = PIN) -> int:
        status, _ = await self.post("/enter", pin=pin)
        return status

    async def csrf(self) -> str:
        _, text = await self.get("/")
        found = re.search(r'name="csrf" value="([^"]+)"', text)
        assert found is not None, text
        return found[1]

    async def open(self, request: str) -> dict[str, str]:
        """Opens a request; returns what its forms carry."""
        status, text = await self.post(f"/request/{request}/open", csrf=await self.csrf())
        found = dict(re.findall(r'name="(csrf|nonce)" value="([^"]+)"', text))
        return {"status": str(status), **found}

    async def complete(self, request: str) -> None:
        """Waits until all its pages have come."""
        board = self.ward.desk.board
        await soon(lambda: len(board.find(request).pages) == board.find(request).page_count)

    async def act(self, request: str, act: str, form: dict[str, str], **fields: str) -> int:
        more = {name: form[name] for name in ("csrf", "nonce") if name in form}
        status, _ = await self.post(f"/request/{request}/{act}", **more, **fields)
        return status


async def soon(true: Any, within: float = WITHIN) -> None:
    """Waits for what no event tells of."""
    async with asyncio.timeout(within):
        while not true():  # noqa: ASYNC110 (nobody could set an event)
            await asyncio.sleep(0.01)
