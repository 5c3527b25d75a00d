"""All transitions: what is common to every screen stands here, the rest in the flow files.

Two rules.  `step` is total: an event that means nothing in a state is named and changes nothing.
And `step` knows no device, no clock and no other room: it only says what should happen.
"""

from __future__ import annotations

from typing import get_args

from msgspec.structs import replace

from daemon.machine import house as home
from daemon.machine import leaving
from daemon.machine.consequences import HELP_LATE, IDLE_END, consequences, stale
from daemon.machine.copy.kinds import words_found
from daemon.machine.effects import (
    After,
    AnyEffect,
    BeginVisit,
    CallOfficer,
    CancelCall,
    EndVisit,
    PrintTicket,
)
from daemon.machine.events import (
    Announced,
    AnyEvent,
    BedChanged,
    CardRead,
    CopyFound,
    DeviceBack,
    DeviceLost,
    Elapsed,
    Headset,
    KeyPressed,
    Maintenance,
    News,
    PowerReturned,
    Pressed,
    QueueCalled,
    SecretFound,
    Spelt,
    Today,
    TrayChanged,
    Typed,
)
from daemon.machine.flows import FLOWS, flow
from daemon.machine.personal import Personal
from daemon.machine.state import Move, Now, OverlayName, State, Step, World
from daemon.machine.values import Contrast, House, Outcome, Prefs, following
from daemon.machine.view import view
from daemon.machine.views import BAR, Keyboard, reach

ABOUT_THE_WORLD = frozenset(
    {
        BedChanged,
        TrayChanged,
        Headset,
        DeviceLost,
        DeviceBack,
        Maintenance,
        Announced,
        News,
        QueueCalled,
        Today,
    }
)
"""Events that change what is true whoever stands there."""

CONTRASTS: tuple[Contrast, ...] = get_args(Contrast)


def start(house: House) -> State:
    """The state before the first event."""
    return State(home.Attract(), prefs=house.prefs)


def step(state: State, event: AnyEvent, house: House) -> Step:
    """One event.  Pure: the same arguments give the same answer, and nothing else happens."""
    seen = state
    if type(event) in ABOUT_THE_WORLD:
        world = _world(state.world, event)
        seen = state if world == state.world else replace(state, world=world)
    moved = _move(seen, event, house)
    if moved is None:
        if seen is state:
            return Step(state, expected=False)
        moved = (seen, ())
    after, effects = moved
    effects = (*stale(state, after), *effects, *consequences(state, after, event, house))
    return Step(after, effects)


def _world(world: World, event: AnyEvent) -> World:
    match event:
        case BedChanged(occupied):
            return replace(world, bed=occupied)
        case TrayChanged(occupied):
            return replace(world, tray=occupied)
        case Headset(plugged):
            return replace(world, headset=plugged)
        case DeviceLost(part):
            return replace(world, lost=world.lost | {part})
        case DeviceBack(part):
            return replace(world, lost=world.lost - {part})
        case Maintenance(on, reason):
            return replace(world, maintenance=on, reason=reason if on else "")
        case Announced(notice):
            return replace(world, notice=notice)
        case News(items):
            return replace(world, news=items)
        case Today():
            return replace(world, today=event)
        case QueueCalled(number, counter):
            return replace(world, number=number, counter=counter if number else 0)
    return world


Moved = tuple[State, tuple[AnyEffect, ...]]


