"""What every screen has: language, help, home, more time, the keys, devices that fail."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from daemon.machine.effects import (
    After,
    BeginVisit,
    CallOfficer,
    CancelCall,
    EndVisit,
    Light,
    PreviewOff,
    PreviewOn,
    PrintTicket,
)
from daemon.machine.events import (
    BedChanged,
    CardRead,
    DeviceBack,
    DeviceLost,
    Elapsed,
    Headset,
    KeyPressed,
    Maintenance,
    PowerReturned,
    Pressed,
    Typed,
)
from daemon.machine.personal import Personal
from daemon.machine.values import Part
from daemon.machine.views import actions, reach
from tests.machine.walk import Walk, to_deciding, to_fee, to_name, to_pages, to_place, to_sealing

SCREENS = {
    "attract": lambda: Walk(),
    "home": lambda: Walk().press("language"),
    "name": lambda: to_name(Walk()),
    "place": lambda: to_place(Walk()),
    "pages": lambda: to_pages(Walk()),
    "deciding": lambda: to_deciding(Walk()),
    "fee": lambda: to_fee(Walk()),
    "sealing": lambda: to_sealing(Walk()),
}
everywhere = pytest.mark.parametrize("screen", SCREENS.values(), ids=SCREENS)


@everywhere
def test_the_language_changes_and_nothing_else(screen) -> None:  # type: ignore[no-untyped-def]
    walk = screen()
    before = walk.state
    walk.press("language")
    assert walk.state.prefs.language != before.prefs.language
    if before.visit:
        assert replace(walk.state, prefs=before.prefs) == before


@everywhere
def test_help_opens_and_closes_without_losing_anything(screen) -> None:  # type: ignore[no-untyped-def]
    walk = screen().press("help")
    assert {choice.action for choice in actions(walk.view)} == {"show", "call", "close"}
    scene = walk.state.scene
    walk.press("call")
    assert walk.asked(CallOfficer) == [CallOfficer("asked")]
    walk.press("cancel")
    assert walk.asked(CancelCall)
    assert walk.state.scene == scene
    assert walk.state.overlay == ""


@everywhere
def test_the_keys_reach_every_choice(screen) -> None:  # type: ignore[no-untyped-def]
    walk = screen()
    row = reach(walk.view)
    reached = []
    for _ in row:
        walk(KeyPressed("down"))
        focus = walk.view.focus
        assert focus is not None
        reached.append(reach(walk.view)[focus])
    assert reached == list(row)
    walk(KeyPressed("down"))
    assert walk.view.focus == 0, "the focus wraps"


def test_ok_does_what_a_touch_does() -> None:
    by_key, by_touch = to_pages(Walk()), to_pages(Walk())
    row = [choice.action for choice in reach(by_key.view)]
    for _ in range(row.index("done") + 1):
        by_key(KeyPressed("down"))
    by_key(KeyPressed("ok"))
    by_touch.press("done")
    assert by_key.state.scene == by_touch.state.scene


def test_idle_asks_and_then_ends_the_visit() -> None:
    walk = to_pages(Walk())(Elapsed("idle"))
    assert walk.view.overlay is not None
    assert walk.view.overlay.name == "idle"
    walk.press("more_time")
    assert walk.scene == "PagesShown"
    walk(Elapsed("idle"), Elapsed("idle.end"))
    assert walk.asked(EndVisit)[-1].outcome == "timeout"
    assert not walk.state.visit


def test_limits_are_doubled_in_large_speech_and_key_mode() -> None:
    normal = to_name(Walk()).asked(After)[-1]
    large = to_name(Walk().press("size")).asked(After)[-1]
    assert (normal.token, large.token) == ("idle", "idle")
    assert large.seconds == 2 * normal.seconds


def test_home_asks_first_where_work_would_be_lost() -> None:
    walk = to_pages(Walk()).press("home")
    assert walk.state.overlay == "leave"
    walk.press("no")
    assert walk.scene == "PagesShown"
    walk.press("home", "yes")
    assert walk.scene == "Home"
    assert [
        type(effect) for effect in walk.effects if isinstance(effect, EndVisit | BeginVisit)
    ] == [
        EndVisit,
        BeginVisit,
    ]


def test_preferences_end_with_the_visit() -> None:
    walk = to_name(Walk().press("language")).press("home")(Elapsed("idle"), Elapsed("idle.end"))
    assert walk(Pressed("ok")).state.prefs == walk.house.prefs


def test_speech_starts_with_a_headset_and_stops_without() -> None:
    walk = to_name(Walk())(Headset(True))
    assert walk.state.prefs.speech
    assert not walk(Headset(False)).state.prefs.speech


@pytest.mark.parametrize("part", ["camera", "numbers", "register", "certifier"])
def test_a_lost_part_greys_what_needs_it_and_says_why(part: Part) -> None:
    walk = Walk()(DeviceLost(part))
    copy = next(choice for choice in walk.view.choices if choice.action == "copy")
    assert copy.why_not is not None
    assert copy.why_not.terms == {"reason": f"why.{part}"}
    assert walk(Pressed("copy")).scene == "Attract"
    assert walk(DeviceBack(part), Pressed("copy")).scene == "Begin"


def test_maintenance_waits_for_the_citizen() -> None:
    walk = to_pages(Walk())(Maintenance(True, "thay giấy"))
    assert walk.scene == "PagesShown"
    walk(BedChanged(False), Elapsed("idle"), Elapsed("idle.end"), Pressed("ok"))
    assert walk.scene == "OutOfService"
    assert walk(Maintenance(False)).scene == "Attract"


def test_power_returns_with_a_slip_for_who_had_paid() -> None:
    walk = Walk()(PowerReturned("K7M2"))
    assert PrintTicket("power", {"code": "K7M2"}) in walk.effects
    assert walk.view.body.number == "K7M2"


def test_the_live_view_runs_on_its_screen_only() -> None:
    walk = to_place(Walk())
    assert PreviewOn() in walk.effects
    walk.press("back")
    assert PreviewOff() in walk.effects


def test_every_lamp_is_off_after_a_visit() -> None:
    walk = to_pages(Walk())(BedChanged(False), Elapsed("idle"), Elapsed("idle.end"), Pressed("ok"))
    lit = {}
    for effect in walk.all:
        if isinstance(effect, Light):
            lit[effect.lamp] = effect.mode
    assert set(lit.values()) <= {"off"}


def test_nothing_can_be_pressed_through_an_overlay() -> None:
    walk = to_name(Walk()).press("help")
    before = walk.state
    assert walk(Pressed("ok"), Typed(Personal("x"))).state == before


@everywhere
def test_unknown_choices_are_ignored(screen) -> None:  # type: ignore[no-untyped-def]
    walk = screen()
    before = walk.state
    assert walk(Pressed("no such thing", "x")).state.scene == before.scene


def test_somebody_elses_card_asks_to_end_the_first_visit() -> None:
    walk = to_pages(Walk())(CardRead("other"))
    assert walk.state.overlay == "card"
    walk.press("no")
    assert walk.scene == "PagesShown"
    walk(CardRead("other"), BedChanged(False)).press("yes")
    assert walk.scene == "Bye"
    assert walk.asked(EndVisit)[-1].outcome == "cancelled"
