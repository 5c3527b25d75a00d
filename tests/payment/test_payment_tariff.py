"""The fee: Circular 226/2016/TT-BTC Art. 4, by the table of the law and its traps."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from daemon.payment import tariff
from daemon.payment.errors import BadTariff

DAY = dt.date(2026, 1, 6)


@pytest.mark.parametrize(
    ("pages", "fee"),
    [
        (1, 2000), (2, 4000), (3, 5000), (4, 6000), (5, 7000), (10, 12000), (50, 52000),
        (197, 199000), (198, 200000), (199, 200000), (250, 200000),
    ],
)  # fmt: skip
def test_fee_of_one_copy(pages: int, fee: int) -> None:
    quote = tariff.quote([("giay_khai_sinh", pages)], 1, "digital", day=DAY)
    assert (quote.total, quote.lines) == (fee, (fee,))
    assert tariff.quote([("giay_khai_sinh", pages)], 3, "paper", day=DAY).total == 3 * fee


def test_pages_of_different_originals_are_never_added_up() -> None:
    quote = tariff.quote([("a", 2), ("b", 1), ("c", 12)], 2, "digital", day=DAY)
    assert quote.lines == (8000, 4000, 28000)
    assert quote.total == 40000
    assert "226/2016" in quote.legal_basis


def test_the_worked_example_of_three_originals() -> None:
    """Citizen card (2 pages) × 2 + degree (1) × 3 + contract (12) × 1 = 28,000 đ."""
    table = tariff.on(tariff.load(), DAY)
    lines = [table.line(2, 2), table.line(1, 3), table.line(12, 1)]
    assert (lines, sum(lines)) == ([8000, 6000, 14000], 28000)
    assert tariff.shown(sum(lines)) == "28.000 đ"


def test_the_cap_is_for_each_copy() -> None:
    assert tariff.quote([("a", 250), ("b", 250)], 2, "digital", day=DAY).total == 800_000


def test_the_table_of_the_day_holds(tmp_path: Path) -> None:
    first = (
        '[[tariff]]\nvalid_from = 2017-01-01\nlegal_basis = "a"\nfirst_pages = 2\n'
        "first_price = 2000\nnext_price = 1000\nat_most = 200000\n"
    )
    second = first.replace("2017", "2027").replace("2000\n", "3000\n").replace('"a"', '"b"')
    path = tmp_path / "tariff.toml"
    path.write_text(first + second, encoding="utf-8")
    tables = tariff.load(str(path))
    before, after = dt.date(2026, 12, 31), dt.date(2027, 1, 1)
    assert tariff.quote([("a", 1)], 1, "digital", tables=tables, day=before).total == 2000
    assert tariff.quote([("a", 1)], 1, "digital", tables=tables, day=after).total == 3000
    with pytest.raises(BadTariff, match="2017-01-01"):
        tariff.quote([("a", 1)], 1, "digital", tables=tables, day=dt.date(2016, 12, 31))
    path.write_text(second + first, encoding="utf-8")
    with pytest.raises(BadTariff, match="must rise"):
        tariff.load(str(path))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("2000", "-1", "first_price"),
        ("2000", "2000.5", "first_price"),
        ("next_price", "nxt_price", "nxt_price"),
        ("2017-01-01", '"soon"', "valid_from"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = Path(tariff.__file__).with_name("tariff.toml").read_text(encoding="utf-8")
    path = tmp_path / "tariff.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(BadTariff, match=told):
        tariff.load(str(path))


def test_no_pages_and_no_copies_cost_an_error() -> None:
    for pages, copies in ((0, 1), (1, 0), (-1, 1)):
        with pytest.raises(ValueError, match="1 or more"):
            tariff.quote([("a", pages)], copies, "digital", day=DAY)


def test_amounts_as_people_read_them() -> None:
    assert [tariff.shown(amount) for amount in (0, 2000, 1234567)] == [
        "0 đ", "2.000 đ", "1.234.567 đ",
    ]  # fmt: skip
