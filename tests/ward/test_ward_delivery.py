"""Copies in pieces to the ward's document store: cut, repeated, damaged, refused, by real nginx."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from daemon.store import Store
from daemon.uplink.gateway import Gateway, GatewayConfig, GatewayDown, GatewayRefused, chunks
from daemon.uplink.gateway.config import DeliveryConfig
from daemon.uplink.gateway.courier import Courier, Trouble
from daemon.uplink.gateway.pump import Pump
from daemon.uplink.topics import DELIVERED
from tests.ward.book import Book
from tests.ward.certificates import Certificates
from tests.ward.nginx import Nginx, needs_nginx
from tests.ward.server import Fault, WardServer
from tests.ward.store import DocumentStore

KIOSK, OTHER = "26824-k01", "26824-k02"
PIECE = 64 * 1024
COPY = os.urandom(3 * PIECE + 1000)
"""Four pieces, the last one short."""
SMALL = DeliveryConfig(chunk_kb=64)


@pytest.fixture
def config(config: GatewayConfig) -> GatewayConfig:
    return replace(config, delivery=SMALL)


class Ward:
    """nginx and the application behind it."""

    def __init__(self, web: Nginx, server: WardServer, config: GatewayConfig) -> None:
        self.web, self.server, self.config = web, server, config


@contextlib.asynccontextmanager
async def behind_nginx(
    folder: Path, papers: Certificates, largest: str = "4m"
) -> AsyncIterator[Ward]:
    async with Nginx(folder, papers, largest) as web:
        store = DocumentStore(web.store)
        async with WardServer(Book(), papers, store=store, socket=web.socket) as server:
            yield Ward(
                web,
                server,
                GatewayConfig(
                    url=web.url,
                    ca=papers.ca,
                    certificate=papers.kiosk,
                    key=papers.kiosk_key,
                    timeout=20.0,
                    retry_least=0.01,
                    retry_most=0.02,
                    delivery=SMALL,
                ),
            )


@pytest.fixture
async def nginx(tmp_path: Path, papers: Certificates) -> AsyncIterator[Ward]:
    async with behind_nginx(tmp_path / "nginx", papers) as ward:
        yield ward


class CutGateway(Gateway):
    """A gateway to which the line is cut when so many pieces are there."""

    def __init__(self, config: GatewayConfig, web: Nginx, pieces: int) -> None:
        super().__init__(config)
        self._web = web
        self._left = pieces

    async def chunk(self, kiosk: str, fact: str, place: int, data: bytes) -> None:
        if self._left == 0:
            await self._web.stop()
        self._left -= 1
        await super().chunk(kiosk, fact, place, data)


async def put(store: Store, data: bytes = COPY, kind: str = "sealed/copy") -> str:
    return await store.write(lambda: store.outbox.append_sealed(kind, data))


def courier(config: GatewayConfig, gateway: Gateway, store: Store) -> Courier:
    return Courier(config, gateway, store, KIOSK, DELIVERED)


# -- pieces -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_pieces_make_the_whole(size: int) -> None:
    data = os.urandom(size)
    made = chunks.manifest("sealed/copy", data, PIECE)
    parts = [chunks.piece(data, PIECE, place) for place in range(len(made.chunks))]
    assert b"".join(parts) == data
    assert all(parts)
    assert made.size == size


# -- nginx ------------------------------------------------------------------------------------


@needs_nginx
@pytest.mark.parametrize("pieces", range(4))
async def test_a_cut_line_goes_on_where_it_was(nginx: Ward, store: Store, pieces: int) -> None:
    """The web server dies with `pieces` of four pieces there; none of them is sent again."""
    await put(store)
    cut = CutGateway(nginx.config, nginx.web, pieces)
    with pytest.raises(GatewayDown):
        await courier(nginx.config, cut, store).once()
    await cut.close()
    assert await store.read(store.outbox.depth) == 1
    assert nginx.server.store.kept == {}
    await nginx.web.start()
    gateway = Gateway(nginx.config)  # as after a start of the kiosk: nothing is remembered here
    await courier(nginx.config, gateway, store).once()
    await gateway.close()
    assert nginx.server.store.of_kind("sealed/copy") == [COPY]
    assert nginx.web.puts() == [(str(place), 201) for place in range(4)]
    assert await store.read(store.outbox.depth) == 0


@needs_nginx
async def test_a_piece_put_again_changes_nothing(nginx: Ward, store: Store) -> None:
    fact, gateway = await put(store), Gateway(nginx.config)
    for _ in range(2):
        await gateway.chunk(KIOSK, fact, 0, chunks.piece(COPY, PIECE, 0))
    made = chunks.manifest("sealed/copy", COPY, PIECE)
    assert (await gateway.manifest(KIOSK, fact, made)).missing == (1, 2, 3)
    await courier(nginx.config, gateway, store).once()
    assert nginx.server.store.of_kind("sealed/copy") == [COPY]
    # said again after the end: it is kept, and nothing is asked for
    again = await gateway.manifest(KIOSK, fact, made)
    assert (again.missing, again.sha256) == ((), made.sha256)
    await gateway.close()


@needs_nginx
async def test_a_piece_damaged_on_the_disk_is_asked_for_again(nginx: Ward, store: Store) -> None:
    fact, gateway = await put(store), Gateway(nginx.config)
    await gateway.chunk(KIOSK, fact, 2, bytes(PIECE))
    await courier(nginx.config, gateway, store).once()
    await gateway.close()
    assert nginx.server.store.of_kind("sealed/copy") == [COPY]
    assert nginx.web.puts()[-1] == ("3", 201)
    assert ("2", 204) in nginx.web.puts()  # replaced


@needs_nginx
async def test_another_kiosk_is_refused(nginx: Ward, store: Store, papers: Certificates) -> None:
    fact, made = await put(store), chunks.manifest("sealed/copy", COPY, PIECE)
    other = Gateway(replace(nginx.config, certificate=papers.other, key=papers.other_key))
    with pytest.raises(GatewayRefused, match="403"):
        await other.chunk(KIOSK, fact, 0, b"not mine")
    with pytest.raises(GatewayRefused, match="another_kiosk"):
        await other.manifest(KIOSK, fact, made)
    await other.chunk(OTHER, fact, 0, b"my own folder")
    await other.close()
    gateway = Gateway(nginx.config)
    assert (await gateway.manifest(KIOSK, fact, made)).missing == (0, 1, 2, 3)
    await gateway.close()


@needs_nginx
async def test_without_a_known_certificate_nothing_is_written(
    nginx: Ward, papers: Certificates
) -> None:
    gateway = Gateway(replace(nginx.config, certificate=papers.stranger, key=papers.stranger_key))
    with pytest.raises((GatewayDown, GatewayRefused)):
        await gateway.chunk(KIOSK, "01890000-0000-7000-8000-000000000000", 0, b"x")
    await gateway.close()
    assert not list(nginx.web.store.glob("*-k*"))


@needs_nginx
@pytest.mark.parametrize(
    "path",
    [
        f"/v1/store/{KIOSK}/../../etc/0",
        f"/v1/store/{KIOSK}/01890000-0000-7000-8000-000000000000/..%2f..%2f0",
        f"/v1/store/{KIOSK}/01890000-0000-7000-8000-000000000000/a",
    ],
)
async def test_only_pieces_are_written(nginx: Ward, path: str) -> None:
    gateway = Gateway(nginx.config)
    status, _ = await gateway._exchange("PUT", path, data=b"x")
    await gateway.close()
    assert status in (400, 403, 404)
    written = [one for one in nginx.web.store.rglob("*") if one.is_file()]
    assert written == []


@needs_nginx
async def test_pieces_that_are_too_large_become_smaller(
    tmp_path: Path, papers: Certificates, store: Store
) -> None:
    data = os.urandom(700_000)
    async with behind_nginx(tmp_path / "small", papers, "150k") as ward:
        await put(store, data)
        gateway = Gateway(ward.config)
        await courier(
            replace(ward.config, delivery=DeliveryConfig(chunk_kb=512)), gateway, store
        ).once()
        await gateway.close()
        assert ward.server.store.of_kind("sealed/copy") == [data]
        assert [status for _, status in ward.web.puts()] == [413, 413] + [201] * 6


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 300 KB where the web server writes."""
    folder = tmp_path / "nginx"
    (folder / "store").mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder / "store")]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a file system cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder / "store")], check=True)


