"""Who may come to the desk: certificates that were issued, their holders, and what they may.

One JSON file in the state folder, written whole.  It holds officers and kiosks, no citizen.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from pathlib import Path

import msgspec

from daemon.catalogue.calendar import VIETNAM
from daemon.desk.authority import write

SCRYPT = {"n": 2**14, "r": 8, "p": 1}


class Term(msgspec.Struct, frozen=True):
    """What an officer is authorised to, and how long (Decree 23/2015 Art. 2(9))."""

    full_name: str
    title: tuple[str, ...]
    """Lines over the signature."""
    decision: str = ""
    """The writing that authorises or assigns; empty for the chairman."""
    valid_from: dt.date = dt.date(2025, 11, 1)
    valid_to: dt.date = dt.date(9999, 12, 31)
    """Last day, Vietnam time."""

    def holds(self, day: dt.date) -> bool:
        return self.valid_from <= day <= self.valid_to


class Person(msgspec.Struct, frozen=True):
    """A certificate and its holder."""

    serial: str
    name: str
    """As in the certificate: a kiosk's id, or an officer's short name."""
    role: str
    until: dt.datetime
    revoked: dt.datetime | None = None
    term: Term | None = None
    salt: str = ""
    pin: str = ""
    """scrypt of the PIN, hexadecimal."""


def hash_pin(pin: str, salt: str) -> str:
    """scrypt, hexadecimal."""
    made = hashlib.scrypt(pin.encode(), salt=bytes.fromhex(salt), dklen=32, **SCRYPT)
    return made.hex()


def today() -> dt.date:
    """The day in Vietnam."""
    return dt.datetime.now(VIETNAM).date()


class People:
    """The file; read anew when it was changed by a command."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: tuple[Person, ...] = ()
        self._stamp = -1

    def all(self) -> tuple[Person, ...]:
        """Everybody, in the order of issue."""
        try:
            stamp = self._path.stat().st_mtime_ns
        except FileNotFoundError:
            return ()
        if stamp != self._stamp:
            data = self._path.read_bytes()
            self._known = msgspec.json.decode(data, type=tuple[Person, ...])
            self._stamp = stamp
        return self._known

    def admitted(self, serial: str, role: str) -> Person | None:
        """The holder of a certificate that was issued here, holds and was not revoked."""
        now = dt.datetime.now(dt.UTC)
        for one in self.all():
            if one.serial == serial:
                good = one.role == role and one.revoked is None and now < one.until
                return one if good else None
        return None

    def authorised(self, person: Person) -> bool:
        """May he certify today?"""
        return person.term is not None and person.term.holds(today())

    def right_pin(self, person: Person, pin: str) -> bool:
        """Slow on purpose: run it in a thread."""
        return bool(person.pin) and hmac.compare_digest(hash_pin(pin, person.salt), person.pin)

    def add(self, person: Person, pin: str = "") -> None:
        """One more."""
        if pin:
            salt = secrets.token_hex(16)
            person = msgspec.structs.replace(person, salt=salt, pin=hash_pin(pin, salt))
        self._keep((*self.all(), person))

    def revoke(self, name: str) -> int:
        """Every certificate of this name; returns how many."""
        now, count, kept = dt.datetime.now(dt.UTC), 0, []
        for one in self.all():
            if one.name == name and one.revoked is None:
                one, count = msgspec.structs.replace(one, revoked=now), count + 1
            kept.append(one)
        if count:
            self._keep(tuple(kept))
        return count

    def _keep(self, people: tuple[Person, ...]) -> None:
        write(self._path, msgspec.json.format(msgspec.json.encode(people)))
