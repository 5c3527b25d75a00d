"""Puts a sheet on the glass.  One widget; everything is drawn by instructions of its canvas."""

from __future__ import annotations

import segno
from kivy.core.window import Window
from kivy.graphics import Color, Rectangle, ScissorPop, ScissorPush, SmoothLine
from kivy.graphics.texture import Texture
from kivy.uix.widget import Widget
from PIL import Image

from daemon.machine.values import Box
from ui_kivy.geometry import Rect
from ui_kivy.screens import items as it
from ui_kivy.theme import MARK, MARK_HALO, PRESSED, QR_DARK, QR_LIGHT, SIZES, UNTINTED, Theme
from ui_kivy.widgets import live, moving
from ui_kivy.widgets.brush import WIDE, Layer
from ui_kivy.widgets.drawings import layers
from ui_kivy.widgets.icons import sign
from ui_kivy.widgets.moving import Animator
from ui_kivy.widgets.panel import panel, suits
from ui_kivy.widgets.pen import Pen, line_of, plain_fills, sharp
from ui_kivy.widgets.pictures import Pictures, texture_of

Line = tuple[str, float, bool]
"""Text, size, bold."""
MOST_LINES = 300
"""Lines of text that are kept as textures, till the end of the visit at the latest."""


class Paint(Widget):  # type: ignore[misc]  # Kivy has no types
    """The whole window."""

    def __init__(self, theme: Theme, **rest: object) -> None:
        super().__init__(**rest)
        plain_fills()
        self.pictures = Pictures()
        self.live = live.Live()
        self.sheet: it.Sheet | None = None
        self.animators: list[Animator] = []
        self._pen = Pen(theme, self.height)
        self._texts: dict[Line, Texture] = {}
        self._icons: dict[tuple[str, int], Texture] = {}
        self._arts: dict[tuple[str, int], list[tuple[Texture, Layer]]] = {}
        self._loop = "lay_paper"
        self._camera_ring: float | None = None

    # -- drawing a sheet --------------------------------------------------------------------

    def show(
        self, sheet: it.Sheet, theme: Theme, *, loop: str = "", ring: float | None = None
    ) -> None:
        """Replaces what is drawn.  `loop` and `ring` belong to a Camera."""
        if theme.palette is not self._pen.theme.palette:
            self._arts.clear()
        self._pen, self.sheet = Pen(theme, sheet.rect.h), sheet
        # The ground is what the window is cleared with: a layer of the whole screen less to fill.
        Window.clearcolor = theme.colour("ground")
        self._loop, self._camera_ring = loop, ring
        self.animators = []
        self.canvas.clear()
        self.canvas.after.clear()
        with self.canvas:
            for item in sheet.items:
                self._draw(item)
        while len(self._texts) > MOST_LINES:
            del self._texts[next(iter(self._texts))]

    def _draw(self, item: it.Item) -> None:
        match item:
            case it.Fill(rect, "ground") if self.sheet is not None and rect == self.sheet.rect:
                pass
            case it.Fill():
                self._fill(item)
            case it.Text():
                self._text(item)
            case it.Icon():
                self._icon(item)
            case it.Art():
                self._art(item.name, item.rect, item.clip)
            case it.Photo():
                self._photo(item)
            case it.LiveView():
                self._live(item)
            case it.Code():
                self._code(item)
            case it.Ring():
                self.animators.append(moving.ring(self._pen, item))
            case it.Spin():
                self.animators.append(moving.spin(self._pen, item))
            case it.Glow():
                self._glow(item)

    def pressed(self, target: it.Target | None) -> None:
        """Shows which target a finger holds down."""
        self.canvas.after.clear()
        if target is None:
            return
        with self.canvas.after:
            self._pen.colour("ink", PRESSED)
            self._pen.box(target.rect, target.radius)

    def wipe(self) -> None:
        """Forgets pages and texts."""
        self.pictures.wipe()
        self._texts.clear()

    def _fill(self, item: it.Fill) -> None:
        pen, inner, radius = self._pen, item.rect, item.radius
        if item.alpha == 1.0 and suits(inner, radius):
            panel(pen, inner, radius, item.colour, item.edge, item.edge_width)
            return
        if item.edge and item.edge_width:
            pen.colour(item.edge)
            pen.box(item.rect, radius)
            inner, radius = inner.inset(item.edge_width), max(0.0, radius - item.edge_width)
        pen.colour(item.colour, item.alpha)
        pen.box(inner, radius)

    def _line(self, key: Line) -> Texture:
        """Kept for when it is shown again; the ones not shown for longest go first."""
        texture = self._texts.pop(key, None) or line_of(*key)
        self._texts[key] = texture
        return texture

    def _text(self, item: it.Text) -> None:
        block, rect = item.block, item.rect
        top = rect.y + (rect.h - block.height) / 2
        self._pen.colour(item.colour)
        for n, line in enumerate(block.lines):
            if not line:
                continue
            texture = self._line((line, block.size, block.bold))
            w, h = texture.size
            x = {
                "left": rect.x,
                "centre": rect.x + (rect.w - w) / 2,
                "right": rect.right - w,
            }[item.align]
            y = top + n * block.line + (block.line - h) / 2
            where = Rect(round(x), round(y), w, h)
            Rectangle(texture=texture, pos=(where.x, round(self._pen.y(where))), size=(w, h))

    def _icon(self, item: it.Icon) -> None:
        side = max(8, round(item.rect.w))
        key = (item.name, side)
        if key not in self._icons:
            mask = sign(item.name, side)
            white = Image.new("RGBA", mask.size, (255, 255, 255, 255))
            white.putalpha(mask)
            self._icons[key] = sharp(texture_of(white))
        self._pen.colour(item.colour)
        Rectangle(
            texture=self._icons[key],
            pos=(round(item.rect.x), round(self._pen.y(item.rect))),
            size=(side, side),
        )

    # -- things that move -------------------------------------------------------------------

    def _art(self, name: str, rect: Rect, clip: Rect) -> list[Color]:
        """An illustration; returns the colours of its layers, to hide them."""
        pen = self._pen
        key = (name, round(rect.w))
        if key not in self._arts:
            made = layers(name, rect.w, pen.theme.palette)
            self._arts[key] = [(texture_of(layer.image), layer) for layer in made]
        colours = []
        ScissorPush(
            x=round(clip.x), y=round(pen.y(clip)), width=round(clip.w), height=round(clip.h)
        )
        for texture, layer in self._arts[key]:
            place = layer.place(rect)
            colour = Color(*UNTINTED)
            size = (place.w, place.h)
            box = Rectangle(texture=texture, pos=(place.x, pen.y(place)), size=size)
            colours.append(colour)
            if layer.path is not None:
                unit = rect.w / WIDE
                self.animators.append(moving.mover(pen, colour, box, place, unit, layer.path))
        ScissorPop()
        return colours

    def _live(self, item: it.LiveView) -> None:
        """The camera, or the illustration until its first frame."""
        art = self._art(self._loop or "lay_paper", item.rect.fit(4, 3), item.rect)
        movers = self.animators[:]

        def hide() -> None:
            for colour in art:
                colour.a = 0.0

        follow = live.view(self._pen, self.live, item.rect, self._camera_ring, hide)

        def both(seconds: float) -> bool:
            if self.live.texture is None:
                for mover in movers:
                    mover(seconds)
            return follow(seconds)

        both(0.0)
        self.animators = [both]

    # -- pictures ---------------------------------------------------------------------------

    def _photo(self, item: it.Photo) -> None:
        pen = self._pen
        if item.near is not None:
            texture = self.pictures.near(item.page)
        else:
            texture = self.pictures.get(item.page, item.blurred)
        if texture is not None and item.near is not None:
            texture = _part(texture, item.near)
        if texture is None:
            pen.colour("paper")
            pen.box(item.rect.fit(210, 297), pen.theme.fixed(SIZES.nudge))
            return
        place = item.rect.fit(*texture.size)
        pen.colour("paper_edge")
        edge = place.inset(-pen.theme.fixed(SIZES.hair) * 2)
        Rectangle(pos=(edge.x, pen.y(edge)), size=(edge.w, edge.h))
        Color(*UNTINTED)
        Rectangle(texture=texture, pos=(place.x, pen.y(place)), size=(place.w, place.h))
        if item.mark is None:
            return
        mark = item.mark
        box = Rect(
            place.x + mark.x * place.w,
            place.y + mark.y * place.h,
            mark.w * place.w,
            mark.h * place.h,
        ).inset(-pen.theme.fixed(SIZES.inset))
        for colour, width in ((MARK_HALO, SIZES.mark_halo), (MARK, SIZES.mark)):
            Color(*colour)
            SmoothLine(
                rounded_rectangle=(
                    box.x,
                    pen.y(box),
                    box.w,
                    box.h,
                    pen.theme.fixed(SIZES.key_corner),
                ),
                width=pen.theme.fixed(width) / 2,
            )

    def _code(self, item: it.Code) -> None:
        code = segno.make(item.payload, error="m", micro=False)
        rows = [list(row) for row in code.matrix_iter(scale=1, border=4)]
        image = Image.new("L", (len(rows[0]), len(rows)))
        dark, light = int(QR_DARK[1:3], 16), int(QR_LIGHT[1:3], 16)
        image.putdata([dark if one else light for row in rows for one in row])
        texture = sharp(texture_of(image.convert("RGB")))
        unit = max(1, int(min(item.rect.w, item.rect.h) // len(rows)))
        side = unit * len(rows)
        x = item.rect.x + (item.rect.w - side) / 2
        y = item.rect.y + (item.rect.h - side) / 2
        place = Rect(round(x), round(y), side, side)
        Color(*UNTINTED)
        Rectangle(texture=texture, pos=(place.x, self._pen.y(place)), size=(side, side))

    def _glow(self, item: it.Glow) -> None:
        self._pen.colour("focus")
        rect = item.rect
        SmoothLine(
            rounded_rectangle=(rect.x, self._pen.y(rect), rect.w, rect.h, item.radius),
            width=item.width / 2,
        )


def _part(texture: Texture, near: Box) -> Texture:
    """A part of a picture; OpenGL counts from the lower edge."""
    w, h = texture.size
    below = 1 - near.y - near.h
    return texture.get_region(near.x * w, below * h, near.w * w, near.h * h)
