"""Certificates of the demo and the tests: a root, signers under it, the ward's encryption key."""

from __future__ import annotations

import datetime as dt

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

YEARS = 5
"""How long a demo certificate lives; its root twice as long."""

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
Signer = tuple[ec.EllipticCurvePrivateKey, x509.Certificate]
"""An issuer: key and certificate."""


def new_root(begin: dt.datetime) -> Signer:
    """A root key with its own certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Ward Kiosk Demo Root - KHÔNG CÓ GIÁ TRỊ PHÁP LÝ", organisation=True)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin - dt.timedelta(days=1))
        .not_valid_after(begin + dt.timedelta(days=365 * 2 * YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=False, issues=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def issue(
    root: Signer,
    name: str,
    key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    span: tuple[dt.datetime, dt.datetime],
    *,
    organisation: bool = True,
    unit: str = "",
    seals: bool = False,
) -> x509.Certificate:
    """A certificate of `root`: for signing, or with `seals` for encryption to its holder."""
    issuer_key, issuer = root
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name, unit, organisation=organisation))
        .issuer_name(issuer.subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(span[0])
        .not_valid_after(span[1])
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=not seals, issues=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
        .sign(issuer_key, hashes.SHA256())
    )


def _name(common: str, unit: str = "", *, organisation: bool) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN")]
    if organisation:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, common[:64]))
    if unit:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit))
    parts.append(x509.NameAttribute(NameOID.COMMON_NAME, common[:64]))
    return x509.Name(parts)


def _usage(*, signs: bool, issues: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=signs,
        key_encipherment=not signs and not issues,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issues,
        crl_sign=issues,
        encipher_only=False,
        decipher_only=False,
    )


def pem(certificate: x509.Certificate) -> bytes:
    """A certificate as PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def key_pem(key: Key) -> bytes:
    """A private key as PEM (PKCS#8, no passphrase: the demo's)."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
