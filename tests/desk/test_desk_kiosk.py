"""Whole visits at a real kiosk whose certifier sits at a real desk."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from daemon.console.commands import desk as console
from daemon.desk.live import NAME as NAMED
from daemon.frames import Frames
from daemon.machine.views import Picture, actions
from daemon.store.models.register import EntryRow
from tests.desk.ward import Officer, Papers, Ward, soon, ward
from tests.visits.papers import DEGREE
from tests.visits.visit import NAME, Visitor, audit, running

CERTIFIERS = [
    {
        "id": "lthai",
        "name": "Lê Thị Hai",
        "title": ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"],
        "valid_from": "2025-11-01",
    }
]


def sections(place: Ward, files: Papers) -> dict[str, Any]:
    """The kiosk's configuration for this desk."""
    return {
        "certifier": {"kind": "desk"},
        "desk": {
            "url": place.url, "ca": str(place.ca), "certificate": str(files.certificate),
            "key": str(files.key), "retry_least": 0.05, "retry_most": 0.3,
        },
    }  # fmt: skip


@contextlib.asynccontextmanager
async def kiosk(
    folder: Path, officer: str = "tvchung", **more: Any
) -> AsyncIterator[tuple[Ward, Officer, Visitor]]:
    """A ward, an officer who has entered, and a visitor before a kiosk that can be used."""
    async with ward(folder / "ward") as place, Officer(place, place.officer(officer)) as one:
        assert await one.enter() == 200
        settings = sections(place, place.kiosk("26824-k01")) | more
        settings["register"] = {"certifier": {"id": "tvchung"}, "certifiers": CERTIFIERS}
        async with running(folder / "kiosk", **settings) as visitor:
            await visitor.ready()
            yield place, one, visitor


async def ask(place: Ward, visitor: Visitor, product: str = "digital") -> str:
    """From the first paper to a request on the board."""
    await visitor.begin()
    await visitor.paper(DEGREE)
    await again(visitor, product)
    return await on_board(place)


async def again(visitor: Visitor, product: str = "digital") -> None:
    await visitor.on("pages", "done")
    await visitor.on("product", product)
    await visitor.on("copies", "copies", "1")
    await visitor.see("deciding")


async def on_board(place: Ward) -> str:
    board = place.desk.board
    await soon(lambda: any(one.state == "waiting" for one in board.open_ones()), 60)
    return next(one.id for one in board.open_ones() if one.state == "waiting")


async def watch(one: Officer, request: str) -> None:
    """Looks at the live view, as the page's script does, until the desk calls it enough."""
    board = one.ward.desk.board
    origin = {"Origin": one.ward.url}
    async with one.session.ws_connect(f"/live?request={request}", headers=origin) as line:
        async with asyncio.timeout(60):
            while not board.watched_enough(board.find(request)):
                message = await line.receive()
                if message.type is aiohttp.WSMsgType.BINARY:
                    assert message.data[NAMED : NAMED + 2] == b"\xff\xd8"
                    await line.send_json({"drawn": message.data[:NAMED].rstrip(b"\0").decode()})


async def accept(one: Officer, request: str, *, live: bool = False) -> None:
    form = await one.open(request)
    await one.complete(request)
    if live:
        assert await one.act(request, "accept", form, checked="yes") == 403
        await watch(one, request)
    assert await one.act(request, "accept", form, checked="yes") == 200


async def test_lay_again_then_a_copy_in_the_name_of_who_decided(tmp_path: Path) -> None:
    live = {"inspection": "by_live_camera"}
    async with kiosk(tmp_path, "lthai", visit=live) as (place, one, visitor):
        request = await ask(place, visitor)
        form = await one.open(request)
        await one.complete(request)
        _, text = await one.get(f"/request/{request}")
        assert NAME in text
        assert "CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH" in text
        await one.act(request, "relay", form, reason="glare", page="0", cell="9")
        shown = await visitor.see("lay_again")
        assert isinstance(shown.body, Picture)
        assert shown.body.mark is not None and shown.body.mark.x > 0.6 and shown.body.mark.y == 0
        await visitor.press("retry")
        await visitor.paper(DEGREE)
        await again(visitor)
        camera = Frames(visitor.app.devices.camera.frames_fd, writable=False)
        assert not camera.counter, "nobody looks yet"
        await accept(one, await on_board(place), live=True)
        await visitor.soon(lambda: not camera.counter)  # nothing of the paper stays there
        camera.close()
        await visitor.pay()
        await visitor.collect()
        await visitor.leave()
        store = visitor.app.store
        assert store is not None
        names = await store.read(lambda: [row.certifier for row in EntryRow.select()])
        assert names == ["Lê Thị Hai"]
        assert audit(visitor.app) == ""
        told = [msgspec.json.decode(one) for one in await visitor.facts("event/request.decided")]
        assert [fact["verdict"] for fact in told] == ["relay", "accepted"]
        assert "lthai" not in visitor.said.text and NAME not in visitor.said.text
        journal = (visitor.app.state_folder / "journal.jsonl").read_text()
        assert "lthai" not in journal and NAME not in journal


