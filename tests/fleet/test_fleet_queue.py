"""Two whole kiosks of one ward, a real broker or gateway, and links that are cut and mended."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from tests.fleet.links import Link
from tests.uplink.conftest import Broker, broker
from tests.ward import certificates
from tests.ward.book import Book
from tests.ward.server import WardServer

assert broker is not None, "a fixture"
NAMES = ("26824-k01", "26824-k02")
LONG = 90.0
"""Seconds after which what has not come will not come, on a loaded machine."""


class Kiosk:
    """One process; may be killed and started again."""

    def __init__(self, folder: Path, name: str, sections: str) -> None:
        self.folder = folder / name
        self.folder.mkdir()
        self.file = self.folder / "kiosk.toml"
        self.file.write_text(
            f'[kiosk]\nward = "26824"\nid = "{name}"\n[paths]\nstate = "{self.folder}/state"\n'
            f'runtime = "{self.folder}/run"\n'
            "[screen]\nwidth = 540\nheight = 960\npx_per_mm = 2.015\n" + sections,
            "utf-8",
        )
        self.process: asyncio.subprocess.Process | None = None
        self.given: list[str] = []

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.fleet.queue_kiosk", str(self.file)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=(self.folder / "log").open("a"),
        )
        assert await self._answer() == "ready"

    async def ask(self, *words: str) -> Any:
        assert self.process is not None and self.process.stdin is not None
        self.process.stdin.write((" ".join(words) + "\n").encode())
        await self.process.stdin.drain()
        return await self._answer()

    async def draw(self, service: str = "certification", priority: str = "no") -> str:
        """The number, or "" where there is none now."""
        told = await self.ask("draw", service, priority)
        if "number" in told:
            self.given.append(told["number"])
        else:
            assert told["not"] == "cut", told
        return str(told.get("number", ""))

    async def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> None:
        if self.process is None or self.process.returncode is not None:
            return
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            await asyncio.wait_for(self.process.wait(), 30)
        except TimeoutError:
            await self.kill()

    async def _answer(self) -> Any:
        assert self.process is not None and self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), LONG)
        assert line, (self.folder / "log").read_text("utf-8")[-3000:]
        return json.loads(line)


async def until(what: Callable[[], Awaitable[Any]]) -> Any:
    """Waits for a condition; returns its value."""
    ends = time.monotonic() + LONG
    while time.monotonic() < ends:
        if value := await what():
            return value
        await asyncio.sleep(0.1)
    raise AssertionError("the condition did not come")


@contextlib.asynccontextmanager
async def ward(
    folder: Path, target: int, sections: Callable[[int], str]
) -> AsyncIterator[tuple[list[Kiosk], list[Link]]]:
    """Two kiosks, each behind a link of its own to the broker's or gateway's port."""
    async with Link(target) as one, Link(target) as two:
        links = [one, two]
        kiosks = [
            Kiosk(folder, name, sections(link.port))
            for name, link in zip(NAMES, links, strict=True)
        ]
        try:
            await asyncio.gather(*(kiosk.start() for kiosk in kiosks))
            yield kiosks, links
        finally:
            await asyncio.gather(*(kiosk.stop() for kiosk in kiosks))


async def troubled(kiosks: list[Kiosk], links: list[Link], more: Callable[[], None]) -> None:
    """Numbers are drawn while links are cut, a kiosk is killed and the other side starts anew."""
    one, two = kiosks
    for kiosk in kiosks:
        await until(kiosk.draw)
    links[0].cut()
    used = [await one.draw() for _ in range(12)]
    assert "" in used, "a kiosk that is cut off ends with its block"
    assert used[0], "and gives what it has leased"
    assert all([await until(two.draw) for _ in range(7)]), "the other one goes on"
    links[0].mend()
    await until(one.draw)
    await one.kill()
    assert await until(two.draw)
    await one.start()
    more()
    for _ in range(5):
        await asyncio.gather(until(one.draw), until(two.draw))
    for _ in range(3):
        await asyncio.gather(*(until(partial(kiosk.draw, "land", "yes")) for kiosk in kiosks))
    numbers = one.given + two.given
    assert len(numbers) == len(set(numbers)), sorted(numbers)
    assert len(numbers) >= 27


async def called_by_time(kiosks: list[Kiosk]) -> None:
    """Both kiosks know one line; it is called by the hour of drawing, whoever gave the number."""
    one, _ = kiosks
    given = {number for kiosk in kiosks for number in kiosk.given if number.startswith("A")}

    async def lines() -> list[list[str]]:
        return [(await kiosk.ask("waiting"))["certification"] for kiosk in kiosks]

    async def heard() -> bool:
        rows = await lines()
        return rows[0] == rows[1] and set(rows[0]) == given

    await until(heard)
    line = (await lines())[0]
    called = [(await one.ask("call", "1"))["number"] for _ in range(6)]
    assert called == line[:6]
    assert len(set(called) & set(one.given)) not in (0, 6), "numbers of both"

    async def followed() -> bool:
        rows = await lines()
        return bool(rows[0] == rows[1] == line[6:])

    await until(followed)


async def test_at_a_broker_alone_no_number_is_given_twice(tmp_path: Path, broker: Broker) -> None:
    broker.start()

    def sections(port: int) -> str:
        return (
            "[queue]\nalways_open = true\npause = 0.0\nblock = 4\n"
            f'numbers = "kiosks"\nkiosks = ["{NAMES[0]}", "{NAMES[1]}"]\n'
            f'[uplink]\nbroker = "127.0.0.1"\nport = {port}\ntls = false\nwill_delay = 0\n'
            "retry_least = 0.1\nretry_most = 0.5\n"
        )

    def restart() -> None:
        broker.kill()  # it keeps nothing: all registers are gone
        broker.start()

    async with ward(tmp_path, broker.port, sections) as (kiosks, links):
        await troubled(kiosks, links, restart)
        await called_by_time(kiosks)
        assert await kiosks[1].ask("call", "1") == {"not": "elsewhere"}


async def test_at_the_wards_queue_service_one_line_is_called_by_time(tmp_path: Path) -> None:
    papers = certificates.make(tmp_path)
    async with WardServer(Book(), papers) as server:

        def sections(port: int) -> str:
            return (
                "[queue]\nalways_open = true\npause = 0.0\nblock = 4\n"
                'numbers = "ward"\n'
                f'[gateway]\nurl = "https://localhost:{port}"\nca = "{papers.ca}"\n'
                f'certificate = "{papers.kiosk}"\nkey = "{papers.kiosk_key}"\n'
                "wait = 1.0\nretry_least = 0.1\nretry_most = 0.5\n"
            )

        def lose_an_answer() -> None:
            server.fault = "lost_answer"
            asyncio.get_running_loop().call_later(1.0, setattr, server, "fault", "")

        port = int(server.url.rpartition(":")[2])
        async with ward(tmp_path, port, sections) as (kiosks, links):
            await troubled(kiosks, links, lose_an_answer)
            await called_by_time(kiosks)
            last = (await kiosks[1].ask("call", "1"))["number"]
            assert (await kiosks[0].ask("skip", "1"))["number"] == last, "the ward decides for all"
