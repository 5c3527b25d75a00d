"""The register as the shell uses it: authorise → paid → seal → printed → handed over.

Every method is async and never blocks the loop: the database has its threads, the token has one,
laying out runs in the default executor.  Each step is recorded before it is answered, so killing
the process anywhere leaves a state that `recover` ends (rule 5 of docs/architecture.md).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets
from collections.abc import Callable, Sequence

from pyhanko.sign.timestamps import TimeStamper

from daemon.machine.events import Decided
from daemon.machine.personal import Personal
from daemon.machine.values import Product
from daemon.register import (
    chain,
    envelope,
    numbering,
    recovery,
    retention,
    sealing,
    weekly,
    yearend,
)
from daemon.register.book import Book
from daemon.register.errors import (
    CertifierOutOfTerm,
    ClockUntrusted,
    NoSuchRequest,
    NotAuthorised,
)
from daemon.register.facts import (
    Authorisation,
    Head,
    Paid,
    Recovered,
    RequestFacts,
    SealedRequest,
    SealPaper,
    SealStep,
)
from daemon.register.keys import Keys
from daemon.register.retention import Erased
from daemon.register.sealing import Sealer
from daemon.register.settings import Certifier, RegisterSettings
from daemon.register.setup import Setup
from daemon.register.source import NumberSource
from daemon.register.watch import CertificateState
from daemon.store import Store

CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without I, O, 0, 1: read aloud and typed at a counter."""

ABANDONED = 900.0
"""Seconds after the end of an authorisation when nobody goes on with a request any more."""

NOBODY = Personal("")
"""No name was asked for, or it was skipped where the ward lets it."""

_BACKWARDS = 5.0
"""Seconds that the clock may lag behind the last entry (adjustment of a second's fraction)."""

_BUILT = dt.datetime(2025, 11, 1, tzinfo=dt.UTC)
"""The law that the form follows: a clock before it is wrong."""


def utc_now() -> dt.datetime:
    """The clock; tests give another."""
    return dt.datetime.now(dt.UTC)


