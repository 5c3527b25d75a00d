"""A whole visit with the screen hidden: what is spoken is all that the visitor knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageStat

from daemon.machine.events import Headset, KeyPressed
from tests.visits.by_ear import Ear
from tests.visits.papers import DEGREE
from tests.visits.visit import NAME, Visitor, audit, verify

pytestmark = pytest.mark.asyncio(loop_scope="module")

DARK = 48
"""Mean brightness of 255 that a hidden screen stays below; an ordinary one is over 150."""


@pytest.fixture
def ear(visitor: Visitor) -> Iterator[Ear]:
    ear = Ear(visitor)
    yield ear
    ear.close()


async def test_a_copy_by_what_is_heard(visitor: Visitor, ear: Ear, tmp_path: Path) -> None:
    before = len(await visitor.copies())
    await visitor.happens(Headset(True))
    said = await ear.hears("Xin mời chọn việc")
    assert "Giữ phím lên để che màn hình" in said
    visitor.app.kiosk.post(KeyPressed("up", held=True))
    await ear.choose("Sao y giấy tờ")
    await ear.hears("bản chính giấy tờ")
    await ear.choose("Bắt đầu")
    said = await ear.hears("Cho phép xử lý thông tin")
    for line in ("ghi họ tên vào sổ", "chỉ dùng cho lần sao y này", "Ảnh được xoá khi xong"):
        assert line in said, "consent is given to what was heard"
    # Once more, and once more slowly.
    assert await ear.key("speech") == said and not ear.slowly()
    assert await ear.key("speech", held=True) == said and ear.slowly()
    await ear.key("speech", held=True)
    assert not ear.slowly()
    await ear.choose("Tôi đồng ý")

    await ear.hears("gõ họ và tên")
    await ear.write(NAME)
    assert await _brightness(visitor, tmp_path / "name.png") < DARK
    await ear.choose("Đồng ý")

    await ear.hears("đặt giấy tờ lên bàn chụp")
    visitor.lay(DEGREE)
    assert "bằng đại học" in await ear.hears("Có đúng không?")
    await ear.choose("Đúng rồi")
    assert "Có 1 trang" in await ear.hears("đã đủ các trang chưa?")
    await ear.choose("Đã đủ trang")
    await ear.hears("bản điện tử hay bản giấy?")
    await ear.choose("Bản điện tử")
    await ear.hears("Cần mấy bản?")
    await ear.choose("1 bản")
    await ear.hears("Cán bộ")
    certifier = visitor.app.certifier
    await visitor.soon(lambda: certifier.waiting is not None)
    assert certifier.answer("accepted", "")
    await ear.hears("lấy lại bản chính")
    visitor.world.lift()

    said = await ear.hears("Trả bằng mã QR")
    assert "bằng đại học: 1 trang × 1 bản" in said.lower()
    await ear.choose("Trả bằng mã QR")
    said = await ear.hears("Nội dung: ")
    amount = _found(r"Số tiền: ([\d.]+)", said).replace(".", "")
    memo = _found(r"Nội dung: ([^.]+)", said).replace(" ", "")
    assert visitor.app.money is not None
    await visitor.app.money.notice(f"CT {memo} tien", int(amount), "")

    said = await ear.hears("Xin mời lấy")
    assert len(visitor.world.take_sheets()) == int(_found(r"lấy (\d+) tờ", said))
    await ear.hears("Có cần biên nhận không?")
    await ear.choose("Không cần")
    await ear.hears("mức độ hài lòng")
    await ear.choose("Rất hài lòng")
    await ear.hears("Thông tin đã được xoá khỏi máy")
    assert visitor.shown.prefs.curtain, "nobody opened it"
    await ear.choose("Đã xong")
    await visitor.rest()

    made = (await visitor.copies())[before:]
    assert len(made) == 1 and not verify(visitor.app, made[0], tmp_path)
    assert not audit(visitor.app)
    prefs = visitor.shown.prefs
    assert prefs == visitor.app.kiosk.house.prefs, "every mode fell back"
    await visitor.happens(Headset(False))


async def test_without_a_headset_no_name_is_spoken(visitor: Visitor, ear: Ear) -> None:
    await visitor.see("attract")
    await visitor.press("speech")
    await ear.hears("Hôm nay cần làm gì")
    await ear.choose("Sao y giấy tờ")
    await ear.hears("bản chính giấy tờ")
    await ear.choose("Bắt đầu")
    await ear.hears("Cho phép xử lý thông tin")
    await ear.choose("Tôi đồng ý")
    await ear.hears("gõ họ và tên")
    await ear.key("down")
    mark = len(ear.log)
    assert await ear.key("ok") == "Nội dung hiện trên màn hình."
    for key in ("ok", "ok", "down", "back", "back"):
        await ear.key(key)
    assert set(ear.log[mark:]) == {"Nội dung hiện trên màn hình."}
    await visitor.away()


async def _brightness(visitor: Visitor, path: Path) -> float:
    """Mean of the screen's own picture, 0 to 255."""
    assert await visitor.app.screen.photograph(path)
    with Image.open(path) as picture:
        return ImageStat.Stat(picture.convert("L")).mean[0]


def _found(pattern: str, said: str) -> str:
    match = re.search(pattern, said)
    assert match is not None, f"{pattern} is not said: {said}"
    return match.group(1)
