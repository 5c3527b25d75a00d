"""The guided dossier: what is wanted, whether a paper fits, the form, the packed whole."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Literal

import msgspec

from daemon.catalogue import roles
from daemon.catalogue.calendar import VIETNAM
from daemon.catalogue.procedures import Procedures
from daemon.catalogue.roles import Role
from daemon.documents.client import DocumentsClient
from daemon.documents.errors import DocumentsError
from daemon.documents.messages import Reading
from daemon.hands.kept import until_kept
from daemon.hands.papers import reading_of
from daemon.hands.visit import Visit, Visits
from daemon.kiosk import Hands, Reply
from daemon.machine import effects as fx
from daemon.machine.dossier.parts import Held, Wanted
from daemon.machine.events import (
    DossierFailed,
    DossierKept,
    FormFilled,
    NotPlanned,
    PaperChecked,
    Planned,
)
from daemon.machine.values import Written, written
from daemon.register.envelope import Packed
from daemon.services.dossiers import form, manifest, plan, slip
from daemon.services.dossiers.person import Told, Value, compare, person_of
from daemon.store import Store, VaultError
from daemon.uplink.gateway import Gateway, GatewayDown, GatewayError, GatewayRefused
from daemon.uplink.gateway.messages import SlipState
from drivers.errors import TicketError

log = logging.getLogger(__name__)

RECEIPT_WITHIN = 6.0
"""Seconds that a visitor waits for the ward's own receipt; it is no loss if none comes."""
ASK_EVERY = 1.0

Printed = Callable[[tuple[str, ...]], Awaitable[None]]
"""Prints the lines of the ward's own receipt."""