def _move(state: State, event: AnyEvent, house: House) -> Moved | None:
    match event:
        case KeyPressed():
            return _key(state, event, house)
        case Headset(plugged):
            # Speech starts at once with a plug in the jack and stops without it.
            prefs = replace(state.prefs, speech=plugged, curtain=plugged and state.prefs.curtain)
            return replace(state, prefs=prefs), ()
        case Maintenance() if isinstance(state.scene, home.Attract | home.OutOfService):
            return replace(state, scene=home.rest(_now(state, house))), ()
        case PowerReturned(code):
            slip = (PrintTicket("power", {"code": code}),) if code else ()
            return replace(state, scene=home.PowerBack(code)), (
                *slip,
                After(house.limits.end, home.BYE_END),
            )
        case Elapsed("help.late") if state.world.called:
            # Nobody came: said upward again, and to the visitor.
            world = replace(state.world, late=True)
            again = After(house.limits.help_again, HELP_LATE)
            return replace(state, world=world), (CallOfficer("no_answer"), again)
        case Elapsed("idle") if leaving.limit(state, house) is not None:
            return replace(state, overlay="idle", focus=None), (
                After(house.limits.warning, IDLE_END),
            )
        case Elapsed("idle.end") if state.overlay == "idle":
            return _leave(state, "timeout", house)
        case Pressed("curtain") if state.prefs.curtain:
            return _curtain(state), ()
        case Pressed() if state.overlay:
            return _over(state, event, house)
        case Typed() | Spelt() if state.overlay:
            return None
        case Spelt(where):
            if not isinstance(view(state, house).body, Keyboard):
                return None
            return replace(state, spelt=where, prefs=replace(state.prefs, keys=True)), ()
        case CardRead("other") if leaving.at_stake(state.scene) and not state.overlay:
            return _open(state, "card")
        case Pressed(action):
            common = _bar(state, action, house)
            if common is not None:
                return common
    return _in_flow(state, event, house)


def _now(state: State, house: House) -> Now:
    return Now(state.world, state.prefs, house)


def _in_flow(state: State, event: AnyEvent, house: House) -> Moved | None:
    if isinstance(event, CopyFound):
        move = words_found(state.scene, event.page, "copy")
    elif isinstance(event, SecretFound):
        move = words_found(state.scene, event.page, "secret")
    else:
        move = FLOWS[type(state.scene)].step(state.scene, event, _now(state, house))
    if move is None:
        return None
    if move.ends is not None:
        after, effects = _leave(state, move.ends, house)
        return after, (*move.effects, *effects)
    if move.home:
        after, effects = _go_home(state)
        return after, (*move.effects, *effects)
    assert move.scene is not None
    return _enter(state, move, house)


def _enter(state: State, move: Move, house: House) -> Moved:
    scene = move.scene
    assert scene is not None
    effects = move.effects
    if isinstance(scene, home.Attract | home.OutOfService):
        return State(scene, state.world, house.prefs), effects
    same = type(scene) is type(state.scene)
    after = replace(
        state,
        scene=scene,
        focus=state.focus if same else None,
        spelt=state.spelt if same else Personal(""),
        overlay=state.overlay if same else "",
    )
    if isinstance(state.scene, home.Attract) and not state.visit:
        return replace(after, visit=True), (BeginVisit(), *effects)
    return after, effects


def _go_home(state: State) -> Moved:
    """Back to the menu: what the flow held is shredded, preferences stay."""
    ended = EndVisit("cancelled", flow(state.scene), type(state.scene).__name__)
    after = replace(state, scene=home.Home(), overlay="", focus=None, spelt=Personal(""))
    return after, (*leaving.unwind(state.scene), ended, BeginVisit())


def _leave(state: State, outcome: Outcome, house: House) -> Moved:
    """The end of the visit, whatever the way: undo, shred, then look at the bed and the tray."""
    ended = EndVisit(outcome, flow(state.scene), type(state.scene).__name__)
    calm: tuple[AnyEffect, ...] = (CancelCall(),) if state.world.called else ()
    world = replace(state.world, called=False, late=False)
    undo = leaving.unwind(state.scene)
    farewell = home.farewell(outcome, Now(world, state.prefs, house))
    assert farewell.scene is not None
    after = State(farewell.scene, world, state.prefs)
    return after, (*undo, *calm, ended, *farewell.effects)


# -- the bar, the overlays, the keys ------------------------------------------------------


