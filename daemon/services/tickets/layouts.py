"""The slips.  None of them has the title of an officer's form, and none holds a citizen's data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import lru_cache

import msgspec
from msgspec.structs import replace
from PIL import Image

from daemon.catalogue import procedures, refusals, services
from daemon.catalogue.calendar import VIETNAM
from daemon.catalogue.procedures import Procedures
from daemon.catalogue.services import Group
from daemon.machine.values import Written
from daemon.services.procedures.page import sections
from daemon.services.tickets.roll import Roll, SlipError
from daemon.services.tickets.words import Words

Args = Mapping[str, str]


class Facts(msgspec.Struct, frozen=True):
    """What the ward's files say, where they are not those of the software."""

    groups: Mapping[str, Group]
    procedures: Procedures
    day: dt.date = dt.date.min
    """The day that is printed: some rules hold from a day on."""


_LEGALISED = ("foreign", "not_legalised")
"""Reasons that an apostille may answer."""

Layout = Callable[[Roll, Args, Written, Facts], None]


def render(
    name: str,
    args: Args,
    language: Written,
    ward: str,
    at: dt.datetime | None = None,
    facts: Facts | None = None,
) -> Image.Image:
    """A slip as a 1-bit picture of 576 dots width, ready for the ticket printer.

    `ward` is the full name (`Phường Thủ Đức`), `at` the time printed on it (now), `facts` the
    ward's own groups and procedures.  Takes up to 0.1 s.  Raises SlipError for an unknown layout,
    a missing value or a missing font.
    """
    layout = LAYOUTS.get(name)
    if layout is None:
        raise SlipError(f"layout {name!r}: one of {', '.join(sorted(LAYOUTS))} is right")
    words = Words(language)
    now = (at or dt.datetime.now(VIETNAM)).astimezone(VIETNAM)
    roll = Roll()
    roll.gap(8)
    roll.text(words("centre").upper(), 22, "Bold", "centre")
    roll.text(ward, 34, "Bold", "centre")
    roll.gap(10)
    roll.rule(3)
    roll.gap(14)
    try:
        layout(roll, args, language, replace(facts or _standard(), day=now.date()))
    except KeyError as error:
        raise SlipError(f"layout {name!r}: no value {error.args[0]!r}") from None
    roll.gap(14)
    roll.rule(1)
    roll.gap(8)
    printed = words("printed", time=f"{now:%H:%M}", date=f"{now:%d/%m/%Y}")
    roll.text(printed, 22, align="centre")
    roll.gap(24)
    return roll.picture()


def queue(roll: Roll, args: Args, language: Written, facts: Facts) -> None:
    """`service`, `number`, `before`, `minutes`; `most` where the wait is told as a range."""
    words = Words(language)
    group = facts.groups.get(args["service"])
    number = args["number"]
    if group is not None and not number.startswith(group.letter):
        roll.banner(words("queue.priority").upper())
        roll.gap(14)
    roll.text(words("queue.title").upper(), 30, "Bold", "centre")
    roll.gap(18)
    roll.big(number, 176)
    roll.gap(20)
    if group is not None:
        roll.text(group.name_vi if language == "vi" else group.name_en, 34, "Bold", "centre")
        roll.text(words("queue.counter", counters=", ".join(group.counters)), 32, align="centre")
    roll.gap(12)
    roll.rule(1)
    roll.gap(10)
    before, minutes = int(args["before"]), int(args["minutes"])
    roll.text(words.counted("queue.before", before, before=args["before"]), 28, align="centre")
    most = int(args.get("most") or minutes)
    if most > minutes:
        least = words("queue.range", least=str(minutes), most=str(most))
        roll.text(least if minutes else words("queue.most", most=str(most)), 28, align="centre")
    elif minutes:
        roll.text(words("queue.minutes", minutes=args["minutes"]), 28, align="centre")
    roll.gap(8)
    roll.text(words("queue.call"), 28, "Bold", "centre")
    roll.text(words("queue.day"), 24, align="centre")


