"""Codes that the scanner reads: the citizen's card, as verdicts and a name for the register."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Callable

from daemon.catalogue.calendar import VIETNAM
from daemon.hands.visit import Visits
from daemon.machine.events import CardRead
from daemon.machine.personal import Personal
from drivers.card_code import Card, parse


class Cards:
    """Takes what was scanned; nothing of it is kept but a salted fingerprint for this visit."""

    def __init__(self, visits: Visits, post: Callable[[CardRead], None]) -> None:
        self._visits = visits
        self._post = post
        self._salt = os.urandom(16)

    def scanned(self, code: Personal[str]) -> None:
        """A code was read; outside a visit it means nothing."""
        try:
            visit = self._visits.now
        except LookupError:
            return
        card = parse(code.reveal())
        if card is None:
            self._post(CardRead("unread"))
            return
        print_ = self._fingerprint(card)
        if visit.card and visit.card != print_:
            self._post(CardRead("other"))
        elif card.expires is not None and card.expires <= dt.datetime.now(VIETNAM).date():
            self._post(CardRead("expired"))
        else:
            visit.card = print_
            self._post(CardRead("ok", card.name, card.masked))

    def _fingerprint(self, card: Card) -> bytes:
        return hashlib.blake2b(card.number.reveal().encode(), key=self._salt).digest()