class Register:
    """One kiosk's register."""

    def __init__(
        self,
        settings: RegisterSettings,
        store: Store,
        *,
        clock: Callable[[], dt.datetime] = utc_now,
        keys: Keys | None = None,
        timestamper: TimeStamper | None = None,
        source: NumberSource | None = None,
        synchronised: Callable[[], bool] = lambda: True,
    ) -> None:
        """`source`: the ward's book; without it numbers are of the kiosk's own volume.

        `synchronised`: does the machine call its clock right?  Asked where real keys sign.
        """
        self._settings = settings
        self._store = store
        self._clock = clock
        self._book = Book(settings, store.outbox)
        self._setup = Setup(settings, store.path.parent, keys, timestamper)
        self._source = source
        self._synchronised = synchronised
        self._one = asyncio.Lock()

    @classmethod
    def open(
        cls,
        settings: RegisterSettings,
        store: Store,
        source: NumberSource | None = None,
        synchronised: Callable[[], bool] = lambda: True,
    ) -> Register:
        """Cheap; keys, token and demo PKI are opened by `ready` (or by the first use)."""
        return cls(settings, store, source=source, synchronised=synchronised)

    async def ready(self) -> None:
        """Open token, keys, fonts and form, and check both certificates.  Raises RegisterError."""
        tools = await self._setup.tools()
        now = self._clock()
        await self._trusted(now)
        self._in_term(now, self._settings.certifier, *self._settings.certifiers)
        await tools.signer.identity(now)

    async def certificates(self) -> tuple[CertificateState, ...]:
        """How long each still holds, and what its issuer said last.  Raises RegisterError."""
        tools = await self._setup.tools()
        return await tools.signer.states(self._clock())

    async def statement(self, product: Product) -> tuple[str, ...]:
        """Lines of the statement as it would be printed now, without number and certifier.

        Raises RegisterError.
        """
        template = (await self._setup.tools()).template
        day = numbering.local_day(self._now())
        words = {
            "number": "…",
            "volume": f"…/{day.year}-{self._settings.signs[product]}",
            "day": f"{day:%d}",
            "month": f"{day:%m}",
            "year": f"{day:%Y}",
        }
        part = template.statement
        return (part.heading, part.number.format(**words), part.date.format(**words))

    async def numbers_ready(self) -> None:
        """Can numbers be had now?  Raises `NumbersUnavailable`, `YearLocked`."""
        settings, signs = self._settings, tuple(self._settings.signs.values())
        year = numbering.local_day(self._now()).year

        def unlocked() -> None:
            for sign in signs:
                yearend.check_open(settings.authority_id, sign, year)

        await self._store.read(unlocked)
        if self._source is not None:
            await self._source.ready(settings.authority_id, signs)

    async def close(self) -> None:
        """Log out of the token."""
        await self._setup.close()

    # -- the saga --------------------------------------------------------------------------

    async def authorise(
        self,
        facts: RequestFacts,
        decision: Decided,
        *,
        requester: Personal[str] = NOBODY,
        pictures: Sequence[bytes] = (),
    ) -> Authorisation:
        """Record the certifier's accept of exactly `facts`.

        `requester` and `pictures` (each page's JPEG) are sealed to the ward at once and held back:
        they leave only where the request does not end well.  Raises `NotAuthorised`.
        """
        if decision.verdict != "accepted":
            raise NotAuthorised(f"request {facts.id}: the certifier answered {decision.verdict}")
        if not facts.papers or facts.copies < 1 or not all(paper.pages for paper in facts.papers):
            raise NotAuthorised(f"request {facts.id}: no pages or no copies, there is no request")
        by = decision.by.reveal()
        certifier = self._settings.certifier_of(by)
        if certifier is None:
            raise NotAuthorised(
                f"request {facts.id}: whoever decided is none of this kiosk's certifiers"
            )
        now = self._clock()
        await self._trusted(now)
        self._in_term(now, certifier)
        await self._sweep(now.timestamp() - ABANDONED, "abandoned")
        until = now.timestamp() + self._settings.authorisation_seconds
        authorisation = Authorisation(facts.id, new_code(), until)
        held = await self._envelope(facts, authorisation.code, requester, pictures)
        await self._store.write(
            lambda: self._book.accept(facts, authorisation, now.timestamp(), held, by)
        )
        return authorisation

    async def paid(self, authorisation: Authorisation, paid: Paid) -> None:
        """Record the payment.  Raises `StepRefused`, `NoSuchRequest`."""
        now = self._now()
        await self._store.write(lambda: self._book.paid(authorisation.id, paid, now))

    async def seal(
        self,
        authorisation: Authorisation,
        papers: Sequence[SealPaper],
        copies: int,
        product: Product,
        requester: Personal[str],
        progress: Callable[[SealStep], None] = lambda step: None,
    ) -> SealedRequest:
        """Number, form and both signatures for every paper, inside the authorisation.

        May be called again after a failure that is not `final`: it goes on with the same numbers.
        `progress` is called on the loop.  Raises RegisterError; nothing is half done then.
        """
        async with self._one:
            certifier = await self._store.read(lambda: self._certifier(authorisation.id))
            acting = self._settings.acting(certifier)
            tools = await self._setup.tools_of(acting)
            now = self._clock()
            await self._trusted(now)
            self._in_term(now, certifier)
            sealer = Sealer(acting, self._store, self._book, tools, self._source)
            return await sealer.seal(
                sealing.Order(authorisation.id, tuple(papers), copies, product, requester),
                now,
                self._clock,
                progress,
                lambda moment: self._holds(moment, certifier),
            )

    async def printed(self, request: str) -> None:
        """All sheets lie in the tray (also when everything was printed once more)."""
        now = self._now()
        await self._store.write(lambda: self._book.printed(request, now))

    async def handed_over(self, request: str) -> None:
        """The sheets left the tray: what was held back for the ward is erased."""
        now = self._now()
        await self._store.write(lambda: self._book.handed_over(request, now))

    async def void(self, request: str, reason: str) -> None:
        """Void the numbers of a request, with a reason code (no words of a citizen)."""
        now = self._now()
        await self._store.write(lambda: self._book.end(request, reason, now, unused=True))

    async def later(
        self,
        facts: RequestFacts,
        reason: str,
        *,
        requester: Personal[str] = NOBODY,
        pictures: Sequence[bytes] = (),
    ) -> str:
        """Leave the request to the counter; returns the slip's code.

        Accepted before: its envelope goes to the ward.  Not accepted: one is made from what is
        given here.
        """
        now = self._now()
        try:
            return await self._store.write(lambda: self._pass(facts.id, reason, now))
        except NoSuchRequest:
            code = new_code()
            held = await self._envelope(facts, code, requester, pictures)
            await self._store.write(
                lambda: self._store.outbox.append_sealed("sealed/request", held)
            )
            return code

    async def recover(self, reason: str = "power") -> list[Recovered]:
        """At start: end every request that a crash cut off.  Needs no token."""
        return await self._sweep(float("inf"), reason)

    async def retain(self) -> Erased:
        """Erase what need not be kept here any longer (`keep_days`)."""
        now, days = self._now(), self._settings.keep_days
        return await self._store.write(lambda: retention.erase(now, days))

    async def publish_list(self) -> bool:
        """The signed list of cancelled copies goes upward, if one is due.  Raises RegisterError."""
        tools = await self._setup.tools()
        now = self._clock()
        await self._trusted(now)
        return await weekly.publish(tools, self._store, self._settings.authority_id, now)

    async def head(self) -> Head:
        """The end of the chain."""
        return await self._store.read(chain.head)

    # -- parts -----------------------------------------------------------------------------

    def _pass(self, request: str, reason: str, now: float) -> str:
        self._book.pass_on(request, reason, now)
        return str(self._book.row(request).code)

    async def _sweep(self, before: float, reason: str) -> list[Recovered]:
        now = self._now()
        return await self._store.write(
            lambda: [
                recovery.end(self._book, row, reason, now) for row in self._book.unended(before)
            ]
        )

    async def _envelope(
        self,
        facts: RequestFacts,
        code: str,
        requester: Personal[str],
        pictures: Sequence[bytes],
    ) -> bytes:
        ward = await self._setup.ward()
        content = envelope.Unfinished(facts, code, requester.reveal(), tuple(pictures))
        return await asyncio.to_thread(ward.seal, content)

    def _now(self) -> float:
        return self._clock().timestamp()

    def _certifier(self, request: str) -> Certifier:
        """Who said yes to it.  Raises NoSuchRequest, NotAuthorised."""
        found = self._settings.certifier_of(str(self._book.row(request).certifier))
        if found is None:
            raise NotAuthorised(
                f"request {request}: whoever accepted it is no certifier of this kiosk any more"
            )
        return found

    def _holds(self, now: dt.datetime, certifier: Certifier) -> None:
        """Raise unless he may sign at this moment, whatever he accepted before."""
        self._in_time(now)
        self._in_term(now, certifier)

    def _in_time(self, now: dt.datetime) -> None:
        if now < _BUILT or (self._settings.state_roots and not self._synchronised()):
            raise ClockUntrusted(
                f"clock: reads {now:%Y-%m-%d %H:%M:%S} UTC and is not synchronised; "
                "nothing is signed with real keys until it is"
            )

    async def _trusted(self, now: dt.datetime) -> None:
        self._in_time(now)
        last = await self._store.read(chain.last_at)
        least = max(_BUILT.timestamp(), last - _BACKWARDS)
        if now.timestamp() < least:
            right = dt.datetime.fromtimestamp(least, dt.UTC)
            raise ClockUntrusted(
                f"clock: read {now:%Y-%m-%d %H:%M:%S} UTC, not before "
                f"{right:%Y-%m-%d %H:%M:%S} UTC is right; set the time"
            )

    def _in_term(self, now: dt.datetime, *certifiers: Certifier) -> None:
        """Raise unless one of them has authority today."""
        day = numbering.local_day(now.timestamp())
        if not any(one.valid_from <= day <= one.valid_to for one in certifiers):
            terms = ", ".join(f"{one.valid_from} to {one.valid_to}" for one in certifiers)
            raise CertifierOutOfTerm(f"certifier: authorised {terms}, today is {day}")


def new_code() -> str:
    """Eight characters for a slip: 40 bits, never made from anything personal."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(8))