def refusal(roll: Roll, args: Args, language: Written, facts: Facts) -> None:
    """`reason`: a code of the kiosk or of the certifier."""
    words = Words(language)
    _title(roll, words("refusal.title"))
    roll.text(words("refusal.lead"), 26)
    roll.gap(8)
    roll.text(words.reason(args["reason"]), 32, "Bold")
    _for_officer(roll, args["reason"], language)
    roll.gap(14)
    roll.text(words("refusal.next"), 26, "Bold")
    roll.text(words.remedy(args["reason"]), 28)
    if args["reason"] in _LEGALISED and refusals.default().apostille_is_enough(facts.day):
        roll.gap(8)
        roll.text(words("refusal.apostille"), 28)
    roll.gap(14)
    roll.text(words("refusal.officer"), 24)
    roll.text(words("free"), 24)


def receipt(roll: Roll, args: Args, language: Written, _: Facts) -> None:
    """`product`; where known `numbers` (by comma), `amount` (đồng), `url` of the check, `code` by
    which the ward's store finds an electronic copy.

    Several addresses are parted by spaces: one for each number, in order, each under its number.
    """
    words = Words(language)
    _title(roll, words("receipt.title"))
    product = "digital" if args["product"] == "digital" else "paper"
    roll.text(words(f"receipt.{product}"), 28, "Bold", "centre")
    roll.gap(10)
    numbers = [number.strip() for number in args.get("numbers", "").split(",") if number.strip()]
    urls = args.get("url", "").split()
    each = len(urls) > 1 and len(urls) == len(numbers)
    if each:
        roll.text(words("receipt.check"), 24, align="centre")
    if numbers:
        roll.text(words("receipt.numbers"), 24, align="centre")
        roll.gap(8)
        for number in numbers:
            roll.big(number, 52)
            roll.gap(10)
            if each:
                roll.qr(urls.pop(0))
                roll.gap(10)
    if args.get("amount"):
        roll.pair(words("receipt.amount"), _dong(int(args["amount"]), language), 30)
    if product == "paper":
        roll.gap(8)
        roll.text(words("receipt.counter"), 28, "Bold")
    if product == "digital" and args.get("code"):
        roll.gap(12)
        roll.text(words("receipt.store"), 26, "Bold", "centre")
        roll.gap(8)
        roll.big(args["code"], 64)
        roll.gap(8)
        roll.text(words("receipt.store_show"), 24, align="centre")
    if len(urls) == 1:
        roll.gap(8)
        roll.qr(urls[0])
        roll.text(words("receipt.check"), 24, align="centre")
    roll.gap(10)
    roll.text(words("receipt.keep"), 26, "Bold", "centre")
    roll.text(words("receipt.not_fiscal"), 22, align="centre")


def later(roll: Roll, args: Args, language: Written, _: Facts) -> None:
    """`code`; where known `reason` and `due`."""
    words = Words(language)
    _title(roll, words("later.title"))
    _code(roll, words("later.code"), args["code"])
    if args.get("reason"):
        roll.text(words.reason(args["reason"]), 28, align="centre")
        _for_officer(roll, args["reason"], language)
    if args.get("due"):
        roll.text(words("later.due", due=args["due"]), 30, "Bold", "centre")
    roll.gap(10)
    roll.text(words("later.show"), 28, "Bold", "centre")
    roll.text(words("later.paid"), 24, align="centre")


def power(roll: Roll, args: Args, language: Written, _: Facts) -> None:
    """`code` of a paid request."""
    words = Words(language)
    _title(roll, words("power.title"))
    _code(roll, words("power.code"), args["code"])
    roll.text(words("power.show"), 30, "Bold", "centre")
    roll.gap(8)
    roll.text(words("power.kept"), 24, align="centre")


