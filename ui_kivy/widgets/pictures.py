"""Textures of pictures, and the photographed pages of the visit."""

from __future__ import annotations

import io

from kivy.graphics.texture import Texture
from PIL import Image, ImageFilter

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
