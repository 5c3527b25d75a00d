"""The QR's statement: what was certified, signed, in the fragment of a web address.

A phone opens the address; the fragment never leaves it.  The statement holds no person: authority,
number, volume, date, kind, pages, copies, and the digest of the page pictures (certified-copies
§6.4).  A QR moved to another paper does not agree with the pictures around it.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

VERSION = 1
_SIGNATURE = 64
"""Raw ECDSA P-256: r ‖ s."""


class Statement(msgspec.Struct, frozen=True, array_like=True):
    """The signed content, packed as a msgpack array."""

    version: int
    key: bytes
    """First 8 bytes of SHA-256 of the signing key (`certificates.key_id`)."""
    authority: str
    """Id of the authority (the ward's code)."""
    number: str
    volume: str
    date: dt.date
    """Vietnam time."""
    kind: str
    pages: int
    copies: int
    pictures: bytes
    """`pages.pages_digest` of the paper."""


class Unreadable(ValueError):
    """The text is no statement of this version."""


def packed(statement: Statement) -> bytes:
    """What is signed."""
    return msgspec.msgpack.encode(statement)


def digest(statement: Statement) -> bytes:
    """SHA-256 of what is signed."""
    return hashlib.sha256(packed(statement)).digest()


def address(lookup: str, statement: Statement, signature: bytes) -> str:
    """The whole text of the QR."""
    data = packed(statement) + signature
    return f"{lookup}#{base64.urlsafe_b64encode(data).rstrip(b'=').decode('ascii')}"


def read(text: str) -> tuple[Statement, bytes]:
    """(statement, signature) of an address; raises `Unreadable`."""
    fragment = text.partition("#")[2].encode("ascii", "replace")
    try:
        data = base64.urlsafe_b64decode(fragment + b"=" * (-len(fragment) % 4))
        statement = msgspec.msgpack.decode(data[:-_SIGNATURE], type=Statement)
    except (ValueError, msgspec.MsgspecError) as error:
        raise Unreadable("the code holds no statement") from error
    if statement.version != VERSION:
        raise Unreadable(f"statement of version {statement.version}, {VERSION} is known")
    return statement, data[-_SIGNATURE:]


def holds(statement: Statement, signature: bytes, certificate: x509.Certificate) -> bool:
    """Did the certificate's key sign this statement?"""
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or len(signature) != _SIGNATURE:
        return False
    half = _SIGNATURE // 2
    der = encode_dss_signature(
        int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
    )
    try:
        key.verify(der, packed(statement), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
