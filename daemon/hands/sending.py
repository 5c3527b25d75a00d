"""Further ways of an electronic copy: e-mail and an address that works once, both by the ward."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import secrets
import time
from collections.abc import Callable

import msgspec

from daemon.hands.visit import Visits
from daemon.kiosk import Hands, Reply
from daemon.machine import effects as fx
from daemon.machine.events import LinkMade, MailTaken
from daemon.machine.personal import Personal
from daemon.machine.values import Written
from daemon.store import Store, StoreError
from daemon.store.models.register import EntryRow
from daemon.store.outbox import new_id
from daemon.uplink.errors import UplinkError
from daemon.uplink.gateway import Gateway, GatewayError
from daemon.uplink.gateway.config import DeliveryConfig
from daemon.uplink.gateway.messages import LinkWanted, MailWanted
from daemon.uplink.topics import LINK, MAIL

log = logging.getLogger(__name__)

LINK_SECONDS = 900
"""How long an address that works once may be used, at most."""
TOKEN = 24
"""Random bytes in it: 192 bits."""

_ADDRESS = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
    re.IGNORECASE,
)
"""As HTML's `<input type=email>` takes it, with a dot in the domain."""


class Sending:
    """Hands of both.  What is sealed here, the kiosk cannot read again."""

    def __init__(
        self,
        config: DeliveryConfig,
        store: Store,
        made: Callable[[], tuple[str, str] | None],
        seal: Callable[[bytes], bytes],
        gateway: Gateway | None,
        language: Callable[[], Written],
        wall: Callable[[], float] = time.time,
    ) -> None:
        """`made()` = the request whose electronic copies were made in this visit, and its code."""
        self._config = config
        self._store = store
        self._made = made
        self._seal = seal
        self._gateway = gateway
        self._language = language
        self._wall = wall

    def register(self, hands: Hands) -> None:
        hands.on(fx.SendMail, self.mail, durable=True)
        hands.on(fx.MakeLink, self.link)

    async def mail(self, effect: fx.SendMail, reply: Reply) -> None:
        """Seals the address for the ward into the outbox, as long as there is room."""
        address = effect.address.reveal().strip()
        if not is_address(address):
            reply(MailTaken("address"))
            return
        of = self._made()
        if of is None or not self._config.mail:
            reply(MailTaken("failed"))
            return
        request, code = of
        wanted = MailWanted(request, code, Personal(address), self._language())
        try:
            kept = await self._keep(await asyncio.to_thread(self._seal, wanted.encode()))
        except (StoreError, UplinkError) as error:
            log.error("an order for e-mail is not kept: %s", error)
            kept = False
        reply(MailTaken("kept" if kept else "failed"))

    async def link(self, effect: fx.MakeLink, reply: Reply) -> None:
        """Asks the ward at once: an address that comes later helps nobody."""
        of = self._made()
        if of is None or self._gateway is None or not self._config.link:
            reply(LinkMade())
            return
        request, code = of
        token = secrets.token_urlsafe(TOKEN)
        digest = hashlib.sha256(token.encode()).hexdigest()
        wanted = LinkWanted(request, code, digest, int(self._wall()) + LINK_SECONDS)
        try:
            if await self._store.read(lambda: _waits(self._store, request)):
                reply(LinkMade())  # the ward has nothing to offer yet
                return
            cms = await asyncio.to_thread(self._seal, msgspec.json.encode(wanted))
            await self._gateway.tell(new_id(), LINK, cms, sealed=True)
        except (StoreError, UplinkError, GatewayError) as error:
            log.warning("no address that works once: %s", error)
            reply(LinkMade())
            return
        reply(LinkMade(Personal(self._config.link + token)))

    # -- inside ----------------------------------------------------------------------------

    async def _keep(self, cms: bytes) -> bool:
        outbox = self._store.outbox

        def write() -> bool:
            if outbox.waits(MAIL) >= self._config.mail_most:
                return False
            outbox.append_sealed(MAIL, cms)
            return True

        return await self._store.write(write)


def made_in(visits: Visits) -> tuple[str, str] | None:
    """Request and code of what was sealed in the visit of now."""
    visit = visits.now
    if visit.sealed is None or visit.authorisation is None:
        return None
    return visit.sealed.id, visit.authorisation.code


def is_address(text: str) -> bool:
    """Could it be an e-mail address?  Only the mail that arrives shows that it is one."""
    return len(text) <= 254 and ".." not in text and _ADDRESS.fullmatch(text) is not None


def _waits(store: Store, request: str) -> bool:
    """Is one of the request's copies still here?"""
    rows = EntryRow.select(EntryRow.delivery).where(EntryRow.request == request)
    facts = [row.delivery for row in rows]
    return not facts or not all(facts) or any(store.outbox.here(fact) for fact in facts)
