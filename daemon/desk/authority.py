"""The ward's small authority: it signs the certificates of the desk, its kiosks and officers.

The key lies in the desk's state folder, which only the desk's account can read.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey

YEARS_CA = 10
DAYS_DESK = 825
"""What browsers accept of a server's certificate."""
SINCE = dt.timedelta(minutes=5)
"""Clocks of a ward differ a little."""


class Authority:
    """The authority in its folder: `ca.pem`, `ca.key`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.certificate_file = folder / "ca.pem"
        self._key_file = folder / "ca.key"

    def make(self, ward: str) -> bool:
        """A new one, unless there is one."""
        if self._key_file.exists():
            return False
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{ward} – quầy chứng thực")])
        made = (
            _builder(name, key, dt.timedelta(days=365 * YEARS_CA))
            .issuer_name(name)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        write(self._key_file, key_pem(key))
        write(self.certificate_file, pem(made))
        return True

    def sign_desk(self, names: Sequence[x509.GeneralName]) -> tuple[x509.Certificate, Key]:
        """The server's own."""
        return self._sign("desk", "desk", dt.timedelta(days=DAYS_DESK), names)

    def sign_client(self, name: str, role: str, days: int) -> tuple[x509.Certificate, Key]:
        """For a kiosk or a certifier."""
        return self._sign(name, role, dt.timedelta(days=days), ())

    def certificate(self) -> x509.Certificate:
        """The authority's own certificate."""
        return x509.load_pem_x509_certificate(self.certificate_file.read_bytes())

    def _sign(
        self, name: str, role: str, holds: dt.timedelta, names: Sequence[x509.GeneralName]
    ) -> tuple[x509.Certificate, Key]:
        ca = self.certificate()
        by = serialization.load_pem_private_key(self._key_file.read_bytes(), None)
        assert isinstance(by, ec.EllipticCurvePrivateKey)
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, role),
                x509.NameAttribute(NameOID.COMMON_NAME, name),
            ]
        )
        server = bool(names)
        purpose = ExtendedKeyUsageOID.SERVER_AUTH if server else ExtendedKeyUsageOID.CLIENT_AUTH
        builder = (
            _builder(subject, key, holds)
            .issuer_name(ca.subject)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False
            )
        )
        if server:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(by, hashes.SHA256()), key


def pem(certificate: x509.Certificate) -> bytes:
    """As a PEM file holds it."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def key_pem(key: Key) -> bytes:
    """A private key in PEM, without a passphrase: its file is the owner's alone."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def write(path: Path, data: bytes) -> None:
    """A file only its owner may read, whole or not there."""
    part = path.with_suffix(path.suffix + ".part")
    part.unlink(missing_ok=True)
    fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    belong(fd, path)
    with os.fdopen(fd, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def belong(fd: int, path: Path) -> None:
    """What root writes into the desk's folder is the desk's: its server has to read it."""
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.fchown(fd, folder.st_uid, folder.st_gid)


def _builder(subject: x509.Name, key: Key, holds: dt.timedelta) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SINCE)
        .not_valid_after(now + holds)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
