"""Signing at a service (CSC API v2): one activation for each decision, and every way it fails."""

from __future__ import annotations

import asyncio
import base64
import shutil
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace

from daemon.register import verify
from daemon.register.csc import Service
from daemon.register.demo_pki import DemoPki
from daemon.register.errors import (
    ActivationExpired,
    ActivationMissing,
    ActivationRefused,
    AuthorisationExpired,
    CertificateRevoked,
    CredentialUnsuitable,
    RegisterError,
    RemoteAnswer,
    RemoteRefused,
    RemoteUnavailable,
    RemoteUntrusted,
    SecretMissing,
)
from daemon.register.register import Register
from daemon.register.settings import RegisterSettings, RemoteSettings
from daemon.store import Store
from daemon.store.models.register import EntryRow
from tests.register.made import BIRTH, DEGREE, FULL, Clock, Request
from tests.register.remote_ward import RemoteWard
from tests.ward.signing_server import Fault


async def ready(settings: RegisterSettings, store: Store) -> None:
    register = Register(settings, store)
    try:
        await register.ready()
    finally:
        await register.close()


async def test_three_papers_are_signed_with_one_activation_of_the_certifier(
    ward: RemoteWard, store: Store, tmp_path: Path
) -> None:
    register = Register(ward.settings, store)
    request = Request(BIRTH, DEGREE, FULL)
    sealed = await request.sealed(register)
    await register.close()
    assert not sealed.sample  # the root is the configured one
    for copy in sealed.copies:
        report = await verify.check(copy.pdf, ward.roots)
        assert (report.genuine, report.problems, report.sample) == (True, (), False)
        assert report.signatures[0].signer == "Nguyễn Văn Mẫu"
    (asked,) = [one for one in ward.service.activations if one.credential == "person-1"]
    assert asked.decision == request.facts.id
    assert len(set(asked.hashes)) == 3
    assert all(len(base64.b64decode(one)) == 32 for one in asked.hashes)
    if shutil.which("pdfsig") is not None:
        path = tmp_path / "copy.pdf"
        path.write_bytes(sealed.copies[0].pdf)
        told = await asyncio.to_thread(_pdfsig, path)
        assert told.count("Signature is Valid") == 2
        assert "Total document signed" in told


def _pdfsig(path: Path) -> str:
    done = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False)
    return done.stdout


async def test_a_service_that_signs_few_at_once_asks_more_often(
    ward: RemoteWard, store: Store
) -> None:
    ward.service.multisign = 2
    register = Register(ward.settings, store)
    sealed = await Request(BIRTH, DEGREE, FULL).sealed(register)
    await register.close()
    sizes = [len(one.hashes) for one in ward.service.activations if one.credential == "person-1"]
    assert sizes == [2, 1]
    for copy in sealed.copies:
        assert (await verify.check(copy.pdf, ward.roots)).genuine


@pytest.mark.parametrize(
    ("fault", "at", "error"),
    [
        ("down", "signatures/signHash", RemoteUnavailable),
        ("cut", "signatures/signHash", RemoteUnavailable),
        ("nonsense", "signatures/signHash", RemoteAnswer),
        ("expired", "signatures/signHash", ActivationExpired),
        ("wrong_hash", "signatures/signHash", RemoteAnswer),
        ("fewer", "signatures/signHash", RemoteAnswer),
        ("down", "credentials/authorize", RemoteUnavailable),
        ("nonsense", "credentials/authorizeCheck", RemoteAnswer),
        ("refuses", "credentials/authorizeCheck", ActivationRefused),
    ],
)
async def test_each_failure_has_its_name_and_the_number_is_kept_for_the_retry(
    ward: RemoteWard, store: Store, fault: Fault, at: str, error: type[RegisterError]
) -> None:
    register = Register(ward.settings, store)
    request = Request(BIRTH)
    authorisation = await request.paid(register)
    await register.ready()
    broken = _when_the_person_is_asked(ward, fault, at)
    with pytest.raises(error) as raised:
        await request.sealed(register, authorisation)
    broken.cancel()
    assert raised.value.final == (error is ActivationRefused)
    (row,) = await store.read(lambda: list(EntryRow.select()))
    assert (row.number, row.status) == (1, "reserved")
    ward.service.fault = ""
    sealed = await request.sealed(register, authorisation)
    await register.close()
    assert sealed.copies[0].number == "01"
    assert (await verify.check(sealed.copies[0].pdf, ward.roots)).genuine


def _when_the_person_is_asked(ward: RemoteWard, fault: Fault, at: str) -> asyncio.Task[None]:
    """The fault comes once the QR is signed: at the certifier's own activation."""
    service = ward.service
    service.fault_at = at

    async def spoil() -> None:
        await service.when_asked.wait()
        service.fault = fault

    if at == "credentials/authorize":
        service.fault = fault  # already the QR's key is not activated then
    return asyncio.create_task(spoil())


async def test_a_service_that_does_not_answer_ends_within_its_time(
    ward: RemoteWard, store: Store
) -> None:
    ward.service.fault, ward.service.fault_at = "silent", "credentials/info"
    with pytest.raises(RemoteUnavailable, match="Timeout"):
        await ready(ward.with_remote(timeout=0.2), store)


async def test_nobody_there(ward: RemoteWard, store: Store) -> None:
    with pytest.raises(RemoteUnavailable):
        await ready(ward.with_remote(url="https://localhost:9"), store)


