"""Puts a sheet on the glass.  One widget; everything is drawn by instructions of its canvas."""

from __future__ import annotations

import io
from collections.abc import Callable

import segno
from kivy.core.text import Label as CoreLabel
from kivy.graphics import (
    Color,
    Line,
    Rectangle,
    ScissorPop,
    ScissorPush,
    SmoothEllipse,
    SmoothLine,
    SmoothRoundedRectangle,
)
from kivy.graphics.texture import Texture
from kivy.uix.widget import Widget
from PIL import Image, ImageFilter

from daemon.frames import Frames
from ui_kivy.geometry import Rect
from ui_kivy.screens import items as it
from ui_kivy.theme import (
    LOOP,
    MOVES_FOR,
    QR_DARK,
    QR_LIGHT,
    SIZES,
    WHITE,
    Theme,
    rgba,
)
from ui_kivy.typeset import font
from ui_kivy.widgets.drawings import layers
from ui_kivy.widgets.icons import sign

Animator = Callable[[float], bool]
"""Called with the seconds since the screen began; False when it rests for good."""

LARGEST_PICTURE = 1400
"""Pixels of the longer side of a kept page: more than the glass shows."""


def texture_of(image: Image.Image) -> Texture:
    """A texture of a picture, upright."""
    mode = image.mode if image.mode in ("RGB", "RGBA") else "RGB"
    data = image.convert(mode)
    texture = Texture.create(size=data.size, colorfmt=mode.lower())
    texture.blit_buffer(data.tobytes(), colorfmt=mode.lower(), bufferfmt="ubyte")
    texture.flip_vertical()
    return texture


def page_picture(data: bytes, width: int = 0, height: int = 0) -> Image.Image:
    """A page as it came: raw RGB of this size, or a JPEG or PNG.  Raises OSError, ValueError."""
    if width and height:
        image = Image.frombytes("RGB", (width, height), data)
    else:
        image = Image.open(io.BytesIO(data)).convert("RGB")
    image.thumbnail((LARGEST_PICTURE, LARGEST_PICTURE))
    return image


class Pictures:
    """The pages of the visit.  `wipe` forgets them."""

    def __init__(self) -> None:
        self._pages: dict[str, Image.Image] = {}
        self._textures: dict[tuple[str, bool], Texture] = {}

    def put(self, page: str, image: Image.Image) -> None:
        self._pages[page] = image
        for key in [key for key in self._textures if key[0] == page]:
            del self._textures[key]

    def get(self, page: str, blurred: bool) -> Texture | None:
        if page not in self._pages:
            return None
        key = (page, blurred)
        if key not in self._textures:
            image = self._pages[page]
            if blurred:
                image = image.filter(ImageFilter.GaussianBlur(max(image.size) / 40))
            self._textures[key] = texture_of(image)
        return self._textures[key]

    def wipe(self) -> None:
        self._pages.clear()
        self._textures.clear()


class Live:
    """The preview: frames of the camera and the outline found on them."""

    def __init__(self) -> None:
        self.frames: Frames | None = None
        self.texture: Texture | None = None
        self.corners: tuple[tuple[float, float], ...] | None = None
        self.good = False

    def start(self, fd: int) -> None:
        self.stop()
        self.frames = Frames(fd, writable=False)

    def stop(self) -> None:
        if self.frames is not None:
            self.frames.close()
        self.frames, self.texture, self.corners = None, None, None

    def look(self) -> bool:
        """Takes the newest frame; True where there was one."""
        if self.frames is None:
            return False
        frame = self.frames.newest()
        if frame is None:
            return False
        size = (self.frames.width, self.frames.height)
        if self.texture is None:
            self.texture = Texture.create(size=size, colorfmt="rgb")
            self.texture.flip_vertical()
        self.texture.blit_buffer(frame.tobytes(), colorfmt="rgb", bufferfmt="ubyte")
        return True


