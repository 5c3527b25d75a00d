"""The screens around the flows: attract, home, out of service, papers left, goodbye."""

from __future__ import annotations

from typing import Literal

from daemon.machine import digital, notices
from daemon.machine.copy.scenes import Begin
from daemon.machine.dossier.scenes import Choose
from daemon.machine.effects import After, CallOfficer, CancelCall, Sound
from daemon.machine.events import AnyEvent, BedChanged, Elapsed, Pressed, TrayChanged
from daemon.machine.lookup.scenes import Ask
from daemon.machine.offers import NEEDS, missing, offered
from daemon.machine.state import Move, Now, Scene, World, go
from daemon.machine.ticket import ServiceAsked
from daemon.machine.values import Outcome
from daemon.machine.views import Choice, Fact, Notice, Say, Tiles, View

LEFT_TONE = "left.tone"
LEFT_OFFICER = "left.officer"
BYE_END = "bye.end"
TONE_AGAIN = 15.0
"""Seconds between two reminders about papers left behind."""


class Attract(Scene, frozen=True):
    """A0: nobody is here."""


class Home(Scene, frozen=True):
    """A1."""


class OutOfService(Scene, frozen=True):
    """D1: maintenance."""


class PowerBack(Scene, frozen=True):
    """B1: the kiosk has just restarted in the middle of a visit."""

    code: str


class Left(Scene, frozen=True):
    """P1 and P2: the visit is over, but a paper lies on the bed or sheets in the tray."""

    what: Literal["bed", "tray"]
    outcome: Outcome
    officer: bool = False


class Bye(Scene, frozen=True):
    """The end of every visit."""

    outcome: Outcome


def left(world: World) -> Literal["bed", "tray"] | None:
    """What lies around, as far as the sensors can tell."""
    if world.bed and "bed" not in world.lost:
        return "bed"
    if world.tray and "tray" not in world.lost:
        return "tray"
    return None


def farewell(outcome: Outcome, now: Now) -> Move:
    """The screen after a visit: first everything must be taken away."""
    what = left(now.world)
    limits = now.house.limits
    if what is None:
        return go(Bye(outcome), After(limits.end, BYE_END))
    return go(
        Left(what, outcome),
        Sound("take"),
        After(TONE_AGAIN, LEFT_TONE),
        After(limits.bed_left if what == "bed" else limits.tray_left, LEFT_OFFICER),
    )


