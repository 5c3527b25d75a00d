"""Where keys live: the port between signing and a token (or, in tests, keys in memory)."""

from __future__ import annotations

from typing import Protocol

import pkcs11
from cryptography import x509
from pyhanko.sign.signers import Signer

from daemon.register.certificates import asn1_of
from daemon.register.token import Token


class Keys(Protocol):
    """Two or three named keys with their certificates.  All methods may block."""

    def certificate(self, label: str) -> x509.Certificate:
        """The certificate stored under `label`."""

    def sign_digest(self, label: str, digest: bytes) -> bytes:
        """Raw ECDSA P-256 (r ‖ s, 64 bytes) over a SHA-256 digest."""

    def signer(self, label: str, chain: tuple[x509.Certificate, ...]) -> Signer:
        """A pyHanko signer for `label` that embeds `chain`."""

    def failed(self, error: Exception) -> Exception:
        """The error to raise for one that came out of `signer`'s work."""

    def close(self) -> None:
        """Let go of the keys; the next call takes them up again."""


class TokenKeys:
    """Keys on a PKCS#11 token."""

    def __init__(self, token: Token) -> None:
        self._token = token

    def certificate(self, label: str) -> x509.Certificate:
        return self._token.certificate(label)

    def sign_digest(self, label: str, digest: bytes) -> bytes:
        return self._token.sign_digest(label, digest)

    def signer(self, label: str, chain: tuple[x509.Certificate, ...]) -> Signer:
        from pyhanko.sign.pkcs11 import PKCS11Signer  # heavy, and only where a token is used

        return PKCS11Signer(
            self._token.session,
            cert_label=label,
            key_label=label,
            ca_chain=[asn1_of(certificate) for certificate in chain],
            # SoftHSM and many tokens know plain ECDSA only; the digest is then made here
            use_raw_mechanism=True,
        )

    def failed(self, error: Exception) -> Exception:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, pkcs11.PKCS11Error):
                return self._token.named(cause)
            cause = cause.__cause__
        return error

    def close(self) -> None:
        self._token.close()
