"""The QR's statement: what was certified, signed, in the fragment of a web address.

A phone opens the address; the fragment never leaves it.  The statement holds no person: authority,
number, volume, date, kind, pages, copies, and the digest of the page pictures.
A QR moved to another paper does not agree with the pictures around it.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib

import msgspec
from msgspec.structs import replace

from daemon.register import cose
from daemon.register.cose import Sign1, Unreadable
from daemon.register.errors import FormError

VERSION = 1
LONGEST = 400
"""Characters of a whole address: more makes a code that a phone reads badly from paper."""

_DIGEST = hashlib.sha256().digest_size


class AddressTooLong(FormError):
    """The QR would hold more characters than a phone reads from paper."""

    code = "address_too_long"


class Statement(msgspec.Struct, frozen=True):
    """The signed content."""

    key: bytes
    """First 8 bytes of SHA-256 of the signing key (`certificates.key_id`); in the header."""
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


def message(statement: Statement) -> Sign1:
    """The statement, unsigned: a CBOR array of version and fields in their order."""
    payload = [
        VERSION,
        statement.authority,
        statement.number,
        statement.volume,
        statement.date.isoformat(),
        statement.kind,
        statement.pages,
        statement.copies,
        statement.pictures,
    ]
    return Sign1(statement.key, cose.dumps(payload))


def address(lookup: str, statement: Statement, signature: bytes) -> str:
    """The whole text of the QR; raises `AddressTooLong`."""
    data = replace(message(statement), signature=signature).encode()
    text = f"{lookup}#{_text(data)}"
    if len(text) > LONGEST:
        raise AddressTooLong(
            f"lookup: the QR's address has {len(text)} characters, {LONGEST} are possible; "
            f"a shorter address than {lookup} is needed"
        )
    return text


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def read(text: str) -> tuple[Statement, Sign1]:
    """(statement, message) of an address; raises `Unreadable`."""
    fragment = text.partition("#")[2]
    if len(text) > LONGEST or not fragment:
        raise Unreadable("the address holds no statement")
    try:
        data = base64.b64decode(fragment + "=" * (-len(fragment) % 4), b"-_", validate=True)
    except ValueError as error:
        raise Unreadable("the address holds no statement") from error
    if _text(data) != fragment:
        raise Unreadable("the address is not in its one form")
    signed = cose.decode(data)
    return _statement(signed), signed


def _statement(signed: Sign1) -> Statement:
    fields = cose.loads(signed.payload)
    if not isinstance(fields, list | tuple) or len(fields) != 9:
        raise Unreadable("the message is no statement")
    version, *said = fields
    if type(version) is not int or version != VERSION:
        raise Unreadable(f"statement of version {version!r:.20}, {VERSION} is known")
    kinds = (str, str, str, str, str, int, int, bytes)
    if any(type(value) is not kind for value, kind in zip(said, kinds, strict=True)):
        raise Unreadable("a field of the statement is of another kind")
    authority, number, volume, day, kind, pages, copies, pictures = said
    try:
        date = dt.date.fromisoformat(day)
    except ValueError as error:
        raise Unreadable("the statement's date is none") from error
    if date.isoformat() != day or pages < 1 or copies < 1 or len(pictures) != _DIGEST:
        raise Unreadable("a field of the statement is out of bounds")
    return Statement(signed.key, authority, number, volume, date, kind, pages, copies, pictures)
