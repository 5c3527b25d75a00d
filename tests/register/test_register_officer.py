"""Officers' acts and the end of the year: what may follow what, and what nothing may follow."""

from __future__ import annotations

import asyncio
import datetime as dt
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from daemon.register import audit, lookup, officer, yearend
from daemon.register.__main__ import main
from daemon.register.chain import Lock
from daemon.register.errors import NoSuchEntry, StepRefused, YearLocked
from daemon.register.register import Register
from daemon.register.report import Report
from daemon.store import Store
from daemon.store.errors import StoreError
from daemon.store.models.outbox import Fact
from daemon.store.models.register import EntryRow
from tests.register.fast import FastPki
from tests.register.made import DEGREE, Clock, Request
from tests.register.year import DIGITAL, NEW_YEAR, PAPER

AT = NEW_YEAR.timestamp()
BY, TITLE = "Nguyễn Văn Mẫu", "CHỦ TỊCH"


@pytest.fixture
def kept(full_year: Path, tmp_path: Path) -> Iterator[Store]:
    path = tmp_path / "ward.db"
    shutil.copy(full_year, path)
    store = Store.open(path)
    yield store
    store.close_now()


def entry(store: Store, number: str, volume: str) -> EntryRow:
    return store.read_now(lambda: officer.find(number, volume))


def lock(store: Store, sign: str = "SCT/BS", now: float = AT, by: str = BY) -> Lock:
    return store.write_now(lambda: yearend.lock(store.outbox, "demo", sign, 2026, by, TITLE, now))


def good(store: Store) -> None:
    assert store.read_now(audit.audit).findings == ()


def test_each_end_has_its_words(kept: Store) -> None:
    query = EntryRow.select().order_by(EntryRow.volume, EntryRow.id)
    assert [
        (row.label, row.status, row.note, row.decision, row.decided_on)
        for row in kept.read_now(lambda: list(query))
    ] == [
        ("01", "valid", "Đã ký, đóng dấu tại quầy", "", ""),
        ("02", "voided", "Rách khi đóng dấu", "", ""),
        ("03", "valid", "Đã ký, đóng dấu tại quầy", "", ""),
        ("01", "valid", "Bản sao điện tử", "", ""),
        (
            "02",
            "voided",
            "Đã bị hủy bỏ giá trị theo Quyết định số 45/QĐ-UBND ngày 02/06/2026",
            "45/QĐ-UBND",
            "2026-06-02",
        ),
    ]  # fmt: skip
    good(kept)


@pytest.mark.parametrize(
    ("act", "number", "volume"),
    [
        ("confirm", "01", DIGITAL),  # electronic is never wet-signed
        ("confirm", "01", PAPER),  # twice
        ("confirm", "02", PAPER),  # voided stays voided
        ("void", "01", PAPER),  # valid: only a decision cancels
        ("void", "01", DIGITAL),
        ("cancel", "02", PAPER),  # voided already
        ("cancel", "02", DIGITAL),  # twice
    ],
)
def test_what_may_not_follow_is_refused(kept: Store, act: str, number: str, volume: str) -> None:
    def work() -> None:
        row = officer.find(number, volume)
        if act == "confirm":
            officer.confirm(kept.outbox, row, AT)
        elif act == "void":
            officer.void_reserved(kept.outbox, row, "x", AT)
        else:
            officer.cancel(kept.outbox, row, "1", dt.date(2026, 1, 1), AT)

    before = entry(kept, number, volume).status
    with pytest.raises(StepRefused):
        kept.write_now(work)
    assert entry(kept, number, volume).status == before
    good(kept)


def test_a_cancelled_copy_is_not_genuine_and_its_decision_is_told(kept: Store) -> None:
    found = Report(True, False, (), (), number="02", volume=DIGITAL, authority="demo")
    told = kept.read_now(lambda: lookup.compare(found))
    assert (told.genuine, told.problems, told.status) == (False, ("voided",), "voided")
    assert "Quyết định số 45/QĐ-UBND ngày 02/06/2026" in told.note


def test_a_number_that_is_not_there_is_named(kept: Store) -> None:
    with pytest.raises(NoSuchEntry, match=r"99 \(01/2026-SCT/BS\)"):
        entry(kept, "99", PAPER)


def test_a_copy_that_was_cancelled_before_it_left_is_not_delivered(
    quick: FastPki, tmp_path: Path
) -> None:
    async def run() -> None:
        store = Store.open(tmp_path / "ward.db")
        register = Register(quick.settings(), store, keys=quick.keys)
        sealed = await Request(DEGREE).sealed(register)
        waiting = Fact.kind == "sealed/copy"
        assert await store.read(lambda: Fact.select().where(waiting).count()) == 1
        copy = sealed.copies[0]

        def cancel() -> None:
            row = officer.find(copy.number, copy.volume)
            officer.cancel(store.outbox, row, "1/QĐ", dt.date(2026, 1, 1), AT)

        await store.write(cancel)
        assert await store.read(lambda: Fact.select().where(waiting).count()) == 0
        await register.close()
        await store.close()

    asyncio.run(run())


# -- the end of the year -----------------------------------------------------------------------