def procedure(roll: Roll, args: Args, language: Written, facts: Facts) -> None:
    """`code` of a procedure that citizens may see."""
    words = Words(language)
    file = facts.procedures
    item = file.shown(facts.day).get(file.successor(args["code"]))
    if item is None:
        raise SlipError(f"procedure {args['code']!r}: not among those that are shown")
    _title(roll, words("procedure.title"))
    roll.text(item.name_vi if language == "vi" else item.name_en, 32, "Bold")
    if language == "en":
        roll.text(item.name_vi, 24)
    roll.text(words("procedure.code", code=args["code"]), 22)
    group = services.group_of(facts.groups, item)
    page = sections(item, language, cases=file.case_questions, group=group, day=facts.day)
    for key, lines in page:
        if key in _ON_PAPER_A4:
            continue
        roll.gap(14)
        roll.text(words(f"procedure.{key}"), 26, "Bold")
        roll.gap(2)
        for line in lines:
            if key == "papers":
                roll.item(line)
            else:
                roll.text(line, 25)
    if item.deep_link:
        roll.gap(14)
        roll.qr(item.deep_link, 280)
        roll.text(words("procedure.scan"), 24, align="centre")
    roll.gap(12)
    roll.text(words("procedure.version", version=file.version), 20)


_ON_PAPER_A4 = ("legal",)
"""What a narrow slip leaves to the sheet of A4."""


def dossier(roll: Roll, args: Args, language: Written, facts: Facts) -> None:
    """`code`, `procedure`; `have`, `missing`, `unchecked`: places of its papers from 1, by comma.

    A list and advice; only the ward's own receipt is one.
    """
    words = Words(language)
    item = facts.procedures.shown().get(args["procedure"])
    if item is None:
        raise SlipError(f"procedure {args['procedure']!r}: not among those that are shown")
    _title(roll, words("dossier.title"))
    roll.text(item.name_vi if language == "vi" else item.name_en, 30, "Bold")
    roll.gap(10)
    _code(roll, words("dossier.code"), args["code"])
    unchecked = _places(args.get("unchecked", ""))
    for key in ("missing", "have"):
        places = _places(args[key])
        if not places:
            continue
        roll.gap(12)
        roll.text(words(f"dossier.{key}"), 28, "Bold")
        for place in places:
            paper = item.required_papers[place - 1]
            name = paper.name_vi if language == "vi" else paper.name_en
            mark = f" ({words('dossier.unchecked')})" if place in unchecked else ""
            roll.item(f"{name}{mark}")
    roll.gap(12)
    roll.text(words("dossier.next" if args["missing"] else "dossier.wait"), 28, "Bold")
    roll.text(words("dossier.no_receipt"), 24)


def official(roll: Roll, args: Args, language: Written, _: Facts) -> None:
    """`lines`: the ward's own receipt, a line each, as the gateway sent it."""
    for line in args["lines"].split("\n"):
        roll.text(line, 26)


LAYOUTS: dict[str, Layout] = {
    "queue": queue,
    "refusal": refusal,
    "receipt": receipt,
    "later": later,
    "power": power,
    "procedure": procedure,
    "dossier": dossier,
    "official": official,
}


def _title(roll: Roll, text: str) -> None:
    roll.text(text.upper(), 32, "Bold", "centre")
    roll.gap(12)


def _places(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(",") if part)


def _code(roll: Roll, name: str, code: str) -> None:
    """A code that is read aloud, typed and scanned."""
    roll.text(name, 26, align="centre")
    roll.gap(12)
    roll.big(code, 84)
    roll.gap(10)
    roll.qr(code, 220)
    roll.gap(6)


def _for_officer(roll: Roll, reason: str, language: Written) -> None:
    """The officer reads Vietnamese whatever the visitor reads."""
    if language != "vi":
        roll.gap(6)
        roll.text(Words("vi").reason(reason), 24)


def _dong(amount: int, language: Written) -> str:
    grouped = f"{amount:,}"
    return f"{grouped.replace(',', '.') if language == 'vi' else grouped} đ"


@lru_cache(maxsize=1)
def _standard() -> Facts:
    return Facts(services.load(), procedures.load())
