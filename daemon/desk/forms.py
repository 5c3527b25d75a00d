"""What an officer does with a form."""

from __future__ import annotations

import asyncio
import secrets

from daemon import desk_messages as msg
from daemon.catalogue import refusals
from daemon.desk.desk import Desk
from daemon.desk.errors import DeskError, NotAllowed, NotThere
from daemon.desk.marks import box_of
from daemon.desk.sessions import Session
from daemon.desk.views import RELAY

LONGEST = 40
"""Letters of a receipt's number."""


class Forms:
    """Each method does one thing and names the next page."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def act(self, act: str, request: str, session: Session, fields: dict[str, str]) -> str:
        """Raises DeskError."""
        board = self._desk.board
        match act:
            case "open":
                found = board.open(request, session.officer)
                self._desk.kiosks.send(found.kiosk, msg.Open(found.id))
                return f"/request/{found.id}"
            case "close":
                board.release(request, session.officer)
                session.flash = "flash.closed"
            case "hand":
                to = fields.get("to", "")
                if to and to not in {one.name for one in self._desk.people.all()}:
                    raise NotAllowed("form")
                board.release(request, session.officer, to=to)
                session.flash = "flash.handed"
            case "barred":
                board.release(request, session.officer, barred=True)
                session.flash = "flash.handed"
            case "accept" | "refuse" | "relay" | "counter":
                await self._decide(act, request, session, fields)
            case _:
                raise NotThere("unknown")
        return "/"

    async def _decide(
        self, act: str, request: str, session: Session, fields: dict[str, str]
    ) -> None:
        desk = self._desk
        found = desk.board.mine(request, session.officer)
        if not desk.may_decide(session):
            raise NotAllowed("term")
        if not desk.kiosks.all[found.kiosk].online:
            raise NotAllowed("line")
        reason, page, where, verdict = fields.get("reason", ""), -1, None, act
        match act:
            case "accept":
                if fields.get("checked") != "yes":
                    raise NotAllowed("checked")
                reason, verdict = "", "accepted"
            case "refuse":
                if not refusals.default().may_refuse(reason):
                    raise NotAllowed("reason")
                verdict = "refused"
            case "relay":
                if reason not in RELAY:
                    raise NotAllowed("reason")
                page = _page_of(fields.get("page", ""), found.page_count)
                where = box_of(fields.get("cell", ""), fields.get("box", ""))
            case _:
                reason = "counter"
        nonce = fields.get("nonce", "")
        done = desk.board.decide(
            request, session.officer, nonce, verdict, reason, page, where  # type: ignore[arg-type]
        )  # fmt: skip
        try:
            await desk.decide(session, done)
        except OSError:
            desk.board.undecide(done)
            raise DeskError("log") from None
        session.flash = f"flash.{verdict}"

    async def pay(self, kiosk: str, session: Session, fields: dict[str, str]) -> None:
        """The counter took the money, or an officer lets it be free.  Raises DeskError."""
        found = self._desk.kiosks.all.get(kiosk)
        memo = fields.get("memo", "")
        if found is None or not memo or not secrets.compare_digest(memo, found.memo):
            raise NotThere("gone")
        receipt, writing = _short(fields.get("receipt", "")), _short(fields.get("writing", ""))
        if not self._desk.may_decide(session):
            raise NotAllowed("term")
        told: msg.Receipt | msg.Waive
        if receipt:
            told, what = msg.Receipt(memo, receipt, session.officer), "paid_at_counter"
        elif writing:
            ground = _short(fields.get("ground", ""))
            told, what = msg.Waive(memo, ground, writing, session.officer), "waived"
        else:
            session.flash = "pay.need_receipt"
            return
        self._desk.kiosks.need(kiosk, told)
        number = receipt or writing
        await asyncio.to_thread(
            self._desk.chain.add, session.officer, what, kiosk=kiosk, reason=number
        )
        session.flash = "pay.sent"


def _page_of(text: str, pages: int) -> int:
    if not text.isdigit() or not 0 <= int(text) < pages:
        raise DeskError("form")
    return int(text)


def _short(text: str) -> str:
    return " ".join(text.split())[:LONGEST]
