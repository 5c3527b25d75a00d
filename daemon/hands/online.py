"""Services on the visitor's phone, and how a dossier stands."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

from daemon.catalogue.digital import Service
from daemon.kiosk import Hands, Reply
from daemon.machine import effects as fx
from daemon.machine.events import OnlineListed, OnlineService, StatusTold
from daemon.payment import vietqr
from daemon.payment.errors import BadCode
from daemon.payment.payments import PaymentConfig
from daemon.uplink.gateway import Gateway
from daemon.uplink.gateway.errors import GatewayError, GatewayRefused
from daemon.uplink.gateway.messages import Dossier

log = logging.getLogger(__name__)

_CODE = re.compile(r"[A-Z0-9]+([.-][A-Z0-9]+)*")
"""Signs of a dossier code; its structure differs from system to system and is the ward's."""


class Online:
    """Hands for what leads elsewhere."""

    def __init__(
        self,
        listed: Callable[[], tuple[Service, ...]],
        gateway: Gateway | None,
        payment: PaymentConfig,
    ) -> None:
        self._listed = listed
        self._gateway = gateway
        self._payment = payment

    def register(self, hands: Hands) -> None:
        hands.on(fx.ListOnline, self.list)
        hands.on(fx.AskStatus, self.status)

    def list(self, effect: fx.ListOnline, reply: Reply) -> None:
        vietnamese = effect.language == "vi"
        reply(
            OnlineListed(
                tuple(
                    OnlineService(
                        one.id, one.name_vi if vietnamese else one.name_en, one.url, one.host
                    )
                    for one in self._listed()
                )
            )
        )

    async def status(self, effect: fx.AskStatus, reply: Reply) -> None:
        code = "".join(effect.code.reveal().upper().split())
        if not 4 <= len(code) <= 40 or not _CODE.fullmatch(code):
            reply(StatusTold("unknown"))
            return
        if self._gateway is None:
            reply(StatusTold("no_answer"))
            return
        try:
            found = await self._gateway.dossier(code)
        except GatewayRefused as error:
            reply(StatusTold("unknown" if error.status == 404 else "no_answer"))
        except GatewayError as error:
            # The code itself may tell who somebody is: only what went wrong is written down.
            log.warning("a dossier's status: %s", error)
            reply(StatusTold("no_answer"))
        else:
            due = f"{found.due:%d/%m/%Y}" if found.due else ""
            reply(StatusTold(found.stage, due, found.fee, self._code(found), found.memo))

    def _code(self, found: Dossier) -> str:
        """The VietQR for what is owed; empty where nothing is, or the ward names no memo."""
        if not found.fee or not found.memo:
            return ""
        to = self._payment
        try:
            return vietqr.payload(to.bin, to.account, found.fee, found.memo, to.service)
        except BadCode as error:
            log.error("a dossier's fee cannot be paid by code: %s", error)
            return ""
