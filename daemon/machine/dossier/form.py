"""The entry form: filled in from what was read, confirmed or changed by the visitor."""

from __future__ import annotations

from msgspec.structs import replace

from daemon.machine.dossier import hand_in
from daemon.machine.dossier.job import Dossier, button, screen
from daemon.machine.dossier.parts import FormField
from daemon.machine.dossier.scenes import (
    FieldAsked,
    FieldPick,
    Filling,
    FormShown,
    PaperAsked,
    Summary,
)
from daemon.machine.effects import AnyEffect, FillForm, Paper
from daemon.machine.events import AnyEvent, FormFilled, Pressed, Typed
from daemon.machine.personal import Personal
from daemon.machine.state import Move, Now, Scene, go
from daemon.machine.views import Choice, Keyboard, Lines, Notice, Say, View, Working

NEEDED = ("name",)
"""Without these lines nobody knows whose dossier it is."""
LONGEST = 200
"""Letters of a line."""
NUMBERS = ("birth_date", "person_number", "phone")
"""Lines that are typed on the pad of numbers first."""


def fill(job: Dossier, *effects: AnyEffect) -> Move:
    """All papers are decided: the form, unless the visitor has confirmed it before."""
    if job.fields:
        return go(Summary(job), *effects)
    papers = tuple(Paper(one.kind, one.pages) for one in job.papers if not one.other)
    return go(Filling(job), *effects, FillForm(papers))


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does in this part; None where it means nothing."""
    match scene, event:
        case Filling(job), FormFilled(fields):
            return go(FormShown(replace(job, fields=fields)))
        case FormShown(job), Pressed("ok"):
            lacking = next((f.name for f in job.fields if f.name in NEEDED and not f.value), "")
            if lacking:
                return go(FormShown(job, trouble="dossier.form_needs_name"))
            return hand_in.summary(job)
        case FormShown(job), Pressed("change"):
            return go(FieldPick(job))
        case ((FormShown(job) | Filling(job)), Pressed("back")):
            return _last_paper(replace(job, fields=()))
        case FieldPick(job), Pressed("field", name):
            at = next((n for n, one in enumerate(job.fields) if one.name == name), None)
            return None if at is None else go(FieldAsked(job, at, job.fields[at].value))
        case FieldPick(job), Pressed("back"):
            return go(FormShown(job))
        case FieldAsked(), Typed(text):
            return go(replace(scene, text=Personal(text.reveal()[:LONGEST])))
        case FieldAsked(job, at, text), Pressed("ok"):
            changed = replace(job.fields[at], value=text)
            fields = (*job.fields[:at], changed, *job.fields[at + 1 :])
            return go(FormShown(replace(job, fields=fields)))
        case FieldAsked(job), Pressed("back"):
            return go(FieldPick(job))
    return None


def _last_paper(job: Dossier) -> Move | None:
    """Back to the last paper, which keeps its pages until it is asked for anew."""
    if not job.asked:
        return None
    at = job.asked[-1]
    held = next((paper for paper in job.papers if paper.at == at), None)
    job = job.forgotten(at).turned_to(at)
    if held is None:
        return go(PaperAsked(job))
    return hand_in.back_to(job, held)


def view(scene: Scene, now: Now) -> View | None:
    """How this part looks."""
    match scene:
        case Filling():
            return screen("filling", 2, Working(), Say("dossier.filling"))
        case FormShown(job, trouble):
            return screen(
                "form",
                2,
                Lines(tuple(_line(one) for one in job.fields)),
                Say(trouble or "dossier.form_check"),
                choices=(button("change", "dossier.change"),),
                primary=button("ok", "dossier.form_right", tone="go"),
            )
        case FieldPick(job):
            return screen(
                "field_pick",
                2,
                Notice("info", loop="card"),
                Say("dossier.which_field"),
                choices=tuple(
                    Choice("field", Say(f"field.{one.name}"), value=one.name) for one in job.fields
                ),
            )
        case FieldAsked(job, at, text):
            return screen(
                "field",
                2,
                Keyboard(text),
                Say(f"field.{job.fields[at].name}"),
                primary=button("ok", "common.ok", tone="go"),
            )
    return None


def _line(one: FormField) -> Say:
    if not one.value:
        return Say("dossier.line_empty", terms={"field": f"field.{one.name}"})
    return Say("dossier.line", terms={"field": f"field.{one.name}"}, own={"value": one.value})


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """What the explorer tries here besides the buttons."""
    match scene:
        case Filling():
            return (FormFilled((FormField("name"),)),)
        case FieldAsked(text=text):
            return () if text else (Typed(Personal("N")),)
        case FieldPick():
            return (Pressed("field", "none"),)
    return ()
