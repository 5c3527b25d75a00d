"""A procedure as the dossier's flow asks for it."""

from __future__ import annotations

from collections.abc import Collection

from daemon.catalogue.procedures import Procedure, Procedures
from daemon.machine.dossier.parts import Question, Wanted
from daemon.machine.events import Planned
from daemon.machine.values import Written


def component(code: str, place: int) -> str:
    """The stable id of a required paper: the procedure's code and its place there, from 1."""
    return f"{code}/{place + 1}"


def planned(file: Procedures, item: Procedure, language: Written) -> Planned:
    """Everything that is asked and wanted, in the order of the file."""
    assert item.code is not None  # only those are shown
    return Planned(
        item.code,
        item.code,
        item.name_vi if language == "vi" else item.name_en,
        tuple(
            Question(name, question.ask_vi if language == "vi" else question.ask_en)
            for name, question in file.questions(item)
        ),
        tuple(
            Wanted(
                component(item.code, place),
                paper.name_vi if language == "vi" else paper.name_en,
                paper.form,
                paper.count,
                file.paper_kinds[paper.paper_kind].classes,
                paper.case or "",
                if_any=paper.optional and paper.case is None,
            )
            for place, paper in enumerate(item.required_papers)
        ),
    )


def places(item: Procedure, components: Collection[str]) -> tuple[int, ...]:
    """Which of its papers these components are; what it does not know is left out."""
    assert item.code is not None
    return tuple(
        place
        for place in range(len(item.required_papers))
        if component(item.code, place) in components
    )