@needs_nginx
async def test_a_full_disk_of_the_web_server_loses_nothing(
    small_disk: Path, papers: Certificates, store: Store
) -> None:
    await put(store, os.urandom(700_000))
    said: list[tuple[Trouble, bool]] = []
    async with behind_nginx(small_disk, papers) as ward:
        gateway = Gateway(ward.config)
        brings = Courier(
            ward.config, gateway, store, KIOSK, DELIVERED, lambda what, on: said.append((what, on))
        )
        with pytest.raises(GatewayDown, match="507"):
            await brings.once()
        await gateway.close()
        assert said[-1] == ("store_full", True)
        assert ward.web.puts()[0] == ("0", 201)
        assert ward.server.store.kept == {}
    assert await store.read(store.outbox.depth) == 1


@needs_nginx
async def test_a_dossier_of_forty_megabytes(nginx: Ward, store: Store) -> None:
    data = os.urandom(40_000_000)
    await put(store, data, "sealed/dossier")
    config = replace(nginx.config, delivery=DeliveryConfig())
    gateway = Gateway(config)
    await courier(config, gateway, store).once()
    await gateway.close()
    assert nginx.server.store.of_kind("sealed/dossier") == [data]


# -- the reference server ---------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["down", "lost_answer", "wrong_ack", "nonsense", "damaged"])
async def test_a_copy_stays_until_the_store_keeps_it(
    ward: WardServer, gateway: Gateway, config: GatewayConfig, store: Store, fault: Fault
) -> None:
    await put(store)
    brings = courier(config, gateway, store)
    ward.fault = fault
    with pytest.raises(GatewayDown):
        await brings.once()
    assert await store.read(store.outbox.depth) == 1
    ward.fault = ""
    await brings.once()
    assert await store.read(store.outbox.depth) == 0
    assert ward.store.of_kind("sealed/copy") == [COPY]


