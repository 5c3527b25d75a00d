"""Seals to the ward's public key what only the ward may read (CMS, RFC 5652)."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.serialization import pkcs7

from daemon.uplink.errors import UplinkError


class Sealer:
    """Makes an envelope (DER) that the holder of the ward's key can open; the kiosk cannot."""

    def __init__(self, certificate: Path) -> None:
        """`certificate`: PEM with an RSA key of ≥ 2048 bits; read when it is first needed, for the
        demo's is made after the start.
        """
        self._path = certificate
        self._certificate: x509.Certificate | None = None

    def __call__(self, data: bytes) -> bytes:
        """The envelope.  Raises UplinkError where the certificate is none."""
        if self._certificate is None:
            self._certificate = self._read()
        return (
            pkcs7.PKCS7EnvelopeBuilder()
            .set_data(data)
            .add_recipient(self._certificate)
            .set_content_encryption_algorithm(algorithms.AES256)
            .encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
        )

    def _read(self) -> x509.Certificate:
        right = "a PEM certificate with an RSA key of 2048 bits or more is right"
        try:
            certificate = x509.load_pem_x509_certificate(self._path.read_bytes())
        except (OSError, ValueError) as error:
            raise UplinkError("ward_certificate", f"{type(error).__name__}; {right}") from None
        key = certificate.public_key()
        if not isinstance(key, rsa.RSAPublicKey) or key.key_size < 2048:
            raise UplinkError("ward_certificate", f"read {type(key).__name__}; {right}")
        return certificate
