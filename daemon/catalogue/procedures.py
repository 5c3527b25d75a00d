"""The procedures that a ward receives, as data.

A record of confidence `low` is hidden from citizens.  A fact that is null is unknown: it is shown
as "ask at the counter", never as "free" or "none".
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import msgspec

from daemon.catalogue.reading import HERE, CatalogueError, read

Confidence = Literal["high", "medium", "low"]


class PaperKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of paper as procedures ask for it, and the kinds of `kinds/` that satisfy it."""

    name_vi: str
    name_en: str
    classes: tuple[str, ...]


class RequiredPaper(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the required papers (thành phần hồ sơ)."""

    name_vi: str
    name_en: str
    form: Literal["original", "shown", "copy"]
    count: int
    paper_kind: str
    optional: bool
    condition: str | None


class TimeLimit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long it takes; `number` None = unknown or it depends, see `note`."""

    number: int | None
    unit: Literal["working_day", "day", "hour"]
    note: str | None


class Procedure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One procedure (thủ tục hành chính)."""

    code: str | None
    """National code; None = not verified."""
    other_codes: tuple[str, ...]
    name_vi: str
    name_en: str
    field: str
    decided_by: str
    who_applies: str
    required_papers: tuple[RequiredPaper, ...]
    form_codes: tuple[str, ...]
    time_limit: TimeLimit
    fee_vnd: int | None
    fee_rule: str | None
    online_level: Literal["toàn trình", "một phần", "không"]
    legal_basis: tuple[str, ...]
    common_words: tuple[str, ...]
    """Everyday words for it, folded."""
    confidence: Confidence
    note: str | None
    code_source: Literal["seen", "known, check"] | None
    deep_link: str | None


class Procedures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    title: str
    version: str
    notes: tuple[str, ...]
    paper_kinds: dict[str, PaperKind]
    procedures: tuple[Procedure, ...]

    def shown(self) -> dict[str, Procedure]:
        """What citizens may see, by code."""
        return {
            item.code: item
            for item in self.procedures
            if item.confidence != "low" and item.code is not None
        }


def load(path: Path = HERE / "procedures.json") -> Procedures:
    """The procedures of the file.  Raises CatalogueError."""
    file = read(path, Procedures)
    codes: set[str] = set()
    for at, item in enumerate(file.procedures):
        key = f"procedures[{at}]"
        if item.code is None:
            if item.confidence != "low":
                raise CatalogueError(path, f"{key}.code", None, "only a hidden record lacks a code")
            continue
        if not re.fullmatch(r"\d\.\d{6}", item.code):
            raise CatalogueError(path, f"{key}.code", item.code, "digit, dot, six digits")
        if item.code in codes:
            raise CatalogueError(path, f"{key}.code", item.code, "each code once")
        codes.add(item.code)
        if item.fee_vnd is not None and item.fee_vnd < 0:
            raise CatalogueError(path, f"{key}.fee_vnd", item.fee_vnd, "đồng, 0 or more")
        if item.deep_link is not None and not item.deep_link.startswith("https://"):
            raise CatalogueError(path, f"{key}.deep_link", item.deep_link, "an https address")
        for n, paper in enumerate(item.required_papers):
            if paper.paper_kind not in file.paper_kinds:
                raise CatalogueError(
                    path, f"{key}.required_papers[{n}]", paper.paper_kind, "name it in paper_kinds"
                )
    return file