class Dossiers:
    """Hands for the dossier."""

    def __init__(
        self,
        catalogue: Callable[[], Procedures],
        documents: DocumentsClient,
        visits: Visits,
        store: Store,
        seal: Callable[[Packed], bytes],
        kiosk: str,
        gateway: Gateway | None,
        official: Printed,
    ) -> None:
        """`catalogue`: the procedures of now; `seal` makes the ward's envelope."""
        self._catalogue = catalogue
        self._documents = documents
        self._visits = visits
        self._store = store
        self._seal = seal
        self._kiosk = kiosk
        self._gateway = gateway
        self._official = official

    def register(self, hands: Hands) -> None:
        hands.on(fx.OpenDossier, self.open)
        hands.on(fx.FindDossier, self.find)
        hands.on(fx.CheckPaper, self.check)
        hands.on(fx.FillForm, self.fill)
        hands.on(fx.PackDossier, self.pack, durable=True)

    # -- what is wanted --------------------------------------------------------------------

    async def open(self, effect: fx.OpenDossier, reply: Reply) -> None:
        reply(
            self._planned(effect.code, written(effect.language))
            or NotPlanned(effect.code, "unknown")
        )

    def _planned(self, code: str, language: Written) -> Planned | None:
        file = self._catalogue()
        item = file.shown(_today()).get(code)
        return None if item is None else plan.planned(file, item, language)

    async def find(self, effect: fx.FindDossier, reply: Reply) -> None:
        """What the ward has under a slip.  A code that cannot be one is not asked for."""
        if not slip.is_slip(effect.slip):
            reply(NotPlanned(effect.slip, "unknown"))
            return
        try:
            state = await self._ask(effect.slip)
        except GatewayRefused:
            reply(NotPlanned(effect.slip, "unknown"))
            return
        except GatewayError:
            reply(NotPlanned(effect.slip, "down"))
            return
        planned = self._planned(state.procedure, written(effect.language))
        if planned is None:
            reply(NotPlanned(effect.slip, "unknown"))
            return
        item = self._catalogue().shown(_today())[state.procedure]
        known = {question.id for question in planned.questions}
        reply(
            msgspec.structs.replace(
                planned,
                asked=effect.slip,
                earlier=plan.places(item, state.have),
                yes=tuple(one for one in state.yes if one in known),
            )
        )

    async def _ask(self, code: str) -> SlipState:
        if self._gateway is None:
            raise GatewayDown("gateway: none")
        return await self._gateway.slip(code)

    # -- a paper ---------------------------------------------------------------------------

    async def check(self, effect: fx.CheckPaper, reply: Reply) -> None:
        with self._visits.now as visit:
            reading = await reading_of(visit, effect.page)
            told = self._told(effect.kind, reading)
            verdict = _kind_verdict(effect)
            person = compare(visit.person, told)
            if visit.person is None and verdict != "other":
                visit.person = person_of(told)
            reply(
                PaperChecked(
                    effect.page,
                    verdict,
                    effect.kind,
                    expired=reading.expired,
                    person=person,
                )
            )

    def _told(self, kind_id: str, reading: Reading) -> Told:
        """What the page tells by role: of several fields of a role the surest."""
        table = roles.load()
        found: dict[Role, Value] = {}
        for name, value in reading.fields.items():
            role = table.role(kind_id, name)
            if role is None or value.differs:
                continue
            if role not in found or found[role].confidence < value.confidence:
                found[role] = Value(value.value, value.confidence)
        return found

    async def fill(self, effect: fx.FillForm, reply: Reply) -> None:
        with self._visits.now as visit:
            told = [
                self._told(paper.kind, await reading_of(visit, page))
                for paper in effect.papers
                for page in paper.pages
            ]
            reply(FormFilled(form.filled(told)))

    # -- the whole -------------------------------------------------------------------------

    async def pack(self, effect: fx.PackDossier, reply: Reply) -> None:
        code = effect.slip or slip.new_slip()
        with self._visits.now as visit:
            try:
                packed = await self._packed(visit, effect, code)
            except DocumentsError as error:
                log.error("a dossier is not packed: %s", error.reason)
                reply(DossierFailed("documents"))
                return
            except VaultError as error:
                log.error("a dossier is not packed: %s", error.reason)
                reply(DossierFailed("vault"))
                return
            envelope = await asyncio.to_thread(self._seal, packed)
            keep = partial(self._store.outbox.append_sealed, "sealed/dossier", envelope)
            fact = await until_kept("a dossier", lambda: self._store.write(keep))
            reply(DossierKept(code, official=await self._receipt(code, fact)))

    async def _packed(self, visit: Visit, effect: fx.PackDossier, code: str) -> Packed:
        file = self._catalogue()
        item = next(one for one in file.procedures if one.code == effect.code)
        wanted = plan.planned(file, item, "vi").wanted
        files = {held.at: await self._pdf(visit, held, wanted[held.at]) for held in effect.papers}
        made = manifest.Manifest(
            1,
            code,
            bool(effect.slip),
            self._kiosk,
            dt.datetime.now(VIETNAM).isoformat(timespec="seconds"),
            effect.code,
            item.name_vi,
            file.version,
            {question: question in effect.yes for question in item.case_questions},
            manifest.components(item, wanted, effect.papers, effect.brought, effect.missing, files),
            {one.name: one.value.reveal() for one in effect.fields},
        )
        return Packed(
            code,
            effect.code,
            msgspec.json.format(msgspec.json.encode(made)),
            {manifest.file_name(wanted[at]): pdf for at, pdf in files.items()},
        )

    async def _pdf(self, visit: Visit, held: Held, wanted: Wanted) -> bytes:
        """One paper as PDF/A-2b with the text that was read."""
        pages = []
        for page in held.pages:
            reading = await reading_of(visit, page)
            pages.append((await asyncio.to_thread(visit.vault.get, page), reading))
        return await self._documents.assemble(pages, held.kind or wanted.id)

    async def _receipt(self, code: str, fact: str) -> bool:
        """The ward's own receipt, where it answers with one in time; printed as it is."""
        if self._gateway is None:
            return False
        try:
            async with asyncio.timeout(RECEIPT_WITHIN):
                while True:
                    try:
                        state = await self._gateway.slip(code)
                    except GatewayRefused:
                        state = SlipState("")  # not there yet: the outbox is being carried
                    if fact in state.facts:
                        if state.receipt:
                            await self._official(state.receipt)
                        return bool(state.receipt)
                    await asyncio.sleep(ASK_EVERY)
        except (GatewayError, TimeoutError):
            return False
        except TicketError as error:
            log.error("the ward's receipt is not printed: %s", error.reason)
            return False


def _kind_verdict(effect: fx.CheckPaper) -> Literal["right", "other", "unchecked"]:
    if not effect.kinds or not effect.kind:
        return "unchecked"
    return "right" if effect.kind in effect.kinds else "other"


def _today() -> dt.date:
    return dt.datetime.now(VIETNAM).date()
