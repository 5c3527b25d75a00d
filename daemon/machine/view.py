"""What the screen shows in a state.  Pure, and drawable in every state."""

from __future__ import annotations

from msgspec.structs import replace

from daemon.machine.flows import FLOWS
from daemon.machine.state import Now, State
from daemon.machine.values import House, following
from daemon.machine.views import Choice, Keyboard, Notice, Overlay, Say, View


def view(state: State, house: House) -> View:
    """The screen of this state, with the frame every screen has."""
    drawn = FLOWS[type(state.scene)].view(
        state.scene, Now(state.world, state.prefs, house)
    ) or View(name="nothing", body=Notice(), title=Say("common.wait"))
    if state.overlay == "called":
        # Help is on its way: nothing of the visitor's is readable by whoever passes.
        drawn = View(name=drawn.name, body=Notice(loop="officer"), title=_coming(state.world.late))
    if isinstance(drawn.body, Keyboard) and state.spelt:
        drawn = replace(drawn, body=replace(drawn.body, spelt=state.spelt))
    return replace(
        drawn,
        overlay=_overlay(state, house),
        focus=state.focus,
        prefs=state.prefs,
        next_language=following(state.prefs.language, house.languages).name,
        ward=house.ward,
        online="uplink" not in state.world.lost,
    )


def _coming(late: bool) -> Say:
    """What is said while an officer is awaited."""
    return Say("help.late") if late else Say("help.called", args={"m": 5})


def _overlay(state: State, house: House) -> Overlay | None:
    close = Choice("close", Say("common.back"))
    match state.overlay:
        case "idle":
            more = Choice("more_time", Say("idle.more"), tone="go")
            seconds = house.limits.warning
            return Overlay("idle", Say("idle.ask", args={"s": round(seconds)}), (more,), seconds)
        case "help":
            return Overlay(
                "help",
                Say("help.menu"),
                (
                    Choice("show", Say("help.show")),
                    Choice("call", Say("help.call"), tone="officer"),
                    close,
                ),
            )
        case "show":
            return Overlay("show", Say("help.showing"), (close,))
        case "called":
            cancel = Choice("cancel", Say("help.cancel"))
            go_on = Choice("close", Say("help.go_on"), tone="go")
            return Overlay("called", _coming(state.world.late), (go_on, cancel))
        case "card":
            go_on = Choice("no", Say("card.other_no"), tone="go")
            return Overlay("card", Say("card.other"), (go_on, Choice("yes", Say("card.other_yes"))))
        case "leave":
            return Overlay(
                "leave",
                Say("leave.ask"),
                (Choice("no", Say("leave.no"), tone="go"), Choice("yes", Say("leave.yes"))),
            )
    return None
