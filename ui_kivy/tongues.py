"""The languages that can be spoken: each is a catalogue whose header names it.

`X-Name` is what its speakers call it, `X-Speech` the voice of eSpeak NG that reads it out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from daemon.machine.values import Language, Tongue
from ui_kivy.catalogue import LOCALE, CatalogueError, languages, load, path_of
from ui_kivy.typeset import FontError, font

_FIELD = re.compile(r'^"(X-Name|X-Speech):\s*(.*?)\\n"$', re.MULTILINE)


class About(msgspec.Struct, frozen=True):
    """What a catalogue says of its language."""

    name: str
    voice: str
    """Name of a voice as `espeak-ng -v` takes it."""


class LanguageError(Exception):
    """A language that cannot be offered: what was read, and what would be right."""

    def __init__(self, read: str, right: str) -> None:
        self.read, self.right = read, right
        super().__init__(f"read {read}, {right} is right")


def about(language: Language, locale: Path = LOCALE) -> About:
    """Of one language, from its catalogue's header.  Raises CatalogueError."""
    path = path_of(language, locale)
    try:
        header = path.read_text(encoding="utf-8").partition("\n\n")[0]
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path.name}: cannot be read ({error})") from error
    fields = dict(_FIELD.findall(header))
    for wanted in ("X-Name", "X-Speech"):
        if not fields.get(wanted):
            raise CatalogueError(f"{path.name} of {language}: the header has no {wanted}")
    return About(fields["X-Name"], fields["X-Speech"])


def offered(tags: Iterable[Language], locale: Path = LOCALE) -> tuple[Tongue, ...]:
    """These languages in this order, each with words and letters.  Raises LanguageError."""
    made = []
    for tag in tags:
        if tag not in languages(locale):
            raise LanguageError(repr(tag), f"one that has words: {', '.join(languages(locale))}")
        try:
            load(tag, locale)
            one = about(tag, locale)
            font(text=one.name)
        except (CatalogueError, FontError) as error:
            raise LanguageError(repr(tag), f"one that is whole ({error})") from error
        made.append(Tongue(tag, one.name))
    return tuple(made)


def voices(locale: Path = LOCALE) -> dict[Language, str]:
    """The voice of every language there is."""
    return {tag: about(tag, locale).voice for tag in languages(locale)}
