"""Accept → paid → sealed → printed → handed over: what is recorded, and what is refused."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from daemon.machine.events import Decided
from daemon.machine.personal import Personal
from daemon.register import audit
from daemon.register.errors import (
    AuthorisationExpired,
    BadPdf,
    CertifierOutOfTerm,
    ClockUntrusted,
    NoSuchRequest,
    NotAuthorised,
    PagesDiffer,
    RegisterError,
    StepRefused,
    TokenLost,
)
from daemon.register.facts import SealPaper
from daemon.register.register import Register
from daemon.register.settings import Certifier, RegisterSettings
from daemon.register.signing import CopySigner
from daemon.store import Store
from daemon.store.models.outbox import Fact
from daemon.store.models.register import EntryRow, RequestRow
from tests.register.made import BIRTH, DEGREE, NAME, Clock, Request, assembled, page

VIETNAM = dt.timezone(dt.timedelta(hours=7))


async def entries(store: Store) -> list[EntryRow]:
    return await store.read(lambda: list(EntryRow.select().order_by(EntryRow.id)))


async def facts(store: Store) -> dict[str, int]:
    def count() -> dict[str, int]:
        found: dict[str, int] = {}
        for fact in Fact.select():
            found[fact.kind] = found.get(fact.kind, 0) + 1
        return found

    return await store.read(count)


async def step(store: Store, request: str) -> str:
    return str((await store.read(lambda: RequestRow.get_by_id(request))).step)


async def test_two_papers_get_a_number_each_and_all_copies_share_it(
    register: Register, store: Store
) -> None:
    request = Request(BIRTH, DEGREE, copies=3)
    steps: list[str] = []
    authorisation = await request.paid(register)
    sealed = await register.seal(
        authorisation, request.papers, 3, "digital", Personal(NAME), steps.append
    )
    await register.printed(sealed.id)
    await register.handed_over(sealed.id)

    year = dt.datetime.now(VIETNAM).year
    assert steps == ["number", "statement", "signature"]
    assert sealed.numbers == (f"01 (01/{year}-SCTĐT/BS)", f"02 (01/{year}-SCTĐT/BS)")
    assert [copy.copies for copy in sealed.copies] == [3, 3]
    assert len(sealed.sign_ms) == 2
    found = await entries(store)
    assert [(row.title, row.pages, row.copies, row.fee, row.status) for row in found] == [
        ("Giấy khai sinh", 2, 3, 12000, "valid"),
        ("Bằng tốt nghiệp đại học", 1, 3, 6000, "valid"),
    ]
    assert await step(store, sealed.id) == "handed_over"
    # the good end erases what was held back for the ward; the copies themselves go to its store
    kinds = await facts(store)
    assert "sealed/request" not in kinds
    assert kinds["sealed/copy"] == 2
    assert kinds["sealed/name"] == 1
    assert kinds["event/register.entry"] == 4


async def test_paper_and_electronic_have_books_of_their_own(
    register: Register, store: Store
) -> None:
    await Request(BIRTH).sealed(register)
    sealed = await Request(BIRTH, product="paper").sealed(register)
    year = dt.datetime.now(VIETNAM).year
    assert sealed.numbers == (f"01 (01/{year}-SCT/BS)",)
    assert sealed.level == ""
    row = (await entries(store))[-1]
    # wet-signed at the counter: the kiosk does not say that it is valid
    assert (row.status, row.note) == ("reserved", "Ký, đóng dấu tại quầy")
    assert "sealed/copy" in await facts(store)


async def test_number_entry_chain_and_outbox_are_one_transaction(
    register: Register, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Request(BIRTH)
    authorisation = await request.paid(register)
    before = await facts(store)
    append = store.outbox.append_sealed

    def full(kind: str, cms: bytes) -> str:
        if kind == "sealed/name":
            raise OSError("no space")
        return append(kind, cms)

    monkeypatch.setattr(store.outbox, "append_sealed", full)
    with pytest.raises(OSError, match="no space"):
        await request.sealed(register, authorisation)
    assert await entries(store) == []
    assert (await register.head()).seq == 0
    assert await facts(store) == before
    assert await step(store, request.facts.id) == "paid"
    monkeypatch.undo()
    sealed = await request.sealed(register, authorisation)
    assert sealed.copies[0].number == "01"


async def test_a_retry_keeps_its_number(
    register: Register, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Request(BIRTH)
    authorisation = await request.paid(register)

    async def lost(self: CopySigner, *_: object) -> None:
        raise TokenLost("pulled out")

    with monkeypatch.context() as broken:
        broken.setattr(CopySigner, "sign", lost)
        with pytest.raises(TokenLost):
            await request.sealed(register, authorisation)
    (row,) = await entries(store)
    assert (row.number, row.status) == (1, "reserved")
    sealed = await request.sealed(register, authorisation)
    assert sealed.copies[0].number == "01"
    (row,) = await entries(store)
    assert (row.number, row.status) == (1, "valid")


async def test_a_retry_after_midnight_voids_the_number_of_yesterday(
    settings: RegisterSettings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(dt.datetime(2026, 12, 31, 23, 58, tzinfo=VIETNAM))
    register = Register(settings, store, clock=clock)
    request = Request(BIRTH)
    authorisation = await request.paid(register)

    async def lost(self: CopySigner, *_: object) -> None:
        raise TokenLost("pulled out")

    with monkeypatch.context() as broken:
        broken.setattr(CopySigner, "sign", lost)
        with pytest.raises(TokenLost):
            await request.sealed(register, authorisation)
    clock.on(minutes=4)
    sealed = await request.sealed(register, authorisation)
    await register.close()
    # the year is that of the signing day, Vietnam time, and begins with 01
    assert sealed.numbers == ("01 (01/2027-SCTĐT/BS)",)
    old, new = await entries(store)
    assert (old.year, old.number, old.status, old.note) == (
        2026, 1, "voided", "the day of signing changed",
    )  # fmt: skip
    assert (new.year, new.number, new.status) == (2027, 1, "valid")
    assert (await store.read(audit.audit)).findings == ()


async def test_the_year_begins_at_midnight_in_vietnam(
    settings: RegisterSettings, store: Store
) -> None:
    clock = Clock(dt.datetime(2026, 12, 31, 16, 59, tzinfo=dt.UTC))  # 23:59 in Vietnam
    register = Register(settings, store, clock=clock)
    first = await Request(BIRTH).sealed(register)
    clock.on(minutes=31)  # 00:30 in Vietnam, 17:30 in UTC
    second = await Request(BIRTH).sealed(register)
    await register.close()
    assert first.numbers == ("01 (01/2026-SCTĐT/BS)",)
    assert second.numbers == ("01 (01/2027-SCTĐT/BS)",)


async def test_a_new_volume_goes_on_with_the_number(
    settings: RegisterSettings, store: Store, clock: Clock
) -> None:
    first = Register(settings, store, clock=clock)
    await Request(BIRTH).sealed(first)
    await first.close()
    second = Register(msgspec.structs.replace(settings, volume=2), store, clock=clock)
    sealed = await Request(BIRTH).sealed(second)
    await second.close()
    assert sealed.copies[0].number == "02"
    assert sealed.copies[0].volume.startswith("02/")
    assert (await store.read(audit.audit)).findings == ()


async def test_nothing_is_sealed_without_payment_or_after_the_time(
    register: Register, clock: Clock, store: Store
) -> None:
    request = Request(BIRTH)
    authorisation = await request.accepted(register)
    with pytest.raises(StepRefused):
        await request.sealed(register, authorisation)
    await register.void(authorisation.id, "cancelled")
    request = Request(BIRTH)
    authorisation = await request.paid(register)
    clock.on(seconds=901)
    with pytest.raises(AuthorisationExpired):
        await request.sealed(register, authorisation)
    assert await entries(store) == []


async def test_only_what_was_accepted_is_sealed(register: Register, store: Store) -> None:
    request = Request(BIRTH, DEGREE)
    known = await request.paid(register)
    name = Personal(NAME)
    other = SealPaper("giay_khai_sinh", assembled((page("KHÁC"), page("MẶT SAU", 4))), 2)
    swapped = tuple(reversed(request.papers))
    fewer = SealPaper("giay_khai_sinh", request.papers[0].pdf, 1)
    cases: list[tuple[tuple[SealPaper, ...], int, type[RegisterError]]] = [
        (request.papers, 2, NotAuthorised),
        (request.papers[:1], 1, NotAuthorised),
        (swapped, 1, NotAuthorised),
        ((other, request.papers[1]), 1, PagesDiffer),
        ((fewer, request.papers[1]), 1, BadPdf),
        ((SealPaper("giay_khai_sinh", b"not a pdf", 2), request.papers[1]), 1, BadPdf),
    ]
    for papers, copies, error in cases:
        with pytest.raises(error):
            await register.seal(known, papers, copies, "digital", name)
    with pytest.raises(NotAuthorised):
        await register.seal(known, request.papers, 1, "paper", name)
    assert await entries(store) == []
    assert (await request.sealed(register, known)).copies[0].number == "01"


async def test_a_refusal_authorises_nothing(register: Register) -> None:
    request = Request(BIRTH)
    with pytest.raises(NotAuthorised):
        await register.authorise(request.facts, Decided("refused", "altered"))
    with pytest.raises(NoSuchRequest):
        await register.printed(request.facts.id)


async def test_a_certifier_out_of_term_certifies_nothing(
    settings: RegisterSettings, store: Store, clock: Clock
) -> None:
    today = clock().astimezone(VIETNAM).date()
    over = Certifier(valid_to=today - dt.timedelta(days=1))
    register = Register(msgspec.structs.replace(settings, certifier=over), store, clock=clock)
    with pytest.raises(CertifierOutOfTerm, match=str(today)):
        await Request(BIRTH).accepted(register)
    with pytest.raises(CertifierOutOfTerm):
        await register.ready()
    await register.close()


async def test_a_clock_that_went_back_certifies_nothing(
    register: Register, clock: Clock, store: Store
) -> None:
    await Request(BIRTH).sealed(register)
    clock.on(minutes=-2)
    with pytest.raises(ClockUntrusted, match="set the time"):
        await Request(BIRTH).accepted(register)
    clock.now = dt.datetime(1970, 1, 1, 1, tzinfo=dt.UTC)
    with pytest.raises(ClockUntrusted):
        await register.ready()


async def test_steps_out_of_order_are_refused_and_change_nothing(
    register: Register, store: Store
) -> None:
    request = Request(BIRTH)
    authorisation = await request.paid(register)
    for call in (register.printed, register.handed_over):
        with pytest.raises(StepRefused):
            await call(authorisation.id)
    assert await step(store, authorisation.id) == "paid"
    await request.sealed(register, authorisation)
    with pytest.raises(StepRefused):
        await request.sealed(register, authorisation)
    await register.printed(authorisation.id)
    await register.printed(authorisation.id)  # everything once more: allowed, on the record
    await register.handed_over(authorisation.id)
    with pytest.raises(StepRefused):
        await register.handed_over(authorisation.id)


async def test_void_keeps_the_number_and_takes_back_what_has_not_left(
    register: Register, store: Store
) -> None:
    request = Request(BIRTH)
    sealed = await request.sealed(register)
    await register.void(sealed.id, "timeout")
    (row,) = await entries(store)
    assert (row.status, row.note, row.number) == ("voided", "timeout", 1)
    kinds = await facts(store)
    assert "sealed/copy" not in kinds
    assert kinds["sealed/request"] == 1  # it was paid: the ward refunds or finishes
    assert (await Request(BIRTH).sealed(register)).copies[0].number == "02"
    assert (await store.read(audit.audit)).findings == ()


async def test_later_lets_the_envelope_go(register: Register, store: Store, clock: Clock) -> None:
    request = Request(BIRTH)
    authorisation = await request.paid(register)
    waiting = await store.read(lambda: store.outbox.waiting(clock().timestamp(), 99))
    assert [fact.kind for fact in waiting] == []  # held back
    code = await register.later(request.facts, "wrong_amount")
    assert code == authorisation.code
    waiting = await store.read(lambda: store.outbox.waiting(clock().timestamp(), 99))
    assert [fact.kind for fact in waiting] == ["sealed/request", "event/register.request"]


async def test_later_without_an_accept_makes_an_envelope(register: Register, store: Store) -> None:
    request = Request(BIRTH)
    code = await register.later(
        request.facts, "no_answer", requester=Personal(NAME), pictures=request.pictures
    )
    assert len(code) == 8
    assert not set(code) & set("IO01")
    assert await facts(store) == {"sealed/request": 1}


async def test_void_during_sealing_wins(register: Register, store: Store) -> None:
    request = Request(BIRTH)
    authorisation = await request.paid(register)

    def void(name: str) -> None:
        if name == "statement":
            store.write_now(lambda: register._book.end(authorisation.id, "timeout", 0, unused=True))

    with pytest.raises(StepRefused):
        await register.seal(authorisation, request.papers, 1, "digital", Personal(NAME), void)
    (row,) = await entries(store)
    assert row.status == "voided"
    assert "sealed/copy" not in await facts(store)


async def test_abandoned_requests_are_ended_by_the_next(
    register: Register, store: Store, clock: Clock
) -> None:
    left = await Request(BIRTH).sealed(register)
    await register.printed(left.id)
    clock.on(hours=1)
    await Request(DEGREE).accepted(register)
    assert await step(store, left.id) == "passed"
    (row,) = await entries(store)
    assert (row.status, row.note) == ("valid", "Bản sao điện tử; abandoned")
