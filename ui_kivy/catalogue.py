"""Reads the gettext catalogues: `locale/LANGUAGE/LC_MESSAGES/kiosk.po`.

The .po file itself is read, so that adding a language is adding one file and nothing has to be
compiled.  Only what our catalogues use is understood: msgid, msgid_plural, msgstr, msgstr[n],
comments and strings continued on further lines.
"""

from __future__ import annotations

import ast
import gettext
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path

import msgspec

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "kiosk"
_LINE = re.compile(r'^(msgid_plural|msgid|msgstr)(?:\[(\d)\])?\s+(".*")$')
_SLOT = re.compile(r"\{(\w+)\}")
_PLURAL = re.compile(r"^Plural-Forms:\s*nplurals=(\d+);\s*plural=([^;]+);?\s*$", re.MULTILINE)
_ONE_OR_MORE = "n != 1"


class CatalogueError(Exception):
    """A catalogue that cannot be used; names file, line, and what would be right."""


class Message(msgspec.Struct, frozen=True):
    """One text, or one for each plural form of the language."""

    forms: tuple[str, ...]
    plural: str = _ONE_OR_MORE
    """Which form is for n, as the catalogue's header says it (gettext's own notation)."""

    def form(self, count: int | None) -> str:
        """The text for this many; languages without plural forms have one text."""
        if count is None or len(self.forms) == 1:
            return self.forms[-1]
        return self.forms[_rule(self.plural)(count)]

    @property
    def slots(self) -> frozenset[str]:
        """Names of the arguments, of all forms."""
        return frozenset(name for form in self.forms for name in _SLOT.findall(form))


Catalogue = dict[str, Message]


def languages(locale: Path = LOCALE) -> tuple[str, ...]:
    """Every language there is a catalogue for."""
    return tuple(sorted(path.parts[-3] for path in locale.glob(f"*/LC_MESSAGES/{DOMAIN}.po")))


def path_of(language: str, locale: Path = LOCALE) -> Path:
    """Where the catalogue of a language stands."""
    return locale / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def load(language: str, locale: Path = LOCALE) -> Catalogue:
    """The catalogue of a language.  Raises CatalogueError."""
    return parse(path_of(language, locale))


@cache
def _rule(plural: str) -> Callable[[int], int]:
    return gettext.c2py(plural)


def _plural_forms(header: str, path: Path) -> tuple[int, str]:
    """How many forms there are and which is whose; English's where the header says nothing."""
    match = _PLURAL.search(header)
    if match is None:
        return 2, _ONE_OR_MORE
    try:
        _rule(match[2])
    except ValueError as error:
        raise CatalogueError(f"{path.name}: Plural-Forms: {match[2]!r} is no rule") from error
    return int(match[1]), match[2]


def parse(path: Path) -> Catalogue:
    """Reads one .po file; texts are NFC.  Raises CatalogueError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path.name}: cannot be read ({error})") from error
    found: Catalogue = {}
    entry: dict[str, str] = {}
    slot = ""
    count, plural = 2, _ONE_OR_MORE

    def close(number: int) -> None:
        nonlocal count, plural
        key = entry.get("msgid", "")
        if entry and not key:
            count, plural = _plural_forms(entry.get("msgstr", ""), path)
        forms = tuple(entry[name] for name in sorted(entry) if name.startswith("msgstr"))
        if key:
            if not forms or not all(forms):
                raise CatalogueError(f"{path.name}:{number}: {key} has no text")
            if key in found:
                raise CatalogueError(f"{path.name}:{number}: {key} stands twice")
            if "msgid_plural" in entry and len(forms) != count:
                raise CatalogueError(f"{path.name}:{number}: {key} needs {count} plural forms")
            found[key] = Message(forms, plural)
        entry.clear()

    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        match = _LINE.match(text)
        if match:
            name, form, quoted = match.groups()
            if name == "msgid":
                close(number)
            slot = name + (form or "")
            entry[slot] = _string(quoted, path, number)
        elif text.startswith('"') and slot:
            entry[slot] += _string(text, path, number)
        else:
            raise CatalogueError(f'{path.name}:{number}: read {text[:30]!r}, expected msgid "…"')
    close(len(lines))
    return found


def _string(quoted: str, path: Path, number: int) -> str:
    try:
        value = ast.literal_eval(quoted)
    except (SyntaxError, ValueError) as error:
        raise CatalogueError(f"{path.name}:{number}: a string does not end") from error
    return unicodedata.normalize("NFC", str(value))
