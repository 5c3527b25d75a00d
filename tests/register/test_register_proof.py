"""The QR's statement: its bytes, its bounds, and everything that is refused."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from msgspec.structs import replace

from daemon.catalogue import kinds
from daemon.register import cose, proof
from daemon.register.cose import Sign1, Unreadable
from daemon.register.proof import Statement
from daemon.register.settings import RegisterSettings

KEY = ec.derive_private_key(1234567890, ec.SECP256R1())
LOOKUP = RegisterSettings().lookup
STATEMENT = Statement(
    key=bytes(range(8)),
    authority="26824",
    number="0042",
    volume="01/2026-SCTĐT/BS",
    date=dt.date(2026, 1, 6),
    kind="giay_khai_sinh",
    pages=2,
    copies=3,
    pictures=hashlib.sha256(b"pictures").digest(),
)


def signature(message: Sign1) -> bytes:
    der = KEY.sign(message.digest(), ec.ECDSA(Prehashed(hashes.SHA256())))
    return b"".join(part.to_bytes(32, "big") for part in decode_dss_signature(der))


def address(statement: Statement = STATEMENT, lookup: str = LOOKUP) -> str:
    return proof.address(lookup, statement, signature(proof.message(statement)))


def test_what_is_signed_is_read_again() -> None:
    text = address()
    assert text.startswith(LOOKUP + "#")
    assert text.isascii()
    statement, signed = proof.read(text)
    assert statement == STATEMENT
    assert signed.holds(KEY.public_key())
    assert not signed.holds(ec.generate_private_key(ec.SECP256R1()).public_key())


def test_the_bytes_are_cose_sign1_with_es256() -> None:
    """By hand against RFC 9052: tag 18, protected {1: -7, 4: key}, {}, payload, r ‖ s."""
    data = base64.urlsafe_b64decode(address().partition("#")[2] + "==")
    assert data.startswith(bytes.fromhex("d2 84 4d a2 01 26 04 48 0001020304050607 a0 58"))
    message = cbor2.loads(data)
    assert message.tag == 18
    protected, unprotected, payload, signed = message.value
    assert dict(unprotected) == {}
    assert len(signed) == 64
    structure = cbor2.dumps(["Signature1", protected, b"", payload])
    assert hashlib.sha256(structure).digest() == proof.message(STATEMENT).digest()


@pytest.mark.parametrize("kind", sorted(kinds.load()))
def test_every_kind_fits_with_the_longest_lookup(kind: str) -> None:
    lookup = "https://" + "a" * (80 - 8)
    RegisterSettings(lookup=lookup)
    long = replace(
        STATEMENT, kind=kind, authority="2682400", number="999999", volume="99/2026-SCTĐT/BS",
        pages=200, copies=100,
    )  # fmt: skip
    assert len(address(long, lookup)) <= 400


def test_a_longer_lookup_is_refused() -> None:
    for wrong in ("https://" + "a" * 73, "http://kiem-tra.example/", "https://a.example/#b"):
        with pytest.raises(ValueError, match="lookup"):
            RegisterSettings(lookup=wrong)
    with pytest.raises(proof.AddressTooLong, match="400"):
        address(replace(STATEMENT, kind="k" * 200))


def fields(**changed: object) -> list[object]:
    given: dict[str, object] = {
        "version": 1, "authority": "26824", "number": "01", "volume": "v", "date": "2026-01-06",
        "kind": "k", "pages": 1, "copies": 1, "pictures": bytes(32),
    }  # fmt: skip
    return list({**given, **changed}.values())


@pytest.mark.parametrize(
    "payload",
    [
        cose.dumps(fields(version=2)),
        cose.dumps(fields(version=True)),
        cose.dumps(fields(date="06/01/2026")),
        cose.dumps(fields(date="20260106")),
        cose.dumps(fields(pages=0)),
        cose.dumps(fields(pages=True)),
        cose.dumps(fields(copies=-1)),
        cose.dumps(fields(pictures=bytes(31))),
        cose.dumps(fields(number=1)),
        cose.dumps(fields()[:-1]),
        cose.dumps({"version": 1}),
        cose.dumps(fields()) + b"\x00",
        b"",
        b"\x9f\x01\xff",
    ],
)
def test_a_payload_of_another_shape_is_refused(payload: bytes) -> None:
    message = Sign1(STATEMENT.key, payload)
    data = replace(message, signature=signature(message)).encode()
    with pytest.raises(Unreadable):
        proof.read("https://a.example/#" + base64.urlsafe_b64encode(data).decode().rstrip("="))


def test_other_encodings_of_the_same_message_are_refused() -> None:
    """One message, one text: otherwise a code could be changed and stay good."""
    text = address()
    data = base64.urlsafe_b64decode(text.partition("#")[2] + "==")
    untagged = data[1:]
    longer = data.replace(bytes.fromhex("d2844d"), bytes.fromhex("d284580d"), 1)
    unprotected = data.replace(b"\xa0", bytes.fromhex("a10126"), 1)
    other = data.replace(bytes.fromhex("a20126"), bytes.fromhex("a20125"), 1)
    for changed in (untagged, longer, unprotected, other, data + b"\0", data[:-1], b""):
        assert changed != data
        with pytest.raises(Unreadable):
            proof.read(f"{LOOKUP}#{base64.urlsafe_b64encode(changed).decode().rstrip('=')}")
    for changed_text in (text[:-2], text + "!", text.replace("#", "?"), LOOKUP, LOOKUP + "#", ""):
        with pytest.raises(Unreadable):
            proof.read(changed_text)


def test_every_changed_bit_is_refused_or_not_signed() -> None:
    data = bytearray(base64.urlsafe_b64decode(address().partition("#")[2] + "=="))
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        text = f"{LOOKUP}#{base64.urlsafe_b64encode(changed).decode().rstrip('=')}"
        try:
            _, signed = proof.read(text)
        except Unreadable:
            continue
        assert not signed.holds(KEY.public_key()) or signed.key != STATEMENT.key, place
