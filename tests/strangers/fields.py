"""`python -m tests.strangers.fields [--seeds N] [--json]`: how well printed fields are read.

Every page of `pages.txt` is drawn, photographed, read and searched for the fields of its kind; what
was read is compared with what was drawn.  Exit codes: 0 done, 2 wrong arguments.
"""

from __future__ import annotations

import argparse
import io
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import cv2
import msgspec

from daemon.catalogue import kinds
from daemon.catalogue.kinds import Field
from daemon.documents import pipeline, text_engine
from daemon.documents.lines import squeezed
from daemon.documents.messages import FieldValue
from tests.strangers import drawing

SURE = 0.9
"""From this confidence a wrong value counts as wrong and sure."""

KEY = frozenset({"person_number", "name", "date"})
"""Forms of the values that identify a person."""


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


def _same(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().strip(" .,;:").split())


def measure(
    seeds: int, faces: Sequence[Path], flat: bool = False
) -> tuple[dict[str, Count], list[str]]:
    """Counts by form, and what is wrong and sure (made-up values, so they may be shown)."""
    cv2.setNumThreads(1)
    engine = text_engine.start(text_engine.DEFAULT)
    counts: dict[str, Count] = {}
    bad: list[str] = []
    known = kinds.load()
    for number, layout in enumerate(drawing.layouts()):
        for seed in range(seeds):
            drawn = drawing.draw(layout, seed, tuple(faces))
            photo = drawn.image if flat else drawing.photograph(drawn.image, 1000 * number + seed)
            data = io.BytesIO()
            photo.save(data, "JPEG", quality=92)
            seen = pipeline.examine(data.getvalue(), None)
            if not seen.page_jpeg or seen.quality != "ok":
                continue
            kind = known[drawn.kind]
            found = pipeline.read(seen.page_jpeg, engine, kind).fields
            for name, truth in drawn.truth.items():
                field = kind.field(name)
                assert field is not None
                if not counts.setdefault(_group(field), Count()).add(truth, found.get(name)):
                    bad.append(f"{drawn.kind}.{name}: {found[name].value!r}, drawn was {truth!r}")
    engine.close()
    return counts, bad


def _group(field: Field) -> str:
    return field.form if field.form in KEY else "other"


def main(argv: list[str] | None = None) -> int:
    """The entry point."""
    parser = argparse.ArgumentParser(prog="python -m tests.strangers.fields", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1, help="photographs of each page")
    parser.add_argument("--faces", type=Path, help="folder of type faces (*.ttf) to use instead")
    parser.add_argument("--flat", action="store_true", help="pages instead of photographs")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    options = parser.parse_args(argv)
    faces = sorted(options.faces.rglob("*.ttf")) if options.faces else drawing.FACES
    counts, bad = measure(options.seeds, faces, options.flat)
    if options.json:
        print(msgspec.json.encode({"forms": counts, "wrong_and_sure": bad}).decode())
        return 0
    for group, count in sorted(counts.items()):
        print(
            f"{group:14} {count.drawn:5}  exact {count.exact / count.drawn:6.1%}  "
            f"marks {count.marks / count.drawn:6.1%}  wrong {count.wrong / count.drawn:6.1%}  "
            f"wrong and sure {count.wrong_and_sure / count.drawn:6.1%}"
        )
    for line in bad:
        print("wrong and sure:", line)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
