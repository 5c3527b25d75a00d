"""Pictures from strangers: every limit is checked before a pixel is decoded.

Accepted are JPEG (with the multi-picture files of telephones), PNG and WebP.  Everything else, and
everything that is too large, too small, animated or broken, is refused by name.  The time is
bounded by the limits on bytes, pixels and progressive scans.  The memory is bounded by the pixels:
at most `LARGE` × 3 bytes for the result, and twice as much while it is decoded.
"""

from __future__ import annotations

import io
import warnings
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile, UnidentifiedImageError

from daemon.documents.errors import Undecodable

Pixels = npt.NDArray[np.uint8]
"""height × width × 3, RGB."""

BYTES = 40 * 1024 * 1024
"""The largest file.  A 12-megapixel photo as JPEG has 2 to 8 MB, as PNG up to 36 MB."""

PIXELS = 50_000_000
"""The most pixels of a JPEG; cameras of the kiosk have 12 million, good telephones 50."""

LARGE = 25_000_000
"""The most pixels that are kept.  A JPEG with more is decoded at half its size: A4 that fills 50
million pixels has 700 dpi."""

WHOLE = 16_000_000
"""The most pixels of what Pillow decodes: PNG, WebP, JPEG in CMYK.  It takes four times as long as
an ordinary JPEG of that size.  A4 scanned at 400 dpi has 15.5 million."""

SHORTEST = 64
"""Pixels of the shorter side below which nothing on a paper can be told."""

SCANS = 32
"""Progressive scans of a JPEG (usual: 10).  Each scan costs a pass over the whole picture."""

SCANNED = 300_000_000
"""The most pixels of all these passes together: ten of a picture of 25 million and some more."""

BAND = 256
"""Rows that are converted at a time, so that no second whole picture is needed."""

FORMATS = ("JPEG", "PNG", "WEBP")

_TURNS: dict[int, int] = {
    3: cv2.ROTATE_180,
    6: cv2.ROTATE_90_CLOCKWISE,
    8: cv2.ROTATE_90_COUNTERCLOCKWISE,
}
_ORIENTATION = 0x0112

Image.MAX_IMAGE_PIXELS = PIXELS
ImageFile.LOAD_TRUNCATED_IMAGES = False


class Photo(NamedTuple):
    """A picture as it was taken."""

    pixels: Pixels
    halved: int
    """How often it was halved while it was decoded: 0 or 1."""


def decode(data: bytes | memoryview) -> Pixels:
    """The picture in `data`, upright as its EXIF says, as RGB.  Raises Undecodable."""
    return decode_photo(data).pixels


def decode_photo(data: bytes | memoryview) -> Photo:
    """The same, and whether it was halved for its size.  Raises Undecodable."""
    if len(data) == 0:
        raise Undecodable("empty_file")
    if len(data) > BYTES:
        raise Undecodable("too_many_bytes", str(len(data)), f"at most {BYTES}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _decode(bytes(data))
        except Undecodable:
            raise
        except Image.DecompressionBombError:
            raise Undecodable("too_many_pixels", "", f"at most {PIXELS}") from None
        except UnidentifiedImageError:
            raise Undecodable("not_a_picture", "", " ".join(FORMATS)) from None
        except Exception as error:
            # Pillow's plugins raise almost anything on hostile files (OSError, SyntaxError,
            # struct.error, ValueError, ...); all of it means the same, and none is shown.
            raise Undecodable("damaged", type(error).__name__) from None


def _decode(data: bytes) -> Photo:
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        width, height = image.size
        jpeg = image.format in ("JPEG", "MPO")
        # What goes through Pillow exists twice for a moment.
        plain = jpeg and image.mode == "RGB"
        most = PIXELS if plain else WHOLE
        if width * height > most:
            raise Undecodable("too_many_pixels", f"{width}x{height}", f"at most {most}")
        if min(width, height) < SHORTEST:
            raise Undecodable("too_small", f"{width}x{height}", f"at least {SHORTEST} a side")
        # A telephone's multi-picture JPEG counts as animated for Pillow; its first is the photo.
        if not jpeg and getattr(image, "is_animated", False):
            raise Undecodable("animated")
        if jpeg:
            scans = data.count(b"\xff\xda")
            if scans > SCANS or scans * width * height > SCANNED:
                raise Undecodable("too_many_scans", "", f"at most {SCANS}")
        turn = image.getexif().get(_ORIENTATION, 1)
        halved = 1 if plain and width * height > LARGE else 0
        pixels = _jpeg(data, halved) if plain else _rgb(image)
        if pixels.shape != (-(-height >> halved), -(-width >> halved), 3):
            raise Undecodable("damaged", "size")
    return Photo(_turned(pixels, turn if isinstance(turn, int) else 1), halved)


def _jpeg(data: bytes, halved: int) -> Pixels:
    """An ordinary JPEG through OpenCV: twice as fast as Pillow on 12 megapixels.

    OpenCV takes truncated files without a word, so the end of the picture is looked for first.
    """
    if not _complete(data):
        raise Undecodable("damaged", "truncated")
    # IMREAD_REDUCED_COLOR_2 gives BGR; the flag for RGB does not go with it.
    how = cv2.IMREAD_REDUCED_COLOR_2 if halved else cv2.IMREAD_COLOR_RGB
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), how | cv2.IMREAD_IGNORE_ORIENTATION)
    if pixels is None:
        raise Undecodable("damaged", "decoder")
    if halved:
        for y in range(0, pixels.shape[0], BAND):
            part = pixels[y : y + BAND]
            cv2.cvtColor(part, cv2.COLOR_BGR2RGB, dst=part)
    return np.asarray(pixels, np.uint8)


def _complete(data: bytes) -> bool:
    """Does an end-of-image marker follow the first scan?  (ITU-T T.81 Annex B)

    Inside a scan the bytes FF D9 cannot occur: FF is always followed by 00 or a restart marker.
    """
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
        elif marker == 0xDA:
            return data.find(b"\xff\xd9", at) >= 0
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return False


def _rgb(image: Image.Image) -> Pixels:
    """What Pillow decoded, band by band; what is transparent lies on white."""
    image.load()
    out = np.empty((image.height, image.width, 3), np.uint8)
    for y in range(0, image.height, BAND):
        part = image.crop((0, y, image.width, min(y + BAND, image.height)))
        part.info = image.info
        out[y : y + BAND] = _band(part)
    return out


def _band(image: Image.Image) -> Pixels:
    if image.mode.startswith(("I", "F")):
        # 16-bit grey: Pillow's own conversion clips at 255 instead of scaling.
        deep = np.asarray(image).astype(np.float32)
        grey = np.clip(deep / 257, 0, 255).astype(np.uint8)
        return np.repeat(grey[:, :, None], 3, axis=2)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        over = image.convert("RGBA")
        ground = Image.new("RGBA", over.size, "white")
        return np.asarray(Image.alpha_composite(ground, over).convert("RGB"))
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))


def _turned(pixels: Pixels, orientation: int) -> Pixels:
    """EXIF 2.32 §4.6.4 A: 1-8; even codes up to 4 and the odd ones from 5 are mirrored."""
    if orientation in (2, 4, 5, 7):
        pixels = np.ascontiguousarray(pixels[:, ::-1])
        orientation = {2: 1, 4: 3, 5: 8, 7: 6}[orientation]
    turn = _TURNS.get(orientation)
    return pixels if turn is None else np.asarray(cv2.rotate(pixels, turn), np.uint8)
