"""What only the ward can read: CMS envelopes to its public key (RFC 5652, AES-256, RSA).

The kiosk has no private key: once sealed, it cannot read them itself.  `unseal` is for the ward,
its demo and the tests.
"""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import Literal

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.serialization import pkcs7

from daemon.machine.personal import Personal
from daemon.register.errors import EnvelopeError
from daemon.register.facts import RequestFacts

SALT = 16
"""Bytes of salt: a name cannot be guessed from its commitment."""


class Unfinished(msgspec.Struct, frozen=True, tag=True):
    """A request that the counter can finish or refund: topic `sealed/request`."""

    facts: RequestFacts
    code: str
    requester: str
    pictures: tuple[bytes, ...]
    """Each page's JPEG, in the order of `facts`; may be empty where nothing was photographed."""


class Names(msgspec.Struct, frozen=True, tag=True):
    """The requester's name for the entries of one request: topic `sealed/name`."""

    request: str
    requester: str
    salts: tuple[bytes, ...]
    """One for each paper: opens the entry's commitment."""


class Delivery(msgspec.Struct, frozen=True, tag=True):
    """An electronic certified copy for the ward's store: topic `sealed/copy`."""

    request: str
    place: int
    number: str
    volume: str
    pdf: bytes
    code: str = ""
    """On the visitor's slip: by it the ward's store finds the copy for who shows the slip."""


class Packed(msgspec.Struct, frozen=True, tag=True):
    """A digital dossier for the ward: topic `sealed/dossier`."""

    slip: str
    procedure: str
    manifest: bytes
    """`daemon.services.dossiers.manifest.Manifest`, JSON."""
    files: dict[str, bytes]
    """File name → PDF/A, as the manifest names them."""


Content = Unfinished | Names | Delivery | Packed


def commitment(requester: Personal[str], salt: bytes) -> bytes:
    """SHA-256(salt ‖ name in UTF-8): what the register and the chain hold of a name."""
    return hashlib.sha256(salt + requester.reveal().encode()).digest()


def new_salt() -> bytes:
    """A fresh salt."""
    return secrets.token_bytes(SALT)


class Ward:
    """The ward's public key."""

    def __init__(self, path: str) -> None:
        """`path`: PEM certificate; raises `EnvelopeError` naming what is wrong with it."""
        if not path:
            raise EnvelopeError(
                "ward_certificate: read nothing; without it nothing can be kept for the ward"
            )
        try:
            certificate = x509.load_pem_x509_certificate(Path(path).read_bytes())
        except (OSError, ValueError) as error:
            raise EnvelopeError(
                f"ward_certificate: {path} is no PEM certificate ({type(error).__name__})"
            ) from error
        key = certificate.public_key()
        if not (isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048):
            raise EnvelopeError(
                f"ward_certificate: {path} holds {type(key).__name__}, RSA of 2048 bits or more "
                "is right"
            )
        self._certificate = certificate

    def seal(self, content: Content) -> bytes:
        """The envelope, DER."""
        builder = (
            pkcs7.PKCS7EnvelopeBuilder()
            .set_data(msgspec.msgpack.encode(content))
            .add_recipient(self._certificate)
            .set_content_encryption_algorithm(algorithms.AES256)
        )
        return builder.encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def unseal(envelope: bytes, certificate: Path, key: Path) -> Content:
    """Open an envelope with the ward's private key (PEM, no passphrase)."""
    try:
        private = serialization.load_pem_private_key(key.read_bytes(), password=None)
        public = x509.load_pem_x509_certificate(certificate.read_bytes())
    except (OSError, ValueError, TypeError) as error:
        raise EnvelopeError(
            f"ward key: {key} or {certificate} is not PEM ({type(error).__name__})"
        ) from error
    if not isinstance(private, rsa.RSAPrivateKey):
        raise EnvelopeError(f"ward key: {key} holds {type(private).__name__}, RSA is right")
    try:
        data = pkcs7.pkcs7_decrypt_der(envelope, public, private, [])
        content: Content = msgspec.msgpack.decode(data, type=Content)
    except (ValueError, msgspec.MsgspecError) as error:
        raise EnvelopeError("envelope: not one for this key, or damaged") from error
    return content


Sealed = Literal["sealed/request", "sealed/name", "sealed/copy", "sealed/dossier"]
"""Kinds of outbox facts that hold an envelope."""
