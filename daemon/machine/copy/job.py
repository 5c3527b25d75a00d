"""What the visitor wants copied, as far as it is known, and words that the flow's parts share."""

from __future__ import annotations

from typing import Any

import msgspec

from daemon.machine.effects import Paper
from daemon.machine.personal import Personal
from daemon.machine.values import House, KindRule, Product
from daemon.machine.views import AnyBody, Choice, Say, View

STEPS = (
    "step.identify",
    "step.place",
    "step.pages",
    "step.copies",
    "step.pay",
    "step.take",
)


class Job(msgspec.Struct, frozen=True):
    """The request as it grows.  Page names are those of the vault."""

    requester: Personal[str] = Personal("")
    papers: tuple[Paper, ...] = ()
    """Originals that are complete."""
    kind: str = ""
    """Kind of the original being photographed."""
    pages: tuple[str, ...] = ()
    """Its pages so far."""
    slot: int | None = None
    """Where the next picture goes among `pages`; None = at the end."""
    product: Product = "digital"
    copies: int = 1
    proofs: tuple[Personal[str], ...] = ()
    """Once sealed: the web address that checks each paper's copy."""

    @property
    def all_pages(self) -> tuple[str, ...]:
        """Every page of the request, in order."""
        return tuple(page for paper in self.papers for page in paper.pages) + self.pages

    @property
    def originals(self) -> tuple[Paper, ...]:
        """Every original, the one being photographed included."""
        return (*self.papers, Paper(self.kind, self.pages)) if self.pages else self.papers

    def without(self, page: str) -> Job:
        """The request without this page; an original without pages is gone.  What was chosen after
        the pages is void.
        """
        papers = tuple(
            Paper(paper.kind, tuple(one for one in paper.pages if one != page))
            for paper in self.papers
        )
        pages = tuple(one for one in self.pages if one != page)
        return msgspec.structs.replace(
            self,
            papers=tuple(paper for paper in papers if paper.pages),
            pages=pages,
            kind=self.kind if pages else "",
            slot=None,
            product="digital",
            copies=1,
        )

    def again(self, page: str) -> Job:
        """The request as it is while this page is photographed anew, into its old place.

        Its original becomes the one at hand; what was chosen after the pages is void.
        """
        at = next(one for one in self.originals if page in one.pages)
        others = tuple(one for one in self.originals if page not in one.pages)
        rest = tuple(one for one in at.pages if one != page)
        index = at.pages.index(page)
        return msgspec.structs.replace(
            self,
            papers=others,
            kind=at.kind if rest else "",
            pages=rest,
            slot=index if index < len(rest) else None,
            product="digital",
            copies=1,
        )

    def with_page(self, page: str) -> Job:
        """The request with one page more, where it belongs."""
        at = len(self.pages) if self.slot is None else self.slot
        pages = (*self.pages[:at], page, *self.pages[at:])
        return msgspec.structs.replace(self, pages=pages, slot=None)

    def next_page(self) -> str:
        """The name for the next picture: the lowest that is free."""
        taken = set(self.all_pages)
        number = 1
        while f"page-{number}" in taken:
            number += 1
        return f"page-{number}"


def rule(house: House, kind: str) -> KindRule:
    """The rule of a kind; an unknown kind is an ordinary one-sided paper."""
    return house.kinds.get(kind) or KindRule(kind)


def screen(name: str, step: int | None, body: AnyBody, title: Say, **rest: Any) -> View:
    """A View of this flow, with its six named steps."""
    return View(name=f"copy.{name}", body=body, title=title, step=step, steps=STEPS, **rest)


def button(action: str, key: str, value: str = "", **rest: Any) -> Choice:
    """A Choice whose label is one message key."""
    return Choice(action=action, label=Say(key), value=value, **rest)


OFFICER = button("officer", "help.call", tone="officer")
