"""Issues certificates: for an officer's browser (PKCS#12) and for a kiosk (PEM)."""

from __future__ import annotations

import secrets

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12

from daemon.desk.authority import key_pem, pem
from daemon.desk.desk import Desk
from daemon.desk.people import Person, Term

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
ROUNDS = 200_000
"""Of the key derivation that protects the file on its way to the officer's PC."""


class Issued(msgspec.Struct, frozen=True):
    """What its holder gets, once."""

    person: Person
    certificate: bytes
    key: bytes
    p12: bytes = b""
    passphrase: str = ""
    """Of the PKCS#12 file."""
    pin: str = ""


def issue_officer(desk: Desk, name: str, term: Term, *, pin: str = "", by: str = "") -> Issued:
    """A certificate for a browser; older ones of this name stay until they are revoked."""
    certificate, key = desk.authority.sign_client(name, "certifier", desk.config.client_days)
    passphrase = "-".join(
        "".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4)
    )  # 79 bits
    pin = pin or f"{secrets.randbelow(10**6):06d}"
    protect = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(ROUNDS)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(passphrase.encode())
    )
    p12 = pkcs12.serialize_key_and_certificates(
        name.encode(), key, certificate, [desk.authority.certificate()], protect
    )
    serial = f"{certificate.serial_number:x}"
    person = Person(serial, name, "certifier", certificate.not_valid_after_utc, term=term)
    desk.people.add(person, pin)
    desk.chain.add(by or "desk", "issue", reason=f"certifier {name}")
    return Issued(person, pem(certificate), key_pem(key), p12, passphrase, pin)


def issue_kiosk(desk: Desk, name: str, *, by: str = "") -> Issued:
    """A certificate for a kiosk's line."""
    certificate, key = desk.authority.sign_client(name, "kiosk", desk.config.client_days)
    serial = f"{certificate.serial_number:x}"
    person = Person(serial, name, "kiosk", certificate.not_valid_after_utc)
    desk.people.add(person)
    desk.chain.add(by or "desk", "issue", reason=f"kiosk {name}")
    return Issued(person, pem(certificate), key_pem(key))
