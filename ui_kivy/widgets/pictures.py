"""Textures of pictures, and the photographed pages of the visit."""

from __future__ import annotations

import io

from kivy.graphics.texture import Texture
from PIL import Image, ImageFilter

LARGEST_PICTURE = 1400
"""Pixels of the longer side of a kept page: more than the glass shows of a whole one."""
LARGEST_NEAR = 2600
"""The same of the one page whose parts are looked at."""


def texture_of(image: Image.Image) -> Texture:
    """A texture of a picture, upright."""
    mode = image.mode if image.mode in ("RGB", "RGBA") else "RGB"
    data = image.convert(mode)
    texture = Texture.create(size=data.size, colorfmt=mode.lower())
    texture.blit_buffer(data.tobytes(), colorfmt=mode.lower(), bufferfmt="ubyte")
    texture.flip_vertical()
    return texture


def page_picture(
    data: bytes, width: int = 0, height: int = 0, *, near: bool = False
) -> Image.Image:
    """A page as it came: raw RGB of this size, or a JPEG or PNG.  Raises OSError, ValueError."""
    largest = LARGEST_NEAR if near else LARGEST_PICTURE
    if width and height:
        image = Image.frombytes("RGB", (width, height), data)
    else:
        opened = Image.open(io.BytesIO(data))
        opened.draft("RGB", (largest, largest))  # a JPEG is decoded no larger than needed
        image = opened.convert("RGB")
    image.thumbnail((largest, largest))
    return image


class Pictures:
    """The pages of the visit.  `wipe` forgets them."""

    def __init__(self) -> None:
        self._pages: dict[str, Image.Image] = {}
        self._textures: dict[tuple[str, bool], Texture] = {}
        self._near: tuple[str, Texture] | None = None

    def put(self, page: str, image: Image.Image, *, near: bool = False) -> None:
        if near:
            self._near = (page, texture_of(image))
            return
        self._pages[page] = image
        for key in [key for key in self._textures if key[0] == page]:
            del self._textures[key]

    def near(self, page: str) -> Texture | None:
        """The page sharp enough to be enlarged; else its thumbnail."""
        if self._near is not None and self._near[0] == page:
            return self._near[1]
        return self.get(page, blurred=False)

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
        self._near = None
