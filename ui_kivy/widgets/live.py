"""The camera on the glass: newest frame, outline of the page, ring before the shot."""

from __future__ import annotations

from collections.abc import Callable

from kivy.graphics import Color, Line, Rectangle, SmoothLine
from kivy.graphics.texture import Texture

from daemon.frames import Frames
from ui_kivy.geometry import Rect
from ui_kivy.theme import HIDDEN, OUTLINE_GOOD, OUTLINE_HALO, OUTLINE_NOT_YET, SIZES
from ui_kivy.widgets.moving import Animator
from ui_kivy.widgets.pen import Pen


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


def view(
    pen: Pen, live: Live, rect: Rect, seconds_of_ring: float | None, hide: Callable[[], None]
) -> Animator:
    """Newest frame as large as fits `rect`; calls `hide` when the first frame is there."""
    picture_colour = Color(*HIDDEN)
    picture = Rectangle(pos=(0, 0), size=(0, 0))
    halo = Color(*HIDDEN)
    under = Line(points=[], width=pen.theme.fixed(SIZES.outline_halo), close=True, joint="round")
    edge = Color(*HIDDEN)
    outline = SmoothLine(points=[], width=pen.theme.fixed(SIZES.outline), close=True)
    ring_colour = Color(*HIDDEN)
    ring = SmoothLine(circle=(0, 0, 1), width=pen.theme.fixed(SIZES.circle))

    def follow(seconds: float) -> bool:
        live.look()
        texture = live.texture
        if texture is None:
            return True
        place = rect.fit(*texture.size)
        if picture_colour.a == 0:
            hide()
            picture_colour.a = 1.0
            picture.pos, picture.size = (place.x, pen.y(place)), (place.w, place.h)
        # Setting the texture again marks the canvas as changed: its pixels are new.
        picture.texture = None
        picture.texture = texture
        if live.corners:
            points = [
                value
                for x, y in live.corners
                for value in (place.x + x * place.w, pen.y(place) + (1 - y) * place.h)
            ]
            under.points = points
            outline.points = points
            halo.rgba = OUTLINE_HALO
            edge.rgba = OUTLINE_GOOD if live.good else OUTLINE_NOT_YET
        else:
            halo.a = edge.a = 0.0
        if seconds_of_ring:
            share = min(1.0, seconds / seconds_of_ring)
            radius = min(place.w, place.h) * 0.16
            middle = (place.centre[0], pen.y(place) + place.h / 2)
            ring.circle = (*middle, radius, 0, max(0.1, 360 * share))
            ring_colour.rgba = pen.theme.colour("glow")
        return True

    return follow
