"""Certificates are watched: 60, 30 and 7 days before their end, revoked, not yet valid."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
from msgspec.structs import replace

from daemon.catalogue.calendar import VIETNAM
from daemon.hands.certificates import CertificateWatch, health
from daemon.register import watch
from daemon.register.errors import (
    CertificateNotYetValid,
    CertificateRevoked,
    CertifierOutOfTerm,
    ClockUntrusted,
)
from daemon.register.register import Register
from daemon.register.settings import Certifier
from daemon.register.watch import State
from daemon.store import Store
from daemon.uplink.payloads import DeviceHealth
from tests.register.made import BIRTH, Clock, Request
from tests.register.remote_ward import RemoteWard
from tests.ward.signing_pki import Places, StatePki

NOW = dt.datetime(2026, 6, 1, 8, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def state() -> StatePki:
    return StatePki(Places("http://ocsp.example", "http://crl.example"), NOW, days=100)


@pytest.mark.parametrize(
    ("days", "wanted", "told"),
    [
        (39.9, "ok", "ok"),
        (40, "expires_60", "warn"),
        (69.9, "expires_60", "warn"),
        (70, "expires_30", "warn"),
        (92.9, "expires_30", "warn"),
        (93, "expires_7", "warn"),
        (100, "expires_7", "warn"),
        (100.1, "expired", "lost"),
        (-1, "not_yet_valid", "lost"),
    ],
)
def test_the_state_changes_on_the_day(
    state: StatePki, days: float, wanted: State, told: str
) -> None:
    at = NOW + dt.timedelta(days=days)
    found = watch.judge("certifier", state.certifier.certificate, at)
    assert found.state == wanted
    spoken = health(found)
    assert (spoken.id, spoken.state) == ("certificate.certifier", told)
    assert spoken.reason == (None if wanted == "ok" else wanted)


def test_what_a_responder_said_counts(state: StatePki) -> None:
    certificate = state.authority.certificate
    assert watch.judge("authority", certificate, NOW, "revoked").state == "revoked"
    assert watch.judge("authority", certificate, NOW, "revocation_unknown").state == (
        "revocation_unknown"
    )
    late = NOW + dt.timedelta(days=95)  # the end is nearer than the silence
    assert watch.judge("authority", certificate, late, "revocation_unknown").state == "expires_7"


async def test_the_ward_hears_of_it_under_stable_keys(ward: RemoteWard, store: Store) -> None:
    clock = Clock()
    settings = replace(ward.settings, revocation="required")
    register = Register(settings, store, clock=clock, timestamper=ward.stamper())
    told: list[DeviceHealth] = []
    looking = CertificateWatch(told.append)

    async def look() -> dict[str, str | None]:
        told.clear()
        await looking.look(register)
        return {one.id: one.reason for one in told}

    names = [f"certificate.{role}" for role in ("certifier", "authority", "proof")]
    assert await look() == dict.fromkeys(names)
    clock.on(days=320)
    assert await look() == dict.fromkeys(names, "expires_60")
    clock.on(days=-320)
    ward.responder.revoke(ward.pki.authority.certificate)
    with pytest.raises(CertificateRevoked):
        await register.ready()
    assert await look() == {**dict.fromkeys(names), "certificate.authority": "revoked"}
    ward.responder.revoked.clear()
    await register.ready()
    assert await look() == dict.fromkeys(names)
    ward.service.status["person-1"] = ("enabled", "suspended")
    assert await look() == {**dict.fromkeys(names), "certificate.certifier": "revoked"}
    await register.close()


async def test_nothing_is_signed_before_a_certificate_begins(
    ward: RemoteWard, store: Store
) -> None:
    early = ward.pki.now + dt.timedelta(days=2)
    later = ward.pki.leaf("Nguyễn Văn Mẫu", begin=early)
    held = ward.service.credentials
    held["person-1"] = held["person-1"]._replace(pair=later)
    register = Register(ward.settings, store)
    with pytest.raises(CertificateNotYetValid):
        await register.ready()
    request = Request(BIRTH)
    authorisation = await request.paid(register)
    with pytest.raises(CertificateNotYetValid):
        await request.sealed(register, authorisation)
    await register.close()
    assert ward.service.activations == []


async def test_real_keys_sign_only_while_the_clock_is_synchronised(
    ward: RemoteWard, store: Store
) -> None:
    right = True
    register = Register(ward.settings, store, synchronised=lambda: right)
    request = Request(BIRTH)
    authorisation = await request.paid(register)
    right = False
    with pytest.raises(ClockUntrusted, match="synchronised"):
        await request.sealed(register, authorisation)
    with pytest.raises(ClockUntrusted):
        await register.ready()
    assert ward.service.activations == []
    right = True
    assert (await request.sealed(register, authorisation)).copies[0].number == "01"
    await register.close()


async def test_the_interval_of_the_certifier_ends_while_he_is_asked(
    ward: RemoteWard, store: Store
) -> None:
    """Accepted at 23:58 of the last day; the service asks again after midnight."""
    evening = dt.datetime.now(VIETNAM).replace(hour=23, minute=58) + dt.timedelta(days=1)
    clock = Clock(evening)
    settings = replace(ward.settings, certifier=Certifier(valid_to=evening.date()))
    register = Register(settings, store, clock=clock)
    request = Request(BIRTH)
    authorisation = await request.paid(register)
    ward.service.willing = False

    sealing = asyncio.create_task(request.sealed(register, authorisation))
    await ward.service.when_asked.wait()
    clock.on(minutes=3)
    ward.service.confirm()
    with pytest.raises(CertifierOutOfTerm):
        await sealing
    await register.close()
