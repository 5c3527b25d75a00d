"""Sealing one request: number → form with QR → certifier's signature → authority's signature."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import time
from collections.abc import Callable
from typing import NamedTuple, cast

import msgspec

from daemon.machine.personal import Personal
from daemon.machine.values import Product
from daemon.register import certificates, envelope, form, numbering, pages, printout, proof
from daemon.register.book import Book, ToNumber
from daemon.register.errors import (
    AuthorisationExpired,
    BadPdf,
    NotAuthorised,
    PagesDiffer,
    StepRefused,
)
from daemon.register.facts import (
    Level,
    RequestFacts,
    SealedCopy,
    SealedRequest,
    SealPaper,
    SealStep,
)
from daemon.register.filled import Filled
from daemon.register.keys import Act
from daemon.register.settings import RegisterSettings
from daemon.register.setup import Tools
from daemon.register.signing import Identity
from daemon.register.source import Numbered, NumberOrder, NumberSource
from daemon.store import Store
from daemon.store.models.register import EntryRow, RequestRow


class Order(NamedTuple):
    """What is to be sealed."""

    request: str
    papers: tuple[SealPaper, ...]
    copies: int
    product: Product
    requester: Personal[str]


class Sealer:
    """Seals one order."""

    def __init__(
        self,
        settings: RegisterSettings,
        store: Store,
        book: Book,
        tools: Tools,
        source: NumberSource | None = None,
    ) -> None:
        self._settings = settings
        self._store = store
        self._book = book
        self._tools = tools
        self._source = source

    async def seal(
        self,
        order: Order,
        now: dt.datetime,
        clock: Callable[[], dt.datetime],
        progress: Callable[[SealStep], None],
        holds: Callable[[dt.datetime], None],
    ) -> SealedRequest:
        """See `Register.seal`; `holds` raises where nobody may sign at that moment."""
        row = await self._store.read(lambda: self._book.row(order.request))
        pictures = [await asyncio.to_thread(digests, paper) for paper in order.papers]
        authorised(row, order, pictures, now.timestamp())
        identity = await self._tools.signer.identity(now)

        salts = tuple(envelope.new_salt() for _ in order.papers)
        names = await asyncio.to_thread(
            self._tools.ward.seal,
            envelope.Names(order.request, order.requester.reveal(), salts),
        )
        entered = [
            ToNumber(
                kind=paper.kind,
                title=self._title(paper.kind),
                pages=len(digest),
                digest=pages.pages_digest(digest),
                commitment=envelope.commitment(order.requester, salt),
            )
            for paper, digest, salt in zip(order.papers, pictures, salts, strict=True)
        ]
        at = now.timestamp()
        given = await self._given(order, at)
        entries = await self._store.write(
            lambda: self._book.number(order.request, entered, names, at, given)
        )
        progress("number")

        filled = [await self._filled(entry, identity) for entry in entries]
        laid = [
            await asyncio.to_thread(
                form.lay_out, paper.pdf, each, self._tools.template, self._settings.fonts,
                duplex=self._settings.duplex,
            )
            for paper, each in zip(order.papers, filled, strict=True)
        ]  # fmt: skip
        progress("statement")

        level: Level = ""
        took: tuple[float, ...] = ()
        done = [(each.pdf, each.pdf) for each in laid]
        if order.product == "digital":

            def still() -> None:
                moment = clock()
                in_time(row, moment.timestamp())
                holds(moment)

            begun = time.perf_counter()
            signed = await self._tools.signer.sign(laid, identity, Act(order.request, still))
            took = ((time.perf_counter() - begun) * 1000 / len(laid),) * len(laid)
            level = signed[0].level
            done = [
                (
                    each.pdf,
                    await asyncio.to_thread(
                        printout.printout, each.pdf, words, self._tools.template,
                        self._settings.fonts,
                    ),
                )
                for each, words in zip(signed, filled, strict=True)
            ]  # fmt: skip
        copies = tuple(
            SealedCopy(
                entry.kind,
                entry.label,
                entry.volume,
                pdf,
                flat,
                order.copies,
                each.pages,
                Personal(words.proof),
            )
            for entry, (pdf, flat), each, words in zip(entries, done, laid, filled, strict=True)
        )
        await self._kept(order, copies, clock().timestamp())
        progress("signature")
        return SealedRequest(
            order.request,
            copies,
            sample=not identity.official,
            level=level,
            sign_ms=took,
        )

    async def _given(
        self, order: Order, at: float
    ) -> tuple[NumberOrder, tuple[Numbered, ...]] | None:
        """Numbers of the ward's book, where there is one and none are entered yet."""
        source, papers = self._source, len(order.papers)
        if source is None:
            return None
        asked = await self._store.write(lambda: self._book.order(order.request, papers, at))
        return None if asked is None else (asked, await source.take(asked))

    async def _kept(self, order: Order, copies: tuple[SealedCopy, ...], at: float) -> None:
        """The copies are in the outbox for the ward's store before anybody is told of them."""
        files = [hashlib.sha256(copy.pdf).digest() for copy in copies]
        deliveries = []
        row = await self._store.read(lambda: self._book.row(order.request))
        if order.product == "digital":
            for place, copy in enumerate(copies):
                content = envelope.Delivery(
                    order.request, place, copy.number, copy.volume, copy.pdf, row.code
                )
                deliveries.append(await asyncio.to_thread(self._tools.ward.seal, content))
        await self._store.write(lambda: self._book.sealed(order.request, files, deliveries, at))

    async def _filled(self, entry: EntryRow, identity: Identity) -> Filled:
        settings = self._settings
        day = numbering.local_day(entry.certified_at)
        statement = proof.Statement(
            key=certificates.key_id(identity.proof),
            authority=settings.authority_id,
            number=entry.label,
            volume=entry.volume,
            date=day,
            kind=entry.kind,
            pages=entry.pages,
            copies=entry.copies,
            pictures=bytes(entry.pages_digest),
        )
        signature = await self._tools.signer.prove(identity, proof.message(statement).digest())
        return Filled(
            number=entry.label,
            volume=entry.volume,
            signed_at=dt.datetime.fromtimestamp(entry.certified_at, dt.UTC),
            product=cast(Product, entry.product),
            authority=settings.authority,
            certifier=settings.certifier,
            proof=proof.address(settings.lookup, statement, signature),
            lookup=settings.lookup,
            title=entry.title,
            sample=not identity.official,
        )

    def _title(self, kind: str) -> str:
        known = self._tools.kinds.get(kind)
        if known is None or not known.title_vi:
            raise NotAuthorised(f"kind {kind!r}: no title for the register in the catalogue")
        return known.title_vi


