"""`python -m docs.widgets OUT`: every sign, illustration, control, letter size and colour.

Each in the four contrasts and the two sizes, drawn by the code that draws the screens.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from daemon.machine.personal import Personal
from daemon.machine.values import Prefs, Size
from daemon.machine.views import (
    Choice,
    Faces,
    Fact,
    Keyboard,
    Notice,
    Pages,
    Payment,
    Say,
    Table,
    Tiles,
    View,
    Working,
)
from ui_kivy import environment
from ui_kivy.colours import contrast
from ui_kivy.geometry import Rect
from ui_kivy.screens import bar, bodies, buttons, day, faces, keys, paging, status, steps
from ui_kivy.screens.draft import Draft, Local
from ui_kivy.screens.items import Art, Fill, Icon, Ring, Sheet, Spin, Text
from ui_kivy.theme import CONTRASTS, PX_PER_MM, SIZES, TEXT_ON, Theme
from ui_kivy.typeset import block
from ui_kivy.widgets.drawings import SCENES
from ui_kivy.widgets.icons import SIGNS
from ui_kivy.words import Words

if TYPE_CHECKING:
    from ui_kivy.widgets.paint import Paint

WIDTH, HEIGHT = 1080, 1920
STEPS = tuple(f"step.{name}" for name in ("identify", "place", "pages", "copies", "pay", "take"))
FACTS = (Fact("clock", Say("today.hours", args={"spans": "07:30–11:30; 13:00–17:00"})),)
CHOICES = (
    Choice("plain", Say("common.yes")),
    Choice("detail", Say("home.lookup"), detail=Say("home.lookup_detail"), icon="lookup"),
    Choice("officer", Say("help.call"), tone="officer"),
    Choice("stop", Say("pages.delete"), tone="stop"),
    Choice("off", Say("home.copy"), why_not=Say("why.camera"), icon="copy"),
)


def draft(theme: Theme, view: View | None = None) -> Draft:
    """An empty sheet with the ground."""
    shown = view or View(name="widgets", body=Tiles(), title=Say("home.ask"))
    made = Draft(shown, theme, Words("vi"), Sheet(WIDTH, HEIGHT), Local())
    made.sheet.add(Fill(made.sheet.rect, "ground"))
    return made


def labelled(made: Draft, cell: Rect, name: str) -> Rect:
    """A name below; returns what is left above.  The one text that is no citizen's."""
    high = made.mm(SIZES.pad) * 2.2
    size = high * 0.7
    written = block(name, size, 1e6)
    made.sheet.add(Text(written, cell.foot(high), "quiet", "ground"))
    return cell.above(high)


def signs(theme: Theme) -> Iterator[Sheet]:
    """Every sign, as large as on a tile."""
    made = draft(theme)
    area = made.sheet.rect.inset(made.mm(SIZES.margin))
    for name, cell in zip(sorted(SIGNS), area.grid(5, 10, made.gap), strict=False):
        rest = labelled(made, cell, name)
        made.sheet.add(Icon(name, rest.fit(1, 1).inset(rest.h * 0.12), "link"))
    yield made.sheet


def illustrations(theme: Theme) -> Iterator[Sheet]:
    """Every illustration where it comes to rest."""
    names = sorted(SCENES)
    for first in range(0, len(names), 12):
        made = draft(theme)
        area = made.sheet.rect.inset(made.mm(SIZES.margin))
        for name, cell in zip(names[first : first + 12], area.grid(2, 6, made.gap), strict=False):
            rest = labelled(made, cell, name)
            made.card(rest)
            inner = rest.inset(made.mm(SIZES.inset)).fit(4, 3)
            made.sheet.add(Art(name, inner, inner))
        yield made.sheet


def controls(theme: Theme) -> Iterator[Sheet]:
    """Bands, buttons in each state, arrows, focus, waiting signs, the strip of facts."""
    view = View(
        name="widgets",
        body=Notice(facts=FACTS),
        title=Say("home.ask"),
        choices=CHOICES,
        primary=Choice("ok", Say("bed.shoot"), tone="go"),
        step=2,
        steps=STEPS,
        focus=1,
        prefs=Prefs(keys=True, size="large" if theme.large else "normal"),
        ward="Phường Thủ Đức",
    )
    made = draft(theme, view)
    whole = made.sheet.rect
    high = made.mm(SIZES.status_large if theme.large else SIZES.status)
    status.status(made, whole.top(high))
    rest = whole.below(high)
    rest = rest.below(steps.steps(made, rest)).inset(made.mm(SIZES.margin), made.gap)
    foot = bar.bar(made, whole)
    y = rest.y
    for row in buttons.rows(made, (buttons.told(FACTS[0]), *CHOICES), rest.w):
        if y + row.high > foot:
            break
        buttons.choices(made, [(row, Rect(rest.x, y, rest.w, row.high))])
        y += row.high + made.gap
    yield made.sheet
    yield _more_controls(theme, view)


