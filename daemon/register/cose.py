"""COSE_Sign1 with ES256 (RFC 9052, RFC 9053), and nothing else of COSE.

One form only, so that the page's script can read it as strictly: tag 18; a protected header with
algorithm (1: -7) and key id (4); an empty unprotected header; the payload inside; CBOR in its
deterministic form (RFC 8949 §4.2.1).  Any other bytes are refused, signed or not.
"""

from __future__ import annotations

import hashlib
from io import BytesIO

import cbor2
import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

ALGORITHM, ES256 = 1, -7
KEY_ID = 4
_TAG = 18
SIGNATURE = 64
"""Bytes of a raw ECDSA P-256 signature: r ‖ s."""

_LONGEST = 1 << 20
"""Bytes; more is never read."""


class Unreadable(ValueError):
    """The bytes are no message of this form."""


class Sign1(msgspec.Struct, frozen=True):
    """A message: who signed, what, and the signature."""

    key: bytes
    """Key id (`certificates.key_id`)."""
    payload: bytes
    signature: bytes = b""

    def digest(self) -> bytes:
        """SHA-256 of what is signed, the Sig_structure of RFC 9052 §4.4."""
        return hashlib.sha256(self._signed()).digest()

    def encode(self) -> bytes:
        """The message, tagged."""
        return dumps(cbor2.CBORTag(_TAG, [self._header(), {}, self.payload, self.signature]))

    def holds(self, key: PublicKeyTypes) -> bool:
        """Did this P-256 key sign it?"""
        if not isinstance(key, ec.EllipticCurvePublicKey) or len(self.signature) != SIGNATURE:
            return False
        half = SIGNATURE // 2
        r, s = (
            int.from_bytes(part, "big") for part in (self.signature[:half], self.signature[half:])
        )
        try:
            key.verify(encode_dss_signature(r, s), self._signed(), ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True

    def _header(self) -> bytes:
        return dumps({ALGORITHM: ES256, KEY_ID: self.key})

    def _signed(self) -> bytes:
        return dumps(["Signature1", self._header(), b"", self.payload])


def decode(data: bytes) -> Sign1:
    """Read a message; raises `Unreadable`."""
    if len(data) > _LONGEST:
        raise Unreadable(f"{len(data)} bytes are too many for a message")
    tagged = loads(data)
    value = tagged.value if isinstance(tagged, cbor2.CBORTag) and tagged.tag == _TAG else None
    if not isinstance(value, list | tuple) or len(value) != 4 or value[1] != {}:
        raise Unreadable("not a COSE_Sign1 message")
    header, _, payload, signature = value
    if not all(isinstance(part, bytes) for part in (header, payload, signature)):
        raise Unreadable("not a COSE_Sign1 message")
    said = loads(header)
    key = said.get(KEY_ID) if isinstance(said, dict) else None
    if not isinstance(key, bytes) or said != {ALGORITHM: ES256, KEY_ID: key}:
        raise Unreadable("not signed with ES256 under a key id")
    return Sign1(key, payload, signature)


def dumps(value: object) -> bytes:
    """CBOR in its deterministic form."""
    return bytes(cbor2.dumps(value, canonical=True))


def loads(data: bytes) -> object:
    """CBOR that is in its deterministic form, whole; raises `Unreadable`."""
    try:
        stream = BytesIO(data)
        value: object = cbor2.CBORDecoder(stream).decode()
        same = dumps(value) == data
    except Exception as error:  # a decoder of foreign bytes raises many kinds
        raise Unreadable("not CBOR") from error
    if not same:
        raise Unreadable("not CBOR in its deterministic form")
    return value