class Paint(Widget):  # type: ignore[misc]  # Kivy has no types
    """The whole window."""

    def __init__(self, theme: Theme, **rest: object) -> None:
        super().__init__(**rest)
        self.theme = theme
        self.pictures = Pictures()
        self.live = Live()
        self.sheet: it.Sheet | None = None
        self.animators: list[Animator] = []
        self._texts: dict[tuple[str, float, bool], Texture] = {}
        self._icons: dict[tuple[str, int], Texture] = {}
        self._arts: dict[tuple[str, int, int], list[tuple[Texture, object]]] = {}
        self._loop = "lay_paper"
        self._camera_ring: float | None = None

    # -- drawing a sheet --------------------------------------------------------------------

    def show(
        self, sheet: it.Sheet, theme: Theme, *, loop: str = "", ring: float | None = None
    ) -> None:
        """Replaces what is drawn.  `loop` and `ring` belong to a Camera."""
        if theme.palette is not self.theme.palette:
            self._arts.clear()
        self.theme, self.sheet = theme, sheet
        self._loop, self._camera_ring = loop, ring
        self.animators = []
        kept, self._texts = self._texts, {}
        self.canvas.clear()
        self.canvas.after.clear()
        with self.canvas:
            for item in sheet.items:
                match item:
                    case it.Fill():
                        self._fill(item)
                    case it.Text():
                        self._text(item, kept)
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
                        self._ring(item)
                    case it.Spin():
                        self._spin(item)
                    case it.Glow():
                        self._glow(item)

    def pressed(self, target: it.Target | None) -> None:
        """Shows which target a finger holds down."""
        self.canvas.after.clear()
        if target is None:
            return
        with self.canvas.after:
            Color(*self.theme.colour("ink", 0.18))
            self._box(target.rect, target.radius)

    def wipe(self) -> None:
        """Forgets pages and texts."""
        self.pictures.wipe()
        self._texts.clear()

    def _y(self, rect: Rect) -> float:
        assert self.sheet is not None
        return self.sheet.rect.h - rect.bottom

    def _box(self, rect: Rect, radius: float) -> None:
        pos, size = (rect.x, self._y(rect)), (rect.w, rect.h)
        if radius <= 0 or rect.w < 2 or rect.h < 2:
            Rectangle(pos=pos, size=size)
        elif radius * 2 >= min(rect.w, rect.h) - 0.5 and abs(rect.w - rect.h) < 1:
            SmoothEllipse(pos=pos, size=size)
        else:
            SmoothRoundedRectangle(pos=pos, size=size, radius=[min(radius, rect.h / 2, rect.w / 2)])

    def _fill(self, item: it.Fill) -> None:
        if item.edge and item.edge_width:
            Color(*self.theme.colour(item.edge))
            self._box(item.rect, item.radius)
            width = item.edge_width
            Color(*self.theme.colour(item.colour, item.alpha))
            self._box(item.rect.inset(width), max(0.0, item.radius - width))
            return
        Color(*self.theme.colour(item.colour, item.alpha))
        self._box(item.rect, item.radius)

    def _line(
        self, text: str, size: float, bold: bool, kept: dict[tuple[str, float, bool], Texture]
    ) -> Texture:
        key = (text, size, bold)
        if key not in self._texts:
            if key in kept:
                self._texts[key] = kept[key]
            else:
                label = CoreLabel(
                    text=text, font_name=font(bold), font_size=round(size), color=WHITE
                )
                label.refresh()
                self._texts[key] = label.texture
        return self._texts[key]

    def _text(self, item: it.Text, kept: dict[tuple[str, float, bool], Texture]) -> None:
        block, rect = item.block, item.rect
        top = rect.y + (rect.h - block.height) / 2
        Color(*self.theme.colour(item.colour))
        for n, line in enumerate(block.lines):
            if not line:
                continue
            texture = self._line(line, block.size, block.bold, kept)
            w, h = texture.size
            x = {
                "left": rect.x,
                "centre": rect.x + (rect.w - w) / 2,
                "right": rect.right - w,
            }[item.align]
            y = top + n * block.line + (block.line - h) / 2
            where = Rect(round(x), round(y), w, h)
            Rectangle(texture=texture, pos=(where.x, round(self._y(where))), size=(w, h))

    def _icon(self, item: it.Icon) -> None:
        side = max(8, round(item.rect.w))
        key = (item.name, side)
        if key not in self._icons:
            mask = sign(item.name, side)
            white = Image.new("RGBA", mask.size, (255, 255, 255, 255))
            white.putalpha(mask)
            self._icons[key] = texture_of(white)
        Color(*self.theme.colour(item.colour))
        Rectangle(
            texture=self._icons[key],
            pos=(round(item.rect.x), round(self._y(item.rect))),
            size=(side, side),
        )

    # -- things that move -------------------------------------------------------------------

    def _art(self, name: str, rect: Rect, clip: Rect) -> list[Color]:
        key = (name, round(rect.w), 0)
        if key not in self._arts:
            made = layers(name, rect.w, self.theme.palette)
            self._arts[key] = [(texture_of(layer.image), layer.path) for layer in made]
        colours = []
        ScissorPush(
            x=round(clip.x), y=round(self._y(clip)), width=round(clip.w), height=round(clip.h)
        )
        for texture, path in self._arts[key]:
            colour = Color(1, 1, 1, 1)
            box = Rectangle(texture=texture, pos=(rect.x, self._y(rect)), size=(rect.w, rect.h))
            colours.append(colour)
            if path is not None:
                self.animators.append(self._mover(colour, box, rect, path))
        ScissorPop()
        return colours

    def _mover(self, colour: Color, box: Rectangle, rect: Rect, path: object) -> Animator:
        unit = rect.w / 400
        x, y = rect.x, self._y(rect)

        def move(seconds: float) -> bool:
            rests = seconds >= MOVES_FOR
            share = 0.5 if rests else (seconds % LOOP) / LOOP
            dx, dy, seen = path(share)  # type: ignore[operator]
            box.pos = (x + dx * unit, y - dy * unit)
            colour.a = max(0.0, min(1.0, seen))
            return not rests

        move(0.0)
        return move

    def _spin(self, item: it.Spin) -> None:
        rect = item.rect
        x, y = rect.x + rect.w / 2, self._y(rect) + rect.h / 2
        width = max(3.0, rect.w * 0.055)
        radius = rect.w / 2 - width * 1.5
        Color(
            *self.theme.colour(
                "soft" if self.theme.palette.soft != self.theme.palette.surface else "off"
            )
        )
        SmoothLine(circle=(x, y, radius), width=width)
        Color(*self.theme.colour("link"))
        arc = SmoothLine(circle=(x, y, radius, 0, 100), width=width, cap="round")

        def turn(seconds: float) -> bool:
            at = (seconds * 200) % 360
            arc.circle = (x, y, radius, at, at + 100)
            return True

        turn(0.0)
        self.animators.append(turn)

    def _ring(self, item: it.Ring) -> None:
        rect = item.rect
        x, y = rect.x + rect.w / 2, self._y(rect) + rect.h / 2
        width = max(3.0, self.theme.fixed(SIZES.ring))
        radius = min(rect.w, rect.h) / 2 - width * 1.5
        Color(*self.theme.colour("soft"))
        SmoothLine(circle=(x, y, radius), width=width)
        Color(*self.theme.colour(item.colour))
        arc = SmoothLine(circle=(x, y, radius, 0, 359.9), width=width)
        digits = Color(*self.theme.colour("ink")) if item.counts else None
        box = Rectangle(pos=(x, y), size=(0, 0)) if digits is not None else None
        shown = [-1]

        def empty(seconds: float) -> bool:
            left = max(0.0, item.seconds - seconds)
            arc.circle = (x, y, radius, 0, max(0.1, 360 * left / item.seconds))
            number = int(left + 0.999)
            if box is not None and number != shown[0]:
                shown[0] = number
                label = CoreLabel(
                    text=str(number), font_name=font(True), font_size=round(item.size), color=WHITE
                )
                label.refresh()
                w, h = label.texture.size
                box.texture, box.size = label.texture, (w, h)
                box.pos = (round(x - w / 2), round(y - h / 2))
            return left > 0

        empty(0.0)
        self.animators.append(empty)

    def _live(self, item: it.LiveView) -> None:
        """The camera, or the illustration until its first frame; outline and ring above."""
        art = self._art(self._loop or "lay_paper", item.rect.fit(4, 3), item.rect)
        picture_colour = Color(1, 1, 1, 0)
        picture = Rectangle(pos=(0, 0), size=(0, 0))
        halo = Color(0, 0, 0, 0)
        under = Line(points=[], width=self.theme.fixed(2.2), close=True, joint="round")
        edge = Color(1, 1, 1, 0)
        outline = SmoothLine(points=[], width=self.theme.fixed(1.1), close=True)
        ring_colour = Color(1, 1, 1, 0)
        ring = SmoothLine(circle=(0, 0, 1), width=self.theme.fixed(1.6))
        theme, seconds_of_ring = self.theme, self._camera_ring

        def follow(seconds: float) -> bool:
            self.live.look()
            texture = self.live.texture
            if texture is None:
                return True
            place = item.rect.fit(*texture.size)
            if picture_colour.a == 0:
                for colour in art:
                    colour.a = 0.0
                picture_colour.a = 1.0
                picture.pos, picture.size = (place.x, self._y(place)), (place.w, place.h)
            # Setting the texture again marks the canvas as changed: its pixels are new.
            picture.texture = None
            picture.texture = texture
            corners = self.live.corners
            if corners:
                points = [
                    value
                    for x, y in corners
                    for value in (
                        place.x + x * place.w,
                        self._y(place) + (1 - y) * place.h,
                    )
                ]
                under.points = points
                outline.points = points
                halo.rgba = (0, 0, 0, 0.45)
                edge.rgba = rgba("#39D353" if self.live.good else "#FFD34D")
            else:
                halo.a = edge.a = 0.0
            if seconds_of_ring:
                share = min(1.0, seconds / seconds_of_ring)
                cx = place.centre[0]
                radius = min(place.w, place.h) * 0.16
                ring.circle = (cx, self._y(place) + place.h / 2, radius, 0, max(0.1, 360 * share))
                ring_colour.rgba = theme.colour("glow")
            return True

        self._hide_art_once_live(art, follow)

    def _hide_art_once_live(self, art: list[Color], follow: Animator) -> None:
        movers = self.animators[:]

        def both(seconds: float) -> bool:
            if self.live.texture is None:
                for mover in movers:
                    mover(seconds)
            return follow(seconds)

        both(0.0)
        self.animators = [both]

    # -- pictures ---------------------------------------------------------------------------

    def _photo(self, item: it.Photo) -> None:
        texture = self.pictures.get(item.page, item.blurred)
        if texture is None:
            place = item.rect.fit(210, 297)
            Color(*self.theme.colour("paper"))
            self._box(place, self.theme.fixed(1.0))
            return
        place = item.rect.fit(*texture.size)
        Color(*self.theme.colour("paper_edge"))
        Rectangle(pos=(place.x - 2, self._y(place) - 2), size=(place.w + 4, place.h + 4))
        Color(1, 1, 1, 1)
        Rectangle(texture=texture, pos=(place.x, self._y(place)), size=(place.w, place.h))
        if item.mark is not None:
            mark = item.mark
            box = Rect(
                place.x + mark.x * place.w,
                place.y + mark.y * place.h,
                mark.w * place.w,
                mark.h * place.h,
            ).inset(-self.theme.fixed(2.0))
            for colour, width in (((1, 1, 1, 0.9), 2.4), (rgba("#C62828"), 1.5)):
                Color(*colour)
                SmoothLine(
                    rounded_rectangle=(box.x, self._y(box), box.w, box.h, self.theme.fixed(3.0)),
                    width=self.theme.fixed(width) / 2,
                )

    def _code(self, item: it.Code) -> None:
        code = segno.make(item.payload, error="m", micro=False)
        border = 4
        rows = [list(row) for row in code.matrix_iter(scale=1, border=border)]
        image = Image.new("L", (len(rows[0]), len(rows)))
        dark, light = int(QR_DARK[1:3], 16), int(QR_LIGHT[1:3], 16)
        image.putdata([dark if one else light for row in rows for one in row])
        texture = texture_of(image.convert("RGB"))
        texture.mag_filter = texture.min_filter = "nearest"
        unit = max(1, int(min(item.rect.w, item.rect.h) // len(rows)))
        side = unit * len(rows)
        x = item.rect.x + (item.rect.w - side) / 2
        y = item.rect.y + (item.rect.h - side) / 2
        place = Rect(round(x), round(y), side, side)
        Color(1, 1, 1, 1)
        Rectangle(texture=texture, pos=(place.x, self._y(place)), size=(side, side))

    def _glow(self, item: it.Glow) -> None:
        Color(*self.theme.colour("focus"))
        rect = item.rect
        SmoothLine(
            rounded_rectangle=(rect.x, self._y(rect), rect.w, rect.h, item.radius),
            width=item.width / 2,
        )
