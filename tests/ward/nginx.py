"""A real nginx before the reference application, by the configuration of the documentation."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from pathlib import Path
from types import TracebackType

import pytest

from tests.ward.certificates import Certificates

CONFIGURATION = Path(__file__).parents[2] / "docs" / "store-nginx.conf"
PROGRAM = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
needs_nginx = pytest.mark.skipif(PROGRAM is None, reason="nginx is not installed (nginx-light)")


class Nginx:
    """`async with Nginx(folder, papers) as web:` then `web.url`; `stop` and `start` as one likes.

    Pieces are written to `folder/store`, the application is asked at `folder/app.sock`.
    """

    def __init__(self, folder: Path, papers: Certificates, largest: str = "4m") -> None:
        """`largest`: what `client_max_body_size` of a piece is."""
        self.store = folder / "store"
        self.socket = folder / "app.sock"
        self.log = folder / "access.log"
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self._port = _free_port()
        self.url = f"https://localhost:{self._port}"
        self.store.mkdir(parents=True, exist_ok=True)
        told = CONFIGURATION.read_text("utf-8")
        for ours, its in {
            "listen 443 ssl": f"listen 127.0.0.1:{self._port} ssl",
            "/var/log/nginx/ward-gateway.log": str(self.log),
            "/srv/ward-store": str(self.store),
            "/etc/ward-gateway/server.pem": papers.server,
            "/etc/ward-gateway/server.key": papers.server_key,
            "/etc/ward-gateway/kiosks-ca.pem": papers.ca,
            "/run/ward-gateway/app.sock": str(self.socket),
            "client_max_body_size 4m": f"client_max_body_size {largest}",
        }.items():
            assert ours in told, ours
            told = told.replace(ours, its)
        temporary = "".join(
            f"    {kind}_temp_path {folder}/{kind};\n"
            for kind in ("proxy", "fastcgi", "uwsgi", "scgi")
        )
        told = told.replace("http {\n", "http {\n" + temporary, 1)
        (folder / "nginx.conf").write_text(told, encoding="utf-8")

    async def __aenter__(self) -> Nginx:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Returns when it listens."""
        assert PROGRAM is not None
        user = "user root; " if os.geteuid() == 0 else ""  # else its worker may not enter here
        self._process = await asyncio.create_subprocess_exec(
            PROGRAM,
            *("-p", str(self._folder), "-c", str(self._folder / "nginx.conf")),
            *("-e", str(self._folder / "error.log")),
            *("-g", f"{user}daemon off; worker_processes 1; pid {self._folder}/nginx.pid;"),
        )
        async with asyncio.timeout(20):
            while not await _listens(self._port):
                assert self._process.returncode is None, (self._folder / "error.log").read_text()
                await asyncio.sleep(0.02)

    async def stop(self) -> None:
        """Gone at once, with whatever was under way."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            await process.wait()

    def puts(self) -> list[tuple[str, int]]:
        """Last part of the path and status of each piece that was put, in order."""
        lines = (line.split('"') for line in self.log.read_text().splitlines())
        asked = ((one[1].split()[1].split("/"), int(one[2].split()[0])) for one in lines)
        return [
            (path[-1], status) for path, status in asked if path[2] == "store" and len(path) == 6
        ]


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
