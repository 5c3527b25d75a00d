"""Several certifiers: whoever decided is named, has to be in term, and signs with his own key."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from daemon.catalogue.calendar import VIETNAM
from daemon.machine.events import Decided
from daemon.machine.personal import Personal
from daemon.register.errors import CertificateError, CertifierOutOfTerm, NotAuthorised
from daemon.register.facts import Authorisation, Paid
from daemon.register.register import Register
from daemon.register.settings import Certifier, RegisterSettings
from daemon.store import Store
from daemon.store.models.register import EntryRow
from tests.register.made import BIRTH, NAME, Clock, Request

HAI = Certifier(id="lthai", name="Lê Thị Hai", title=("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"))
CUU = Certifier(id="cuu", name="Người Cũ", title=("TUQ. CHỦ TỊCH",), valid_to=dt.date(2025, 12, 1))
KHAC = Certifier(id="khac", name="Người Khác", title=("CHỦ TỊCH",), certificate_serial="ff")


def register_of(settings: RegisterSettings, store: Store, clock: Clock) -> Register:
    several = msgspec.structs.replace(settings, certifiers=(HAI, CUU, KHAC))
    return Register(several, store, clock=clock)


async def accepted(register: Register, request: Request, by: str) -> Authorisation:
    decided = Decided("accepted", by=Personal(by))
    known = await register.authorise(request.facts, decided, requester=Personal(NAME))
    await register.paid(known, Paid("exact", (4000,), 4000))
    return known


async def test_who_decided_is_named(settings: RegisterSettings, store: Store, clock: Clock) -> None:
    register = register_of(settings, store, clock)
    for by in ("lthai", ""):
        request = Request(BIRTH)
        await request.sealed(register, await accepted(register, request, by))
    rows = await store.read(lambda: [(row.certifier, row.certifier_title) for row in EntryRow])
    own = settings.certifier
    assert rows == [
        ("Lê Thị Hai", "KT. CHỦ TỊCH / PHÓ CHỦ TỊCH"),
        (own.name, " / ".join(own.title)),
    ]
    await register.close()


async def test_who_is_unknown_or_out_of_term_authorises_nothing(
    settings: RegisterSettings, store: Store, clock: Clock
) -> None:
    register = register_of(settings, store, clock)
    with pytest.raises(NotAuthorised) as unknown:
        await accepted(register, Request(BIRTH), "khachla")
    assert "khachla" not in str(unknown.value), "a log names no officer"
    assert clock().astimezone(VIETNAM).date() > CUU.valid_to
    with pytest.raises(CertifierOutOfTerm):
        await accepted(register, Request(BIRTH), "cuu")
    await register.close()


async def test_anothers_key_does_not_sign_for_him(
    settings: RegisterSettings, store: Store, clock: Clock
) -> None:
    register = register_of(settings, store, clock)
    request = Request(BIRTH)
    known = await accepted(register, request, "khac")
    with pytest.raises(CertificateError):
        await request.sealed(register, known)
    assert await store.read(lambda: EntryRow.select().count()) == 0
    await register.close()


def test_his_key_takes_the_place_of_the_configured_one() -> None:
    his = msgspec.structs.replace(HAI, key="credential-2")
    remote = msgspec.convert(
        {
            "keys": "remote",
            "ward_certificate": "ward.pem",
            "remote": {"url": "https://csc.example", "certifier": "credential-1"},
        },
        RegisterSettings,
    )
    assert remote.acting(his).remote.certifier == "credential-2"
    assert remote.acting(HAI).remote.certifier == "credential-1"
    assert RegisterSettings().acting(his).token.certifier == "credential-2"


@pytest.mark.parametrize("ids", [("",), ("a", "a")])
def test_each_has_an_id_of_his_own(ids: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="certifiers"):
        RegisterSettings(certifiers=tuple(msgspec.structs.replace(HAI, id=one) for one in ids))
