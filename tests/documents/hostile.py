"""Files that a stranger might put before the kiosk, and by which name each is refused.

None of them is a file of anyone: all are made here.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

ACCEPTED = ""
"""No reason: a picture, whatever it shows."""


class Hostile(NamedTuple):
    make: Callable[[], bytes]
    reasons: frozenset[str]


def saved(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    held = io.BytesIO()
    image.save(held, kind, **options)
    return held.getvalue()


def paper(width: int = 800, height: int = 600) -> Image.Image:
    """A white sheet with grey lines on a dark desk."""
    pixels = np.full((height, width, 3), (60, 50, 45), np.uint8)
    top, left = height // 8, width // 5
    pixels[top:-top, left:-left] = 238
    for y in range(2 * top, height - 2 * top, max(8, height // 24)):
        pixels[y : y + max(2, height // 150), left + width // 16 : -left - width // 16] = 50
    return Image.fromarray(pixels)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, body: bytes = b"", extra: bytes = b"", colour: int = 2) -> bytes:
    """A PNG that claims a size and holds what one likes."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0))
    data = chunk(b"IDAT", body or zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + head + extra + data + chunk(b"IEND", b"")


def zeros(count: int) -> bytes:
    """So many zero bytes, deflated: a thousandth of their size."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(bytes(1 << 20)) for _ in range(count >> 20)]
    return b"".join([*parts, packer.flush()])


def jpeg_claiming(width: int, height: int) -> bytes:
    """An ordinary JPEG with another size in its frame header (ITU-T T.81 B.2.2)."""
    data = bytearray(saved(paper()))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def many_scans(count: int, width: int = 800, height: int = 600) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    data = saved(paper(width, height), progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * count + data[-2:]


def tiff(width: int, height: int) -> bytes:
    """A TIFF whose directory claims a size (deflate, one strip)."""
    strip = zlib.compress(b"\0" * 1000)
    tags = [
        (256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 8), (262, 3, 1, 1),
        (273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, len(strip)),
    ]  # fmt: skip
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    directory = struct.pack("<H", len(tags)) + entries + b"\0\0\0\0"
    return b"II*\0" + struct.pack("<I", 8 + len(strip)) + strip + directory


def webp_claiming(width: int, height: int) -> bytes:
    """A WebP (VP8X) that claims a canvas of this size."""
    data = bytearray(saved(paper(), "WEBP", exif=Image.Exif().tobytes(), icc_profile=b"x" * 200))
    at = data.index(b"VP8X") + 12
    data[at : at + 6] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes(data)


def zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(10 << 20))
    return held.getvalue()


def turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(paper(), exif=exif)


def animated(kind: str) -> bytes:
    frames = [paper().rotate(degrees) for degrees in (90, 180)]
    return saved(paper(), kind, save_all=True, append_images=frames, duration=50)


def floats() -> bytes:
    deep = np.full((600, 800), np.nan, np.float32)
    return saved(Image.fromarray(deep), "TIFF")


def letters() -> bytes:
    """Nothing but print, far more of it than a page has: work for whoever reads it."""
    image = paper(4000, 3000)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(28)
    for y in range(400, 2600, 33):
        pen.text((820, y), "CONG HOA XA HOI " * 10, "#101010", font)
    return saved(image)


def rectangles() -> bytes:
    """Hundreds of things that could be a paper."""
    rng = random.Random(7)
    image = Image.new("RGB", (4000, 3000), "#404040")
    pen = ImageDraw.Draw(image)
    for _ in range(300):
        x, y = rng.randrange(4000), rng.randrange(3000)
        tone = tuple(rng.randrange(256) for _ in range(3))
        pen.rectangle((x, y, x + rng.randrange(20, 1200), y + rng.randrange(20, 1200)), tone)
    return saved(image)


SVG = b"""<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9999" height="9999">
<image href="file:///etc/passwd"/></svg>"""
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj"

ANY_BROKEN = frozenset({"damaged", "not_a_picture"})


def named(make: Callable[[], bytes], *reasons: str) -> Hostile:
    return Hostile(make, frozenset(reasons) or ANY_BROKEN)


FILES: dict[str, Hostile] = {
    "empty": named(lambda: b"", "empty_file"),
    "41 MB": named(lambda: saved(paper()) + bytes(41 << 20), "too_many_bytes"),
    # another thing under the name of a picture
    "text": named(lambda: "Xin chào".encode() * 99, "not_a_picture"),
    "svg as jpg": named(lambda: SVG, "not_a_picture"),
    "pdf as jpg": named(lambda: PDF, "not_a_picture"),
    "zip as jpg": named(zipped, "not_a_picture"),
    "zip after png": named(lambda: saved(paper(), "PNG") + zipped(), ACCEPTED),
    "png as jpg": named(lambda: saved(paper(), "PNG"), ACCEPTED),
    "gif": named(lambda: animated("GIF"), "not_a_picture"),
    "bmp": named(lambda: saved(paper(), "BMP"), "not_a_picture"),
    "float tiff, all NaN": named(floats, "not_a_picture"),
    # bombs
    "png of 200 megapixels": named(lambda: png(20_000, 10_000), "too_many_pixels"),
    "png of 2 gigapixels": named(
        lambda: png(1 << 31 - 1, 1), "too_many_pixels", "too_small", "damaged"
    ),
    "png of 25 megapixels": named(lambda: png(5000, 5000, zeros(72 << 20)), "too_many_pixels"),
    "png of 16 megapixels in 300 kB, six times too long": named(
        lambda: png(4000, 4000, zeros(300 << 20)), ACCEPTED, "damaged"
    ),
    "png of 16 megapixels, transparent": named(
        lambda: saved(paper(4000, 4000).convert("RGBA"), "PNG"), ACCEPTED
    ),
    "webp of 16 megapixels": named(lambda: saved(paper(4000, 4000), "WEBP"), ACCEPTED),
    "png with a text bomb": named(
        lambda: png(800, 600, extra=chunk(b"zTXt", b"a\0\0" + zeros(100 << 20))), *ANY_BROKEN
    ),
    "png with a profile bomb": named(
        lambda: png(800, 600, extra=chunk(b"iCCP", b"a\0\0" + zeros(100 << 20))), *ANY_BROKEN
    ),
    "tiff of 200 megapixels": named(lambda: tiff(20_000, 10_000), "not_a_picture"),
    "gif of 4 gigapixels": named(
        lambda: b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + bytes(99), "not_a_picture"
    ),
    "webp of 268 megapixels": named(
        lambda: webp_claiming(16_384, 16_384), "too_many_pixels", *ANY_BROKEN
    ),
    "jpeg of 200 megapixels": named(lambda: jpeg_claiming(20_000, 10_000), "too_many_pixels"),
    "jpeg of 4 gigapixels": named(lambda: jpeg_claiming(65_535, 65_535), "too_many_pixels"),
    "jpeg that claims 49 megapixels": named(lambda: jpeg_claiming(7000, 7000), ACCEPTED, "damaged"),
    "jpeg without height": named(lambda: jpeg_claiming(800, 0)),
    "jpeg with 5000 scans": named(lambda: many_scans(5000), "too_many_scans"),
    "jpeg of 25 megapixels with 29 scans": named(
        lambda: many_scans(20, 5000, 4990), "too_many_scans"
    ),
    "jpeg of 25 megapixels with 19 scans": named(
        lambda: many_scans(10, 5000, 4990), "too_many_scans"
    ),
    "jpeg of 25 megapixels with 11 scans": named(lambda: many_scans(2, 5000, 4990), ACCEPTED),
    "jpeg of 9 megapixels with 32 scans": named(lambda: many_scans(23, 3000, 3000), ACCEPTED),
    "jpeg of 50 megapixels": named(lambda: saved(paper(8000, 6250)), ACCEPTED),
    "a heap of rectangles": named(rectangles, ACCEPTED),
    "a wall of small letters": named(letters, ACCEPTED),
    # broken
    "half a jpeg": named(lambda: saved(paper())[:6000], "damaged"),
    "half a png": named(lambda: saved(paper(), "PNG")[:1200]),
    "half a webp": named(lambda: saved(paper(), "WEBP")[:1500]),
    "jpeg's head": named(lambda: saved(paper())[:20]),
    "corrupt icc": named(lambda: saved(paper(), icc_profile=b"\xff" * 5000), ACCEPTED),
    "corrupt exif": named(
        lambda: saved(paper(), exif=b"Exif\0\0II*\0\xff\xff\xff\xff" * 30), ACCEPTED
    ),
    # small and odd
    "one pixel": named(lambda: saved(Image.new("RGB", (1, 1)), "PNG"), "too_small"),
    "a line": named(lambda: saved(Image.new("RGB", (9000, 1))), "too_small"),
    "animated webp": named(lambda: animated("WEBP"), "animated"),
    "animated png": named(lambda: animated("PNG"), "animated"),
    "16 bits": named(
        lambda: saved(Image.fromarray(np.full((600, 800), 40_000, np.uint16)), "PNG"), ACCEPTED
    ),
    "cmyk": named(lambda: saved(paper().convert("CMYK")), ACCEPTED),
    "palette": named(lambda: saved(paper().convert("P"), "PNG"), ACCEPTED),
    "palette with transparency": named(
        lambda: saved(paper().convert("P"), "PNG", transparency=3), ACCEPTED
    ),
    "bits": named(lambda: saved(paper().convert("1"), "PNG"), ACCEPTED),
    "turned by no known turn": named(lambda: turned(99), ACCEPTED),
    **{f"turned {n}": named(lambda n=n: turned(n), ACCEPTED) for n in range(1, 9)},  # type: ignore[misc]
}
