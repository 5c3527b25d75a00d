"""All paths within the design's bounds; and that the explorer can find what it looks for."""

from __future__ import annotations

from typing import Any

import pytest

from daemon.machine import explore as room
from daemon.machine import leaving
from daemon.machine.copy import handover, scenes
from daemon.machine.effects import OfferPayment


def test_no_rule_is_broken_on_any_path() -> None:
    reports = list(room.explore())
    assert len(reports) == len(room.SEARCHES)
    for report in reports:
        assert report.alone == report.nodes, report.name
        assert report.states > 5000, report.name


def test_it_finds_a_forgotten_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "limit", lambda state, house: 60.0 if state.visit else None)
    with pytest.raises(room.WrongError, match=r"forgotten|for nothing") as found:
        room.Exploration(room.SMALL, "broken").run()
    assert "start → Attract" in str(found.value)


def test_it_finds_a_screen_without_a_way_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover, "LATE", "never")
    timers: dict[Any, tuple[str, ...]] = dict(leaving.TIMERS)
    timers[scenes.Printing] = ("never", handover.HOLD)
    monkeypatch.setattr(leaving, "TIMERS", timers)
    with pytest.raises(room.WrongError, match="home by itself"):
        room.Exploration(room.SMALL, "broken").run()


def test_it_finds_money_before_the_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    from daemon.machine.copy import certify

    real = certify.submit

    def hasty(job, now):  # type: ignore[no-untyped-def]
        move = real(job, now)
        return type(move)(move.scene, (*move.effects, OfferPayment(1)))

    monkeypatch.setattr(certify, "submit", hasty)
    with pytest.raises(room.WrongError, match="before the decision"):
        room.Exploration(room.SMALL, "broken").run()
