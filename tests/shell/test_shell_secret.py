"""A page that must not be copied: erased at once, nobody is asked, nothing is queued."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from daemon.certifier import Asked, SimulatedCertifier
from daemon.documents.messages import Reading
from daemon.hands.certify import Certify, SecretPage, request_of
from daemon.hands.copies import Copies
from daemon.hands.papers import Papers, photo_of
from daemon.hands.visit import Visit
from daemon.machine import effects as fx
from daemon.machine.effects import Paper
from daemon.machine.events import Decided, SecretFound
from daemon.machine.personal import Personal
from daemon.store import Vault

NOBODY = Personal("")
PAPERS = (Paper("quyet_dinh", ("page-1", "page-2")),)


class Reader:
    """A document worker that reads when it is told to."""

    def __init__(self, secret: bool) -> None:
        self.secret = secret
        self.goes_on = asyncio.Event()

    async def read(self, jpeg: bytes, kind: str) -> Reading:
        await self.goes_on.wait()
        return Reading("TUYỆT MẬT" if self.secret else "Quyết định", secret=self.secret)


class Refusing:
    """A certifier who refuses everything with one word."""

    waiting = None

    def __init__(self, reason: str) -> None:
        self.reason = reason

    async def decide(self, asked: Asked, pictures: list[bytes]) -> Decided:
        return Decided("refused", self.reason)

    def settled(self, wrong: str) -> None:
        self.wrong = wrong


class Visits:
    def __init__(self, visit: Visit) -> None:
        self.now = visit


@pytest.fixture
def visit(tmp_path: Path) -> Visit:
    vault = Vault(tmp_path / "visit")
    vault.begin()
    made = Visit(vault)
    for page in ("page-1", "page-2"):
        vault.put(page, b"jpeg of " + page.encode())
        vault.put(photo_of(page), b"photograph")
    return made


def reading(visit: Visit, reader: Reader, posted: list[Any]) -> None:
    """OCR of both pages begins; the second is the secret one."""
    anything: Any = None
    for page, one in (("page-1", Reader(False)), ("page-2", reader)):
        documents: Any = one
        papers = Papers(anything, documents, anything, anything, {}, posted.append)
        papers._begin_reading(visit, page, b"jpeg", "quyet_dinh")
        if one is not reader:
            one.goes_on.set()


async def test_the_certifier_is_not_asked_before_everything_was_read(visit: Visit) -> None:
    reader, posted = Reader(secret=True), list[Any]()
    reading(visit, reader, posted)
    certifier, replies = SimulatedCertifier(0), list[Any]()
    visits: Any = Visits(visit)
    register: Any = None
    hand = Certify(certifier, register, visits)
    asking = asyncio.create_task(
        hand.submit(fx.Submit(PAPERS, 1, "digital", NOBODY), replies.append)
    )
    for _ in range(50):
        await asyncio.sleep(0)
    assert certifier.waiting is None  # the second page is not read yet
    reader.goes_on.set()
    await asking
    assert certifier.waiting is None
    assert (replies, visit.request) == ([], None)
    assert posted == [SecretFound("page-2")]
    assert not {"page-2", photo_of("page-2")} & set(visit.vault.names())
    assert "page-1" in visit.vault.names()


async def test_nothing_of_it_is_passed_on_either(visit: Visit) -> None:
    reader = Reader(secret=True)
    reader.goes_on.set()
    reading(visit, reader, [])
    slips: list[tuple[str, dict[str, str]]] = []

    async def slip(name: str, values: dict[str, str]) -> None:
        slips.append((name, values))

    visits: Any = Visits(visit)
    nothing: Any = None
    hand = Copies(nothing, nothing, nothing, visits, slip)
    await hand.later(fx.Later("counter", PAPERS, 1, "digital", NOBODY), lambda event: None)
    assert slips == [("refusal", {"reason": "secret"})]
    assert visit.settled


async def test_an_everyday_page_goes_up(visit: Visit) -> None:
    reader, posted = Reader(secret=False), list[Any]()
    reader.goes_on.set()
    reading(visit, reader, posted)
    request = await request_of(visit, PAPERS, 1, "digital", NOBODY)
    assert request.pictures == (b"jpeg of page-1", b"jpeg of page-2")
    assert posted == []
    visit.secret.add("page-1")
    with pytest.raises(SecretPage):
        await request_of(visit, PAPERS, 1, "digital", NOBODY)


@pytest.mark.parametrize("reason", ["expired_paper", "laminated", "something"])
async def test_what_is_no_ground_goes_to_the_counter(visit: Visit, reason: str) -> None:
    certifier: Any = Refusing(reason)
    replies = list[Any]()
    visits: Any = Visits(visit)
    register: Any = None
    hand = Certify(certifier, register, visits)
    await hand.submit(fx.Submit(PAPERS, 1, "digital", NOBODY), replies.append)
    assert replies == [Decided("counter", "counter")]