def digests(paper: SealPaper) -> tuple[str, ...]:
    """The digest of each picture of a paper; raises `BadPdf`."""
    with pages.open_pages(paper.pdf) as pdf:
        if len(pdf.pages) != paper.pages:
            raise BadPdf(f"pages: the PDF has {len(pdf.pages)}, {paper.pages} are right")
        found = pages.picture_digests(pdf)
    if len(found) != paper.pages:
        raise BadPdf(f"pages: {len(found)} pictures on {paper.pages} pages, one each is right")
    return found


def in_time(row: RequestRow, now: float) -> None:
    """Raise unless the accept is young enough (`authorisation_seconds`)."""
    if now > row.until:
        raise AuthorisationExpired(
            f"request {row.id}: accepted until {row.until:.0f}, now {now:.0f}; ask again"
        )


def authorised(row: RequestRow, order: Order, pictures: list[tuple[str, ...]], now: float) -> None:
    """Raise unless the accept covers exactly this order, now."""
    if row.step not in ("paid", "numbered"):
        raise StepRefused(f"request {row.id} is {row.step}, only a paid one can be sealed")
    in_time(row, now)
    facts = msgspec.json.decode(bytes(row.facts), type=RequestFacts)
    if (order.copies, order.product) != (facts.copies, facts.product):
        raise NotAuthorised(
            f"request {row.id}: {order.copies} × {order.product} asked, "
            f"{facts.copies} × {facts.product} accepted"
        )
    asked = [paper.kind for paper in order.papers]
    accepted = [paper.kind for paper in facts.papers]
    if asked != accepted:
        raise NotAuthorised(f"request {row.id}: kinds {asked} asked, {accepted} accepted")
    if pictures != [paper.pages for paper in facts.papers]:
        raise PagesDiffer(
            f"request {row.id}: the pages are not those that were accepted; photograph them again"
        )
