from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from daemon.documents.decode import decode
from daemon.documents.errors import DocumentsError, Undecodable
from daemon.documents.pipeline import examine


def picture(width: int = 120, height: int = 80) -> Image.Image:
    """Left half red, right half blue, with a white corner at the top left."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2] = (200, 20, 20)
    pixels[:, width // 2 :] = (20, 20, 200)
    pixels[: height // 4, : width // 4] = 255
    return Image.fromarray(pixels)


def saved(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    held = io.BytesIO()
    image.save(held, kind, **options)
    return held.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that claims to have this size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body + chunk(b"IEND", b"")


whole = saved(picture(800, 600))

BAD = {
    "empty_file": b"",
    "not_a_picture": b"Xin ch\xc3\xa0o" * 50,
    "too_small": saved(picture(1, 1), "PNG"),
    "too_many_pixels": bomb(10_000, 10_000),
    "damaged": whole[: len(whole) // 2],
    "animated": saved(
        picture(), "WEBP", save_all=True, append_images=[picture().rotate(180)], duration=100
    ),
}


@pytest.mark.parametrize("reason", BAD)
def test_a_bad_file_is_refused_by_name(reason: str) -> None:
    with pytest.raises(Undecodable) as caught:
        decode(BAD[reason])
    assert caught.value.reason == reason
    assert isinstance(caught.value, DocumentsError)


@pytest.mark.parametrize("reason", BAD)
def test_for_the_pipeline_it_is_a_verdict(reason: str) -> None:
    seen = examine(BAD[reason], None)
    assert (seen.quality, seen.reason, seen.corners) == ("unreadable", reason, ())


@pytest.mark.parametrize(
    ("kind", "cut"),
    [(kind, cut) for kind in ("JPEG", "PNG", "WEBP") for cut in (200, 1000)]
    + [("JPEG", 3), ("JPEG", 20)],
)
def test_a_truncated_file_never_passes(kind: str, cut: int) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (60, 80, 3), np.uint8)
    data = saved(Image.fromarray(noise).resize((800, 600)), kind)
    with pytest.raises(Undecodable):
        decode(data[:-cut])


def test_noise_after_any_prefix_raises_nothing_else() -> None:
    rng = np.random.default_rng(7)
    for at in range(0, len(whole), max(1, len(whole) // 40)):
        data = whole[:at] + rng.bytes(200) + whole[at + 200 :]
        try:
            assert decode(data).shape[2] == 3
        except Undecodable:
            continue


@pytest.mark.parametrize(
    ("mode", "kind"), [("CMYK", "JPEG"), ("L", "JPEG"), ("LA", "PNG"), ("P", "PNG"), ("1", "PNG")]
)
def test_other_colour_models_become_rgb(mode: str, kind: str) -> None:
    pixels = decode(saved(picture().convert(mode), kind))
    assert pixels.shape == (80, 120, 3)
    assert pixels.dtype == np.uint8
    assert pixels[5, 5].min() > 200  # the white corner
    assert pixels[50:, :40].mean() < 160


def test_sixteen_bit_grey_is_scaled_not_clipped() -> None:
    deep = np.full((80, 120), 32768, np.uint16)
    assert abs(int(decode(saved(Image.fromarray(deep), "PNG"))[0, 0, 0]) - 127) <= 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_photo_stands_as_its_exif_says(orientation: int) -> None:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,  # to be turned clockwise for display
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = picture().transpose(turns[orientation]) if orientation > 1 else picture()
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = decode(saved(stored, exif=exif, quality=95))
    assert pixels.shape == (80, 120, 3)
    assert pixels[5, 5].min() > 180, "the white corner is at the top left"
    assert pixels[70, 10, 0] > 120, "red is on the left"
    assert pixels[70, 110, 2] > 120, "blue is on the right"
