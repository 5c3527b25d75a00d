"""The dossier as it grows, and words that the flow's parts share."""

from __future__ import annotations

from typing import Any

import msgspec

from daemon.machine.dossier.parts import FormField, Held, Question, Wanted
from daemon.machine.views import AnyBody, Choice, Say, View

STEPS = ("step.case", "step.papers", "step.form", "step.hand_in")


class Dossier(msgspec.Struct, frozen=True):
    """Page names are those of the vault.  Papers are named by their place in `wanted`."""

    code: str = ""
    """Of the procedure."""
    name: str = ""
    questions: tuple[Question, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    slip: str = ""
    """Code of the slip under which the ward already has a part of it."""
    earlier: tuple[int, ...] = ()
    """What the ward has already."""
    yes: tuple[str, ...] = ()
    """Questions that were answered with yes."""
    papers: tuple[Held, ...] = ()
    """Photographed; the last one may be under way (`at`)."""
    brought: tuple[int, ...] = ()
    """At hand, to be shown at the counter; not photographed."""
    lacking: tuple[int, ...] = ()
    at: int = 0
    """The paper that is asked for now."""
    pages: tuple[str, ...] = ()
    """Its pages so far."""
    kind: str = ""
    checked: bool = False
    expired: bool = False
    other: bool = False
    """What is known of it, as in `Held`."""
    fields: tuple[FormField, ...] = ()

    @property
    def all_pages(self) -> tuple[str, ...]:
        """Every page, in order."""
        return tuple(page for paper in self.papers for page in paper.pages) + self.pages

    @property
    def originals(self) -> tuple[Held, ...]:
        """Every paper that was photographed, the one at hand included."""
        return (*self.papers, self.at_hand) if self.pages else self.papers

    @property
    def at_hand(self) -> Held:
        """The paper being photographed."""
        return Held(
            self.at,
            self.pages,
            self.kind,
            "right" if self.checked else "unchecked",
            self.expired,
            self.other,
        )

    @property
    def asked(self) -> tuple[int, ...]:
        """The papers of this case, without what the ward has already."""
        return tuple(
            at
            for at, one in enumerate(self.wanted)
            if (not one.case or one.case in self.yes) and at not in self.earlier
        )

    @property
    def missing(self) -> tuple[int, ...]:
        """What lacks, as the visitor is told: papers that are brought if there are any do not."""
        return tuple(at for at in self.lacking if not self.wanted[at].if_any)

    @property
    def paper(self) -> Wanted:
        """The paper that is asked for now."""
        return self.wanted[self.at]

    def following(self) -> int | None:
        """The next paper that nothing is known of; None = all are decided."""
        known = {*(paper.at for paper in self.papers), *self.brought, *self.lacking}
        return next((at for at in self.asked if at not in known), None)

    def turned_to(self, at: int) -> Dossier:
        """The same, asking for this paper."""
        return msgspec.structs.replace(
            self, at=at, pages=(), kind="", checked=False, expired=False, other=False
        )

    def with_paper(self) -> Dossier:
        """The paper at hand is done; papers stand in the order of the procedure."""
        papers = sorted(self.originals, key=lambda paper: paper.at)
        return msgspec.structs.replace(self.turned_to(0), papers=tuple(papers))

    def with_brought(self) -> Dossier:
        """The paper that is asked for will be shown at the counter."""
        brought = tuple(sorted({*self.brought, self.at}))
        return msgspec.structs.replace(self.turned_to(0), brought=brought)

    def with_lack(self) -> Dossier:
        """The paper that is asked for lacks."""
        lacking = tuple(sorted({*self.lacking, self.at}))
        return msgspec.structs.replace(self.turned_to(0), lacking=lacking)

    def forgotten(self, at: int) -> Dossier:
        """As if this paper had never been asked for."""
        return msgspec.structs.replace(
            self,
            papers=tuple(paper for paper in self.papers if paper.at != at),
            brought=tuple(one for one in self.brought if one != at),
            lacking=tuple(one for one in self.lacking if one != at),
        )

    def without(self, page: str) -> Dossier:
        """Without this page; a paper without pages is gone."""
        papers = tuple(
            msgspec.structs.replace(paper, pages=tuple(one for one in paper.pages if one != page))
            for paper in self.papers
        )
        return msgspec.structs.replace(
            self,
            papers=tuple(paper for paper in papers if paper.pages),
            pages=tuple(one for one in self.pages if one != page),
        )

    def next_page(self) -> str:
        """The name for the next picture: the lowest that is free."""
        taken = set(self.all_pages)
        number = 1
        while f"page-{number}" in taken:
            number += 1
        return f"page-{number}"


def screen(name: str, step: int | None, body: AnyBody, title: Say, **rest: Any) -> View:
    """A View of this flow, with its four named steps."""
    return View(name=f"dossier.{name}", body=body, title=title, step=step, steps=STEPS, **rest)


def paper_name(wanted: Wanted) -> Say:
    """The paper's own name, as the procedure has it."""
    return Say("dossier.paper", args={"name": wanted.name})


def button(action: str, key: str, value: str = "", **rest: Any) -> Choice:
    """A Choice whose label is one message key."""
    return Choice(action=action, label=Say(key), value=value, **rest)
