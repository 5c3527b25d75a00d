"""What the certifier is shown of a request beside its pictures."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Literal, Protocol

import msgspec

from daemon.certifier import Asked, Read
from daemon.documents.messages import Reading
from daemon.hands.papers import text_of
from daemon.hands.visit import Request, Visit
from daemon.machine import effects as fx
from daemon.machine.effects import Paper
from daemon.machine.personal import Personal
from daemon.machine.values import KindRule, Product
from daemon.store import VaultError

log = logging.getLogger(__name__)


class Statement(Protocol):
    """The register, as far as it can say what it would print."""

    async def statement(self, product: Product) -> tuple[str, ...]: ...


class Showing:
    """Gathers it."""

    def __init__(
        self,
        kinds: dict[str, KindRule],
        titles: Callable[[str], str],
        fee: Callable[[tuple[Paper, ...], int, Product], int],
        register: Statement,
        inspection: Literal["at_counter", "by_live_camera", "pilot"],
    ) -> None:
        """`titles`: name of a kind in the register; `fee`: of the whole request, đồng."""
        self._kinds = kinds
        self._titles = titles
        self._fee = fee
        self._register = register
        self._inspection = inspection

    async def asked(self, visit: Visit, effect: fx.Submit, request: Request) -> Asked:
        """Reads the visit's vault.  What cannot be read is not shown; it costs no decision."""
        read: list[Read] = []
        notes: list[tuple[str, ...]] = []
        for paper in effect.papers:
            pages = [await self._read(visit, page) for page in paper.pages]
            read += [(Personal(_words(one)), _page_notes(one)) for one in pages]
            notes.append(self._notes(paper, pages))
        return Asked(
            request.facts.id,
            tuple(paper.kind for paper in effect.papers),
            tuple(len(paper.pages) for paper in effect.papers),
            effect.copies,
            effect.product,
            titles=tuple(self._titles(paper.kind) for paper in effect.papers),
            names=tuple(page for paper in effect.papers for page in paper.pages),
            notes=tuple(notes),
            fee=self._fee(effect.papers, effect.copies, effect.product),
            statement=await self._register.statement(effect.product),
            inspection="by_live_camera" if self._inspection == "by_live_camera" else "pilot",
            requester=effect.requester,
            read=tuple(read),
        )

    async def _read(self, visit: Visit, page: str) -> Reading:
        try:
            data = await asyncio.to_thread(visit.vault.get, text_of(page))
            return msgspec.msgpack.decode(data, type=Reading)
        except (VaultError, msgspec.MsgspecError, OSError, KeyError):
            return Reading()

    def _notes(self, paper: Paper, pages: list[Reading]) -> tuple[str, ...]:
        rule = self._kinds.get(paper.kind, KindRule(paper.kind))
        found = {
            "already_copy": rule.refusal == "copy" or any(one.already_copy for one in pages),
            "foreign": rule.foreign,
            "expired": any(one.expired for one in pages),
            "side_missing": len(paper.pages) < rule.sides,
            "officer_looks": rule.policy == "officer",
        }
        return tuple(name for name, so in found.items() if so)


def _words(reading: Reading) -> tuple[tuple[str, str, float], ...]:
    return tuple(
        (name, field.value, 0.0 if field.differs else field.confidence)
        for name, field in reading.fields.items()
    )


def _page_notes(reading: Reading) -> tuple[str, ...]:
    return () if reading.text.strip() else ("no_text",)