@pytest.mark.long
async def test_a_certifier_whom_the_kiosk_does_not_know(tmp_path: Path) -> None:
    """The desk may be wrong about who may sign; the register is not."""
    async with kiosk(tmp_path, "khachla") as (place, one, visitor):
        request = await ask(place, visitor)
        await accept(one, request)
        await visitor.see("later")
        await soon(lambda: place.desk.board.find(request).state == "gone")
        assert place.desk.board.find(request).wrong == "not_authorised"
        assert await visitor.steps() == []
        visitor.world.lift()
        await visitor.until(lambda kiosk: not kiosk.state.world.bed)
        await visitor.press("stop")
        await visitor.gone()


async def test_a_clock_not_trusted_then_paid_at_the_counter(tmp_path: Path) -> None:
    async with kiosk(tmp_path) as (place, one, visitor):
        book = visitor.app.register
        assert book is not None
        right, book._clock = book._clock, lambda: dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
        first = await ask(place, visitor)
        await accept(one, first)
        await visitor.see("later")  # a yes by a clock that nobody can trust authorises nothing
        await soon(lambda: place.desk.board.find(first).wrong == "clock_untrusted")
        book._clock = right
        await visitor.press("wait")
        await visitor.on("copies", "copies", "1")
        await accept(one, await on_board(place))
        await visitor.see("take_back")
        visitor.world.lift()
        await visitor.see("fee")
        await visitor.until(
            lambda _: any(found.action == "pay" for found in actions(visitor.shown))
        )
        await visitor.press("pay")
        there = place.desk.kiosks.all["26824-k01"]
        await soon(lambda: bool(there.memo))
        csrf = await one.csrf()
        await one.post("/pay/26824-k01", csrf=csrf, memo=there.memo, receipt="0012/BL")
        await visitor.collect()
        await visitor.leave()
        assert await visitor.steps() == ["handed_over"]


@pytest.mark.long
async def test_the_desk_goes_away_and_comes_back(tmp_path: Path) -> None:
    """No copy is offered while nobody can decide, and the home screen says why."""
    async with kiosk(tmp_path, limits={"still": 0.2}) as (place, one, visitor):
        request = await ask(place, visitor)
        port = place.server.port
        await place.stop()
        await soon(lambda: not place.desk.kiosks.all["26824-k01"].online)
        await place.start(port)
        await soon(lambda: place.desk.kiosks.all["26824-k01"].online)
        assert visitor.name == "deciding", "a short break is none"
        await accept(one, request)
        await visitor.see("take_back")
        visitor.world.lift()
        await visitor.see("fee")
        await visitor.until(
            lambda _: any(one.action == "counter" for one in actions(visitor.shown))
        )
        await visitor.press("counter")
        await visitor.on("later_done", "stop")
        await visitor.gone()
        csrf = await one.csrf()
        await one.post("/leave", csrf=csrf)
        await visitor.until(
            lambda _: any(found.why_not is not None for found in visitor.shown.choices), 60
        )


async def test_kioskctl_desk(tmp_path: Path, monkeypatch: Any) -> None:
    """Who is there, a certificate that opens the desk, and one that does no longer."""
    config = tmp_path / "desk.toml"
    async with ward(tmp_path) as place:
        config.write_text(
            f'names = ["localhost"]\nstate = "{tmp_path}/desk"\nruntime = "{tmp_path}/run"\n'
        )
        monkeypatch.setenv(console.CONFIG_VARIABLE, str(config))
        out = tmp_path / "out"
        out.mkdir()

        async def ctl(*words: str) -> Any:
            return await asyncio.to_thread(console.COMMANDS[0].run, None, words)  # type: ignore[arg-type]

        made = await ctl(
            "issue", "certifier", "lthai", "--full-name", "Lê Thị Hai", "--title", "CHỦ TỊCH",
            "--out", str(out),
        )  # fmt: skip
        assert made.data["files"] == ["lthai.p12"]
        assert (out / "lthai.p12").stat().st_mode & 0o077 == 0
        made_kiosk = await ctl("issue", "kiosk", "26824-k01", "--out", str(out))
        assert made_kiosk.data["files"] == ["26824-k01.pem", "26824-k01.key", "desk-ca.pem"]
        files = _opened(out / "lthai.p12", made.data["passphrase"], tmp_path)
        async with Officer(place, files) as one:
            assert await one.enter(made.data["pin"]) == 200
            from daemon.desk import control

            server = await control.serve(place.desk)
            found = await ctl()
            assert found.data["officers"] == ["lthai"] and found.data["waiting"] == 0
            server.close()
            assert (await ctl("revoke", "lthai")).data == {"revoked": 1}
            assert (await one.get("/"))[0] == 403
        people = (await ctl("people")).data
        assert [bool(row["revoked"]) for row in people] == [True, False]
        assert (await ctl("audit")).data["entries"] == 3
        log = tmp_path / "desk" / "audit.jsonl"
        log.write_bytes(log.read_bytes().replace(b"lthai", b"lthbi", 1))
        broken = await ctl("audit")
        assert broken.code == 1 and "BROKEN" in broken.lines[0]


def _opened(path: Path, passphrase: str, folder: Path) -> Papers:
    from cryptography.hazmat.primitives.serialization import pkcs12

    from daemon.desk.authority import key_pem, pem

    key, certificate, _ = pkcs12.load_key_and_certificates(path.read_bytes(), passphrase.encode())
    assert certificate is not None
    files = Papers(folder / "opened.pem", folder / "opened.key")
    files.certificate.write_bytes(pem(certificate))
    files.key.write_bytes(key_pem(key))  # type: ignore[arg-type]
    return files
