"""The search finds every screen, those of the rare ways too, and each has its words."""

from __future__ import annotations

import pytest

from daemon.machine.explore import SMALL, Exploration
from daemon.machine.values import Language
from daemon.machine.view import view
from tests.ui.states import dressed, over, sampled, says, screens
from ui_kivy import catalogue

RARE = {
    "copy.seal_failed",
    "copy.lay_again",
    "copy.later_done",
    "copy.paid_wrong",
    "dossier.doubt",
    "dossier.gone",
    "dossier.field",
    "dossier.kept",
    "left_bed",
    "left_tray",
    "out_of_service",
    "power_back",
}


def test_the_rare_screens_are_found() -> None:
    names = {one.name for one in screens()}
    assert names >= RARE
    assert {one.name for one in sampled()} == names
    assert {over(one) for one in sampled()} == {
        "",
        "idle",
        "help",
        "called",
        "leave",
        "show",
        "card",
    }


@pytest.mark.long
def test_the_whole_search_finds_no_other() -> None:
    """Help, maintenance and stray sheets at any moment lead to no screen but these."""
    search = Exploration(SMALL, "all", wild=True)
    search.run()
    shown = (view(node.state, SMALL) for node in search.parents)
    assert {(one.name, over(one)) for one in shown} <= {(one.name, over(one)) for one in screens()}


@pytest.mark.parametrize("language", catalogue.languages())
def test_everything_that_is_said_has_words(language: Language) -> None:
    known = catalogue.load(language)
    said = [(one.name, part) for one in screens() for part in says(dressed(one, language))]
    missing = {
        (name, key)
        for name, part in said
        for key in (part.key, *part.terms.values())
        if key and key not in known
    }
    assert not missing
    short = {
        (part.key, slot)
        for _, part in said
        if part.key
        for slot in known[part.key].slots - {*part.args, *part.terms, *part.own}
    }
    assert not short, "arguments that no View gives"
