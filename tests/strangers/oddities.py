"""What people lay before a camera and is no paper: drawn by other code than the specimens.

`THINGS` makes a photograph of each by a seed.  A banknote is a patterned rectangle that says MẪU
TIỀN: money may not be copied, nor is it here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tests.strangers import drawing, textures
from tests.strangers.textures import Picture

SHOT = (2800, 2100)
"""Width and height of a photograph."""

Rng = np.random.Generator
Draw = Callable[[Rng, Path], Image.Image]

_TEXT = (
    "chiều biển xanh gió nhẹ mùa thu Hà Nội cà phê sáng ngõ nhỏ bún chả nắng vàng cánh diều tuổi "
    "thơ giấc mơ hành trình khám phá mẹo hay cuối tuần gia đình bếp ấm đi xa trở về thành phố"
)
_WORDS = tuple(_TEXT.split())


def _mm(value: float) -> int:
    return round(value * drawing.DPI / 25.4)


def _sheet(rng: Rng, wide: float, high: float, tint: str) -> Image.Image:
    """A flat thing of so many millimetres, either way round."""
    size = (_mm(wide), _mm(high))
    return Image.new("RGB", size, tint)


def _font(face: Path, points: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(face), max(8, round(points * drawing.DPI / 72)))


def _words(rng: Rng, count: int) -> str:
    return " ".join(str(word) for word in rng.choice(_WORDS, count))


def blank(rng: Rng, face: Path) -> Image.Image:
    """White, cream or grey; the other side of a print shining through, or a crease."""
    size = [(210, 297), (148, 210), (85.6, 54), (210, 297)][int(rng.integers(4))]
    tint = ["#ffffff", "#fbf7ea", "#eeeeee", "#f4f8ff"][int(rng.integers(4))]
    page = _sheet(rng, *size, tint)
    pen = ImageDraw.Draw(page)
    match int(rng.integers(3)):
        case 1:
            y = page.height // 2
            pen.line((0, y, page.width, y + 6), "#d9d9d6", 4)
        case 2:
            for y in range(page.height // 8, page.height * 7 // 8, _mm(8)):
                tone = 246 if tint == "#ffffff" else 236
                pen.text((page.width // 8, y), _words(rng, 9), (tone,) * 3, _font(face, 12))
            page = page.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        case _:
            pass
    return page


def banknote(rng: Rng, face: Path) -> Image.Image:
    """Waves, a figure, an oval, MẪU TIỀN."""
    note = _sheet(rng, 150, 66, "#ffffff")
    one, two = (_tone(rng, 80, 235) for _ in range(2))
    plane = textures.clouds(note.size, rng, 3, 3)
    x = np.arange(note.width, dtype=np.float32)[None, :]
    waves = np.sin(x / 11 + 12 * plane) * 0.25 + 0.5
    note = Image.fromarray(textures.coloured(np.asarray(waves, np.float32), [one, two]))
    pen = ImageDraw.Draw(note)
    w, h = note.size
    pen.ellipse((w * 0.7, h * 0.15, w * 0.9, h * 0.85), _tone(rng, 120, 240), "#404040", 3)
    pen.text((w * 0.4, h * 0.5), "MẪU TIỀN", "#303048", _font(face, 24), anchor="mm")
    figure = f"{rng.choice([1, 2, 5, 10, 20, 50])}0 000"
    pen.text((w * 0.04, h * 0.05), figure, "#303048", _font(face, 17))
    pen.text((w * 0.66, h * 0.92), figure, "#303048", _font(face, 11), anchor="rs")
    return note


def receipt(rng: Rng, face: Path) -> Image.Image:
    """A strip of thermal paper: goods, prices, a sum."""
    slip = _sheet(rng, rng.choice([58, 80]), rng.uniform(110, 240), "#f7f6f2")
    pen, ink = ImageDraw.Draw(slip), ["#383838", "#54506a"][int(rng.integers(2))]
    w, font, y = slip.width, _font(face, 8), _mm(5)
    head = ["Siêu thị Hoa Sữa", "Tiệm bánh Cây Gòn", "Nhà thuốc số 3"][int(rng.integers(3))]
    pen.text((w // 2, y), head, ink, _font(face, 10), anchor="ma")
    y += _mm(6)
    title = ["PHIẾU TÍNH TIỀN", "HÓA ĐƠN BÁN LẺ", "Phiếu thanh toán"][int(rng.integers(3))]
    pen.text((w // 2, y), title, ink, font, anchor="ma")
    y, total = y + _mm(7), 0
    while y < slip.height - _mm(24):
        price = int(rng.integers(3, 220))
        total += price
        pen.text((_mm(3), y), _words(rng, 2).capitalize(), ink, font)
        pen.text((w - _mm(3), y), f"{price},000", ink, font, anchor="ra")
        y += _mm(4.6)
    for left, right in (("Tổng tiền", f"{total:,},000"), ("Tiền mặt", f"{total:,},000")):
        pen.text((_mm(3), y), left, ink, font)
        pen.text((w - _mm(3), y), right, ink, font, anchor="ra")
        y += _mm(5)
    pen.text((w // 2, y), "Xin cảm ơn, hẹn gặp lại!", ink, font, anchor="ma")
    return slip


def magazine(rng: Rng, face: Path) -> Image.Image:
    """A page of pictures and columns, or a cover."""
    page = _sheet(rng, 205, 275, "#fffdf6")
    pen, w, h = ImageDraw.Draw(page), page.width, page.height
    high = round(h * rng.uniform(0.3, 1.0))
    make = textures.landscape if rng.random() < 0.6 else textures.portrait
    page.paste(Image.fromarray(make((w, high), rng)), (0, 0))
    title = ["Sống Xanh", "PHONG CÁCH TRẺ", "Ẩm thực & Đời sống"][int(rng.integers(3))]
    pen.text((w // 14, h // 30), title, _tone(rng, 180, 255), _font(face, 38))
    columns = int(rng.integers(2, 4))
    wide = (w - _mm(24)) // columns
    for column in range(columns):
        y = high + _mm(6)
        while y < h - _mm(10):
            pen.text((_mm(10) + column * (wide + _mm(2)), y), _words(rng, 26 // columns // 2),
                     "#202020", _font(face, 9))  # fmt: skip
            y += _mm(4.4)
    return page


def screen(rng: Rng, face: Path) -> Image.Image:
    """A telephone that shows messages, a map or a picture."""
    phone = _sheet(rng, rng.uniform(68, 78), rng.uniform(146, 165), "#101012")
    w, h = phone.size
    edge = _mm(rng.uniform(2, 4))
    inner = (w - 2 * edge, h - 2 * edge)
    match int(rng.integers(3)):
        case 0:
            dark = rng.random() < 0.4
            shown = Image.new("RGB", inner, "#18191c" if dark else "#eef1f5")
            pen, y = ImageDraw.Draw(shown), _mm(14)
            pen.rectangle((0, 0, inner[0], _mm(11)), _tone(rng, 20, 180))
            pen.text((_mm(5), _mm(3)), "Tin nhắn", "#ffffff", _font(face, 9))
            while y < inner[1] - _mm(12):
                mine, high = rng.random() < 0.5, _mm(rng.uniform(7, 18))
                left = _mm(22) if mine else _mm(3)
                box = (left, y, left + _mm(42), y + high)
                pen.rounded_rectangle(box, _mm(3), "#3b82f6" if mine else "#ffffff")
                ink = "#ffffff" if mine else "#202020"
                pen.text((left + _mm(2), y + _mm(1.5)), _words(rng, 5), ink, _font(face, 6))
                y += high + _mm(3)
        case 1:
            shown = Image.fromarray(textures.stone(inner, rng))
            pen = ImageDraw.Draw(shown)
            for _ in range(12):
                ends = [tuple(int(v) for v in rng.integers(0, inner)) for _ in range(2)]
                pen.line([*ends[0], *ends[1]], "#fff6c8", _mm(rng.uniform(1, 3)))
        case _:
            shown = Image.fromarray(textures.landscape(inner, rng))
    phone.paste(shown, (edge, edge))
    return phone


def photograph(rng: Rng, face: Path) -> Image.Image:
    """A print, with or without a white rim."""
    size = [(150, 102), (178, 127), (90, 130), (60, 90)][int(rng.integers(4))]
    print_ = _sheet(rng, *size, "#ffffff")
    rim = _mm(4) if rng.random() < 0.5 else 0
    inner = (print_.width - 2 * rim, print_.height - 2 * rim)
    make = textures.landscape if rng.random() < 0.5 else textures.portrait
    print_.paste(Image.fromarray(make(inner, rng)), (rim, rim))
    return print_


def book(rng: Rng, face: Path) -> Image.Image:
    """A cover: title, author, a picture or a plain cloth."""
    cover = _sheet(rng, rng.uniform(120, 160), rng.uniform(190, 235), "#808080")
    w, h = cover.size
    if rng.random() < 0.3:
        cover.paste(Image.new("RGB", cover.size, _tone(rng, 10, 220)))
    else:
        make = [textures.landscape, textures.portrait, textures.cloth][int(rng.integers(3))]
        cover.paste(Image.fromarray(make(cover.size, rng)))
    pen, ink = ImageDraw.Draw(cover), _tone(rng, 200, 255)
    title = ["Cánh đồng xa", "NHỮNG NGÀY NẮNG", "Toán lớp bốn", "Học nấu ăn"][int(rng.integers(4))]
    font = _font(face, 26)
    font = _font(face, 26 * min(1.0, 0.84 * w / font.getlength(title)))
    pen.text((w // 2, h // 6), title, ink, font, anchor="mm")
    pen.text((w // 2, h * 9 // 10), "Tác giả Thí Dụ", ink, _font(face, 11), anchor="mm")
    return cover


def envelope(rng: Rng, face: Path) -> Image.Image:
    """The front with an address, or the flap."""
    cover = _sheet(rng, 220, 110, ["#fdfdfb", "#d6b98a", "#e6ecf4"][int(rng.integers(3))])
    pen, w, h = ImageDraw.Draw(cover), cover.width, cover.height
    if rng.random() < 0.5:
        pen.line((0, 0, w // 2, h * 0.6, w, 0), "#8d8471", 5)
        return cover
    pen.text((w * 0.5, h * 0.5), f"Gửi: {_words(rng, 3)}", "#28304a", _font(face, 12))
    pen.text((w * 0.5, h * 0.65), f"{int(rng.integers(400))} đường Lê Lợi", "#28304a",
             _font(face, 12))  # fmt: skip
    pen.rectangle((w - _mm(30), _mm(6), w - _mm(8), _mm(32)), _tone(rng, 90, 200), "#ffffff", 8)
    return cover


def loyalty_card(rng: Rng, face: Path) -> Image.Image:
    """Of the size of a citizen card, and none."""
    card = _sheet(rng, 85.6, 54, "#ffffff")
    plane = textures.clouds(card.size, rng, 2, 3)
    card = Image.fromarray(textures.coloured(plane, [_tone(rng, 10, 230), _tone(rng, 10, 230)]))
    pen, w, h = ImageDraw.Draw(card), card.width, card.height
    shop = ["Cà phê Cây Gòn", "NHÀ SÁCH HOA SỮA", "Bến Nước Coffee"][int(rng.integers(3))]
    pen.text((w // 12, h // 8), shop, "#ffffff", _font(face, 10))
    number = " ".join(f"{rng.integers(10**4):04d}" for _ in range(4))
    pen.text((w // 12, h * 0.6), number, "#f0f0f0", _font(face, 11))
    pen.text((w // 12, h * 0.82), "THẺ TÍCH ĐIỂM", "#f0f0f0", _font(face, 7))
    return card


def _tone(rng: Rng, low: int, high: int) -> tuple[int, int, int]:
    one, two, three = (int(v) for v in rng.integers(low, high, 3))
    return one, two, three


def hand(rng: Rng, shot: Picture) -> Picture:
    """A forearm and fingers over the desk, lit from one side."""
    h, w = shot.shape[:2]
    mask = np.zeros((h, w), np.uint8)
    x, y = int(w * rng.uniform(0.35, 0.65)), int(h * rng.uniform(0.45, 0.65))
    palm = int(h * rng.uniform(0.13, 0.19))
    cv2.ellipse(mask, (x, y), (palm, int(palm * 1.25)), 0, 0, 360, 255, -1)
    cv2.line(mask, (x, y), (x + int(rng.uniform(-0.2, 0.2) * w), h + palm), 255, int(palm * 1.3))
    spread = rng.uniform(0.15, 0.4)
    for finger in range(5):
        turn = (finger - 2) * spread + rng.normal(0, 0.05) - (0.5 if finger == 0 else 0)
        reach = palm * (1.9 if finger == 0 else rng.uniform(2.4, 2.9))
        for joint in (0.6, 1.0):
            tip = (int(x + joint * reach * np.sin(turn)), int(y - joint * reach * np.cos(turn)))
            cv2.line(mask, (x, y), tip, 255, int(palm * (0.5 - 0.12 * joint)))
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), 5), np.uint8)
    depth = cv2.GaussianBlur(mask, (0, 0), palm / 4).astype(np.float32) / 255
    light = 0.55 + 0.5 * depth + 0.08 * textures.clouds((w, h), rng, 40, 4)
    skin = np.array(textures.SKINS[int(rng.integers(len(textures.SKINS)))], np.float32)
    cover = mask[..., None].astype(np.float32) / 255
    shaded = np.clip(skin * light[..., None], 0, 255)
    return np.asarray(shot * (1 - cover) + shaded * cover, np.uint8)


def _desk(rng: Rng) -> Picture:
    make = [textures.wood, textures.cloth, textures.stone][int(rng.integers(3))]
    return make(SHOT, rng)


def _objects(rng: Rng, shot: Picture) -> Picture:
    """Pens, coins, a cup: shapes with a shadow."""
    out = shot.copy()
    for _ in range(int(rng.integers(2, 7))):
        at = rng.uniform(0.1, 0.9, 2) * SHOT
        x, y = int(at[0]), int(at[1])
        tone = _tone(rng, 15, 240)
        kind = int(rng.integers(3))
        for shade, shift in (((20, 20, 20), 14), (tone, 0)):
            x, y = int(at[0]) + shift, int(at[1]) + shift
            if kind == 0:
                cv2.line(out, (x, y), (x + 700, y + int(at[0] % 500) - 250), shade, 46)
            elif kind == 1:
                cv2.circle(out, (x, y), 95, shade, -1)
            else:
                cv2.circle(out, (x, y), 300, shade, -1)
                cv2.circle(out, (x, y), 240, tuple(v // 3 for v in shade), -1)
    return out


def _seen(rng: Rng, picture: Picture) -> Image.Image:
    """A scene without a page, through the same lens and light as a page."""
    h, w = picture.shape[:2]
    lit = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.6, 1.4)).astype(np.float32)
    lit *= 0.6 + 0.5 * textures.clouds((w, h), rng, 1, 2)[..., None]
    lit += rng.normal(0, rng.uniform(2, 6), picture.shape)
    return Image.fromarray(np.asarray(np.clip(lit, 0, 255), np.uint8))


_FLAT: dict[str, Draw] = {
    "blank": blank, "banknote": banknote, "receipt": receipt, "magazine": magazine,
    "screen": screen, "photograph": photograph, "book": book, "envelope": envelope,
    "loyalty_card": loyalty_card,
}  # fmt: skip

_BARE: dict[str, Callable[[Rng], Picture]] = {
    "hand": lambda rng: hand(rng, _desk(rng)),
    "wood": lambda rng: textures.wood(SHOT, rng),
    "cloth": lambda rng: textures.cloth(SHOT, rng),
    "stone": lambda rng: textures.stone(SHOT, rng),
    "objects": lambda rng: _objects(rng, _desk(rng)),
}

THINGS = (*_FLAT, *_BARE)


def shoot(thing: str, seed: int, faces: tuple[Path, ...]) -> Image.Image:
    """A photograph of one of THINGS; the same arguments give the same picture."""
    rng = np.random.default_rng([THINGS.index(thing), seed])
    if thing in _BARE:
        return _seen(rng, _BARE[thing](rng))
    flat = _FLAT[thing](rng, faces[int(rng.integers(len(faces)))])
    desk = _desk(rng) if rng.random() < 0.5 else None
    return drawing.photograph(flat, int(rng.integers(2**31)), SHOT, desk)
