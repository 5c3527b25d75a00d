"""What lies on a bed and is no paper: blank sheets, a hand, a screen, a receipt, a magazine …

Each drawing is a flat picture with a true size.  A banknote is only a flat rectangle that says
MẪU TIỀN: copying currency is forbidden, and so is drawing it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

from models.specimens import oddments, people
from models.specimens.fonts import Split
from models.specimens.sheet import POINT, Sheet, Style

Size = tuple[float, float]
_SKINS = {"train": ("#e0b090", "#c88e68", "#9a6648"), "eval": ("#d6a27c", "#b47a58", "#7c5038")}
_GREYS = ("#f8f8f6", "#ffffff", "#fbf9f2", "#f2f2f4", "#f6f1e4")


def draw(name: str, rng: random.Random, split: Split, dpi: int, style: Style) -> Sheet:
    """One thing by its name in the data file."""
    return _THINGS[name](rng, split, dpi, style)


def _sheet(size: Size, dpi: int, tint: str, style: Style) -> Sheet:
    return Sheet(size, dpi, tint, style)


def _turned(rng: random.Random, size: Size) -> Size:
    return size if rng.random() < 0.5 else (size[1], size[0])


def _blank(rng: random.Random, split: Split, dpi: int, style: Style) -> Sheet:
    size = rng.choice([(210.0, 297.0), (210.0, 297.0), (148.0, 210.0), (85.6, 54.0)])
    sheet = _sheet(_turned(rng, size), dpi, rng.choice(_GREYS), style)
    if rng.random() < 0.3:  # creases of a folded sheet
        for part in rng.sample([0.25, 0.33, 0.5, 0.67, 0.75], 2):
            y = sheet.size_mm[1] * part
            sheet.rule(0, y, sheet.size_mm[0], y, "#dcdcd8", 0.4)
    return sheet


def _ruled(rng: random.Random, split: Split, dpi: int, style: Style) -> Sheet:
    size = rng.choice([(210.0, 297.0), (156.0, 205.0)])
    sheet = _sheet(size, dpi, rng.choice(_GREYS), style)
    step, colour = rng.choice([5.0, 7.0, 8.0]), rng.choice(["#a8c0e0", "#c8c8c8", "#b8d8c0"])
    y = rng.uniform(10, 25)
    while y < size[1] - 8:
        sheet.rule(0, y, size[0], y, colour, 0.2)
        y += step
    if rng.random() < 0.5:
        sheet.rule(22, 0, 22, size[1], "#e0a0a0", 0.3)
    if split == "train" and rng.random() < 0.4:
        x = 5.0
        while x < size[0]:
            sheet.rule(x, 0, x, size[1], colour, 0.15)
            x += step
    return sheet


def _notebook(rng: random.Random, split: Split, dpi: int, style: Style) -> Sheet:
    """A scribbled note with a spiral edge."""
    sheet = _sheet((148, 210), dpi, rng.choice(_GREYS), style)
    for i in range(26):
        y = 10 + i * 7.5
        sheet.draw.ellipse((sheet.at(4, y), sheet.at(8, y + 4)), fill=(70, 70, 70))
    colour = sheet.style.colour(rng.choice(["#1a2f9c", "#202020", "#a02020"]))
    for i in range(rng.randint(3, 12)):
        y, points, x = 22 + i * 11.0, [], 16.0
        while x < 16 + rng.uniform(40, 115):
            points.append(sheet.at(x, y + rng.uniform(-2, 2)))
            x += rng.uniform(0.8, 2)
        if len(points) > 1:
            sheet.draw.line(points, colour, sheet.px(0.5))
    return sheet


def _scene(w: int, h: int, rng: random.Random) -> Image.Image:
    """A blotchy picture of nothing: sky, ground, a few soft shapes."""
    noise = Image.frombytes("RGB", (6, 5), rng.randbytes(90))
    picture = noise.resize((w, h), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(picture)
    horizon = rng.uniform(0.4, 0.8) * h
    shade = tuple(rng.randint(20, 160) for _ in range(3))
    points = [(0.0, horizon)]
    for i in range(1, 9):
        points.append((w * i / 8, horizon + rng.uniform(-0.15, 0.15) * h))
    draw.polygon([*points, (w, h), (0, h)], fill=shade)
    for _ in range(rng.randint(1, 6)):
        cx, cy, r = rng.random() * w, rng.random() * h, rng.uniform(0.04, 0.22) * min(w, h)
        tone = tuple(rng.randint(10, 245) for _ in range(3))
        if rng.random() < 0.5:
            draw.ellipse((cx - r, cy - r, cx + r, cy + r * rng.uniform(0.8, 2)), fill=tone)
        else:
            draw.rectangle((cx - r, cy - r, cx + r, cy + r * 2), fill=tone)
    return picture.filter(ImageFilter.GaussianBlur(max(1, w // rng.randint(60, 300))))


def _photograph(rng: random.Random, split: Split, dpi: int, style: Style) -> Sheet:
    size = rng.choice([(150.0, 100.0), (178.0, 127.0), (297.0, 210.0)])
    sheet = _sheet(_turned(rng, size), dpi, "#ffffff", style)
    edge = sheet.px(rng.choice([0.01, 4]))
    w, h = sheet.image.size
    sheet.image.paste(_scene(w - 2 * edge, h - 2 * edge, rng), (edge, edge))
    return sheet


def _banknote(rng: random.Random, split: Split, dpi: int, style: Style) -> Sheet:
    size = rng.choice([(152.0, 65.0), (148.0, 65.0), (144.0, 65.0), (132.0, 60.0)])
    hues = {
        "train": ("#5fa8b0", "#c06a78", "#8a78b0", "#b89a60", "#78a068"),
        "eval": ("#4f90a8", "#b87858", "#9a6a98", "#90a050"),
    }
    sheet = _sheet(size, dpi, rng.choice(hues[split]), style)
    at = ((size[0] - sheet.width("MẪU TIỀN", "title", "b", 40)) / 2, size[1] * 0.35)
    sheet.line(*at, "MẪU TIỀN", size=40, style="b", face="title", colour="#ffffff")
    return sheet


def _receipt(rng: random.Random, split: Split, dpi: int, style: Style) -> Sheet:
    size = (rng.choice([57.0, 80.0]), rng.uniform(90, 230))
    sheet = _sheet(size, dpi, rng.choice(_GREYS), style)
    shops = {
        "train": "CỬA HÀNG MẪU|SIÊU THỊ THÍ DỤ|QUÁN CƠM THỬ",
        "eval": "TIỆM MINH HỌA|NHÀ THUỐC DỤ",
    }
    y = 5.0
    for text, scale in ((people.pick(rng, shops, split), 10), ("HÓA ĐƠN BÁN LẺ", 9), ("-" * 24, 8)):
        width = sheet.width(text, "body", "b", scale)
        sheet.line((size[0] - width) / 2, y, text, size=scale, style="b")
        y += scale * POINT * 1.6
    goods = ["Cà phê sữa", "Bánh mì", "Nước suối", "Trà đá", "Gạo 5 kg", "Sữa tươi", "Giấy in"]
    while y < size[1] - 22:
        price = f"{rng.randint(5, 250)}.000"
        sheet.line(4, y, rng.choice(goods), size=8)
        sheet.line(size[0] - 4 - sheet.width(price, "body", "", 8), y, price, size=8)
        y += rng.choice([4.2, 4.8])
    sheet.line(4, y + 2, "TỔNG CỘNG", size=9.5, style="b")
    total = f"{rng.randint(100, 900)}.000"
    right = size[0] - 4 - sheet.width(total, "body", "b", 9.5)
    sheet.line(right, y + 2, total, size=9.5, style="b")
    sheet.line(8, y + 9, "Cảm ơn quý khách!", size=8)
    return sheet


def _interface(sheet: Sheet, x: float, y: float, w: float, h: float, rng: random.Random) -> None:
    """What a screen shows: a bar, tiles, pictures, lines of text."""
    dark = rng.random() < 0.35
    ground = rng.choice(["#101418", "#1c1c22"] if dark else ["#ffffff", "#eef2f6", "#f4f0fa"])
    sheet.box(x, y, w, h, inside=ground)
    bar = rng.choice(["#1e6fd0", "#d03040", "#20a060", "#6030a0", "#202428"])
    sheet.box(x, y, w, h * 0.09, inside=bar)
    row, tone = y + h * 0.12, rng.choice(["#c8d0da", "#808890", "#a0a8b0"])
    while row < y + h * 0.92:
        high = h * rng.uniform(0.03, 0.16)
        if rng.random() < 0.3 and row + high < y + h:
            tile = _scene(sheet.px(w * 0.9), sheet.px(high), rng)
            left, top = sheet.at(x + w * 0.05, row)
            sheet.image.paste(tile, (round(left), round(top)))
        else:
            high = h * 0.018
            sheet.box(x + w * 0.06, row, w * rng.uniform(0.3, 0.86), high, inside=tone)
        row += high + h * 0.02


def _phone(rng: random.Random, split: Split, dpi: int, style: Style) -> Sheet:
    size = _turned(rng, (rng.uniform(68, 78), rng.uniform(142, 165)))
    sheet = _sheet(size, dpi, rng.choice(["#0c0c0e", "#18181c", "#c8c8cc", "#20304a"]), style)
    edge = rng.uniform(2, 5)
    _interface(sheet, edge, edge, size[0] - 2 * edge, size[1] - 2 * edge, rng)
    return sheet


def _laptop(rng: random.Random, split: Split, dpi: int, style: Style) -> Sheet:
    sheet = _sheet((300, 200), dpi, "#17181a", style)
    _interface(sheet, 8, 8, 284, 176, rng)
    return sheet


def _hand(rng: random.Random, split: Split, dpi: int, style: Style) -> Sheet:
    size = _turned(rng, (210.0, 280.0))
    sheet = _sheet(size, dpi, rng.choice(["#4a4038", "#c8c0b4", "#303438", "#e8e4dc"]), style)
    sheet.image.paste(fingers(sheet.image.size, rng, split), (0, 0))
    layer = fingers(sheet.image.size, rng, split)
    sheet.image.paste(layer, (0, 0), layer)
    return sheet


def fingers(size: tuple[int, int], rng: random.Random, split: Split) -> Image.Image:
    """A hand coming in from one edge, RGBA."""
    w, h = size
    layer = Image.new("RGBA", size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    skin = rng.choice(_SKINS[split])
    unit = min(w, h)
    cx, base = w * rng.uniform(0.35, 0.65), h * rng.uniform(0.62, 0.8)
    palm = unit * rng.uniform(0.2, 0.27)
    draw.ellipse((cx - palm, base - palm, cx + palm, base + palm * 1.2), fill=skin)
    draw.rectangle((cx - palm * 0.75, base, cx + palm * 0.75, h), fill=skin)
    for k in range(5):
        angle = math.radians(-62 + 31 * k + rng.uniform(-6, 6))
        reach = unit * (0.3 if k == 0 else rng.uniform(0.42, 0.52))
        wide = unit * rng.uniform(0.085, 0.105)
        tip = (cx + reach * math.sin(angle), base - reach * math.cos(angle))
        draw.line((cx, base, *tip), fill=skin, width=round(wide))
        r = wide / 2
        draw.ellipse((tip[0] - r, tip[1] - r, tip[0] + r, tip[1] + r), fill=skin)
        nail = (tip[0] - r * 0.5, tip[1] - r * 0.6, tip[0] + r * 0.5, tip[1] + r * 0.5)
        draw.ellipse(nail, fill="#f0d0c4")
    layer = layer.rotate(rng.choice([0, 0, 90, 180, 270]) + rng.uniform(-20, 20))
    return layer.filter(ImageFilter.GaussianBlur(max(1, unit // 160)))


_WORDS = (
    "mùa gió phố biển đường sông trẻ nhà bóng sân cầu thủ giá hàng chợ tin nhạc phim món ăn "
    "du lịch mẹ con sách trường mưa nắng đêm sáng người việc cho của và những một không"
)


def _columns(sheet: Sheet, rng: random.Random, count: int, top: float, size: float) -> None:
    words = _WORDS.split()
    width, height = sheet.size_mm
    wide = (width - 20 - 5 * (count - 1)) / count
    for c in range(count):
        y = top
        while y < height - 14:
            if rng.random() < 0.06 and y < height - 60:
                high = rng.uniform(22, 50)
                left, at = sheet.at(10 + c * (wide + 5), y)
                tile = _scene(sheet.px(wide), sheet.px(high), rng)
                sheet.image.paste(tile, (round(left), round(at)))
                y += high + 3
                continue
            line = [rng.choice(words) for _ in range(round(wide / size * 0.55) + 1)]
            wrapped = sheet.wrap(" ".join(line), wide, size=size)[0]
            sheet.row(
                wrapped, 10 + c * (wide + 5), y, wide, size=size, face="body", colour="ink",
                align="justify", last=False,
            )  # fmt: skip
            y += size * POINT * 1.3


def _magazine(rng: random.Random, split: Split, dpi: int, style: Style) -> Sheet:
    size = rng.choice([(210.0, 280.0), (190.0, 265.0)])
    sheet = _sheet(size, dpi, rng.choice(["#ffffff", "#fff8e8", "#f0f4ff", "#fde8ec"]), style)
    high = size[1] * rng.uniform(0.25, 0.95)
    sheet.image.paste(_scene(sheet.image.width, sheet.px(high), rng), (0, 0))
    title = {"train": "TẠP CHÍ MẪU|ĐỜI SỐNG THÍ DỤ|MÓN NGON", "eval": "BÁO ẢNH MINH HỌA|DU LỊCH DỤ"}
    tone = rng.choice(["#ffffff", "#ffe040", "#e02040", "#102060"])
    text = people.pick(rng, title, split)
    scale = 46 * min(1.0, (size[0] - 20) / sheet.width(text, "title", "b", 46))
    sheet.line(10, 10, text, size=scale, style="b", face="title", colour=tone)
    if high < size[1] * 0.8:
        _columns(sheet, rng, rng.choice([2, 3]), high + 8, 9)
    return sheet


def _newspaper(rng: random.Random, split: Split, dpi: int, style: Style) -> Sheet:
    sheet = _sheet((280, 400), dpi, rng.choice(["#ece8dc", "#f2efe6"]), style)
    sheet.line(20, 10, "NHẬT BÁO THÍ DỤ", size=52, style="b", face="title")
    sheet.rule(10, 36, 270, 36, mm=0.6)
    _columns(sheet, rng, rng.choice([4, 5]), 42, 8.5)
    return sheet


def _envelope(rng: random.Random, split: Split, dpi: int, style: Style) -> Sheet:
    tints = {"train": ("#d8b880", "#ffffff", "#f4f0e4"), "eval": ("#c8a468", "#eef2f6")}
    size = rng.choice([(220.0, 110.0), (229.0, 162.0), (324.0, 229.0)])
    sheet = _sheet(size, dpi, rng.choice(tints[split]), style)
    w, h = size
    if rng.random() < 0.5:
        for x in (0.0, w):
            sheet.rule(x, 0, w / 2, h * 0.55, "#a09070", 0.3)
    else:
        sheet.line(w * 0.5, h * 0.55, "Kính gửi: Ông Mẫu Văn Thử", size=12)
        sheet.line(w * 0.5, h * 0.65, "12 Đường Mẫu, Phường Thí Dụ", size=12)
        sheet.box(w - 30, 8, 22, 26, outline="#808080")
    return sheet


def _packaging(rng: random.Random, split: Split, dpi: int, style: Style) -> Sheet:
    tint = rng.choice(["#d02030", "#f0c020", "#2060b0", "#208050", "#f8f8f8", "#e07020"])
    sheet = _sheet(_turned(rng, (120, 180)), dpi, tint, style)
    w, h = sheet.size_mm
    for _ in range(rng.randint(3, 8)):
        tone = "#" + "".join(rng.choice("0369cf") * 2 for _ in range(3))
        x, y = rng.random() * w * 0.7, rng.random() * h * 0.8
        sheet.box(x, y, rng.uniform(10, w * 0.5), rng.uniform(5, h * 0.2), inside=tone)
    sheet.line(8, h * 0.3, "BÁNH MẪU", size=34, style="b", face="title", colour="#ffffff")
    return sheet


def _empty_bed(rng: random.Random, split: Split, dpi: int, style: Style) -> Sheet:
    from models.specimens import desk

    sheet = _sheet((300, 225), dpi, "#000000", style)
    small = (max(64, sheet.image.width // 2), max(48, sheet.image.height // 2))
    bed = Image.fromarray(desk.texture(small, rng.randrange(2**31), split))
    sheet.image.paste(bed.resize(sheet.image.size, Image.Resampling.BILINEAR), (0, 0))
    return sheet


def _objects(rng: random.Random, split: Split, dpi: int, style: Style) -> Sheet:
    """Pens, coins, keys, a cup on the bed."""
    sheet = _empty_bed(rng, split, dpi, style)
    for _ in range(rng.randint(2, 6)):
        x, y = rng.uniform(20, 260), rng.uniform(20, 190)
        tone = "#" + "".join(f"{rng.randint(20, 230):02x}" for _ in range(3))
        shape = rng.choice(["pen", "coin", "cup", "ring"])
        ink = sheet.style.colour(tone)
        if shape == "pen":
            angle, reach = rng.uniform(0, 6.28), rng.uniform(60, 140)
            end = (x + reach * math.cos(angle), y + reach * math.sin(angle))
            sheet.draw.line((sheet.at(x, y), sheet.at(*end)), ink, sheet.px(rng.uniform(6, 10)))
        else:
            r = {"coin": 12.0, "cup": 40.0, "ring": 16.0}[shape]
            box = (sheet.at(x - r, y - r), sheet.at(x + r, y + r))
            inside = None if shape == "ring" else ink
            sheet.draw.ellipse(box, fill=inside, outline=ink, width=sheet.px(3))
            if shape == "cup":
                box = (sheet.at(x - r * 0.8, y - r * 0.8), sheet.at(x + r * 0.8, y + r * 0.8))
                sheet.draw.ellipse(box, fill=(60, 35, 20))
    return sheet


_THINGS: dict[str, Callable[[random.Random, Split, int, Style], Sheet]] = {
    "blank_page": _blank,
    "ruled_page": _ruled,
    "notebook": _notebook,
    "photograph": _photograph,
    "banknote": _banknote,
    "receipt": _receipt,
    "phone": _phone,
    "laptop": _laptop,
    "hand": _hand,
    "magazine": _magazine,
    "newspaper": _newspaper,
    "envelope": _envelope,
    "packaging": _packaging,
    "empty_bed": _empty_bed,
    "objects": _objects,
    "texture": oddments.texture,
    "notes_fan": oddments.notes_fan,
    "book_cover": oddments.book_cover,
    "keyboard": oddments.keyboard,
    "stickers": oddments.stickers,
    "glare_only": oddments.glare_only,
}
