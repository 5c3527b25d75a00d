"""D1 and D2: which procedure, may we photograph, and which case is yours."""

from __future__ import annotations

from msgspec.structs import replace

from daemon.machine.copy.begin import NOTICE
from daemon.machine.dossier import papers
from daemon.machine.dossier.job import Dossier, button, screen
from daemon.machine.dossier.parts import Question, Wanted
from daemon.machine.dossier.scenes import Agree, CaseAsked, Choose, Planning, SlipAsked
from daemon.machine.effects import Consent, FindDossier, OpenDossier, Search
from daemon.machine.events import AnyEvent, Found, NotPlanned, Planned, Pressed, Typed
from daemon.machine.personal import Personal
from daemon.machine.state import HOME, Move, Now, Scene, go
from daemon.machine.views import Choice, Keyboard, Lines, Notice, Say, View

SHOWN = 4
"""Results on one screen."""
LONGEST = 120
"""Letters of a query; what comes after is not read."""
CODE = 9
"""Digits of a slip's code."""
TRIES = 3
"""Wrong codes after which the counter helps."""
BACKSPACE = "back"


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does in this part; None where it means nothing."""
    match scene:
        case Choose():
            return _choose(scene, event, now)
        case SlipAsked():
            return _slip(scene, event, now)
        case Planning(code, slip, tries):
            return _planning(code, slip, tries, event)
        case Agree(job):
            match event:
                case Pressed("yes"):
                    return _first(job, Consent(NOTICE))
                case Pressed("no" | "back"):
                    return HOME
        case CaseAsked():
            return _case(scene, event)
    return None


def _choose(scene: Choose, event: AnyEvent, now: Now) -> Move | None:
    match event:
        case Typed(text):
            kept = Personal(text.reveal()[:LONGEST])
            if not kept:
                return go(Choose())
            return go(replace(scene, text=kept, trouble=""), Search(kept))
        case Found(results, enough):
            return go(replace(scene, results=results[:SHOWN], nothing=enough and not results))
        case Pressed("open", code) if code in dict(scene.results):
            return go(Planning(code), OpenDossier(code, now.prefs.language))
        case Pressed("continue"):
            return go(SlipAsked())
        case Pressed("back"):
            return HOME
    return None


def _slip(scene: SlipAsked, event: AnyEvent, now: Now) -> Move | None:
    text = scene.text
    match event:
        case Pressed("digit", key) if key == BACKSPACE:
            return go(replace(scene, text=text[:-1], trouble=""))
        case Pressed("digit", key) if len(key) == 1 and len(text) < CODE:
            return go(replace(scene, text=text + key, trouble=""))
        case Pressed("ok") if text:
            found = FindDossier(text, now.prefs.language)
            return go(Planning(slip=text, tries=scene.tries), found)
        case Pressed("back"):
            return go(Choose())
    return None


def _planning(code: str, slip: str, tries: int, event: AnyEvent) -> Move | None:
    match event:
        case Planned(asked) if asked == (slip or code):
            job = Dossier(
                event.code,
                event.name,
                event.questions,
                event.wanted,
                slip,
                tuple(at for at in event.earlier if at < len(event.wanted)),
                event.yes,
            )
            return go(Agree(job))
        case NotPlanned(asked, reason) if asked == (slip or code):
            if not slip:
                return go(Choose(trouble=f"dossier.not.{reason}"))
            tries += reason == "unknown"
            if tries >= TRIES:
                return go(Choose(trouble="dossier.not.counter"))
            return go(SlipAsked(tries=tries, trouble=f"dossier.not.{reason}"))
        case Pressed("back"):
            return go(SlipAsked(tries=tries)) if slip else go(Choose())
    return None


def _first(job: Dossier, *effects: Consent) -> Move:
    """The first question, or the first paper; a dossier that goes on keeps its answers."""
    if job.questions and not job.slip:
        return go(CaseAsked(replace(job, yes=())), *effects)
    return papers.following(job, *effects)


def _case(scene: CaseAsked, event: AnyEvent) -> Move | None:
    job, at = scene.job, scene.at
    match event:
        case Pressed("yes" | "no" | "unsure" as answer):
            # who is not sure is told of the paper: one too many is no harm
            if answer != "no":
                job = replace(job, yes=(*job.yes, job.questions[at].id))
            if at + 1 < len(job.questions):
                return go(CaseAsked(job, at + 1))
            return papers.following(job)
        case Pressed("back"):
            if not at:
                return go(Agree(job))
            before = job.questions[at - 1].id
            return go(CaseAsked(replace(job, yes=tuple(y for y in job.yes if y != before)), at - 1))
    return None


def view(scene: Scene, now: Now) -> View | None:
    """How this part looks."""
    match scene:
        case Choose(text, results, nothing, trouble):
            title = trouble or ("lookup.none" if nothing else "dossier.ask")
            return screen(
                "choose",
                0,
                Keyboard(text, layout="search"),
                Say(title),
                choices=(
                    *(
                        Choice("open", Say("lookup.hit", args={"name": name}), value=code)
                        for code, name in results
                    ),
                    button("continue", "dossier.continue"),
                ),
            )
        case SlipAsked(text=text, trouble=trouble):
            return screen(
                "slip",
                0,
                Keyboard(Personal(text), layout="code"),
                Say(trouble or "dossier.slip_ask"),
                primary=button("ok", "common.ok", tone="go"),
            )
        case Planning():
            return screen("planning", 0, Lines(()), Say("lookup.opening"))
        case Agree(job):
            lines = ("dossier.what", "dossier.why", "dossier.keep")
            return screen(
                "consent",
                0,
                Lines(tuple(Say(key) for key in lines)),
                Say("lookup.hit", args={"name": job.name}),
                choices=(
                    button("yes", "consent.yes", icon="yes"),
                    button("no", "consent.no", icon="no"),
                ),
            )
        case CaseAsked(job, at):
            question = job.questions[at]
            return screen(
                "case",
                0,
                Notice("info", loop="officer"),
                Say("dossier.question", args={"text": question.text}),
                detail=Say("dossier.nth", args={"n": at + 1, "of": len(job.questions)}),
                choices=(
                    button("yes", "dossier.yes", icon="yes"),
                    button("no", "dossier.no", icon="no"),
                    button("unsure", "dossier.unsure"),
                ),
            )
    return None


EXAMPLE = Planned(
    "1.000001",
    "1.000001",
    "A",
    (Question("else", "Q?"),),
    (
        Wanted("1.000001/1", "shown", form="shown", kinds=("two",)),
        Wanted("1.000001/2", "copy", form="copy", kinds=("one",), case="else"),
    ),
)
"""What the explorer tries."""


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """What the explorer tries here besides the buttons."""
    match scene:
        case Choose():
            return (
                Typed(Personal("kh")),
                Typed(Personal("")),
                Found((("1.000001", "A"),)),
                Found(()),
                Pressed("open", "0"),
            )
        case SlipAsked(text=text):
            return () if text else (Pressed("digit", "7"), Pressed("digit", "back"))
        case Planning(slip=slip):
            if slip:
                went_on = replace(EXAMPLE, asked=slip, earlier=(0,), yes=("else",))
                return (went_on, NotPlanned(slip, "unknown"), NotPlanned(slip, "down"))
            return (EXAMPLE, NotPlanned("1.000001", "unknown"))
    return ()
