"""Compact JWS (RFC 7515) with Ed25519, and nothing else of JOSE: one algorithm, one form."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry

# Most libraries still write the older name of the algorithm (RFC 8037); both mean Ed25519 here,
# for no other curve can be in a `CommandKey`.
warnings.filterwarnings("ignore", "EdDSA is deprecated", SecurityWarning)
_USUAL = 100_000
"""Bytes of a payload that needs no limits of its own."""
ALGORITHMS = ["EdDSA", "Ed25519"]


class BadToken(Exception):
    """It is no such token, or its signature does not hold."""


class _Header(msgspec.Struct, forbid_unknown_fields=True):
    """`crit`, `b64`, `jwk`, `x5c` and whatever else a header may hold is not taken."""

    alg: str
    kid: str = ""
    typ: str = ""
    cty: str = ""


def _limits(largest: int) -> JWSRegistry | None:
    """The library takes no payload beyond 128,000 bytes unless it is told so."""
    if not largest:
        return None
    registry = JWSRegistry(algorithms=ALGORITHMS)
    registry.max_payload_length = largest
    return registry


def kid_of(token: bytes, largest: int = 0) -> str:
    """The key's name in the header, not believed yet; `largest`: bytes of a long payload.

    Raises BadToken.
    """
    try:
        header = jws.extract_compact(token, None, _limits(largest)).protected
        return msgspec.convert(header, _Header).kid
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise BadToken("malformed") from None


def opened(token: bytes, key: OKPKey, largest: int = 0) -> bytes:
    """What was signed; `largest`: bytes of a long payload.  Raises BadToken."""
    kid_of(token, largest)
    try:
        return jws.deserialize_compact(
            token, key, algorithms=ALGORITHMS, registry=_limits(largest)
        ).payload
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise BadToken("signature") from None


def sign(claims: Any, key: OKPKey, kid: str) -> str:
    """A token, for whoever commands."""
    header = {"alg": "EdDSA", "kid": kid}
    payload = msgspec.json.encode(claims)
    registry = _limits(len(payload) if len(payload) > _USUAL else 0)
    return jws.serialize_compact(header, payload, key, algorithms=ALGORITHMS, registry=registry)


def from_jwk(x: str) -> OKPKey:
    """A public key by its coordinate.  Raises BadToken where it is none."""
    try:
        key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": x})
        _ = key.public_key
    except (JoseError, ValueError):
        raise BadToken("key") from None
    return key


def public_from_file(path: Path) -> OKPKey:
    """An Ed25519 public key (PEM).  Raises OSError, ValueError."""
    content = path.read_bytes()
    if not isinstance(load_pem_public_key(content), Ed25519PublicKey):
        raise ValueError("an Ed25519 public key in PEM is right")
    return OKPKey.import_key(content)


def private_from_file(path: Path) -> OKPKey:
    """An Ed25519 private key (PEM, not encrypted).  Raises OSError, ValueError."""
    content = path.read_bytes()
    if not isinstance(load_pem_private_key(content, None), Ed25519PrivateKey):
        raise ValueError("an Ed25519 private key in PEM is right")
    return OKPKey.import_key(content)