async def test_another_ones_certificate_is_not_trusted(ward: RemoteWard, store: Store) -> None:
    with pytest.raises(RemoteUntrusted, match=r"remote\.ca") as raised:
        await ready(ward.with_remote(ca=""), store)
    assert raised.value.final
    assert ward.service.asked == []  # no secret was sent


async def test_the_client_is_named_and_its_secret_is_read_anew(
    ward: RemoteWard, store: Store, tmp_path: Path
) -> None:
    with pytest.raises(SecretMissing, match="nowhere"):
        await ready(ward.with_remote(client_secret_file="/nowhere/secret"), store)
    wrong = tmp_path / "wrong"
    wrong.write_text("not-the-secret", encoding="ascii")
    with pytest.raises(RemoteRefused, match="invalid_client") as raised:
        await ready(ward.with_remote(client_secret_file=str(wrong)), store)
    assert "not-the-secret" not in str(raised.value)


async def test_the_secret_is_a_systemd_credential(
    ward: RemoteWard, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "csc-client-secret").write_text(ward.service.secret, encoding="ascii")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    plain = RemoteSettings().client_secret_file
    await ready(ward.with_remote(client_secret_file=plain), store)


async def test_an_access_token_that_ended_is_renewed(ward: RemoteWard, store: Store) -> None:
    register = Register(ward.settings, store)
    await register.ready()
    ward.service.forget_tokens()
    await register.ready()
    await register.close()
    assert ward.service.asked.count("oauth2/token") == 2


async def test_keys_that_a_kiosk_must_not_use(ward: RemoteWard, store: Store) -> None:
    service = ward.service
    service.objects = [{"type": "Password", "id": "PIN"}]
    with pytest.raises(CredentialUnsuitable, match="1 secrets of the holder"):
        await ready(ward.settings, store)
    service.objects = []
    service.scal = "1"
    with pytest.raises(CredentialUnsuitable, match="SCAL"):
        await ready(ward.settings, store)
    service.scal = "2"
    service.status["seal-1"] = ("disabled", "valid")
    with pytest.raises(CredentialUnsuitable, match="disabled"):
        await ready(ward.settings, store)
    service.status["seal-1"] = ("enabled", "revoked")
    with pytest.raises(CertificateRevoked, match="authority"):
        await ready(ward.settings, store)
    with pytest.raises(CredentialUnsuitable, match="'nobody' is none of them"):
        await ready(ward.with_remote(certifier="nobody"), store)
    service.specs = "1.0.4.0"
    with pytest.raises(CredentialUnsuitable, match="version 2"):
        await ready(ward.settings, store)


async def test_nobody_confirms_in_time(ward: RemoteWard, store: Store) -> None:
    ward.service.willing = False
    register = Register(ward.with_remote(activation=0.1), store)
    request = Request(BIRTH)
    authorisation = await request.paid(register)
    with pytest.raises(ActivationMissing, match="nobody confirmed") as raised:
        await request.sealed(register, authorisation)
    assert raised.value.final
    await register.close()
    assert "signatures/signHash" in ward.service.asked  # the QR's, and no other
    assert ward.service.asked.count("signatures/signHash") == 1


async def test_a_confirmation_after_the_fifteen_minutes_signs_nothing(
    ward: RemoteWard, store: Store
) -> None:
    ward.service.willing = False
    clock = Clock()
    register = Register(ward.settings, store, clock=clock)
    request = Request(BIRTH)
    authorisation = await request.paid(register)
    sealing = asyncio.create_task(request.sealed(register, authorisation))
    await ward.service.when_asked.wait()
    clock.on(minutes=16)
    ward.service.confirm()
    with pytest.raises(AuthorisationExpired):
        await sealing
    await register.close()
    assert ward.service.asked.count("signatures/signHash") == 1


async def test_the_seal_may_be_on_a_token(ward: RemoteWard, store: Store, pki: DemoPki) -> None:
    pki.use()
    settings = replace(ward.with_remote(authority="", proof=""), token=pki.token)
    register = Register(settings, store)
    sealed = await Request(BIRTH).sealed(register)
    await register.close()
    assert sealed.sample  # the token's certificate is the demo's
    names = [one.credential for one in ward.service.activations]
    assert names == ["person-1"]


async def test_the_service_says_what_it_can(ward: RemoteWard) -> None:
    service = Service(ward.settings.remote)
    info = await service.info()
    assert info.specs.startswith("2.")
    assert {"credentials/authorize", "signatures/signHash"} <= set(info.methods)
    assert await service.credentials() == ("person-1", "seal-1", "qr-1")
    assert service.waited > 0
    await service.close()


def test_settings_of_the_service_name_what_is_wrong() -> None:
    for changes, told in (
        ({"url": "http://ward.example", "certifier": "x"}, "https"),
        ({"url": "https://ward.example"}, "certifier"),
        ({"timeout": 0.0}, "timeout"),
        ({"activation": 1000.0}, "activation"),
    ):
        with pytest.raises(ValueError, match=told):
            RemoteSettings(**changes)
    with pytest.raises(ValueError, match=r"remote\.url"):
        RegisterSettings(keys="remote", ward_certificate="ward.pem")
    with pytest.raises(ValueError, match="permitted"):
        RegisterSettings(
            keys="token", ward_certificate="ward.pem", state_roots=("r.pem",), volume_assigned="1"
        )
    with pytest.raises(ValueError, match="revocation"):
        RegisterSettings(revocation="required")
