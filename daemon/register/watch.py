"""How long the certificates still hold: watched, so that nobody learns of an end at the desk.

A new one takes an office weeks: the state changes 60, 30 and 7 days before.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec
from cryptography import x509

from daemon.register.keys import Role

State = Literal[
    "ok",
    "expires_60",
    "expires_30",
    "expires_7",
    "expired",
    "not_yet_valid",
    "revoked",
    "revocation_unknown",
]
"""Stable keys; the number = days within which it ends."""

USELESS: frozenset[State] = frozenset({"expired", "not_yet_valid", "revoked"})
"""Nothing can be signed in these."""

_SOON: tuple[tuple[int, State], ...] = ((7, "expires_7"), (30, "expires_30"), (60, "expires_60"))


class CertificateState(msgspec.Struct, frozen=True):
    """One certificate, as it is now.  It names nobody."""

    role: Role
    state: State
    serial: str = ""
    """Hexadecimal; empty where the certificate could not be read."""
    begins: float = 0.0
    """Seconds since 1970, as `ends`."""
    ends: float = 0.0
    days: int = 0
    """Whole days until its end; negative afterwards."""


def judge(
    role: Role, certificate: x509.Certificate, now: dt.datetime, said: State = "ok"
) -> CertificateState:
    """`said`: what a responder or list said last (`revoked`, `revocation_unknown` or `ok`)."""
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    left = ends - now
    state: State = next((key for days, key in _SOON if left <= dt.timedelta(days=days)), "ok")
    if now > ends:
        state = "expired"
    elif now < begins:
        state = "not_yet_valid"
    if said == "revoked" or (said == "revocation_unknown" and state == "ok"):
        state = said
    serial = f"{certificate.serial_number:x}"
    return CertificateState(role, state, serial, begins.timestamp(), ends.timestamp(), left.days)
