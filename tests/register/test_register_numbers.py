"""The number (Decree 23/2015, Art. 13(2)): per kind of paper, gapless, of the year of signing.

The same table for the kiosk's own volume and for the ward's book behind a real server.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from daemon.catalogue.calendar import VIETNAM
from daemon.hands.ward_book import WardBook
from daemon.register import audit
from daemon.register.errors import BadNumbers, NumbersUnavailable, YearLocked
from daemon.register.register import Register
from daemon.register.settings import RegisterSettings
from daemon.store import Store
from daemon.store.models.register import EntryRow, NumberOrderRow
from daemon.uplink.gateway import Gateway, GatewayConfig
from daemon.uplink.gateway.pump import Pump
from tests.register.fast import FastPki
from tests.register.made import BIRTH, DEGREE, FULL, Clock, Request
from tests.ward import certificates
from tests.ward.book import Book
from tests.ward.server import WardServer

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=VIETNAM)
LAST_EVENING = dt.datetime(2026, 12, 31, 23, 55, tzinfo=VIETNAM)


class Place(NamedTuple):
    """A register with everything around it."""

    register: Register
    store: Store
    clock: Clock
    ward: WardServer | None
    pump: Pump | None

    async def numbers(self) -> list[tuple[str, str, str]]:
        rows = await self.store.read(lambda: list(EntryRow.select().order_by(EntryRow.id)))
        return [(row.label, row.volume, row.status) for row in rows]

    async def good(self) -> None:
        found = await self.store.read(audit.audit)
        assert found.findings == ()


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> certificates.Certificates:
    return certificates.make(tmp_path_factory.mktemp("gateway"))


@pytest.fixture(params=["own", "ward"])
async def place(
    request: pytest.FixtureRequest,
    quick: FastPki,
    tmp_path: Path,
    papers: certificates.Certificates,
) -> AsyncIterator[Place]:
    store, clock = Store.open(tmp_path / "ward.db"), Clock(NOON)
    settings = replace(quick.settings(), numbers=request.param, number_digits=2)
    if request.param == "own":
        register = Register(settings, store, clock=clock, keys=quick.keys)
        yield Place(register, store, clock, None, None)
    else:
        async with WardServer(Book(digits=2), papers) as ward:
            config = GatewayConfig(
                url=ward.url, ca=papers.ca, certificate=papers.kiosk, key=papers.kiosk_key,
                timeout=30, wait=0, retry_least=0.01, retry_most=0.02,
            )  # fmt: skip
            gateway = Gateway(config)
            register = Register(
                settings, store, clock=clock, keys=quick.keys, source=WardBook(gateway)
            )
            yield Place(register, store, clock, ward, Pump(config, gateway, store))
            await gateway.close()
    await register.close()
    await store.close()


async def test_one_number_a_paper_whatever_the_copies(place: Place) -> None:
    await Request(BIRTH, copies=10).sealed(place.register)
    sealed = await Request(BIRTH, DEGREE, FULL, copies=10).sealed(place.register)
    assert [copy.number for copy in sealed.copies] == ["02", "03", "04"]
    assert [copy.copies for copy in sealed.copies] == [10, 10, 10]
    assert all("/2026-SCTĐT/BS" in copy.volume for copy in sealed.copies)
    await place.good()


async def test_the_same_original_in_the_morning_and_in_the_afternoon(place: Place) -> None:
    await Request(DEGREE, copies=2).sealed(place.register)
    place.clock.on(hours=3)
    sealed = await Request(DEGREE, copies=3).sealed(place.register)
    assert sealed.copies[0].number == "02"


async def test_what_is_not_signed_takes_no_number(place: Place) -> None:
    authorisation = await Request(DEGREE).accepted(place.register)
    await place.register.void(authorisation.id, "cancelled")
    sealed = await Request(DEGREE).sealed(place.register)
    assert sealed.copies[0].number == "01"
    if place.ward is not None:
        assert len(place.ward.book.lines[("SCTĐT/BS", 2026)]) == 1


async def test_the_new_year_begins_with_01_of_the_day_of_signing(place: Place) -> None:
    """00:05 of 1 January in Vietnam is still 31 December in UTC."""
    place.clock.now = LAST_EVENING
    await Request(DEGREE).sealed(place.register)
    request = Request(DEGREE)
    authorisation = await request.paid(place.register)
    place.clock.on(minutes=10)
    assert place.clock.now.astimezone(dt.UTC).year == 2026
    sealed = await request.sealed(place.register, authorisation)
    assert sealed.numbers == ("01 (01/2027-SCTĐT/BS)",)
    await place.good()


async def test_a_retry_after_midnight_voids_and_takes_one_of_the_new_year(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.clock.now = LAST_EVENING
    request = Request(DEGREE)
    authorisation = await request.paid(place.register)
    await place.register.ready()
    tools = await place.register._setup.tools()

    async def fails(*_: object) -> None:
        raise NumbersUnavailable("signing fails")

    with monkeypatch.context() as patch:
        patch.setattr(tools.signer, "sign", fails)
        with pytest.raises(NumbersUnavailable):
            await request.sealed(place.register, authorisation)
    place.clock.on(minutes=10)
    await request.sealed(place.register, authorisation)
    assert await place.numbers() == [
        ("01", "01/2026-SCTĐT/BS", "voided"),
        ("01", "01/2027-SCTĐT/BS", "valid"),
    ]
    await place.good()
    if place.ward is not None and place.pump is not None:
        await place.pump.once()
        states = {year: lines for (_, year), lines in place.ward.book.lines.items()}
        assert [line.state for line in states[2026]] == ["voided"]
        assert [line.state for line in states[2027]] == ["valid"]


async def test_a_new_volume_goes_on_after_the_old_one(quick: FastPki, tmp_path: Path) -> None:
    store, clock = Store.open(tmp_path / "ward.db"), Clock(NOON)
    for volume, number in ((1, "01"), (2, "02")):
        settings = replace(quick.settings(), volume=volume)
        register = Register(settings, store, clock=clock, keys=quick.keys)
        sealed = await Request(DEGREE).sealed(register)
        assert sealed.numbers == (f"{number} (0{volume}/2026-SCTĐT/BS)",)
        await register.close()
    assert (await store.read(audit.audit)).good
    await store.close()


# -- the ward's book ---------------------------------------------------------------------------


WARD = pytest.mark.parametrize("place", ["ward"], indirect=True)


@pytest.fixture
def wards(place: Place) -> tuple[Place, WardServer, Pump]:
    assert place.ward is not None and place.pump is not None
    return place, place.ward, place.pump


@WARD
async def test_counter_and_kiosk_share_one_series(wards: tuple[Place, WardServer, Pump]) -> None:
    place, ward, pump = wards
    await Request(DEGREE).sealed(place.register)
    assert ward.book.counter("SCTĐT/BS", 2026) == 2
    sealed = await Request(DEGREE).sealed(place.register)
    assert sealed.copies[0].number == "03"
    await place.good()  # number 02 is the counter's: no gap of ours
    await pump.once()
    states = [line.state for line in ward.book.lines[("SCTĐT/BS", 2026)]]
    assert states == ["valid", "valid", "valid"]


@WARD
async def test_offline_nothing_is_certified_and_it_is_said(
    wards: tuple[Place, WardServer, Pump],
) -> None:
    place, ward, _ = wards
    await place.register.numbers_ready()
    ward.fault = "down"
    with pytest.raises(NumbersUnavailable):
        await place.register.numbers_ready()
    request = Request(DEGREE)
    authorisation = await request.paid(place.register)
    with pytest.raises(NumbersUnavailable) as failed:
        await request.sealed(place.register, authorisation)
    assert not failed.value.final  # tried again inside the authorisation
    assert await place.numbers() == []
    ward.fault = ""
    sealed = await request.sealed(place.register, authorisation)
    assert sealed.copies[0].number == "01"


@WARD
async def test_a_lost_answer_costs_no_number(wards: tuple[Place, WardServer, Pump]) -> None:
    place, ward, _ = wards
    request = Request(BIRTH, DEGREE)
    authorisation = await request.paid(place.register)
    ward.fault = "lost_answer"
    with pytest.raises(NumbersUnavailable):
        await request.sealed(place.register, authorisation)
    ward.fault = ""
    sealed = await request.sealed(place.register, authorisation)
    assert [copy.number for copy in sealed.copies] == ["01", "02"]
    assert len(ward.book.lines[("SCTĐT/BS", 2026)]) == 2


@WARD
async def test_numbers_given_and_never_entered_go_back(
    wards: tuple[Place, WardServer, Pump],
) -> None:
    """Killed after the ward reserved and before anything was entered here."""
    place, ward, pump = wards
    request = Request(DEGREE)
    authorisation = await request.paid(place.register)
    ward.fault = "lost_answer"
    with pytest.raises(NumbersUnavailable):
        await request.sealed(place.register, authorisation)
    ward.fault = ""
    await place.register.recover("power")
    await pump.once()
    (line,) = ward.book.lines[("SCTĐT/BS", 2026)]
    assert (line.state, line.note) == ("voided", "power")
    states = await place.store.read(lambda: [row.state for row in NumberOrderRow.select()])
    assert states == ["closed"]
    sealed = await Request(DEGREE).sealed(place.register)
    assert sealed.copies[0].number == "02"


@WARD
async def test_a_locked_year_is_final(wards: tuple[Place, WardServer, Pump]) -> None:
    place, ward, _ = wards
    ward.book.locked.add(2026)
    request = Request(DEGREE)
    authorisation = await request.paid(place.register)
    with pytest.raises(YearLocked) as failed:
        await request.sealed(place.register, authorisation)
    assert failed.value.final


@WARD
async def test_a_number_that_was_used_is_not_entered_again(
    wards: tuple[Place, WardServer, Pump],
) -> None:
    place, ward, _ = wards
    await Request(DEGREE).sealed(place.register)
    ward.book.lines.clear()  # a ward that restored an old backup
    request = Request(DEGREE)
    authorisation = await request.paid(place.register)
    with pytest.raises(BadNumbers, match="used already"):
        await request.sealed(place.register, authorisation)
    assert len(await place.numbers()) == 1
    await place.good()


def test_an_own_volume_with_real_keys_needs_the_wards_writing() -> None:
    with pytest.raises(ValueError, match="volume_assigned: read nothing"):
        RegisterSettings(state_roots=("root.pem",))
    RegisterSettings(state_roots=("root.pem",), volume_assigned="12/QĐ-UBND")
    RegisterSettings(state_roots=("root.pem",), numbers="ward")
