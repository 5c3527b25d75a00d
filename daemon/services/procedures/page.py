"""One procedure's page: sections in reading order, in the visitor's language.

An unknown fact is said to be unknown: never "free", never "none".
"""

from __future__ import annotations

import re

from daemon.catalogue.procedures import Procedure, RequiredPaper, TimeLimit
from daemon.machine.values import Language

Section = tuple[str, tuple[str, ...]]

_ASK: dict[Language, str] = {"vi": "Hỏi tại quầy.", "en": "Ask at the counter."}
_SURE: dict[Language, str] = {
    "vi": "Nên hỏi lại cán bộ tại quầy.",
    "en": "Ask at the counter to be sure.",
}
_UNSURE = re.compile(
    r"\s*\((?:cần kiểm tra|chưa xác minh(?: số)?)\)"
    r"|[,;]?\s*(?:cần kiểm tra|chưa xác minh(?: số)?)(?=\s*(?:$|[;.()]))"
    r"|,\s*kiểm tra$",
    re.IGNORECASE,
)
"""What the editors of the catalogue write behind a fact that nobody has verified."""
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
    """`who`, `papers`, `where`, `time`, `fee`, `online`: the keys of the screen's headings.

    Who applies is known in Vietnamese only, and left out in English.
    """
    who: tuple[Section, ...] = (("who", (_ended(item.who_applies),)),) if language == "vi" else ()
    return (
        *who,
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
    form = _FORMS[language][paper.form]
    said = not count and name.casefold().startswith(form)
    line = name if said else f"{name}: {count}{form}"
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
    lines += _noted(limit.note, language)
    return _known(lines, language)


def fee(item: Procedure, language: Language) -> tuple[str, ...]:
    """The fee in đồng and its rule (Vietnamese only)."""
    lines: list[str] = []
    if item.fee_vnd == 0:
        lines.append("0 đồng.")
    elif item.fee_vnd is not None:
        grouped = f"{item.fee_vnd:,}"
        lines.append(f"{grouped.replace(',', '.') if language == 'vi' else grouped} đồng.")
    lines += _noted(item.fee_rule, language)
    return _known(lines, language)


def _noted(note: str | None, language: Language) -> list[str]:
    """The note without the editors' marks, and advice where it had one or cannot be told."""
    text, marks = _UNSURE.subn("", note or "")
    text = text.strip(" ;,")
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    lines = [_ended(text[:1].upper() + text[1:])] if text and language == "vi" else []
    unsure = marks > 0 or (bool(text) and language != "vi")
    return [*lines, _SURE[language]] if unsure else lines


def _known(lines: list[str], language: Language) -> tuple[str, ...]:
    if len(lines) > 1:
        bare = re.escape(lines[0].rstrip("."))
        if re.search(rf"(?<![\d.,]){bare}", lines[1], re.IGNORECASE):
            lines = lines[1:]  # the note says it, and more exactly
    return (_ASK[language],) if not lines or lines == [_SURE[language]] else tuple(lines)


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
