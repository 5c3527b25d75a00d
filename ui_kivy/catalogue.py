"""Reads the gettext catalogues: `locale/LANGUAGE/LC_MESSAGES/kiosk.po`.

The .po file itself is read, so that adding a language is adding one file and nothing has to be
compiled.  Only what our catalogues use is understood: msgid, msgid_plural, msgstr, msgstr[n],
comments and strings continued on further lines.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from pathlib import Path

import msgspec

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "kiosk"
_LINE = re.compile(r'^(msgid_plural|msgid|msgstr)(?:\[(\d)\])?\s+(".*")$')
_SLOT = re.compile(r"\{(\w+)\}")


class CatalogueError(Exception):
    """A catalogue that cannot be used; names file, line, and what would be right."""


class Message(msgspec.Struct, frozen=True):
    """One text, or one for each plural form (the first for one, the second for all else)."""

    forms: tuple[str, ...]

    def form(self, count: int | None) -> str:
        """The text for this many; languages without plural forms have one text."""
        return self.forms[-1] if count != 1 else self.forms[0]

    @property
    def slots(self) -> frozenset[str]:
        """Names of the arguments, of all forms."""
        return frozenset(name for form in self.forms for name in _SLOT.findall(form))


Catalogue = dict[str, Message]


def languages() -> tuple[str, ...]:
    """Every language there is a catalogue for."""
    return tuple(sorted(path.parts[-3] for path in LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po")))


def load(language: str) -> Catalogue:
    """The catalogue of a language.  Raises CatalogueError."""
    return parse(LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po")


def parse(path: Path) -> Catalogue:
    """Reads one .po file; texts are NFC.  Raises CatalogueError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path.name}: cannot be read ({error})") from error
    found: Catalogue = {}
    entry: dict[str, str] = {}
    slot = ""

    def close(number: int) -> None:
        key = entry.get("msgid", "")
        forms = tuple(entry[name] for name in sorted(entry) if name.startswith("msgstr"))
        if key:
            if not forms or not all(forms):
                raise CatalogueError(f"{path.name}:{number}: {key} has no text")
            if key in found:
                raise CatalogueError(f"{path.name}:{number}: {key} stands twice")
            found[key] = Message(forms)
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
