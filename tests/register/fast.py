"""Keys in memory: the same certificates and signatures as the demo's token makes, but at once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import NamedTuple

from asn1crypto import keys as asn1_keys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from pyhanko.sign.signers import Signer, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from daemon.register import demo_certificates
from daemon.register.certificates import asn1_of
from daemon.register.demo_certificates import key_pem, pem
from daemon.register.keys import Act, Role
from daemon.register.settings import RegisterSettings

SPAN = (dt.datetime(2025, 1, 1, tzinfo=dt.UTC), dt.datetime(2040, 1, 1, tzinfo=dt.UTC))
"""The certificates hold on every day that a test's clock is set to."""


class MemoryKeys:
    """`Keys` without a token."""

    def __init__(self) -> None:
        root = demo_certificates.new_root(SPAN[0])
        self._held: dict[str, tuple[ec.EllipticCurvePrivateKey, x509.Certificate]] = {}
        for label, organisation in (("certifier", False), ("authority", True)):
            key = ec.generate_private_key(ec.SECP256R1())
            made = demo_certificates.issue(
                root, label, key.public_key(), SPAN, organisation=organisation
            )
            self._held[label] = (key, made)

    async def certificate(self, role: Role) -> x509.Certificate:
        return self._of(role)[1]

    async def chain(self, role: Role) -> tuple[x509.Certificate, ...]:
        return ()

    async def batch(self, role: Role) -> int:
        return 1

    async def sign_digest(self, role: Role, digest: bytes) -> bytes:
        signed = self._of(role)[0].sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))
        r, s = decode_dss_signature(signed)
        return r.to_bytes(32) + s.to_bytes(32)

    async def signer(
        self, role: Role, chain: tuple[x509.Certificate, ...], act: Act, count: int
    ) -> Signer:
        key, made = self._of(role)
        der = key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        registry = SimpleCertificateStore()
        registry.register_multiple(asn1_of(each) for each in chain)
        return SimpleSigner(
            asn1_of(made), asn1_keys.PrivateKeyInfo.load(der), cert_registry=registry
        )

    def failed(self, error: Exception) -> Exception:
        return error

    async def close(self) -> None:
        pass

    def _of(self, role: Role) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        return self._held["authority" if role == "proof" else role]


class FastPki(NamedTuple):
    """Keys for signing, and the ward's pair for envelopes."""

    keys: MemoryKeys
    ward_certificate: Path
    ward_key: Path

    def settings(self) -> RegisterSettings:
        return RegisterSettings(keys="token", ward_certificate=str(self.ward_certificate))


def make(folder: Path) -> FastPki:
    """Make all of it."""
    root = demo_certificates.new_root(SPAN[0])
    ward = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    made = demo_certificates.issue(root, "ward", ward.public_key(), SPAN, seals=True)
    (folder / "ward.pem").write_bytes(pem(made))
    (folder / "ward-key.pem").write_bytes(key_pem(ward))
    return FastPki(MemoryKeys(), folder / "ward.pem", folder / "ward-key.pem")
