"""`python -m tests.strangers.fields [--citizens] [--seeds N] [--json]`: how well fields are read.

Every page of `pages.txt` (with `--citizens` of `citizens.txt`) is drawn, photographed, read and
searched for the fields of its kind; what was read is compared with what was drawn.  Of a citizen
card's front it is counted how often number, name and birth date are all right, and how often one
of them is wrong without a doubt.  Exit codes: 0 done, 2 wrong arguments.
"""

from __future__ import annotations

import argparse
import io
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import cv2
import msgspec

from daemon.catalogue import kinds, roles
from daemon.catalogue.kinds import Field
from daemon.catalogue.roles import Role
from daemon.documents import pipeline, text_engine
from daemon.documents.fields import Values
from daemon.documents.headline import Judge
from daemon.documents.lines import squeezed
from daemon.documents.messages import FieldValue
from tests.strangers import drawing
from tests.strangers.drawing import Drawn, Layout

SURE = 0.9
"""From this confidence a wrong value counts as wrong and sure."""

KEY = frozenset({"person_number", "name", "date"})
"""Forms of the values that identify a person."""

CARDS = frozenset({"can_cuoc_2024", "cccd_gan_chip_2021", "cccd_ma_vach_2016"})
TOGETHER: tuple[Role, ...] = ("person_number", "name", "birth_date")


class Count(msgspec.Struct):
    """What became of the values of one form."""

    drawn: int = 0
    exact: int = 0
    marks: int = 0
    """Right but for marks, case or spaces."""
    wrong: int = 0
    wrong_and_sure: int = 0

    def add(self, truth: str, read: FieldValue | None) -> bool:
        """Counts a value; False where it is wrong and sure."""
        self.drawn += 1
        if read is None:
            return True
        if _same(read.value) == _same(truth):
            self.exact += 1
            return True
        if squeezed(read.value) == squeezed(truth):
            self.marks += 1
        else:
            self.wrong += 1
        sure = read.confidence >= SURE
        self.wrong_and_sure += sure
        return not sure


class Cards(msgspec.Struct):
    """Number, name and birth date of citizen cards together."""

    drawn: int = 0
    right: int = 0
    left_out: int = 0
    """One is missing, none is wrong."""
    doubted: int = 0
    """One is wrong and says so."""
    silent: int = 0
    """One is wrong and sure."""

    def add(self, truth: dict[str, str], found: Values) -> None:
        """Counts a front: `truth` and what was read, by the names of the three fields."""
        read = {name: found[name] for name in truth if name in found}
        bad = [value for name, value in read.items() if _same(value.value) != _same(truth[name])]
        self.drawn += 1
        if any(value.confidence >= SURE for value in bad):
            self.silent += 1
        elif bad:
            self.doubted += 1
        elif len(read) < len(truth):
            self.left_out += 1
        else:
            self.right += 1


class Result(msgspec.Struct):
    """Counts by form, of filled-in and of printed values; and what is wrong and sure."""

    forms: dict[str, Count] = {}
    cards: dict[str, Cards] = {}
    """By the sources of their three values."""
    unread: int = 0
    """Photographs with another verdict than ok."""
    wrong_and_sure: list[str] = []
    """Made-up values, so they may be shown."""
    inexact: list[str] = []


def _same(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().strip(" .,;:").split())


def measure(
    layouts: Sequence[Layout],
    seeds: int,
    faces: Sequence[Path],
    hands: Sequence[Path] = (),
    flat: bool = False,
) -> Result:
    """Draws, reads and counts every layout `seeds` times; `hands`: faces of what is filled in."""
    cv2.setNumThreads(1)
    engine = text_engine.start(text_engine.DEFAULT)
    judge = Judge(kinds.load(), engine)  # turns a page that lies on its side or its head
    result = Result()
    for number, layout in enumerate(layouts):
        for seed in range(seeds):
            drawn = drawing.draw(layout, seed, tuple(faces), tuple(hands))
            photo = drawn.image if flat else drawing.photograph(drawn.image, 1000 * number + seed)
            data = io.BytesIO()
            photo.save(data, "JPEG", quality=92)
            seen = pipeline.examine(data.getvalue(), None, judge=judge)
            if not seen.page_jpeg or seen.quality != "ok":
                result.unread += 1
                continue
            kind = kinds.load()[drawn.kind]
            found = pipeline.read(seen.page_jpeg, engine, kind).fields
            _count(result, layout, drawn, found)
    engine.close()
    return result


def _count(result: Result, layout: Layout, drawn: Drawn, found: Values) -> None:
    kind = kinds.load()[drawn.kind]
    for name, truth in drawn.truth.items():
        field = kind.field(name)
        assert field is not None
        group = _group(field) + (", filled in" if "@filled" in layout.lines else "")
        count, value = result.forms.setdefault(group, Count()), found.get(name)
        exact = count.exact
        sound = count.add(truth, value)
        if count.exact == exact:
            said = "nothing" if value is None else f"{value.value!r} {value.confidence}"
            line = f"{drawn.kind}.{name}: {said}, drawn was {truth!r}"
            result.inexact.append(line)
            if not sound:
                result.wrong_and_sure.append(line)
    three = [roles.load().field(kind, role) for role in TOGETHER]
    if kind.id in CARDS and all(name in drawn.truth for name in three):
        by = "with a QR code" if "@cardqr" in layout.lines else "print alone"
        known = {name: drawn.truth[name] for name in three if name is not None}
        result.cards.setdefault(by, Cards()).add(known, found)


def _group(field: Field) -> str:
    return field.form if field.form in KEY else "other"


def main(argv: list[str] | None = None) -> int:
    """The entry point."""
    parser = argparse.ArgumentParser(prog="python -m tests.strangers.fields", description=__doc__)
    parser.add_argument("--citizens", action="store_true", help="papers that say who somebody is")
    parser.add_argument("--seeds", type=int, default=1, help="photographs of each page")
    parser.add_argument("--faces", type=Path, help="folder of type faces (*.ttf) to use instead")
    parser.add_argument("--hands", type=Path, help="folder of faces of what is filled in")
    parser.add_argument("--flat", action="store_true", help="pages instead of photographs")
    parser.add_argument("--inexact", action="store_true", help="tell every value that is not exact")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    options = parser.parse_args(argv)
    faces = sorted(options.faces.rglob("*.ttf")) if options.faces else drawing.FACES
    hands = sorted(options.hands.rglob("*.ttf")) if options.hands else ()
    pages = drawing.layouts(drawing.CITIZENS if options.citizens else drawing.PAGES)
    result = measure(pages, options.seeds, faces, hands, options.flat)
    if options.json:
        print(msgspec.json.encode(result).decode())
        return 0
    for group, count in sorted(result.forms.items()):
        print(
            f"{group:24} {count.drawn:5}  exact {count.exact / count.drawn:6.1%}  "
            f"marks {count.marks / count.drawn:6.1%}  wrong {count.wrong / count.drawn:6.1%}  "
            f"wrong and sure {count.wrong_and_sure / count.drawn:6.1%}"
        )
    for by, cards in sorted(result.cards.items()):
        print(
            f"cards, {by:17} {cards.drawn:5}  all right {cards.right}  left out {cards.left_out}  "
            f"wrong and doubted {cards.doubted}  wrong and sure {cards.silent}"
        )
    print(f"not read for another verdict than ok: {result.unread}")
    for line in result.inexact if options.inexact else result.wrong_and_sure:
        print(line)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