async def test_a_full_store_is_said_and_waited_for(
    ward: WardServer, gateway: Gateway, config: GatewayConfig, store: Store
) -> None:
    said: list[tuple[Trouble, bool]] = []
    brings = Courier(
        config, gateway, store, KIOSK, DELIVERED, lambda what, on: said.append((what, on))
    )
    ward.store.room = 1000
    await put(store)
    with pytest.raises(GatewayDown, match="507"):
        await brings.once()
    assert said[-1] == ("store_full", True)
    assert await store.read(store.outbox.depth) == 1
    ward.store.room = 10_000_000
    await brings.once()
    assert ("store_full", False) in said
    assert await store.read(store.outbox.depth) == 0


async def test_what_is_refused_waits_and_holds_up_nothing(
    ward: WardServer, gateway: Gateway, config: GatewayConfig, store: Store
) -> None:
    said: list[tuple[Trouble, bool]] = []
    brings = Courier(
        config, gateway, store, KIOSK, DELIVERED, lambda what, on: said.append((what, on))
    )
    first = await put(store)
    ward.store.kept[first] = ("sealed/copy", b"something else under its id")
    await put(store, b"a second copy")
    await brings.once()
    await brings.once()
    assert said[-1] == ("refused", True)
    assert b"a second copy" in ward.store.of_kind("sealed/copy")
    assert await store.read(store.outbox.depth) == 1


async def test_the_register_does_not_wait_for_copies(
    ward: WardServer, gateway: Gateway, config: GatewayConfig, store: Store
) -> None:
    await put(store)
    await store.write(lambda: store.outbox.append_sealed("sealed/name", b"CMS of a name"))
    await Pump(config, gateway, store).once()
    assert ward.book.of_kind("sealed/name") == [b"CMS of a name"]
    assert ward.book.of_kind("sealed/copy") == []
    assert await store.read(store.outbox.depth) == 1


async def test_a_silent_gateway_is_left_in_time(
    ward: WardServer, config: GatewayConfig, store: Store
) -> None:
    await put(store)
    gateway = Gateway(replace(config, timeout=0.3))
    ward.fault = "silent"
    with pytest.raises(GatewayDown):
        await courier(config, gateway, store).once()
    ward.awake.set()
    await gateway.close()


async def test_a_piece_may_take_longer_than_a_question(
    ward: WardServer, config: GatewayConfig, store: Store
) -> None:
    """At 64 kbit/s a piece of 64 KiB takes 8 s; a question may take 3 s here."""
    await put(store, COPY[:PIECE])
    slow = replace(SMALL, slowest_kbit=8)
    gateway = Gateway(replace(config, timeout=3.0, delivery=slow))
    ward.fault = "slow"
    loop = asyncio.get_running_loop()
    loop.call_later(3.5, ward.awake.set)
    await courier(config, gateway, store).once()
    await gateway.close()
    assert ward.awake.is_set()
    assert ward.store.of_kind("sealed/copy") == [COPY[:PIECE]]


async def test_it_wakes_for_news_and_comes_back_by_itself(
    ward: WardServer, gateway: Gateway, config: GatewayConfig, store: Store
) -> None:
    ward.fault = "down"
    task = asyncio.create_task(courier(config, gateway, store).run())
    await put(store)
    await asyncio.wait_for(ward.was_asked.wait(), 20)
    ward.fault = ""
    await asyncio.wait_for(ward.store.news.wait(), 20)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert ward.store.of_kind("sealed/copy") == [COPY]


async def test_another_size_of_pieces_begins_anew(
    ward: WardServer, gateway: Gateway, store: Store, config: GatewayConfig
) -> None:
    fact = await put(store)
    first = chunks.manifest("sealed/copy", COPY, PIECE)
    await gateway.manifest(KIOSK, fact, first)
    await gateway.chunk(KIOSK, fact, 0, chunks.piece(COPY, PIECE, 0))
    await courier(replace(config, delivery=DeliveryConfig(chunk_kb=128)), gateway, store).once()
    assert ward.store.of_kind("sealed/copy") == [COPY]


async def test_nothing_but_digests_is_in_a_manifest() -> None:
    made = msgspec.to_builtins(chunks.manifest("sealed/copy", COPY, PIECE))
    assert set(made) == {"kind", "size", "chunk_size", "sha256", "chunks"}
