"""The kiosk's own key for the broker: made here, never leaves; the city's authority signs."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

FOLDER = "identity"
KEY, REQUEST, CERTIFICATE = "uplink.key", "uplink.csr", "uplink.pem"


class IdentityError(Exception):
    """What a certificate is refused with."""


def requested(state: Path, kiosk: str) -> bytes:
    """The certificate request (PKCS #10, PEM) for this kiosk; its key is made once.

    Raises OSError.
    """
    folder = state / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / KEY
    if not path.exists():
        made = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        _kept(path, made)
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, kiosk)]))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(kiosk)]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(_key(path), hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    _kept(folder / REQUEST, request)
    return request


def accepted(state: Path, kiosk: str, pem: str, now: dt.datetime) -> Path:
    """Keeps the certificate that came back; it is ours only if key, name and time fit.

    Returns its path.  Raises IdentityError, OSError.
    """
    folder = state / FOLDER
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
    except ValueError:
        raise IdentityError("this is no certificate in PEM") from None
    if not (folder / KEY).exists():
        raise IdentityError("this kiosk has asked for none: make the request first")
    if certificate.public_key() != _key(folder / KEY).public_key():
        raise IdentityError("it belongs to another key: was it made for another kiosk?")
    names = [name.value for name in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if names != [kiosk]:
        raise IdentityError(f"it names {', '.join(map(str, names)) or 'nobody'}, not {kiosk}")
    if not certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc:
        raise IdentityError(
            f"it is valid {certificate.not_valid_before_utc:%d/%m/%Y} to "
            f"{certificate.not_valid_after_utc:%d/%m/%Y}, not now: is the clock right?"
        )
    _kept(folder / CERTIFICATE, pem.encode())
    return folder / CERTIFICATE


def _key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _kept(path: Path, content: bytes) -> None:
    part = path.with_suffix(".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    part.replace(path)
