"""What must hold whatever happened: unique gapless numbers, explained ends, money right."""

from __future__ import annotations

from collections import Counter

import msgspec

from daemon.register import audit
from daemon.register.facts import RequestFacts
from daemon.store.models.payment import PaymentRow, ReceiptRow
from daemon.store.models.register import EntryRow, NumberOrderRow, RequestRow
from tests.ward.book import Book


def at_any_moment(numbers: str) -> None:
    """Chain, numbers, copies and money.  Inside a read transaction."""
    found = audit.audit()
    assert found.findings == (), found.findings
    entries = list(EntryRow.select())
    keys = [(row.sign, row.year, row.number) for row in entries]
    assert len(keys) == len(set(keys))
    if numbers == "own":
        for series in {key[:2] for key in keys}:
            mine = sorted(number for *key, number in keys if tuple(key) == series)
            assert mine == list(range(1, len(mine) + 1)), series
    requests = {row.id: row for row in RequestRow.select()}
    for row in entries:
        request = requests[row.request]
        assert row.status != "voided" or row.note
        if row.status == "valid" and row.product == "digital":
            assert request.step in ("signed", "printed", "handed_over", "passed")
        if request.step in ("voided", "passed"):
            assert request.reason
    _money(requests)


def _money(requests: dict[str, RequestRow]) -> None:
    whose = {row.memo: row.request for row in PaymentRow.select()}
    kept: Counter[str] = Counter()
    for row in ReceiptRow.select():
        if row.verdict == "elsewhere":
            continue
        owed = row.refund + row.refunded
        assert owed in (0, row.amount)
        if row.verdict in ("exact", "counter"):
            kept[whose[row.memo]] += owed == 0
        else:
            assert owed == row.amount, (row.verdict, row.amount)
    for request, times in kept.items():
        assert times <= 1, f"{request} was paid {times} times"
        assert not times or requests[request].step != "dropped", f"{request} paid for nothing"


def sheets(printed: dict[str, int]) -> None:
    """Who went away with copies has every sheet of them.  In a read transaction."""
    for row in RequestRow.select().where(RequestRow.step.in_(("printed", "handed_over"))):
        facts = msgspec.json.decode(bytes(row.facts), type=RequestFacts)
        least = facts.copies * len(facts.papers)
        assert printed.get(row.id, 0) >= least, f"{row.id}: {printed.get(row.id, 0)} of {least}"


def when_all_ended(book: Book) -> None:
    """Every request and every number of the ward's book is explained.  In a read transaction."""
    ends = ("handed_over", "passed", "voided", "dropped")
    assert all(row.step in ends for row in RequestRow.select())
    assert not NumberOrderRow.select().where(NumberOrderRow.state == "asked").count()
    entries = {(row.sign, row.year, row.number): row for row in EntryRow.select()}
    for row in entries.values():
        assert row.status != "reserved" or row.file_digest is not None
    for (sign, year), lines in book.lines.items():
        assert [line.number for line in lines] == list(range(1, len(lines) + 1))
        for line in lines:
            if line.key == "counter":
                continue
            mine = entries.get((sign, year, line.number))
            if mine is None:
                assert line.state == "voided" and line.note, "a number that nobody explains"
            else:
                assert (line.state, line.note) == (mine.status, mine.note)
