"""The console's languages: what is said in English is looked up where it is shown.

The daemon and the commands speak English; the terminal's end translates.  So a technician's
language needs no word on the socket, logs and JSON stay in one language, and what no catalogue
knows (a new sentence, another version of the daemon) is shown as it came.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from daemon.catalogue.reading import read

Language = Literal["en", "vi"]
LANGUAGES: tuple[Language, ...] = ("en", "vi")
TABLE = Path(__file__).with_name("vi.toml")
VARIABLE = "WARD_KIOSK_LANG"

_spoken: Language = "en"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    vi: dict[str, str]


class _Pattern(msgspec.Struct, frozen=True):
    matches: re.Pattern[str]
    said: str


def speak(language: Language) -> None:
    """What `told` answers in from now on, in this process."""
    global _spoken
    _spoken = language


def told(text: str) -> str:
    """The text in the language that is spoken; spaces before it stay."""
    if _spoken == "en" or not text.strip():
        return text
    whole = load()
    if text in whole:
        return whole[text]
    bare = text.lstrip()
    indent = text[: len(text) - len(bare)]
    if bare in whole:
        return indent + whole[bare]
    for pattern in _patterns():
        found = pattern.matches.fullmatch(bare)
        if found is not None:
            return indent + pattern.said.format(*(whole.get(one, one) for one in found.groups()))
    return text


@lru_cache(maxsize=1)
def load(path: Path = TABLE) -> dict[str, str]:
    """English → Vietnamese.  Raises CatalogueError."""
    return read(path, _File).vi


@lru_cache(maxsize=1)
def _patterns() -> tuple[_Pattern, ...]:
    """Those with values in them; the more is said, the earlier it is tried."""
    made = []
    for english, said in sorted(load().items(), key=lambda pair: -len(pair[0])):
        if "{}" in english:
            parts = (re.escape(part) for part in english.split("{}"))
            made.append(_Pattern(re.compile("(.*?)".join(parts)), said))
    return tuple(made)
