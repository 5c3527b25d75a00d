"""Every screen that the machine can show: found by searching its states, not written down.

The search is that of the proofs (`daemon.machine.explore`).  What they leave out because it
multiplies states (help, maintenance, lost parts, another card) is tried here once on each screen
found.  The bounds name kinds and services that do not exist: `dressed` puts the
longest real words in their place, so that a layout is tried with the worst it will meet.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from functools import cache
from typing import Any, get_args

import msgspec
from msgspec.structs import replace

from daemon.catalogue import kinds, services
from daemon.machine import events as ev
from daemon.machine.consequences import IDLE
from daemon.machine.dossier.job import Dossier
from daemon.machine.explore import DOSSIER, SMALL, Exploration, Node
from daemon.machine.flows import flow
from daemon.machine.observer import Ghost
from daemon.machine.personal import Personal
from daemon.machine.state import State
from daemon.machine.step import start, step
from daemon.machine.values import Language, Part
from daemon.machine.view import view
from daemon.machine.views import Keyboard, Notice, Payment, Say, View
from ui_kivy import catalogue
from ui_kivy.gallery import PROCEDURE, QR

WARD = "Phường Thủ Đức"
OWNER = "Nguyễn Hoàng Phương Thị Ánh Tuyết"
ADDRESS = "nguyen.thi.hoang.anh.tuyet.1987@thu-dien-tu.thanh-pho.example.vn"
OWN = {"name": OWNER, "address": ADDRESS}

ANYWHERE: tuple[ev.AnyEvent, ...] = (
    *(ev.Pressed(action) for action in ("help", "show", "call", "close", "home")),
    ev.CardRead("other"),
    ev.BedChanged(True),
    ev.TrayChanged(True),
    ev.Elapsed(IDLE),
    ev.Maintenance(True, "thay giấy"),
    ev.Announced("closing_early"),
    ev.QueueCalled("A01234", 12),
    *(ev.DeviceLost(part) for part in get_args(Part)),
)
"""What may come on any screen."""


def over(shown: View) -> str:
    """Name of the overlay, or nothing."""
    return shown.overlay.name if shown.overlay else ""


def look(shown: View) -> Hashable:
    """What tells two screens apart, whatever names and numbers they show."""
    body = shown.body
    marks = ("loop", "tone", "layout", "done", "seen", "blurred")
    return (
        (shown.name, over(shown), shown.title.key, shown.detail.key if shown.detail else ""),
        tuple((one.action, one.label.key, one.why_not is not None) for one in shown.choices),
        shown.primary.label.key if shown.primary else "",
        type(body).__name__,
        tuple(getattr(body, name, None) for name in marks),
        tuple(bool(getattr(body, name, None)) for name in ("ring", "mark", "number", "qr", "of")),
    )


def dossiers() -> Iterator[State]:
    """A state for each look of the dossier's flow: of those that differ only in what was answered
    before, the first.
    """
    search = Exploration(DOSSIER, "screens")
    seen: set[Hashable] = set()
    todo = [start(DOSSIER)]
    while todo:
        state = todo.pop(0)
        shown = view(state, DOSSIER)
        for event in search._events(Node(state, Ghost()), shown):
            after = step(state, event, DOSSIER).state
            job = getattr(after.scene, "job", None)
            if flow(after.scene) not in ("dossier", "house") or after.overlay:
                continue
            decided = isinstance(job, Dossier) and (
                len(job.papers),
                *(job.brought, job.lacking),
                *(bool(one.value) for one in job.fields),
            )
            mark = (look(view(after, DOSSIER)), decided)
            if mark not in seen:
                seen.add(mark)
                todo.append(after)
                yield after


@cache
def screens() -> tuple[View, ...]:
    """One View for each look; every (name, overlay) is among them."""
    search = Exploration(SMALL, "screens")
    search.run()
    found: dict[Hashable, View] = {}

    def note(state: State) -> bool:
        shown = view(state, SMALL)
        mark = look(shown)
        new = mark not in found
        found.setdefault(mark, shown)
        return new

    after_power_cut = step(start(SMALL), ev.PowerReturned("K7M2"), SMALL).state
    states = (*(node.state for node in search.parents), after_power_cut, *dossiers())
    todo = [state for state in states if note(state)]
    while todo:
        state = todo.pop()
        after = (step(state, event, SMALL) for event in ANYWHERE)
        todo.extend(done.state for done in after if done.expected and note(done.state))
    return tuple(found.values())


def sampled() -> Iterator[View]:
    """Every screen without an overlay, and each overlay over the first screen that has it."""
    seen: set[Hashable] = set()
    for shown in screens():
        mark = over(shown) or look(shown)
        if mark not in seen:
            seen.add(mark)
            yield shown


# -- clothes ------------------------------------------------------------------------------


MADE_UP = frozenset({*SMALL.kinds, *SMALL.services})
FAMILIES: dict[str, tuple[str, ...]] = {
    "kind": tuple(kinds.load()),
    "service": tuple(services.load()),
    "reason": get_args(kinds.LegalCode),
    "way": get_args(kinds.LegalCode),
    "place": ("top_left", "top_right", "middle", "bottom_left", "bottom_right"),
}


@cache
def longest(language: Language, family: str) -> str:
    """The name of a family whose words are the longest."""
    words = catalogue.load(language)
    return max(FAMILIES[family], key=lambda name: len(words[f"{family}.{name}"].forms[-1]))


def dressed(shown: View, language: Language, **prefs: Any) -> View:
    """The same screen in a language, with real words in the place of the bounds' own."""

    def key(name: str) -> str:
        family, _, one = name.partition(".")
        made_up = family in ("kind", "service") and one in MADE_UP
        return (
            f"{family}.{longest(language, family)}"
            if made_up or family in ("reason", "way")
            else name
        )

    def said(one: Say) -> Say:
        texts: dict[str, str | int] = {
            "ward": WARD,
            "name": PROCEDURE.name,
            "text": PROCEDURE.sections[1][1][0],
            "where": longest(language, "place"),
        }
        return Say(
            key(one.key),
            {name: texts.get(name, value) for name, value in one.args.items()},
            {name: key(term) for name, term in one.terms.items()},
            {name: Personal(OWN.get(name, "•••• 1234")) for name in one.own},
        )

    def body(one: Any) -> Any:
        match one:
            case Payment():
                return replace(one, qr=QR)
            case Notice(qr=qr) if qr:
                return replace(one, qr=PROCEDURE.url)
            case Keyboard(layout="mail", text=text) if text:
                return replace(one, text=Personal(ADDRESS))
            case Keyboard(layout="name", text=text) if text:
                return replace(one, text=Personal(OWNER))
        return _each(one, change)

    def change(value: Any) -> Any:
        match value:
            case Say():
                return said(value)
            case msgspec.Struct():
                return _each(value, change)
            case tuple():
                return tuple(change(part) for part in value)
        return value

    made: View = _each(replace(shown, body=body(shown.body)), change)
    return replace(made, ward=WARD, prefs=replace(shown.prefs, language=language, **prefs))


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    """A struct with each field changed."""
    fields = value.__struct_fields__
    return replace(value, **{name: change(getattr(value, name)) for name in fields})


def says(shown: View) -> Iterator[Say]:
    """Everything a View says, wherever it stands."""
    found: list[Say] = []

    def note(value: Any) -> Any:
        match value:
            case Say():
                found.append(value)
            case msgspec.Struct():
                _each(value, note)
            case tuple():
                for part in value:
                    note(part)
        return value

    note(shown)
    yield from found
    yield from map(Say, shown.steps)
