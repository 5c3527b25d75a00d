"""A small authority for one ward's line: EC P-256, a certificate on both sides, RFC 5280."""

from __future__ import annotations

import datetime as dt
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ROOT_HOLDS = dt.timedelta(days=3650)
HOLDS = dt.timedelta(days=397)
"""Kiosks ask for a new one 30 days before (`uplink.renew_days`)."""


class Authority:
    """Makes `ca.pem` and `ca.key` in a folder, and pairs below them beside."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        builder = _begun(self._name, self._name, self._key.public_key(), ROOT_HOLDS)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        self._certificate = builder.add_extension(usage, True).sign(self._key, hashes.SHA256())
        self._write("ca", self._key, self._certificate)

    def issue(self, name: str, host: str = "") -> None:
        """`NAME.pem` and `NAME.key`; `host` = a name or address under which a server is dialled."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _begun(_named(name), self._name, key.public_key(), HOLDS)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
        purpose = ExtendedKeyUsageOID.SERVER_AUTH if host else ExtendedKeyUsageOID.CLIENT_AUTH
        builder = (
            builder.add_extension(above, False)
            .add_extension(usage, True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), False)
        )
        if host:
            builder = builder.add_extension(x509.SubjectAlternativeName([_place(host)]), False)
        self._write(name, key, builder.sign(self._key, hashes.SHA256()))

    def _write(
        self, name: str, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate
    ) -> None:
        place = self._folder / f"{name}.key"
        place.touch(mode=0o600)
        place.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        (self._folder / f"{name}.pem").write_bytes(pem)


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, holds: dt.timedelta
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + holds)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), False)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _place(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