def _bar(state: State, action: str, house: House) -> Moved | None:
    """The always-present row; None where the action is the flow's own."""
    if action not in BAR and action != "officer":
        return None
    if action in view(state, house).bar_off:
        return state, ()
    if action in ("language", "size", "contrast", "speech", "low"):
        after = replace(state, prefs=_changed(state.prefs, action, house))
        if isinstance(state.scene, home.Attract):
            return replace(after, scene=home.Home(), visit=True), (BeginVisit(),)
        return after, ()
    match action:
        case "help":
            return _open(state, "help")
        case "officer":
            return _call(state)
        case "home":
            if leaving.at_stake(state.scene):
                return _open(state, "leave")
            return _go_home(state) if state.visit else None
    return None


def _open(state: State, overlay: OverlayName) -> Moved:
    begun = isinstance(state.scene, home.Attract)
    after = replace(state, overlay=overlay, focus=None)
    if begun:
        return replace(after, scene=home.Home(), visit=True), (BeginVisit(),)
    return after, ()


def _changed(prefs: Prefs, action: str, house: House) -> Prefs:
    match action:
        case "language":
            return replace(prefs, language=following(prefs.language, house.languages).tag)
        case "size":
            return replace(prefs, size="large" if prefs.size == "normal" else "normal")
        case "contrast":
            at = CONTRASTS.index(prefs.contrast)
            return replace(prefs, contrast=CONTRASTS[(at + 1) % len(CONTRASTS)])
        case "speech":
            return replace(prefs, speech=not prefs.speech)
    return replace(prefs, low=not prefs.low)


def _call(state: State) -> Moved:
    call = () if state.world.called else (CallOfficer("asked"),)
    world = replace(state.world, called=True)
    return replace(state, world=world, overlay="called", focus=None), call


def _over(state: State, event: Pressed, house: House) -> Moved | None:
    """A choice of the overlay; what lies beneath cannot be pressed."""
    closed = replace(state, overlay="", focus=None)
    match state.overlay, event.action:
        case "idle", _:
            return closed, ()
        case (("help" | "show" | "called"), ("close" | "back")):
            return closed, ()
        case "help", "show":
            return replace(state, overlay="show", focus=None), ()
        case "help", ("call" | "help"):
            return _call(state)
        case "called", "cancel":
            return replace(closed, world=replace(state.world, called=False, late=False)), (
                CancelCall(),
            )
        case "leave", "yes":
            return _go_home(closed)
        case "card", "yes":
            return _leave(closed, "cancelled", house)
        case (("leave" | "card"), ("no" | "back")):
            return closed, ()
    return None


def _key(state: State, event: KeyPressed, house: House) -> Moved | None:
    """The six hardware keys do everything the screen does."""
    state = replace(state, prefs=replace(state.prefs, keys=True))
    row = reach(view(state, house))
    match event.key:
        case "up" | "down" if event.key == "down" and event.held:
            return _bar(state, "low", house)
        case "up" if event.held:
            return _curtain(state), ()
        case "up" | "down" if row:
            turn = 1 if event.key == "down" else -1
            at = (state.focus + turn) % len(row) if state.focus is not None else 0
            return replace(state, focus=at), ()
        case "ok" if state.focus is not None and state.focus < len(row):
            choice = row[state.focus]
            return _again(state, Pressed(choice.action, choice.value), house)
        case "ok" if state.overlay == "idle" or isinstance(state.scene, home.Attract):
            return _again(state, Pressed("touch"), house)
        case "back":
            return _again(state, Pressed("home" if event.held else "back"), house)
        case "help":
            return _again(state, Pressed("help"), house)
        case "speech" if not state.prefs.speech:
            return _bar(state, "speech", house)
        case "speech" if event.held:
            return replace(state, prefs=replace(state.prefs, slow=not state.prefs.slow)), ()
        # `speech` again repeats: consequences say the screen anew.
    return state, ()


def _curtain(state: State) -> State:
    """Hides the screen, or shows it: only while all of it is heard in a headset."""
    prefs = state.prefs
    hidden = not prefs.curtain and prefs.speech and state.world.headset
    return replace(state, prefs=replace(prefs, curtain=hidden))


def _again(state: State, event: Pressed, house: House) -> Moved:
    return _move(state, event, house) or (state, ())
