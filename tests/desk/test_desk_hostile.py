"""A hostile neighbour on the network gets nothing, and slows no decision."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from daemon.desk import peer, server
from daemon.desk.guard import HEADERS, LARGEST_FORM
from daemon.desk.sessions import SHIFT
from tests.desk.kiosk import Line
from tests.desk.ward import PIN, Officer, Ward, soon, ward
from tests.ward import certificates

Desk = tuple[Ward, Officer]


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with ward(tmp_path) as place, Officer(place, place.officer("tvchung")) as officer:
        yield place, officer


async def _raw(place: Ward, tls: ssl.SSLContext, data: bytes) -> bytes:
    """What one connection is answered; empty where it was cut."""
    try:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", place.server.port, ssl=tls, server_hostname="localhost"
        )
        writer.write(data)
        await writer.drain()
        answer = await asyncio.wait_for(reader.read(), 15)
        writer.close()
    except (OSError, ssl.SSLError, ConnectionError):
        return b""
    return answer


async def test_without_a_certificate_or_with_a_strangers_there_is_no_answer(
    desk: Desk, tmp_path: Path
) -> None:
    place, _ = desk
    get = b"GET /enter HTTP/1.1\r\nHost: localhost\r\n\r\n"
    assert await _raw(place, place.tls(None), get) == b""
    papers = certificates.make(tmp_path / "strangers")
    stranger = place.tls(None)
    stranger.load_cert_chain(papers.stranger, papers.stranger_key)
    assert await _raw(place, stranger, get) == b""


async def test_old_tls_is_refused(desk: Desk) -> None:
    place, officer = desk
    del officer
    old = place.tls(None)
    old.minimum_version = ssl.TLSVersion.TLSv1_2
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    assert await _raw(place, old, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n") == b""


async def test_roles_do_not_mix(desk: Desk) -> None:
    place, _ = desk
    kiosk = place.kiosk("26824-k01")
    async with Officer(place, kiosk) as other:
        assert (await other.get("/enter"))[0] == 403
        assert (await other.get("/file/desk.js"))[0] == 403
    officer = place.officer("khac")
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(place.url + "/kiosk", ssl=place.tls(officer))
        assert refused.value.status == 403


async def test_a_revoked_certificate_opens_nothing_and_cuts_its_line(desk: Desk) -> None:
    place, officer = desk
    assert await officer.enter() == 200
    line = Line(place, "26824-k01", place.kiosk("26824-k01"))
    async with line.running():
        assert place.desk.people.revoke("tvchung") == 1
        assert place.desk.people.revoke("26824-k01") == 1
        assert (await officer.get("/"))[0] == 403
        await soon(lambda: not line.line.open)
        await soon(lambda: line.present[-1] == (False, "refused"))


async def test_five_wrong_pins(desk: Desk) -> None:
    _, officer = desk
    for _ in range(5):
        assert await officer.enter("000000") == 403
    assert await officer.enter(PIN) == 403, "locked although it is right"


async def test_an_idle_session_asks_again(tmp_path: Path) -> None:
    async with ward(tmp_path, idle=10) as place, Officer(place, place.officer("tvchung")) as one:
        assert await one.enter() == 200
        sessions = place.desk.sessions
        csrf, before = await one.csrf(), sessions._clock()
        sessions._clock = lambda: before + 11
        status, text = await one.get("/")
        assert (status, 'name="pin"' in text) == (200, False), "the board still calls"
        for path in ("/request/any", "/request/any/page/0"):
            assert 'name="pin"' in (await one.get(path))[1]
        for path in ("/request/any/open", "/pay/26824-k01"):
            assert 'name="pin"' in (await one.post(path, csrf=csrf))[1]
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await one.session.ws_connect("/live?request=any", headers={"Origin": place.url})
        line = await one.session.ws_connect("/live", headers={"Origin": place.url})
        await line.send_json({"here": True})  # a key alone does not say whose
        await line.receive()
        assert not sessions.officers
        assert place.desk.there == {"tvchung"}, "an open board would call him"
        await line.close()
        await soon(lambda: not place.desk.there)
        sessions._clock = lambda: before + SHIFT + 1
        assert 'name="pin"' in (await one.get("/"))[1]


async def test_forms_of_other_sites_and_old_forms(desk: Desk) -> None:
    place, officer = desk
    assert await officer.enter() == 200
    csrf = await officer.csrf()
    for headers, fields in (
        ({}, {"csrf": csrf}),
        ({"Origin": "https://evil.example"}, {"csrf": csrf}),
        ({"Origin": "null"}, {"csrf": csrf}),
        ({"Origin": place.url}, {"csrf": "x" * 32}),
        ({"Origin": place.url}, {}),
    ):
        async with officer.session.post("/leave", data=fields, headers=headers) as answer:
            assert answer.status == 403
    async with officer.session.post(
        "/leave", json={"csrf": csrf}, headers={"Origin": place.url}
    ) as answer:
        assert answer.status == 403
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await officer.session.ws_connect("/live", headers={"Origin": "https://evil.example"})
    assert (await officer.get("/"))[0] == 200, "still there"


async def test_another_name_for_our_address(desk: Desk) -> None:
    """A page elsewhere may let its own name point here; the browser then sends that name."""
    _, officer = desk
    async with officer.session.get("/enter", headers={"Host": "evil.example"}) as answer:
        assert answer.status == 403


async def test_large_headers_and_bodies(desk: Desk) -> None:
    place, officer = desk
    tls = place.tls(place.officer("khac"))
    flood = b"GET /enter HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * (server.HEADERS + 1) + b"\r\n"
    answer = await _raw(place, tls, flood)
    assert answer[:12] in (b"", b"HTTP/1.1 400")
    headers = {"Origin": place.url}
    body = {"pin": "1" * (LARGEST_FORM + 1)}
    async with officer.session.post("/enter", data=body, headers=headers) as answered:
        assert answered.status == 403
    assert await officer.enter() == 200


async def test_slow_requests_are_cut_and_slow_nobody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, officer = desk
    monkeypatch.setattr(peer, "REQUEST_WITHIN", 0.5)
    tls = place.tls(place.officer("khac"))
    slow = [asyncio.create_task(_raw(place, tls, b"GET / HTTP/1.1\r\nHost: lo")) for _ in range(20)]
    half = b"POST /enter HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\npin="
    slow += [asyncio.create_task(_raw(place, tls, half)) for _ in range(5)]
    assert await officer.enter() == 200
    for answer in await asyncio.gather(*slow):
        assert b"200" not in answer[:15]


async def test_connections_that_never_shake_hands_are_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HANDSHAKE", 0.5)
    async with ward(tmp_path) as place, Officer(place, place.officer("tvchung")) as officer:
        idle = [await asyncio.open_connection("127.0.0.1", place.server.port) for _ in range(100)]
        assert await officer.enter() == 200
        for reader, writer in idle:
            assert await asyncio.wait_for(reader.read(), 15) == b""
            writer.close()


async def test_every_answer_carries_the_headers(desk: Desk) -> None:
    _, officer = desk
    assert await officer.enter() == 200
    for path in ("/", "/enter", "/file/desk.js", "/file/none", "/request/none", "/nothing"):
        async with officer.session.get(path) as answer:
            for name, value in HEADERS.items():
                assert answer.headers[name] == value, (path, name)
            assert "unsafe" not in answer.headers["Content-Security-Policy"]


async def test_messages_of_a_broken_kiosk(desk: Desk) -> None:
    """It loses its line, and nobody else anything."""
    place, officer = desk
    files = place.kiosk("26824-k02")
    async with aiohttp.ClientSession() as session:
        for data in (b"\xff\xff", b"", b"\x81\xa2is\xa6Decide"):
            socket = await session.ws_connect(place.url + "/kiosk", ssl=place.tls(files))
            await socket.receive()
            await socket.send_bytes(data)
            async with asyncio.timeout(10):
                async for _ in socket:
                    pass
            assert socket.closed
    assert await officer.enter() == 200


def test_a_kiosk_cannot_speak_for_another(tmp_path: Path) -> None:
    """The name is that of the certificate, whatever the greeting says."""
    made = Ward(tmp_path)
    first = made.desk.board.asked
    from daemon.desk_messages import Summary

    summary = Summary("r1", (), 1, "digital", 0, (), "pilot")
    first("26824-k01", summary)
    made.desk.board.gone("26824-k02", "r1")
    assert made.desk.board.find("r1").state == "waiting"


def test_the_authoritys_files_are_its_owners_alone(tmp_path: Path) -> None:
    made = Ward(tmp_path)
    made.officer("tvchung")
    folder = tmp_path / "desk"
    for name in ("ca.key", "desk.key", "people.json", "audit.jsonl"):
        assert (folder / name).stat().st_mode & 0o077 == 0, name
    text = subprocess.run(
        ["openssl", "verify", "-CAfile", str(made.ca), str(folder / "desk.pem")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert text.returncode == 0, text.stderr