def rest(now: Now) -> Scene:
    """The screen when nobody is here."""
    return OutOfService() if now.world.maintenance else Attract()


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does here; None where it means nothing."""
    match scene, event:
        case Attract() | Home(), Pressed(action):
            return _chosen(scene, action, now)
        case Left(what, outcome, officer), (BedChanged() | TrayChanged()):
            if left(now.world) == what:
                return go(scene)
            move = farewell(outcome, now)
            return Move(move.scene, ((CancelCall(), *move.effects) if officer else move.effects))
        case Left(), Elapsed("left.tone"):
            return go(scene, Sound("take"), After(TONE_AGAIN, LEFT_TONE))
        case Left(what, outcome, False), Elapsed("left.officer"):
            return go(Left(what, outcome, True), CallOfficer(f"{what}_left"))
        case Left(_, outcome, True), Pressed("cleared"):
            # An officer confirms at the screen that the papers are with him.
            return go(Bye(outcome), CancelCall(), After(now.house.limits.end, BYE_END))
        case Bye(), (Elapsed("bye.end") | Pressed("ok")):
            return go(rest(now))
        case PowerBack(), (Elapsed("bye.end") | Pressed("ok")):
            return go(rest(now))
    return None


def _chosen(scene: Scene, action: str, now: Now) -> Move | None:
    if action in NEEDS and not offered(action, now):
        return None
    match action:
        case "copy":
            return go(Begin())
        case "lookup":
            return go(Ask())
        case "ticket" if now.house.services:
            return go(ServiceAsked())
        case "digital":
            return digital.begin(now)
        case "info":
            return go(notices.Menu())
        case "dossier" if now.house.dossiers:
            return go(Choose())
        case "touch" if isinstance(scene, Attract):
            return go(Home())
    return None


def _tiles(now: Now) -> tuple[Choice, ...]:
    tiles = []
    for name in _names(now):
        lacks = missing(name, now)
        tiles.append(
            Choice(
                action=name,
                label=Say(f"home.{name}"),
                detail=Say("home.copy_legal") if name == "copy" else Say(f"home.{name}_detail"),
                icon=name,
                why_not=None
                if lacks is None
                else Say("home.unavailable", terms={"reason": f"why.{lacks}"}),
            )
        )
    return tuple(tiles)


def _told(now: Now) -> Say | None:
    """What the ward says to everybody: a call to a counter, then a notice, then its news."""
    world = now.world
    if world.number:
        return Say("notice.call", args={"number": world.number, "counter": world.counter})
    if world.notice:
        return Say(f"notice.{world.notice}")
    if world.news:
        item = world.news[0]
        text = item.vi if now.prefs.language == "vi" else item.en
        return Say("notice.news", args={"text": text})
    return None


def _partly(now: Now) -> Say | None:
    """Some services wait: the others do not."""
    lacking = [name for name in _names(now) if not offered(name, now)]
    return Say("today.partly") if lacking else None


def _elsewhere(now: Now) -> tuple[Fact, ...]:
    """What works while this kiosk does not."""
    hours = _open_hours(now.world)
    counter = Fact("officer", Say("maint.counter"))
    return (counter, *hours, Fact("globe", Say("maint.online")))


def _open_hours(world: World) -> tuple[Fact, ...]:
    """When the counters are open; nothing before that was told."""
    today = world.today
    if today is None:
        return ()
    if today.opens and not today.hours:
        return (Fact("clock", Say("today.closed", args={"at": today.opens})),)
    spans = "; ".join(f"{begin}–{end}" for begin, end in today.hours)
    told = [Fact("clock", Say("today.hours", args={"spans": spans}))] if spans else []
    if today.opens:
        told.append(Fact("clock", Say("today.opens", args={"at": today.opens})))
    return tuple(told)


def _day(now: Now) -> tuple[Fact, ...]:
    """What the first screen tells while nobody is here: hours, the queue, what is done today."""
    world = now.world
    told = list(_open_hours(world))
    if world.today is not None and world.today.waiting >= 0:
        waiting = world.today.waiting
        told.append(Fact("people", Say("today.waiting", args={"n": waiting})))
    works = tuple(name for name in _names(now) if offered(name, now))
    if works and len(works) < len(_names(now)):
        told.append(Fact("warn", Say("today.partly")))
    elif works:
        told.append(Fact("yes", Say("today.all")))
    return tuple(told)


def _names(now: Now) -> tuple[str, ...]:
    without = {
        *(() if now.house.services else ("ticket",)),
        *(() if now.house.dossiers else ("dossier",)),
    }
    return tuple(name for name in NEEDS if name not in without)


def view(scene: Scene, now: Now) -> View | None:
    """How these screens look."""
    match scene:
        case Attract():
            return View(
                name="attract",
                body=Tiles(attract=True, facts=_day(now)),
                title=Say("attract.title"),
                detail=_told(now),
                choices=_tiles(now),
                bar_off=("back", "home"),
            )
        case Home():
            return View(
                name="home",
                body=Tiles(),
                title=Say("home.ask"),
                detail=_told(now) or _partly(now),
                choices=_tiles(now),
                bar_off=("back", "home"),
            )
        case OutOfService():
            return View(
                name="out_of_service",
                body=Notice("warn", loop="maintenance", facts=_elsewhere(now)),
                title=Say("maint.now"),
                detail=Say("maint.reason", args={"reason": now.world.reason})
                if now.world.reason
                else None,
                bar_off=("back", "home", "help"),
            )
        case PowerBack(code):
            return View(
                name="power_back",
                body=Notice("info", loop="slip" if code else "bye", number=code),
                title=Say("power.back"),
                detail=Say("power.paid", args={"code": code}) if code else None,
                primary=Choice("ok", Say("common.ok")),
                bar_off=("back", "home"),
            )
        case Left(what, _, officer):
            return View(
                name=f"left_{what}",
                body=Notice("warn", loop="take_paper" if what == "bed" else "take_sheets"),
                title=Say("bed.left" if what == "bed" else "print.left"),
                choices=(Choice("cleared", Say("left.cleared"), tone="officer"),)
                if officer
                else (),
                bar_off=("back", "home"),
            )
        case Bye(outcome):
            return View(
                name="bye",
                body=Notice("good", loop="bye"),
                title=Say("end.timeout" if outcome == "timeout" else "end.bye"),
                primary=Choice("ok", Say("common.done")),
                bar_off=("back", "home"),
            )
    return None


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """What the explorer tries here besides the buttons."""
    match scene:
        case Attract():
            return (Pressed("touch"),)
        case Left():
            return (Elapsed(LEFT_TONE), Elapsed(LEFT_OFFICER), Pressed("cleared"))
        case Bye() | PowerBack():
            return (Elapsed(BYE_END),)
    return ()
