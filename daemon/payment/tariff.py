"""The fee (phí) of certified copies: a dated data file, whole đồng, no literals in code."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import msgspec

from daemon.catalogue.calendar import VIETNAM
from daemon.machine.values import Product
from daemon.payment.errors import BadTariff


class Tariff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table of the file: holds from `valid_from` until the next one."""

    valid_from: dt.date
    legal_basis: str
    first_pages: int
    first_price: int
    next_price: int
    at_most: int
    sheet_price: int = 0

    def __post_init__(self) -> None:
        for name in ("first_pages", "first_price", "next_price", "at_most", "sheet_price"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name}: read {getattr(self, name)}, 0 or more is right")

    def copy(self, pages: int) -> int:
        """The fee of one copy of an original of so many written pages, in đồng."""
        if pages < 1:
            raise ValueError(f"pages: read {pages}, 1 or more is right")
        first = min(pages, self.first_pages)
        return min(self.at_most, self.first_price * first + self.next_price * (pages - first))

    def line(self, pages: int, copies: int) -> int:
        """The fee of all copies of one original; the cap is for each copy, not for the request."""
        if copies < 1:
            raise ValueError(f"copies: read {copies}, 1 or more is right")
        return copies * (self.copy(pages) + self.sheet_price * pages)


class Exemption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ground on which an officer lets copies be free; local rule [known, check]."""

    name_vi: str
    name_en: str
    legal_basis: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tariff: tuple[Tariff, ...]
    exemption: dict[str, Exemption] = {}


class Quote(msgspec.Struct, frozen=True):
    """What a request costs."""

    total: int
    lines: tuple[int, ...]
    """One for each paper, đồng, in the order of the request."""
    legal_basis: str


def load(path: str = "") -> tuple[Tariff, ...]:
    """The tables of a file (empty = the one of this package), oldest first.  Raises BadTariff."""
    name, tables = path or "tariff.toml", _read(path).tariff
    days = [table.valid_from for table in tables]
    if not tables or days != sorted(set(days)):
        raise BadTariff(f"{name}: valid_from must rise from table to table, read {days}")
    return tables


def exemptions(path: str = "") -> dict[str, Exemption]:
    """The codes by which an officer may let copies be free.  Raises BadTariff."""
    return _read(path).exemption


def _read(path: str) -> _File:
    try:
        if path:
            text = Path(path).read_text(encoding="utf-8")
        else:
            text = resources.files("daemon.payment").joinpath("tariff.toml").read_text("utf-8")
        return msgspec.convert(tomllib.loads(text), _File)
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise BadTariff(f"{path or 'tariff.toml'}: {error}") from error


def on(tables: Sequence[Tariff], day: dt.date) -> Tariff:
    """The table that holds on a day.  Raises BadTariff."""
    for table in reversed(tables):
        if table.valid_from <= day:
            return table
    raise BadTariff(f"no tariff holds on {day}; the first begins {tables[0].valid_from}")


def quote(
    papers: Sequence[tuple[str, int]],
    copies: int,
    product: Product,
    *,
    tables: Sequence[Tariff] | None = None,
    day: dt.date | None = None,
) -> Quote:
    """What `copies` of each (kind, pages of the original) cost.

    Pages of different originals are never added up.  Electronic and paper cost the same
    (Circular 226/2016, Art. 4); `product` stands here because a ward may be told otherwise.
    """
    table = on(tables or load(), day or dt.datetime.now(VIETNAM).date())
    lines = tuple(table.line(pages, copies) for _kind, pages in papers)
    return Quote(sum(lines), lines, table.legal_basis)


def shown(amount: int) -> str:
    """As Vietnamese read it: 28.000 đ."""
    return f"{amount:,} đ".replace(",", ".")
