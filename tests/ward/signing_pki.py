"""A state in small: root, issuing authority, signers, an OCSP and a time-stamp signer.

Leaf certificates name an OCSP responder, that of the issuing authority names a list (CRL), as those
of a real trust list do.  Everything is made anew for each test run and lives in memory.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


class Pair(NamedTuple):
    """A key and its certificate."""

    key: Key
    certificate: x509.Certificate


class Places(NamedTuple):
    """Where the responder answers."""

    ocsp: str
    crl: str


def new_key() -> Key:
    """P-256."""
    return ec.generate_private_key(ec.SECP256R1())


class StatePki:
    """Root → issuing authority → certifier, authority, proof, responder, time stamps."""

    def __init__(self, places: Places, now: dt.datetime | None = None, days: int = 365) -> None:
        self.places = places
        self.now = now or dt.datetime.now(dt.UTC)
        end = self.now + dt.timedelta(days=days)
        self.root = self._self_signed("Gốc thử nghiệm")
        self.issuing = self._under_root("CA thử nghiệm")
        self.certifier = self.leaf("Nguyễn Văn Mẫu", end=end)
        self.authority = self.leaf("ỦY BAN NHÂN DÂN PHƯỜNG MẪU", end=end)
        self.proof = self.leaf("ỦY BAN NHÂN DÂN PHƯỜNG MẪU", end=end, unit="Mã QR")
        self.responder = self.leaf("OCSP thử nghiệm", usage=ExtendedKeyUsageOID.OCSP_SIGNING)
        self.stamper_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.stamper = self.certificate(
            "TSA thử nghiệm",
            self.stamper_key.public_key(),
            usage=ExtendedKeyUsageOID.TIME_STAMPING,
        )

    def leaf(
        self,
        name: str,
        *,
        begin: dt.datetime | None = None,
        end: dt.datetime | None = None,
        unit: str = "",
        usage: x509.ObjectIdentifier | None = None,
    ) -> Pair:
        """A key with a certificate of the issuing authority."""
        key = new_key()
        made = self.certificate(
            name, key.public_key(), begin=begin, end=end, unit=unit, usage=usage
        )
        return Pair(key, made)

    def certificate(
        self,
        name: str,
        key: PublicKey,
        *,
        begin: dt.datetime | None = None,
        end: dt.datetime | None = None,
        unit: str = "",
        usage: x509.ObjectIdentifier | None = None,
    ) -> x509.Certificate:
        """A certificate of the issuing authority."""
        builder = self._builder(name, key, self.issuing.certificate.subject, unit)
        builder = builder.not_valid_before(begin or self.now - dt.timedelta(hours=1))
        builder = builder.not_valid_after(end or self.now + dt.timedelta(days=365))
        builder = builder.add_extension(_usage(ca=False), critical=True)
        builder = builder.add_extension(x509.BasicConstraints(False, None), critical=True)
        if usage is not None:
            critical = usage == ExtendedKeyUsageOID.TIME_STAMPING
            builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=critical)
        if usage == ExtendedKeyUsageOID.OCSP_SIGNING:
            builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
        else:
            place = x509.UniformResourceIdentifier(self.places.ocsp)
            access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, place)
            builder = builder.add_extension(
                x509.AuthorityInformationAccess([access]), critical=False
            )
        return self._signed(builder, self.issuing)

    # -- inside ----------------------------------------------------------------------------

    def _self_signed(self, name: str) -> Pair:
        key = new_key()
        builder = self._builder(name, key.public_key(), _name(name))
        return Pair(key, self._above(builder).sign(key, hashes.SHA256()))

    def _under_root(self, name: str) -> Pair:
        key = new_key()
        builder = self._above(self._builder(name, key.public_key(), self.root.certificate.subject))
        place = x509.UniformResourceIdentifier(self.places.crl)
        point = x509.DistributionPoint([place], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        return Pair(key, self._signed(builder, self.root))

    def _above(self, builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
        builder = builder.not_valid_before(self.now - dt.timedelta(days=365))
        builder = builder.not_valid_after(self.now + dt.timedelta(days=3650))
        builder = builder.add_extension(_usage(ca=True), critical=True)
        return builder.add_extension(x509.BasicConstraints(True, None), critical=True)

    def _builder(
        self, name: str, key: PublicKey, issuer: x509.Name, unit: str = ""
    ) -> x509.CertificateBuilder:
        identifier = x509.SubjectKeyIdentifier.from_public_key(key)
        return (
            x509.CertificateBuilder()
            .subject_name(_name(name, unit))
            .issuer_name(issuer)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .add_extension(identifier, critical=False)
        )

    def _signed(self, builder: x509.CertificateBuilder, issuer: Pair) -> x509.Certificate:
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
        return builder.add_extension(identifier, critical=False).sign(issuer.key, hashes.SHA256())


def _name(common: str, unit: str = "") -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN")]
    if unit:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit))
    parts.append(x509.NameAttribute(NameOID.COMMON_NAME, common))
    return x509.Name(parts)


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=not ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )
