"""An OCSP responder (RFC 6960) and a revocation list (RFC 5280) over HTTP, as an issuer runs them.

`revoked` is what it knows; faults: `down` = 503, `silent` = no answer until `awake`, `nonsense` =
something else, `stranger` = the answer is signed by a key that nobody vouched for.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Literal

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp

from tests.ward.signing_pki import Places, StatePki, new_key

Fault = Literal["", "down", "silent", "nonsense", "stranger"]


class Responder:
    """`async with Responder() as responder:` then `responder.places`, `responder.pki = …`."""

    def __init__(self) -> None:
        self.pki: StatePki | None = None
        self.fault: Fault = ""
        self.revoked: dict[int, dt.datetime] = {}
        """Serial → when."""
        self.asked: list[str] = []
        self.awake = asyncio.Event()
        self.places = Places("", "")
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Responder:
        app = web.Application()
        app.router.add_post("/ocsp", self._ocsp)
        app.router.add_get("/ca.crl", self._crl)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.places = Places(f"{base}/ocsp", f"{base}/ca.crl")
        return self

    async def __aexit__(self, *_: object) -> None:
        self.awake.set()
        if self._runner is not None:
            await self._runner.cleanup()

    def revoke(self, certificate: x509.Certificate) -> None:
        """From now on it says so."""
        self.revoked[certificate.serial_number] = dt.datetime.now(dt.UTC)

    # -- doors -----------------------------------------------------------------------------

    async def _ocsp(self, request: web.Request) -> web.StreamResponse:
        self.asked.append("ocsp")
        if (spoilt := await self._spoilt()) is not None:
            return spoilt
        asked = ocsp.load_der_ocsp_request(await request.read())
        answer = self._answer(asked)
        return web.Response(body=answer, content_type="application/ocsp-response")

    def _answer(self, asked: ocsp.OCSPRequest) -> bytes:
        pki = self.pki
        assert pki is not None
        now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        when = self.revoked.get(asked.serial_number)
        builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
            issuer_name_hash=asked.issuer_name_hash,
            issuer_key_hash=asked.issuer_key_hash,
            serial_number=asked.serial_number,
            algorithm=asked.hash_algorithm,
            cert_status=ocsp.OCSPCertStatus.REVOKED if when else ocsp.OCSPCertStatus.GOOD,
            this_update=now,
            next_update=now + dt.timedelta(hours=1),
            revocation_time=when,
            revocation_reason=x509.ReasonFlags.key_compromise if when else None,
        )
        signer = pki.responder
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, signer.certificate)
        builder = builder.certificates([signer.certificate])
        for extension in asked.extensions:
            if isinstance(extension.value, x509.OCSPNonce):
                builder = builder.add_extension(extension.value, critical=False)
        key = new_key() if self.fault == "stranger" else signer.key
        signed = builder.sign(key, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.DER)

    async def _crl(self, request: web.Request) -> web.StreamResponse:
        self.asked.append("crl")
        if (spoilt := await self._spoilt()) is not None:
            return spoilt
        pki = self.pki
        assert pki is not None
        now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(pki.root.certificate.subject)
            .last_update(now)
            .next_update(now + dt.timedelta(hours=1))
            .add_extension(x509.CRLNumber(1), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(pki.root.key.public_key()),
                critical=False,
            )
        )
        for serial, when in self.revoked.items():
            line = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(when)
            builder = builder.add_revoked_certificate(line.build())
        key = new_key() if self.fault == "stranger" else pki.root.key
        body = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
        return web.Response(body=body, content_type="application/pkix-crl")

    async def _spoilt(self) -> web.Response | None:
        if self.fault == "down":
            return web.Response(status=503)
        if self.fault == "silent":
            await self.awake.wait()
        if self.fault == "nonsense":
            return web.Response(text="<html>Chào mừng</html>", content_type="text/html")
        return None