def test_the_lock_counts_what_the_year_holds(kept: Store) -> None:
    made = lock(kept)
    assert made == Lock(
        "demo", "SCT/BS", 2026, "2027-01-04", 3, 2, 1, 3, 10000, 3, BY, TITLE
    )  # two birth certificates of two pages and one degree: 8,000 + 2,000
    told = kept.read_now(
        lambda: [bytes(f.payload) for f in Fact.select() if f.kind == "event/register.locked"]
    )
    assert [msgspec.json.decode(fact)["lock"]["last"] for fact in told] == [3]
    good(kept)
    with pytest.raises(YearLocked, match="locked on 2027-01-04"):
        lock(kept)
    assert lock(kept, "SCTĐT/BS").valid == 1  # a lock is for one register


def test_a_year_is_locked_only_when_it_is_over(kept: Store) -> None:
    last_evening = dt.datetime(2026, 12, 31, 23, 59, tzinfo=NEW_YEAR.tzinfo).timestamp()
    with pytest.raises(StepRefused, match="not over"):
        lock(kept, now=last_evening)
    with pytest.raises(StepRefused, match="name and title"):
        lock(kept, by=" ")


async def test_nothing_is_entered_into_a_locked_year(
    quick: FastPki, full_year: Path, tmp_path: Path
) -> None:
    path = tmp_path / "ward.db"
    shutil.copy(full_year, path)
    store = Store.open(path)
    await store.write(lambda: yearend.lock(store.outbox, "demo", "SCT/BS", 2026, BY, TITLE, AT))
    # a clock that was set back: the register refuses by itself, before the database does
    clock = Clock(dt.datetime(2026, 12, 31, 22, tzinfo=NEW_YEAR.tzinfo))
    register = Register(quick.settings(), store, clock=clock, keys=quick.keys)
    with pytest.raises(YearLocked):
        await register.numbers_ready()
    with pytest.raises(StoreError), sqlite3.connect(path) as connection:
        try:
            connection.execute(
                "INSERT INTO entry SELECT NULL, request, place, authority, sign, year, 4, '04',"
                " volume, certified_at, kind, title, pages, copies, product, certifier,"
                " certifier_title, fee, requester, pages_digest, file_digest, status, note,"
                " delivery, source, decision, decided_on FROM entry WHERE label = '03'"
            )
        except sqlite3.IntegrityError as error:
            assert "the year is locked" in str(error)
            raise StoreError("refused") from error
    # a decision that cancels a copy of the locked year is a note, not an entry
    await store.write(
        lambda: officer.cancel(
            store.outbox, officer.find("01", PAPER), "9/QĐ", dt.date(2027, 2, 1), AT
        )
    )
    assert (await store.read(audit.audit)).findings == ()
    # and the new year is open
    clock.now = NEW_YEAR
    await register.numbers_ready()
    sealed = await Request(DEGREE, product="paper").sealed(register)
    assert sealed.numbers == ("01 (01/2027-SCT/BS)",)
    await register.close()
    await store.close()


async def test_a_number_that_waits_for_its_signature_holds_up_the_lock(
    quick: FastPki, tmp_path: Path
) -> None:
    store, clock = Store.open(tmp_path / "ward.db"), Clock(NEW_YEAR - dt.timedelta(days=30))
    register = Register(quick.settings(), store, clock=clock, keys=quick.keys)
    await Request(DEGREE, product="paper").sealed(register)
    with pytest.raises(StepRefused, match=r"01 \(01/2026-SCT/BS\); confirm or void each first"):
        await store.write(lambda: yearend.lock(store.outbox, "demo", "SCT/BS", 2026, BY, TITLE, AT))
    await register.close()
    await store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM year_lock",
        "UPDATE year_lock SET summary = replace(summary, '10000', '90000')",
        "UPDATE entry SET year = 2025 WHERE label = '03' AND sign = 'SCT/BS'",
        "UPDATE entry SET decision = '46/QĐ-UBND' WHERE decision <> ''",
    ],
)
def test_a_lock_that_is_touched_is_found(kept: Store, statement: str) -> None:
    lock(kept)
    with sqlite3.connect(kept.path) as connection:
        for name in ("year_lock_stays", "year_lock_keeps", "entry_keeps"):
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
    assert kept.read_now(audit.audit).findings != ()


# -- the commands ------------------------------------------------------------------------------


def test_the_commands(
    quick: FastPki, full_year: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ward.db"
    shutil.copy(full_year, path)
    database = ["--database", str(path)]

    def run(*arguments: str) -> tuple[int, str]:
        code = main([*arguments, *database])
        told = capsys.readouterr()
        return code, told.out + told.err

    decision = ("--decision", "77/QĐ-UBND", "--date", "2026-07-01")
    assert run("cancel", "01", DIGITAL, *decision) == (
        0,
        f"01 ({DIGITAL}): Đã bị hủy bỏ giá trị theo Quyết định số 77/QĐ-UBND ngày 01/07/2026\n",
    )
    code, told = run("cancel", "01", DIGITAL, *decision)
    assert (code, "only a valid copy" in told) == (2, True)
    code, told = run("confirm", "02", PAPER)
    assert (code, "only printed paper" in told) == (2, True)
    code, told = run("void", "07", PAPER, "--reason", "x")
    assert (code, "no such number" in told) == (2, True)
    code, told = run("lock", "--year", "2026", "--by", BY, "--title", TITLE)
    assert (code, "SCT/BS, SCTĐT/BS" in told) == (2, True)  # which of the two?
    assert run("audit")[0] == 0
