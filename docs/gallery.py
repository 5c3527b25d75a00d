"""`python -m docs.gallery OUT`: every screen and widget as pictures, and a page to leaf through.

`OUT/pairwise` holds some 300 full pictures, chosen so that every pair of screen, frame, size,
contrast and language is among them; `OUT/every` small ones of each screen in all 32 variants (not
with `--quick`); `OUT/widgets` signs, illustrations, controls, type and colours in each variant.
"""

from __future__ import annotations

import argparse
import html
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image

from daemon.machine.values import Language
from daemon.machine.views import View
from docs.pairwise import FRAMES, Variant, chosen, every
from tests.ui.states import dressed, over, sampled
from ui_kivy.gallery import house, page, visit
from ui_kivy.glass import Glass, glass

SMALL = (216, 384)
"""Pixels of the small pictures, at most."""
Shot = tuple[int, str, Variant]
"""Number and name of the screen, and how it is shown."""


def screens(language: Language, **prefs: object) -> list[tuple[str, View]]:
    """Every screen once: those of the scripted visit, then what only the search finds.

    Among them each name, each overlay, and what else changes the picture.
    """
    seen: dict[object, tuple[str, View]] = {}
    found = [*visit(house(language, **prefs))]
    found += [dressed(one, language, **prefs) for one in sampled()]
    for shown in found:
        key = _apart(shown)
        if key not in seen:
            mark = f"+{over(shown)}" if over(shown) else ""
            same = sum(name.partition("~")[0] == f"{shown.name}{mark}" for name, _ in seen.values())
            seen[key] = (f"{shown.name}{mark}{f'~{same + 1}' if same else ''}", shown)
    return list(seen.values())


def _apart(shown: View) -> object:
    """What makes another picture of the same screen."""
    body = shown.body
    marks = ("loop", "tone", "layout")
    flags = ("ring", "mark", "number", "qr", "of", "near", "selected", "steps")
    if over(shown):
        return over(shown)
    return (
        shown.name,
        tuple(getattr(body, name, None) for name in marks),
        tuple(bool(getattr(body, name, None)) for name in flags),
        any(one.why_not is not None for one in shown.choices),
    )


def pictured(out: Path, shots: Sequence[Shot], *, small: bool) -> None:
    """Draws these screens into `OUT/NAME-VARIANT`, a process for each frame."""
    out.mkdir(parents=True, exist_ok=True)
    for frame in FRAMES:
        wanted = [shot for shot in shots if shot[2].frame == frame]
        if not wanted:
            continue
        with glass("--frame", frame, "--less-motion") as screen:
            for number in (1, 2):
                screen.picture(f"page-{number}", page(number))
            for variant in sorted({shot[2] for shot in wanted}):
                views = screens(variant.language, size=variant.size, contrast=variant.contrast)
                for number, name, one in wanted:
                    if one == variant:
                        _one(screen, views[number][1], out / file_of(name, variant), small=small)


def file_of(name: str, variant: Variant) -> str:
    """File name of a picture."""
    return f"{name}-{variant}.png"


def _one(screen: Glass, shown: View, path: Path, *, small: bool) -> None:
    screen.show(shown)
    screen.photograph(path)
    with Image.open(path) as image:
        picture = image.convert("RGB")
    if small:
        path.unlink()
        picture.thumbnail(SMALL, Image.Resampling.BOX)
        picture.save(path.with_suffix(".jpg"), quality=80, optimize=True)
    else:
        picture.quantize(128).save(path, optimize=True)


def pairs() -> list[Shot]:
    """The pictures of the pairwise choice."""
    return [
        (number, name, variant)
        for number, (name, _) in enumerate(screens("vi"))
        for variant in chosen(number)
    ]


def all_of() -> list[Shot]:
    """Every screen in every variant."""
    names = [name for name, _ in screens("vi")]
    return [(n, name, variant) for n, name in enumerate(names) for variant in every()]


def index(out: Path) -> None:
    """A page with all of it."""
    rows = ["<!doctype html><meta charset=utf-8><title>Screens</title>"]
    rows.append(
        "<style>body{font:16px sans-serif;margin:2em}img{margin:4px;max-height:384px}</style>"
    )
    for folder in ("widgets", "pairwise", "every"):
        found = sorted((out / folder).glob("*.*")) if (out / folder).is_dir() else []
        rows += _section(folder, found, out)
    (out / "index.html").write_text("\n".join(rows), encoding="utf-8")


def _section(folder: str, found: Sequence[Path], out: Path) -> Iterator[str]:
    if found:
        yield f"<h1>{folder}: {len(found)}</h1>"
    for path in found:
        name = html.escape(str(path.relative_to(out)))
        yield f'<a href="{name}"><img loading=lazy title="{name}" src="{name}"></a>'


def main(arguments: Sequence[str] | None = None) -> int:
    """Draws the pictures; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m docs.gallery", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--quick", action="store_true", help="without the 32 variants of each")
    options = parser.parse_args(arguments)
    shots = pairs()
    pictured(options.out / "pairwise", shots, small=False)
    widgets = (sys.executable, "-m", "docs.widgets", str(options.out / "widgets"))
    subprocess.run(widgets, check=True)
    if not options.quick:
        pictured(options.out / "every", all_of(), small=True)
    index(options.out)
    sys.stdout.write(f"{len(shots)} pictures chosen pairwise; {options.out}/index.html\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
