"""The ward's side in memory: its book, what it was told, and the money it knows of.

It checks what it is given as a ward would: numbers only once, facts complete, the chain unbroken.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from daemon.register.envelope import Packed
from daemon.services.dossiers.manifest import Manifest
from daemon.uplink.gateway.messages import (
    Dossier,
    NumberGiven,
    NumbersWanted,
    PaymentNotice,
    SlipState,
)


class Line(msgspec.Struct):
    """One number of the book."""

    number: int
    key: str
    state: Literal["reserved", "valid", "voided"] = "reserved"
    note: str = ""


class Refused(Exception):
    """A refusal with its status and code."""

    def __init__(self, status: int, code: str) -> None:
        self.status = status
        self.code = code
        super().__init__(code)


class Book:
    """A ward's book of all its series, shared by counter and kiosks."""

    def __init__(self, authority: str = "demo", digits: int = 4) -> None:
        self.authority = authority
        self.digits = digits
        self.open = True
        self.locked: set[int] = set()
        self.lines: dict[tuple[str, int], list[Line]] = {}
        self.facts: dict[str, tuple[str, bytes]] = {}
        """Id → kind and bytes."""
        self.notices: list[PaymentNotice] = []
        self.dossiers: dict[str, Dossier] = {}
        """Code → how it stands."""
        self.files: dict[str, tuple[int, str]] = {}
        """Name → revision and token of a signed file."""
        self.news = asyncio.Event()
        self.opens: Callable[[bytes], object] | None = None
        """Opens the ward's envelopes, where the ward's key is at hand."""
        self.receipts = False
        """Does the ward answer a dossier with its own receipt?"""
        self.slips: dict[str, SlipState] = {}
        self._orders: dict[str, tuple[NumbersWanted, list[Line]]] = {}
        self._closed: set[str] = set()

    # -- numbers ---------------------------------------------------------------------------

    def take(self, key: str, wanted: NumbersWanted) -> tuple[NumberGiven, ...]:
        """Reserve, once for each key."""
        if wanted.authority != self.authority:
            raise Refused(404, "no_such_book")
        if key in self._closed:
            raise Refused(410, "order_closed")
        year = int(wanted.day[:4])
        known = self._orders.get(key)
        if known is None:
            if year in self.locked:
                raise Refused(409, "year_locked")
            series = self.lines.setdefault((wanted.sign, year), [])
            new = [Line(len(series) + place + 1, key) for place in range(wanted.count)]
            series.extend(new)
            known = self._orders[key] = (wanted, new)
        if known[0] != wanted:
            raise Refused(409, "order_differs")
        return tuple(
            NumberGiven(line.number, f"{line.number:0{self.digits}d}", f"01/{year}-{wanted.sign}")
            for line in known[1]
        )

    def counter(self, sign: str, year: int) -> int:
        """Somebody at the counter takes the next number."""
        series = self.lines.setdefault((sign, year), [])
        series.append(Line(len(series) + 1, "counter", "valid"))
        return len(series)

    def close(self, key: str, reason: str) -> None:
        """Whatever was reserved under the key is voided with the reason; the key is spent."""
        self._closed.add(key)
        for line in self._orders.get(key, (None, []))[1]:
            if line.state == "reserved":
                line.state, line.note = "voided", reason

    # -- facts -----------------------------------------------------------------------------

    def told(self, fact: str, kind: str, payload: bytes) -> str:
        """Keep a fact; returns its SHA-256."""
        known = self.facts.get(fact)
        if known is not None and known != (kind, payload):
            raise Refused(409, "fact_differs")
        self.facts[fact] = (kind, payload)
        if kind == "event/register.entry" and known is None:
            self._entry(msgspec.json.decode(payload))
        return hashlib.sha256(payload).hexdigest()

    def arrived(self, fact: str, kind: str, payload: bytes) -> None:
        """The document store has the whole of something."""
        if kind == "sealed/dossier" and self.opens is not None:
            self._dossier(fact, self.opens(payload))

    def _entry(self, fact: dict[str, Any]) -> None:
        line = fact["line"]
        series = self.lines.get((line["sign"], line["year"]), [])
        if line["source"] != "ward" or not 0 < line["number"] <= len(series):
            raise Refused(409, "no_such_number")
        mine = series[line["number"] - 1]
        mine.state, mine.note = line["status"], line["note"]

    def _dossier(self, fact: str, packed: object) -> None:
        """Everything in it is what the manifest says; what was there before stays."""
        assert isinstance(packed, Packed)
        made = msgspec.json.decode(packed.manifest, type=Manifest)
        enclosed = {one.file.name: one.file for one in made.components if one.file is not None}
        if enclosed.keys() != packed.files.keys() or any(
            hashlib.sha256(packed.files[name]).hexdigest() != file.sha256
            for name, file in enclosed.items()
        ):
            raise Refused(409, "dossier_damaged")
        before = self.slips.get(made.slip, SlipState(made.procedure))
        now = (c.id for c in made.components if c.status in ("enclosed", "shown_at_counter"))
        self.slips[made.slip] = SlipState(
            made.procedure,
            tuple(dict.fromkeys((*before.have, *now))),
            tuple(question for question, yes in made.answers.items() if yes),
            (*before.facts, fact),
            (f"GIẤY TIẾP NHẬN HỒ SƠ {made.slip}",) if self.receipts else (),
        )

    def slip(self, code: str) -> SlipState:
        """What is there under a slip's code."""
        if code not in self.slips:
            raise Refused(404, "no_such_slip")
        return self.slips[code]

    def of_kind(self, kind: str) -> list[bytes]:
        """Payloads of a kind, in the order in which they came."""
        return [payload for one, payload in self.facts.values() if one == kind]

    # -- money -----------------------------------------------------------------------------

    def notice(
        self,
        what: Literal["transfer", "counter", "exempt", "refunded"],
        reference: str,
        memo: str,
        amount: int,
        currency: str = "VND",
        exemption: str = "",
    ) -> None:
        """The ward learned of money."""
        seq = len(self.notices) + 1
        self.notices.append(PaymentNotice(seq, what, reference, memo, amount, currency, exemption))
        self.news.set()
