"""What every drawing part needs: colours of the theme, and y turned upwards as OpenGL counts."""

from __future__ import annotations

from kivy.core.text import Label
from kivy.graphics import BindTexture, Color, Rectangle, SmoothEllipse, SmoothRoundedRectangle
from kivy.graphics.texture import Texture

from ui_kivy.geometry import Rect
from ui_kivy.theme import WHITE, Theme
from ui_kivy.typeset import font


class Pen:
    """Draws into the open canvas, on a screen that is `height` pixels high."""

    def __init__(self, theme: Theme, height: float) -> None:
        self.theme = theme
        self.height = height

    def y(self, rect: Rect) -> float:
        """The lower edge, counted from the lower edge of the screen."""
        return self.height - rect.bottom

    def colour(self, token: str, alpha: float = 1.0) -> Color:
        """All that follows has this colour."""
        return Color(*self.theme.colour(token, alpha))

    def box(self, rect: Rect, radius: float) -> None:
        """A filled rectangle, with round corners, or a circle."""
        pos, size = (rect.x, self.y(rect)), (rect.w, rect.h)
        if radius <= 0 or rect.w < 2 or rect.h < 2:
            Rectangle(pos=pos, size=size)
        elif radius * 2 >= min(rect.w, rect.h) - 0.5 and abs(rect.w - rect.h) < 1:
            SmoothEllipse(pos=pos, size=size)
        else:
            SmoothRoundedRectangle(pos=pos, size=size, radius=[min(radius, rect.h / 2, rect.w / 2)])


def sharp(texture: Texture) -> Texture:
    """For a texture that is drawn pixel by pixel: not smoothed, which is what costs most where the
    processor draws and changes nothing of what is seen.
    """
    texture.min_filter = texture.mag_filter = "nearest"
    return texture


def plain_fills() -> None:
    """Kivy multiplies every plain fill with a white texture: not smoothed either."""
    sharp(BindTexture(source="").texture)


def line_of(text: str, size: float, bold: bool) -> Texture:
    """One line of white text."""
    label = Label(text=text, font_name=font(bold, text), font_size=round(size), color=WHITE)
    label.refresh()
    return sharp(label.texture)
