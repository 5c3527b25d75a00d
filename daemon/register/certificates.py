"""Reading and judging certificates: time, key, whose it is, and whether the state stands behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError

from daemon.register.errors import (
    CertificateError,
    CertificateExpired,
    CertificateNotYetValid,
    CertificateUnsuitable,
)

_RSA_LEAST = 2048
_CURVES = ("secp256r1", "secp384r1", "secp521r1")


def load_pem(paths: Iterable[str | Path]) -> tuple[x509.Certificate, ...]:
    """All certificates of some PEM files; raises `CertificateError` naming the file."""
    found: list[x509.Certificate] = []
    for path in paths:
        try:
            found += x509.load_pem_x509_certificates(Path(path).read_bytes())
        except (OSError, ValueError) as error:
            raise CertificateError(f"{path}: no PEM certificates ({error})") from error
    return tuple(found)


def asn1_of(certificate: x509.Certificate) -> asn1.Certificate:
    """The same certificate as pyHanko wants it."""
    return asn1.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def key_id(certificate: x509.Certificate) -> bytes:
    """First 8 bytes of SHA-256 of the public key: names the key in the QR's statement."""
    spki = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    digest = hashes.Hash(hashes.SHA256())
    digest.update(spki)
    return digest.finalize()[:8]


def check(certificate: x509.Certificate, whose: str, now: dt.datetime, serial: str = "") -> None:
    """Raise unless the certificate may sign now; `serial` = the configured one, hexadecimal."""
    if now > certificate.not_valid_after_utc:
        raise CertificateExpired(
            f"{whose}: the certificate ended {certificate.not_valid_after_utc:%Y-%m-%d}; renew it"
        )
    if now < certificate.not_valid_before_utc:
        raise CertificateNotYetValid(
            f"{whose}: the certificate begins {certificate.not_valid_before_utc:%Y-%m-%d %H:%M} "
            f"UTC, the clock says {now.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"
        )
    if serial and int(serial.replace(":", ""), 16) != certificate.serial_number:
        raise CertificateUnsuitable(
            f"{whose}: the token holds serial {certificate.serial_number:x}, "
            f"the configuration says {serial}"
        )
    key = certificate.public_key()
    good = (isinstance(key, rsa.RSAPublicKey) and key.key_size >= _RSA_LEAST) or (
        isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES
    )
    if not good:
        raise CertificateUnsuitable(
            f"{whose}: {type(key).__name__} is not RSA of {_RSA_LEAST} bits or more or ECDSA"
        )


async def chains_to(
    certificate: x509.Certificate,
    roots: tuple[x509.Certificate, ...],
    others: tuple[x509.Certificate, ...],
    now: dt.datetime,
) -> bool:
    """Is there a valid path from the certificate to one of `roots` now?"""
    if not roots:
        return False
    context = ValidationContext(
        trust_roots=[asn1_of(root) for root in roots],
        other_certs=[asn1_of(other) for other in others],
        moment=now,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    try:
        validator = CertificateValidator(asn1_of(certificate), validation_context=context)
        await validator.async_validate_usage(set())  # type: ignore[no-untyped-call]
    except (PathBuildingError, PathValidationError):
        return False
    return True
