"""A ward that signs at a service of its own: service, responder, state root, settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from asn1crypto import keys as asn1_keys
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from msgspec.structs import replace
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from daemon.register.certificates import asn1_of
from daemon.register.demo_certificates import pem
from daemon.register.settings import RegisterSettings, RemoteSettings
from tests.ward import certificates as tls
from tests.ward.certificates import Certificates
from tests.ward.responder import Responder
from tests.ward.signing_pki import StatePki
from tests.ward.signing_server import SigningServer, credentials_of


class RemoteWard(NamedTuple):
    """Everything that is running."""

    service: SigningServer
    responder: Responder
    pki: StatePki
    settings: RegisterSettings
    roots: tuple[x509.Certificate, ...]

    def stamper(self) -> DummyTimeStamper:
        """The state's time-stamp authority, in memory."""
        return stamper_of(self.pki)

    def with_remote(self, **changes: Any) -> RegisterSettings:
        """The settings with others of the service."""
        return replace(self.settings, remote=replace(self.settings.remote, **changes))


@asynccontextmanager
async def running(folder: Path, papers: Certificates, ward: Path) -> AsyncIterator[RemoteWard]:
    """`papers`: TLS of the service; `ward`: PEM of the ward's encryption certificate."""
    async with Responder() as responder:
        pki = responder.pki = StatePki(responder.places)
        (folder / "state-root.pem").write_bytes(pem(pki.root.certificate))
        async with SigningServer(papers, credentials_of(pki)) as service:
            (folder / "csc-secret").write_text(service.secret, encoding="ascii")
            remote = RemoteSettings(
                url=service.url,
                ca=papers.ca,
                client_id=service.client,
                client_secret_file=str(folder / "csc-secret"),
                certifier="person-1",
                authority="seal-1",
                proof="qr-1",
                timeout=20.0,  # a busy machine, not a slow service
                activation=60.0,
                poll=0.01,
            )
            settings = RegisterSettings(
                keys="remote",
                remote=remote,
                ward_certificate=str(ward),
                state_roots=(str(folder / "state-root.pem"),),
                volume_assigned="1",
            )
            yield RemoteWard(service, responder, pki, settings, (pki.root.certificate,))


def stamper_of(pki: StatePki) -> DummyTimeStamper:
    """The state's time-stamp authority in memory."""
    der = pki.stamper_key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    registry = SimpleCertificateStore()
    registry.register(asn1_of(pki.issuing.certificate))
    return DummyTimeStamper(
        asn1_of(pki.stamper), asn1_keys.PrivateKeyInfo.load(der), certs_to_embed=registry
    )


def tls_papers(folder: Path) -> Certificates:
    """TLS certificates of the service."""
    return tls.make(folder)
