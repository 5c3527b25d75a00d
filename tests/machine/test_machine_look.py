"""The look at a page: parts, turning, and the ways back; what the first screen tells of the day."""

from __future__ import annotations

import pytest

from daemon.machine.copy import look
from daemon.machine.effects import EnlargePage
from daemon.machine.events import (
    Captured,
    DeviceLost,
    Examined,
    KeyPressed,
    Maintenance,
    Pressed,
    Today,
)
from daemon.machine.views import Notice, Picture, Tiles
from tests.machine.walk import Walk, to_pages


def two_pages() -> Walk:
    walk = to_pages(Walk()).press("next", "shoot")
    page = walk.state.scene.page  # type: ignore[attr-defined]
    return walk(Captured(page), Examined(page, "ok", kind="giay_khai_sinh"))


def body(walk: Walk) -> Picture:
    shown = walk.view.body
    assert isinstance(shown, Picture)
    return shown


def looking() -> Walk:
    return two_pages()(Pressed("page", "page-1")).press("look")


def test_a_look_needs_no_choice_of_a_page() -> None:
    """Whoever has only the hardware keys touches no thumbnail."""
    assert body(two_pages().press("look")).page == "page-1"


def test_a_look_asks_for_the_sharp_page() -> None:
    walk = looking()
    assert walk.scene == "PageLooked"
    assert EnlargePage("page-1") in walk.effects
    assert body(walk).near is None
    assert len(body(walk).parts) == 6


def test_the_parts_cover_the_page_and_overlap() -> None:
    steps = [n / 50 for n in range(51)]
    for x in steps:
        for y in steps:
            assert any(
                one.x - 1e-9 <= x <= one.x + one.w + 1e-9
                and one.y - 1e-9 <= y <= one.y + one.h + 1e-9
                for one in look.PARTS
            )
    first, second = look.PARTS[:2]
    assert first.x + first.w > second.x


def test_a_touch_enlarges_a_part_and_goes_on_to_all_others() -> None:
    walk = looking()(Pressed("part", "3"))
    seen = [body(walk).near]
    for _ in range(len(look.PARTS) - 1):
        following = next(one for one in walk.view.choices if one.label.key == "look.next_part")
        walk.press(f"part={following.value}")
        seen.append(body(walk).near)
    assert set(map(repr, seen)) == set(map(repr, look.PARTS))
    walk.press("part=0")
    assert body(walk).near is None


def test_pages_are_turned() -> None:
    walk = looking().press("after")
    assert EnlargePage("page-2") in walk.effects
    assert body(walk).page == "page-2"
    assert not any(one.action == "after" for one in walk.view.choices)
    assert body(walk.press("before")).page == "page-1"


def test_back_shows_the_whole_page_first_and_then_all_pages() -> None:
    walk = looking()(Pressed("part", "2")).press("back")
    assert body(walk).near is None
    walk.press("back")
    assert walk.scene == "PagesShown"
    assert walk.state.scene.selected == 0  # type: ignore[attr-defined]


def test_the_hardware_keys_enlarge_too() -> None:
    walk = looking()(KeyPressed("down"), KeyPressed("ok"))
    assert body(walk).near == look.PARTS[0]


def test_work_is_not_thrown_away_from_here() -> None:
    assert looking().press("home").state.overlay == "leave"


@pytest.mark.parametrize("part", ["7", "-1", "x", ""])
def test_a_part_that_is_none_means_nothing(part: str) -> None:
    walk = looking()
    before = walk.state
    walk(Pressed("part", part))
    assert walk.state.scene == before.scene


def test_the_first_screen_tells_hours_and_who_waits() -> None:
    walk = Walk()(Today((("07:30", "11:30"), ("13:00", "17:00")), waiting=4))
    shown = walk.view.body
    assert isinstance(shown, Tiles)
    told = {one.says.key: one.says.args for one in shown.facts}
    assert told["today.hours"] == {"spans": "07:30–11:30; 13:00–17:00"}
    assert told["today.waiting"] == {"n": 4}
    assert "today.all" in told


def test_a_closed_day_says_when_it_opens() -> None:
    shown = Walk()(Today((), "07:30, 07/12/2026", 0)).view.body
    assert isinstance(shown, Tiles)
    assert shown.facts[0].says.args == {"at": "07:30, 07/12/2026"}


def test_a_queue_that_is_not_known_is_not_told() -> None:
    shown = Walk()(Today((("07:30", "17:00"),))).view.body
    assert isinstance(shown, Tiles)
    assert "today.waiting" not in {one.says.key for one in shown.facts}


def test_a_partly_working_menu_says_that_the_rest_works() -> None:
    walk = Walk()(DeviceLost("camera"))
    shown = walk.view.body
    assert isinstance(shown, Tiles)
    assert "today.partly" in {one.says.key for one in shown.facts}
    detail = walk(Pressed("touch")).view.detail
    assert detail is not None
    assert detail.key == "today.partly"


def test_out_of_service_says_what_still_works() -> None:
    walk = Walk()(Today((("07:30", "17:00"),)), Maintenance(True, "thay giấy"))
    shown = walk.view
    assert shown.name == "out_of_service"
    assert isinstance(shown.body, Notice)
    keys = [one.says.key for one in shown.body.facts]
    assert keys == ["maint.counter", "today.hours", "maint.online"]
    assert shown.detail is not None
