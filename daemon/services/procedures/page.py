"""One procedure's page: sections in reading order, in the visitor's language.

An unknown fact is said to be unknown: never "free", never "none".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from daemon.catalogue.procedures import CaseQuestion, Procedure, RequiredPaper, TimeLimit
from daemon.catalogue.services import Group
from daemon.machine.values import Written

Section = tuple[str, tuple[str, ...]]

_ASK: dict[Written, str] = {"vi": "Hỏi tại quầy.", "en": "Ask at the counter."}
_SURE: dict[Written, str] = {
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
_FORMS: dict[Written, dict[str, str]] = {
    "vi": {"original": "bản chính", "shown": "xuất trình", "copy": "bản sao"},
    "en": {"original": "original", "shown": "to show", "copy": "copy"},
}
_UNITS: dict[Written, dict[str, tuple[str, str]]] = {
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
_ONLINE: dict[Written, dict[str, str]] = {
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


_LAW: dict[Written, str] = {
    "vi": "Quy định mới có hiệu lực từ {day}: nội dung này có thể đã thay đổi, hỏi tại quầy.",
    "en": "New rules hold from {day}: this may have changed, ask at the counter.",
}


def sections(
    item: Procedure,
    language: Written,
    *,
    cases: Mapping[str, CaseQuestion],
    group: Group | None = None,
    day: dt.date = dt.date.min,
) -> tuple[Section, ...]:
    """What the page says, by the keys of the screen's headings, in reading order.

    `cases`: the questions of the file, which say when a paper is needed; `group`: whose counters
    receive it, where that is known; `day`: today.  What is known in Vietnamese only is asked for
    at the counter in English.
    """
    who = _ended(item.who_applies) if language == "vi" and item.who_applies else _ASK[language]
    doubtful: tuple[Section, ...] = ()
    if item.doubtful_from is not None and day >= item.doubtful_from:
        doubtful = (("doubt", (_LAW[language].format(day=f"{item.doubtful_from:%d/%m/%Y}"),)),)
    return (
        *doubtful,
        ("who", (who,)),
        ("papers", papers(item, language, cases)),
        ("where", _where(item, language, group)),
        ("time", time_limit(item.time_limit, language)),
        ("fee", fee(item, language)),
        ("forms", _listed(item.form_codes, language)),
        ("online", (_ONLINE[language][item.online_level],)),
        ("legal", _listed(item.legal_basis, language)),
    )


def papers(
    item: Procedure, language: Written, cases: Mapping[str, CaseQuestion]
) -> tuple[str, ...]:
    """The required papers, a line each; those for some cases only last, with the case."""
    needed = [p for p in item.required_papers if not p.optional]
    others = [p for p in item.required_papers if p.optional]
    lines = tuple(_paper(paper, language, cases) for paper in (*needed, *others))
    return lines or (_ASK[language],)


def _listed(texts: tuple[str, ...], language: Written) -> tuple[str, ...]:
    """Names of forms or laws: as they are, since they have no others."""
    plain = (_UNSURE.sub("", text).strip(" ;,") for text in texts)
    return tuple(text for text in plain if text) or (_ASK[language],)


def _paper(paper: RequiredPaper, language: Written, cases: Mapping[str, CaseQuestion]) -> str:
    name = paper.name_vi if language == "vi" else paper.name_en
    count = f"{paper.count} " if paper.count > 1 else ""
    form = _FORMS[language][paper.form]
    said = not count and name.casefold().startswith(form)
    line = name if said else f"{name}: {count}{form}"
    if not paper.optional:
        return line
    if paper.case is None:
        return f"{line} ({'nếu có' if language == 'vi' else 'if there is any'})"
    case = cases[paper.case]
    return f"{line} ({case.when_vi if language == 'vi' else case.when_en})"


def _where(item: Procedure, language: Written, group: Group | None) -> tuple[str, ...]:
    """Who decides, and where it is handed in."""
    if language == "vi":
        decides = item.decided_by
        counter = "Nộp tại quầy {}." if group else ""
    else:
        decides = _DECIDED.get(item.decided_by, item.decided_by)
        counter = "Hand it in at counter {}." if group else ""
    lines = (decides, counter.format(", ".join(group.counters)) if group else "")
    return tuple(line for line in lines if line)


def time_limit(limit: TimeLimit, language: Written) -> tuple[str, ...]:
    """How long it takes, and the note where there is one (Vietnamese only)."""
    one, many = _UNITS[language][limit.unit]
    lines: list[str] = []
    if limit.number == 0:
        lines.append("Trong ngày." if language == "vi" else "On the same day.")
    elif limit.number is not None:
        lines.append(f"{limit.number} {one if limit.number == 1 else many}.")
    lines += _noted(limit.note, language)
    return _known(lines, language)


def fee(item: Procedure, language: Written) -> tuple[str, ...]:
    """The fee in đồng and its rule (Vietnamese only)."""
    lines: list[str] = []
    if item.fee_vnd == 0:
        lines.append("0 đồng.")
    elif item.fee_vnd is not None:
        grouped = f"{item.fee_vnd:,}"
        lines.append(f"{grouped.replace(',', '.') if language == 'vi' else grouped} đồng.")
    lines += _noted(item.fee_rule, language)
    return _known(lines, language)


def _noted(note: str | None, language: Written) -> list[str]:
    """The note without the editors' marks, and advice where it had one or cannot be told."""
    text, marks = _UNSURE.subn("", note or "")
    text = text.strip(" ;,")
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    lines = [_ended(text[:1].upper() + text[1:])] if text and language == "vi" else []
    unsure = marks > 0 or (bool(text) and language != "vi")
    return [*lines, _SURE[language]] if unsure else lines


def _known(lines: list[str], language: Written) -> tuple[str, ...]:
    if len(lines) > 1:
        bare = re.escape(lines[0].rstrip("."))
        if re.search(rf"(?<![\d.,]){bare}", lines[1], re.IGNORECASE):
            lines = lines[1:]  # the note says it, and more exactly
    return (_ASK[language],) if not lines or lines == [_SURE[language]] else tuple(lines)


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