def _more_controls(theme: Theme, view: View) -> Sheet:
    made = draft(theme, view)
    area = made.sheet.rect.inset(made.mm(SIZES.margin))
    for tone in ("go", "plain", "officer", "stop"):
        made.view = View(
            name="widgets",
            body=Notice(),
            title=view.title,
            primary=Choice("ok", Say("bed.shoot"), tone=tone),
        )
        high = buttons.primary_height(made, area.w)
        buttons.primary(made, area.top(high))
        area = area.below(high + made.gap)
    high = paging.arrows_height(made)
    made.local.page = 1
    paging.arrows(made, area.top(high), 3)
    area = day.strip(made, area.below(high + made.gap), FACTS * 3, 0.0)
    side = made.px(SIZES.countdown)
    row = area.top(side)
    cells = row.grid(2, 1, made.gap)
    made.sheet.add(Ring(cells[0].fit(1, 1), 30, "link", side * 0.36, counts=True))
    made.sheet.add(Spin(cells[1].fit(1, 1)))
    area = area.below(side + made.gap)
    if not theme.large:
        made.view = View(
            name="widgets",
            body=Faces(),
            title=view.title,
            choices=tuple(Choice(f"star={n}", Say(f"rate.{n}")) for n in range(1, 6)),
        )
        faces.faces(made, area.top(made.mm(SIZES.card_most)))
    return made.sheet


def templates(theme: Theme) -> Iterator[Sheet]:
    """What fills the picture zone, and the keyboard with its planes."""
    steps_ = tuple(Say(f"seal.step.{name}") for name in ("number", "statement", "signature"))
    what = Say("pay.row", {"pages": 2, "copies": 2}, {"kind": "kind.giay_khai_sinh"})
    shown = (
        Working(steps_, done=1),
        Working(at=2, of=5),
        Table(((what, 8000),), 8000),
        Payment("00020101021238570010A000000727", 8000, "SY7K2M4P9Q"),
        Pages(("page-1", "page-2"), selected=0),
        Notice("good", loop="slip", number="A012"),
    )
    for first in (0, 3):
        made = draft(theme)
        cells = made.sheet.rect.inset(made.mm(SIZES.margin)).grid(1, 3, made.gap)
        for body, cell in zip(shown[first : first + 3], cells, strict=True):
            made.view = View(name="widgets", body=body, title=Say("home.ask"))
            bodies.body(made, cell)
        yield made.sheet
    for plane, layout in (("letters", "name"), ("signs", "name"), ("letters", "number")):
        view = View(
            name="widgets",
            body=Keyboard(Personal("Nguyễn"), layout),  # type: ignore[arg-type]
            title=Say("name.ask"),
        )
        made = draft(theme, view)
        made.local.plane = plane  # type: ignore[assignment]
        area = made.sheet.rect.inset(made.mm(SIZES.margin))
        keys.keyboard(made, area, 0.0)
        yield made.sheet


def type_and_colours(theme: Theme) -> Iterator[Sheet]:
    """The type scale, and each pair of colours that text is drawn in, with its contrast."""
    made = draft(theme)
    area = made.sheet.rect.inset(made.mm(SIZES.margin))
    y = area.y
    scale = ("small", "body", "lead", "head", "title", "amount", "figure", "number")
    for name in scale[: 6 if theme.large else 8]:
        size = getattr(SIZES, name)
        written = block(f"Ưỡ {size:g} mm", made.px(size), 1e6, bold=size > SIZES.body)
        made.sheet.add(Text(written, Rect(area.x, y, area.w, written.height), "ink", "ground"))
        y += written.height
    rest = Rect(area.x, y + made.gap, area.w, area.bottom - y - made.gap)
    for (ink, ground), cell in zip(TEXT_ON, rest.grid(3, 5, made.gap), strict=False):
        made.sheet.add(Fill(cell, ground, made.mm(SIZES.card), "edge", made.mm(SIZES.hair)))
        ratio = contrast(getattr(theme.palette, ink), getattr(theme.palette, ground))
        written = block(f"{ink}/{ground}\n{ratio:.1f}", made.mm(SIZES.pad) * 2.2, cell.w)
        made.sheet.add(Text(written, cell, ink, ground))
    yield made.sheet


GROUPS: dict[str, Callable[[Theme], Iterator[Sheet]]] = {
    "signs": signs,
    "illustrations": illustrations,
    "controls": controls,
    "templates": templates,
    "type": type_and_colours,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Draws the pictures; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m docs.widgets", description=__doc__)
    parser.add_argument("out", type=Path)
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        os.environ.pop(name, None)
    # Before Kivy is imported, which reads it once.
    environment.prepare(WIDTH, HEIGHT)
    from kivy.base import EventLoop
    from kivy.core.window import Window

    from ui_kivy.gallery import page
    from ui_kivy.widgets.paint import Paint
    from ui_kivy.widgets.pictures import page_picture

    paint = Paint(Theme(Prefs(), PX_PER_MM, calm=True), size=Window.size)
    Window.add_widget(paint)
    for number in (1, 2):
        paint.pictures.put(f"page-{number}", page_picture(page(number)))
    EventLoop.start()
    count = 0
    for contrast_ in CONTRASTS:
        for size in get_args(Size):
            theme = Theme(Prefs(size=size, contrast=contrast_), PX_PER_MM, calm=True)
            for name, group in GROUPS.items():
                for n, made in enumerate(group(theme), 1):
                    _picture(paint, made, theme, options.out / f"{name}-{n}-{size}-{contrast_}.png")
                    count += 1
    sys.stdout.write(f"{count} pictures of widgets in {options.out}\n")
    return 0


def _picture(paint: Paint, made: Sheet, theme: Theme, path: Path) -> None:
    from kivy.base import EventLoop
    from kivy.core.window import Window
    from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels
    from PIL import Image

    paint.show(made, theme)
    for animate in paint.animators:
        animate(0.0)
    EventLoop.idle()
    Window.on_draw()
    width, height = Window.system_size
    pixels = glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE)
    image = Image.frombytes("RGBA", (width, height), bytes(pixels)).convert("RGB")
    upright = image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    upright.reduce(2).quantize(160).save(path, optimize=True)


if __name__ == "__main__":
    raise SystemExit(main())
