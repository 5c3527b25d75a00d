"""The procedures that a ward receives, as data.

A record of confidence `low` is hidden from citizens.  A fact that is null is unknown: it is shown
as "ask at the counter", never as "free" or "none".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
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


class LifeEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What brings people to the ward, in their words."""

    name_vi: str
    name_en: str


class CaseQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question that is answered yes or no; *yes* asks for the papers that name it as `case`."""

    ask_vi: str
    ask_en: str
    when_vi: str
    """The same as a condition behind a paper's name: `nếu nộp thay người khác`."""
    when_en: str


class RequiredPaper(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the required papers (thành phần hồ sơ)."""

    name_vi: str
    name_en: str
    form: Literal["original", "shown", "copy"]
    count: int
    paper_kind: str
    optional: bool
    condition: str | None
    case: str | None
    """Id of the case question whose *yes* makes the paper necessary; only an optional paper has
    one.  An optional paper without it is brought where there is one."""


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
    counter_group: str
    """Id of the group in `services.toml` (a ward's file may have others: `services.group_of`)."""
    life_events: tuple[str, ...]
    decided_by: str
    who_applies: str
    required_papers: tuple[RequiredPaper, ...]
    case_questions: tuple[str, ...]
    """Ids in the order in which they are asked."""
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
    valid_from: dt.date | None
    """First day on which it holds; None = it holds."""
    valid_until: dt.date | None
    """Last day on which it holds; None = no end is known."""
    replaced_by: str | None
    """Code of the procedure that took its place: who asks for this one is led there."""
    announced_by: str | None
    """The decision that announced it; None = not known."""
    doubtful_from: dt.date | None
    """From this day the law is another and the record must be read anew: its page says so."""

    def holds(self, day: dt.date) -> bool:
        """Does it hold on this day?"""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)

    def needed(self, answers: Mapping[str, bool]) -> tuple[RequiredPaper, ...]:
        """The papers for these answers to its case questions, in the order of the file.

        An unanswered question counts as *no*.  Optional papers that no question asks for are not
        among them: see `if_any`.
        """
        return tuple(
            paper
            for paper in self.required_papers
            if not paper.optional or (paper.case is not None and answers.get(paper.case, False))
        )

    def if_any(self) -> tuple[RequiredPaper, ...]:
        """The papers that are brought where there are such: no question decides about them."""
        return tuple(p for p in self.required_papers if p.optional and p.case is None)


class Procedures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    format: Literal[2]
    title: str
    version: str
    """As people name it; printed on the page."""
    rev: int
    """Rises with each file: an older one is not taken in place of a newer."""
    notes: tuple[str, ...]
    life_events: dict[str, LifeEvent]
    """In the order of the screen."""
    case_questions: dict[str, CaseQuestion]
    paper_kinds: dict[str, PaperKind]
    procedures: tuple[Procedure, ...]

    def shown(self, day: dt.date | None = None) -> dict[str, Procedure]:
        """What citizens may see, by code: on this day; None = whatever the day."""
        return {
            item.code: item
            for item in self.procedures
            if item.confidence != "low"
            and item.code is not None
            and (day is None or item.holds(day))
        }

    def questions(self, item: Procedure) -> tuple[tuple[str, CaseQuestion], ...]:
        """The case questions of a procedure with their ids, in the order they are asked."""
        return tuple((name, self.case_questions[name]) for name in item.case_questions)

    def successor(self, code: str) -> str:
        """The code that people who ask for this one are led to; itself where it was not replaced.

        Other codes of a record (`other_codes`) lead to it, too.
        """
        replaced = {item.code: item.replaced_by for item in self.procedures if item.replaced_by}
        for item in self.procedures:
            if item.code is not None:
                replaced |= dict.fromkeys(item.other_codes, item.code)
        while code in replaced:
            code = replaced[code]
        return code


def load(path: Path = HERE / "procedures.json") -> Procedures:
    """The procedures of the file.  Raises CatalogueError."""
    file = read(path, Procedures)
    if file.rev < 1:
        raise CatalogueError(path, "rev", file.rev, "1 or more")
    codes: set[str] = set()
    for at, item in enumerate(file.procedures):
        key = f"procedures[{at}]"
        _check_code(path, key, item, codes)
        _check_facts(path, key, item)
        _check_names(path, key, item, file)
    for at, item in enumerate(file.procedures):
        _check_successor(path, f"procedures[{at}].replaced_by", item, file)
    return file


def _check_code(path: Path, key: str, item: Procedure, codes: set[str]) -> None:
    if item.code is None:
        if item.confidence != "low":
            raise CatalogueError(path, f"{key}.code", None, "only a hidden record lacks a code")
        return
    if not re.fullmatch(r"\d\.\d{6}", item.code):
        raise CatalogueError(path, f"{key}.code", item.code, "digit, dot, six digits")
    if item.code in codes:
        raise CatalogueError(path, f"{key}.code", item.code, "each code once")
    codes.add(item.code)


def _check_facts(path: Path, key: str, item: Procedure) -> None:
    if item.fee_vnd is not None and item.fee_vnd < 0:
        raise CatalogueError(path, f"{key}.fee_vnd", item.fee_vnd, "đồng, 0 or more")
    if item.deep_link is not None and not item.deep_link.startswith("https://"):
        raise CatalogueError(path, f"{key}.deep_link", item.deep_link, "an https address")
    if item.valid_from and item.valid_until and item.valid_until < item.valid_from:
        read = item.valid_until.isoformat()
        raise CatalogueError(path, f"{key}.valid_until", read, "not before valid_from")


def _check_names(path: Path, key: str, item: Procedure, file: Procedures) -> None:
    """What is named by an id is in the file."""
    for n, event in enumerate(item.life_events):
        if event not in file.life_events:
            raise CatalogueError(path, f"{key}.life_events[{n}]", event, "name it in life_events")
    for n, question in enumerate(item.case_questions):
        if question not in file.case_questions or question in item.case_questions[:n]:
            raise CatalogueError(
                path, f"{key}.case_questions[{n}]", question, "name it in case_questions; each once"
            )
    for n, paper in enumerate(item.required_papers):
        if paper.paper_kind not in file.paper_kinds:
            raise CatalogueError(
                path, f"{key}.required_papers[{n}]", paper.paper_kind, "name it in paper_kinds"
            )
        if paper.case is not None and (not paper.optional or paper.case not in item.case_questions):
            raise CatalogueError(
                path,
                f"{key}.required_papers[{n}].case",
                paper.case,
                "one of the procedure's case_questions, of an optional paper",
            )
    asked = {paper.case for paper in item.required_papers}
    for n, question in enumerate(item.case_questions):
        if question not in asked:
            raise CatalogueError(
                path, f"{key}.case_questions[{n}]", question, "the case of one of its papers"
            )


def _check_successor(path: Path, key: str, item: Procedure, file: Procedures) -> None:
    """It leads to a procedure that citizens may see, and not in a circle."""
    shown, seen, code = file.shown(), set[str | None](), item.replaced_by
    if code is None:
        return
    following = {one.code: one.replaced_by for one in file.procedures}
    while code is not None:
        if code in seen or code not in following or code == item.code:
            raise CatalogueError(path, key, item.replaced_by, "the code of another record")
        seen.add(code)
        last, code = code, following[code]
    if last not in shown:
        raise CatalogueError(path, key, item.replaced_by, "a record that citizens may see")
