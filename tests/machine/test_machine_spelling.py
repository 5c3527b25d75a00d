"""Letters by the six keys: composed as they are typed, and never outside a keyboard."""

from __future__ import annotations

import unicodedata

import pytest

from daemon.machine.events import KeyPressed, Pressed, Spelt, Typed
from daemon.machine.personal import Personal
from daemon.machine.spelling import typed, veiled
from tests.machine.walk import Walk, to_name, to_pages


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (["n", "g", "u", "y", "ê", "n", "tone:x"], "Nguyễn"),
        (["h", "o", "a", "tone:f", "space", "m", "a", "tone:s", "tone:x"], "Hoà Mã"),
        (["a", "tone:s", "tone:s"], "A"),
        (["b", "tone:s"], "B"),
        (["đ", "ư", "ơ", "tone:j", "delete", "space", "space", "i"], "Đư I"),
        (["a", "clear"], ""),
    ],
)
def test_what_keys_make_of_a_name(keys: list[str], text: str) -> None:
    made = ""
    for key in keys:
        made = typed(made, key, names=True)
        assert unicodedata.is_normalized("NFC", made)
    assert made == text


def test_keys_are_veiled_among_letters_only() -> None:
    walk = to_name(Walk())
    assert veiled(walk.view, KeyPressed("down")) == KeyPressed("down")
    walk(KeyPressed("down"))
    entered = veiled(walk.view, KeyPressed("ok"))
    assert entered == Spelt(Personal("row:2"))
    walk(entered)
    walk(veiled(walk.view, KeyPressed("ok")))
    assert veiled(walk.view, KeyPressed("ok")) == Typed(Personal("Q"))
    assert veiled(walk.view, KeyPressed("help")) == KeyPressed("help")
    assert veiled(walk.view, KeyPressed("back", held=True)) == KeyPressed("back", held=True)
    walk(Typed(Personal("Q")), Pressed("ok"))
    assert not walk.state.spelt, "nothing of it is left on the next screen"


def test_elsewhere_letters_mean_nothing() -> None:
    walk = to_pages(Walk())
    before = walk.state
    assert walk(Spelt(Personal("q"))).state == before
