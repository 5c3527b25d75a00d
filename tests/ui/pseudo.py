"""A language that nobody speaks: English with a mark on every vowel, and a third longer.

What stays plain on the glass is written in code instead of a catalogue; what is cut off would be
cut off in a language with longer words than ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from ui_kivy import catalogue

NAME = "en-x-long"
"""A private-use tag (BCP 47, §2.2.7)."""
_MARKED = str.maketrans("aeiouyAEIOUY", "ạẽỉỗửỹẠẼỈỖỬỸ")
_SLOTS = re.compile(r"(\{\w+\})")
_HEADER = 'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
SHORT = ("bar.", "step.")
"""Names of keys that a language must keep short: their key does not grow (docs/screens.md)."""
FILL = "dễ"
"""A syllable to lengthen by: lines break at blanks, as those of any real language do."""


def lengthened(text: str) -> str:
    """The text with marks and a third more letters; arguments stay as they are."""
    letters = sum(map(str.isalpha, _SLOTS.sub("", text)))
    more = f" {FILL}" * max(1, round(letters / 3 / (len(FILL) + 1))) if letters else ""
    return marked(text) + more


def marked(text: str) -> str:
    """The text with marks and no longer."""
    return "".join(
        part if _SLOTS.fullmatch(part) else part.translate(_MARKED) for part in _SLOTS.split(text)
    )


def _changed(key: str) -> Callable[[str], str]:
    if key.startswith("form."):
        return str
    return marked if key.startswith(SHORT) else lengthened


def write(locale: Path) -> None:
    """Adds the language to a folder of catalogues: one file, and nothing else."""
    entries = [_HEADER]
    for key, message in catalogue.load("en").items():
        change = _changed(key)
        forms = [change(text) for text in message.forms]
        lines = [f'msgid "{key}"']
        if len(forms) == 1:
            lines.append(f"msgstr {json.dumps(forms[0], ensure_ascii=False)}")
        else:
            lines.append(f'msgid_plural "{key}"')
            lines += [
                f"msgstr[{at}] {json.dumps(text, ensure_ascii=False)}"
                for at, text in enumerate(forms)
            ]
        entries.append("\n".join(lines) + "\n")
    folder = locale / NAME / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / f"{catalogue.DOMAIN}.po").write_text("\n".join(entries), encoding="utf-8")
