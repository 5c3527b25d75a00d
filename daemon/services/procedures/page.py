"""One procedure's page: sections in reading order, in the visitor's language.

An unknown fact is said to be unknown: never "free", never "none".
"""

from __future__ import annotations

from daemon.catalogue.procedures import Procedure, RequiredPaper, TimeLimit
from daemon.machine.values import Language

Section = tuple[str, tuple[str, ...]]

_ASK: dict[Language, str] = {"vi": "Hỏi tại quầy.", "en": "Ask at the counter."}
_FORMS: dict[Language, dict[str, str]] = {
    "vi": {"original": "bản chính", "shown": "xuất trình", "copy": "bản sao"},
    "en": {"original": "original", "shown": "to show", "copy": "copy"},
}
_UNITS: dict[Language, dict[str, tuple[str, str]]] = {
    "vi": {
        "working_day": ("ngày làm việc", "ngày làm việc"),
        "day": ("ngày", "ngày"),
        "hour": ("giờ", "giờ"),
    },
    "en": {
        "working_day": ("working day", "working days"),
        "day": ("day", "days"),
        "hour": ("hour", "hours"),
    },
}
_ONLINE: dict[Language, dict[str, str]] = {
    "vi": {
        "toàn trình": "Nộp được hoàn toàn trên mạng, tại dichvucong.gov.vn.",
        "một phần": "Nộp được một phần trên mạng, tại dichvucong.gov.vn.",
        "không": "Nộp tại quầy.",
    },
    "en": {
        "toàn trình": "Can be done fully online, at dichvucong.gov.vn.",
        "một phần": "Can be done partly online, at dichvucong.gov.vn.",
        "không": "File it at the counter.",
    },
}
_DECIDED: dict[str, str] = {
    "UBND cấp xã": "People's Committee of the ward",
    "Công an cấp xã": "Police of the ward",
    "Ban Chỉ huy quân sự cấp xã": "Military command of the ward",
    "Bảo hiểm xã hội cơ sở": "Social insurance office",
}


def sections(item: Procedure, language: Language) -> tuple[Section, ...]:
    """`who`, `papers`, `where`, `time`, `fee`, `online`: the keys of the screen's headings."""
    return (
        ("who", (item.who_applies,) if language == "vi" else (_ASK["en"],)),
        ("papers", papers(item, language)),
        ("where", (_where(item, language),)),
        ("time", time_limit(item.time_limit, language)),
        ("fee", fee(item, language)),
        ("online", (_ONLINE[language][item.online_level],)),
    )


def papers(item: Procedure, language: Language) -> tuple[str, ...]:
    """The required papers, a line each; those for some cases only last, with the case."""
    needed = [_paper(paper, language) for paper in item.required_papers if not paper.optional]
    others = [_paper(paper, language) for paper in item.required_papers if paper.optional]
    return tuple(needed + others) or (_ASK[language],)


def _paper(paper: RequiredPaper, language: Language) -> str:
    name = paper.name_vi if language == "vi" else paper.name_en
    count = f"{paper.count} " if paper.count > 1 else ""
    line = f"{name}: {count}{_FORMS[language][paper.form]}"
    if not paper.optional:
        return line
    if language == "en":
        return f"{line} (only in some cases)"
    return f"{line} (nếu: {_lower(paper.condition)})" if paper.condition else f"{line} (nếu có)"


def _lower(text: str) -> str:
    """First letter small, unless the word is an abbreviation."""
    first = text.split(maxsplit=1)[0]
    return text if len(first) > 1 and first.isupper() else text[:1].lower() + text[1:]


def _where(item: Procedure, language: Language) -> str:
    if language == "vi":
        return item.decided_by
    return _DECIDED.get(item.decided_by, item.decided_by)


def time_limit(limit: TimeLimit, language: Language) -> tuple[str, ...]:
    """How long it takes, and the note where there is one (Vietnamese only)."""
    one, many = _UNITS[language][limit.unit]
    lines: list[str] = []
    if limit.number == 0:
        lines.append("Trong ngày." if language == "vi" else "On the same day.")
    elif limit.number is not None:
        lines.append(f"{limit.number} {one if limit.number == 1 else many}.")
    if limit.note and language == "vi":
        lines.append(_ended(limit.note))
    return tuple(lines) or (_ASK[language],)


def fee(item: Procedure, language: Language) -> tuple[str, ...]:
    """The fee in đồng and its rule (Vietnamese only)."""
    lines: list[str] = []
    if item.fee_vnd == 0:
        lines.append("0 đồng.")
    elif item.fee_vnd is not None:
        grouped = f"{item.fee_vnd:,}"
        lines.append(f"{grouped.replace(',', '.') if language == 'vi' else grouped} đồng.")
    if item.fee_rule and language == "vi":
        lines.append(_ended(item.fee_rule))
    elif item.fee_rule and item.fee_vnd is not None:
        lines.append("Conditions apply: ask at the counter.")
    return tuple(lines) or (_ASK[language],)


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
