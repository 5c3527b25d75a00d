"""`python -m ui_kivy.gallery OUT`: one picture of every screen of a scripted visit.

The Views come from the machine itself; only the events are written here.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_args

from msgspec.structs import replace
from PIL import Image, ImageDraw, ImageFont

from daemon.catalogue import digital, procedures, services
from daemon.catalogue.kinds import load, rules
from daemon.machine import events as ev
from daemon.machine.personal import Personal
from daemon.machine.state import State
from daemon.machine.step import start, step
from daemon.machine.values import Box, Contrast, House, Language, Prefs, Size
from daemon.machine.view import view
from daemon.machine.views import View
from ui_kivy import catalogue
from ui_kivy.glass import glass
from ui_kivy.typeset import font

PICKS = (
    "giay_khai_sinh",
    "giay_chung_nhan_ket_hon",
    "bang_tot_nghiep_thpt",
    "cccd_gan_chip_2021",
    "gcn_qsdd_cu",
    "so_bhxh",
)
QR = (
    "00020101021238570010A00000072701270006970436011300110012345670208QRIBFTTA5303704540540005802VN"
    "62190815SY7K2M4P9Q phuong6304AB12"
)
DAY = ev.Today((("07:30", "11:30"), ("13:00", "17:00")), waiting=12)
PROCEDURE = ev.Shown(
    "2.000815",
    "Thủ tục chứng thực bản sao từ bản chính giấy tờ, văn bản do cơ quan có thẩm quyền cấp",
    (
        ("who", ("Cá nhân, tổ chức có yêu cầu.",)),
        (
            "papers",
            (
                "Bản chính giấy tờ, văn bản làm cơ sở để chứng thực bản sao: bản chính",
                "Bản sao cần chứng thực (nếu có)",
            ),
        ),
        ("where", ("UBND cấp xã",)),
        ("time", ("Trong ngày.", "Nếu nhận sau 15 giờ thì trả trong ngày làm việc tiếp theo.")),
        ("fee", ("2.000 đồng một trang; từ trang thứ ba 1.000 đồng một trang.",)),
        ("forms", ("Hỏi tại quầy.",)),
        ("online", ("Nộp tại quầy.",)),
        ("legal", ("Nghị định 23/2015/NĐ-CP", "Nghị định 280/2025/NĐ-CP (sửa đổi)")),
    ),
    "https://dichvucong.gov.vn/p/home/dvc-chi-tiet-thu-tuc-hanh-chinh.html?ma_thu_tuc=2.000815",
    group="certification",
    copies=True,
)
HOURS = (
    ("today", ("Thứ Sáu 28/08/2026: 07:30–11:30, 13:00–17:00", "Đang mở cửa.")),
    (
        "week",
        tuple(
            f"{day}: 07:30–11:30, 13:00–17:00"
            for day in ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu")
        ),
    ),
    ("off", ("Thứ Hai 31/08/2026: nghỉ", "Thứ Ba 01/09/2026: nghỉ")),
)


def house(language: Language = "vi", **prefs: object) -> House:
    """A kiosk with every kind and every group of services."""
    return House(
        kinds=rules(load()),
        picks=PICKS,
        services=tuple(services.load()),
        dossier_status=True,
        ward="Phường Thủ Đức",
        mail=True,
        link=True,
        prefs=replace(Prefs(language=language), **prefs),
    )


class Script:
    """The machine, driven by the events of a visit; collects its Views."""

    def __init__(self, rules_: House) -> None:
        self.house = rules_
        self.state: State = start(rules_)
        self.views: list[View] = []

    def __call__(self, *events: ev.AnyEvent) -> Script:
        for event in events:
            self.state = step(self.state, event, self.house).state
        return self

    def press(self, *actions: str) -> Script:
        for one in actions:
            action, _, value = one.partition("=")
            self(ev.Pressed(action, value))
        return self

    def take(self) -> Script:
        """Keeps the View of now."""
        self.views.append(view(self.state, self.house))
        return self

    @property
    def page(self) -> str:
        return str(self.state.scene.page)  # type: ignore[attr-defined]


def visit(rules_: House) -> Iterator[View]:
    """A copy of two pages with its troubles, then look-up and queue number."""
    s = Script(rules_)
    s(DAY).take().press("touch").take().press("copy").take().press("start").take().press(
        "more"
    ).take()
    s.press("less", "yes").take()(ev.Typed(Personal("Nguyễn Thị Ánh Tuyết"))).take()
    card = ev.CardRead("ok", Personal("Nguyễn Thị Ánh Tuyết"), Personal("•••• 1234"))
    s(card).take().press("yes").take()
    s(ev.BedChanged(True), ev.PaperSeen("cut")).take()(ev.PaperSeen("still")).take()
    s.press("shoot").take()(ev.Captured(s.page)).take()
    s(ev.Examined(s.page, "glare", Box(0.62, 0.08, 0.26, 0.16))).take()
    for _ in range(2):
        s.press("retry").press("shoot")(ev.Captured(s.page))(ev.Examined(s.page, "glare"))
    s.take().press("retry", "shoot")(ev.Captured(s.page))
    s(ev.Examined(s.page, "ok", kind="giay_khai_sinh")).take()
    s.press("other").take().press("kind=giay_khai_sinh").take()
    s.press("next", "shoot")(ev.Captured(s.page))
    s(ev.Examined(s.page, "ok", kind="so_bhxh")).take().press("same").press("page=page-1").take()
    s.press("look").take().press("part=3").take().press("ok")
    s.press("page=page-1", "done").take().press("digital").take().press("other").take()
    s(ev.Pressed("digit", "1"), ev.Pressed("digit", "2")).take().press("back", "copies=2").take()
    s(ev.Elapsed("certifier")).take().press("wait")
    s(ev.Decided("accepted")).take()(ev.BedChanged(False)).take()(ev.Quoted(8000, (8000,))).take()
    s.press("pay").take()(ev.PaymentOffered(QR, 8000, "SY7K2M4P9Q")).take()
    s(ev.Elapsed("pay.hint"), ev.Elapsed("pay.end")).take()(ev.PaymentSeen("exact"))
    s(ev.SealStep("number")).take()(ev.Sealed(("17",))).take()(ev.PrintProgress(1, 4)).take()
    s(ev.PrintFailed("no_paper")).take()(ev.PrintProgress(3, 4), ev.Printed(4)).take()
    s(ev.TrayChanged(True), ev.TrayChanged(False)).take().press("mail").take()
    s(ev.Typed(Personal("nguyen.anh.tuyet.1987@thu.example.vn"))).take().press("ok").take().press(
        "yes"
    ).take()
    s(ev.MailTaken("kept")).take().press("paper").take()
    s.press("star=5").take()
    yield from s.views
    yield from _others(rules_)


def _others(rules_: House) -> Iterator[View]:
    def script() -> Script:
        return Script(rules_).press("touch")

    s = script().press("lookup")(ev.Typed(Personal("khai sinh")))
    names = (
        ("1.001193", "Thủ tục đăng ký khai sinh"),
        ("1.004884", "Thủ tục đăng ký lại khai sinh"),
        ("1.000689", "Thủ tục đăng ký khai sinh kết hợp đăng ký nhận cha, mẹ, con"),
        ("1.000110", "Thủ tục đăng ký khai sinh có yếu tố nước ngoài tại khu vực biên giới"),
    )
    s(ev.Found(names)).take().press("open=1.001193")
    s(replace(PROCEDURE, code="1.001193")).take().press("here").take().press("phone").take()
    s.press("ok", "print")(ev.TicketPrinted()).take().press("back", "back")
    yield from s.views
    yield from _browsed(script())
    yield from _digital(script())
    yield from _ward_says(script())
    s = script().press("ticket").take().press("service=civil_status").take().press("no").take()
    s(ev.NumberDrawn("civil_status", "B012", 4, 15, 30)).take()
    yield from s.views
    s = (
        script()
        .press("ticket", "service=land", "no")(
            ev.NumberRefused("land", "closed", "07:30, 07/12/2026")
        )
        .take()
    )
    yield from s.views
    s = script().press("copy", "start", "no").take()
    yield from s.views
    s = (
        script()
        .press("copy", "start", "yes")(ev.Typed(Personal("Lê Văn Mẫu")))
        .press("ok", "help")
        .take()
    )
    s.press("show").take().press("close", "help", "call").take()
    yield from s.views
    s = script().press("copy", "start")(ev.Elapsed("idle")).take()
    yield from s.views
    s = _photographed(script())(
        ev.Examined("page-1", "ok", kind="giay_khai_sinh", already_copy=True)
    )
    yield from s.take().views
    s = _photographed(script())(ev.Examined("page-1", "ok", kind="giay_khai_sinh")).press(
        "yes", "home"
    )
    s.take().press("no", "done", "paper", "copies=1")(ev.Decided("refused", "damaged")).take()
    yield from s.views
    s = Script(rules_)(ev.DeviceLost("camera"), ev.DeviceLost("uplink")).press("touch").take()
    yield from s.views
    s = Script(rules_)(DAY, ev.Maintenance(True, "thay giấy")).take()
    yield from s.views
    s = Script(rules_)(ev.PowerReturned("K7M2")).take()
    yield from s.views
    s = script().press("lookup")(ev.KeyPressed("down"), ev.KeyPressed("down")).take()
    yield from s.views


def _browsed(s: Script) -> Iterator[View]:
    """The look-up without words."""
    s.press("lookup").take().press("browse=event")(
        ev.Browsed(
            "event",
            "",
            tuple((name, one.name_vi) for name, one in procedures.load().life_events.items()),
        )
    )
    names = tuple(
        (code, item.name_vi)
        for code, item in procedures.load().shown().items()
        if "death" in item.life_events
    )
    s.take().press("group=death")(ev.Browsed("event", "death", names)).take()
    yield from s.views


def _digital(s: Script) -> Iterator[View]:
    """The phone's services, the guidance, a dossier."""
    listed = tuple(
        ev.OnlineService(one.id, one.name_vi, one.url, one.host) for one in digital.load()
    )
    s.press("digital")(ev.OnlineListed(listed)).take().press("online=portal").take()
    s.press("ok", "guide").take()
    for _ in range(5):
        s.press("next").take()
    s.press("next", "status").take()(ev.Typed(Personal("H29-260310-0420"))).take().press("ok")
    s(ev.StatusTold("working", "15/12/2026")).take()
    yield from s.views


def _ward_says(s: Script) -> Iterator[View]:
    """Announcements, opening hours, rating, an officer who does not come."""
    item = ev.NewsItem(
        "Thứ Hai 07/12 nghỉ làm việc vì bão. Hồ sơ hẹn trả ngày này: trả ngày 08/12.",
        "Closed on Monday 7 December because of the storm. Results are given out on the 8th.",
    )
    s(ev.News((item,))).take().press("info").take().press("hours")
    s(ev.HoursTold(HOURS)).take()
    s.press("back", "rate").take().press("star=2").take().press("why=wait", "why=staff").take()
    s.press("ok", "ok")
    s.press("touch", "help", "call")(ev.Elapsed("help.late")).take()
    yield from s.views


def _photographed(s: Script) -> Script:
    s.press("copy", "start", "yes")(ev.Typed(Personal("Lê Văn Mẫu"))).press("ok", "shoot")
    return s(ev.Captured(s.page))


def page(number: int) -> bytes:
    """A made-up page as JPEG."""
    image = Image.new("RGB", (744, 1052), "#fbfaf6")
    draw = ImageDraw.Draw(image)
    big, small = ImageFont.truetype(font(True), 40), ImageFont.truetype(font(), 22)
    draw.rectangle((28, 28, 716, 1024), outline="#b44", width=4)
    draw.text((372, 90), "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", "#222", small, anchor="mm")
    draw.text((372, 124), "Độc lập - Tự do - Hạnh phúc", "#222", small, anchor="mm")
    title = "GIẤY KHAI SINH" if number == 1 else f"TRANG {number}"
    draw.text((372, 220), title, "#a11", big, anchor="mm")
    for n in range(12):
        y = 310 + n * 46
        draw.line((80, y, 660 if n % 3 else 520, y), "#999", 2)
        draw.text((80, y - 28), "Mẫu, không có giá trị", "#777", small)
    draw.ellipse((470, 850, 620, 1000), outline="#c33", width=6)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def main(arguments: Sequence[str] | None = None) -> int:
    """Draws the pictures; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m ui_kivy.gallery", description=__doc__)
    parser.add_argument("out", type=Path, help="folder for the pictures")
    parser.add_argument("--language", choices=(*catalogue.languages(), "all"), default="all")
    parser.add_argument("--size", choices=get_args(Size), default="normal")
    parser.add_argument("--contrast", choices=get_args(Contrast), default="standard")
    parser.add_argument("--low", action="store_true", help="low mode")
    parser.add_argument("--frame", choices=("portrait", "landscape"), default="portrait")
    parser.add_argument("--only", default="", help="only screens whose name begins so")
    options = parser.parse_args(arguments)
    languages = catalogue.languages() if options.language == "all" else (options.language,)
    options.out.mkdir(parents=True, exist_ok=True)
    count = 0
    with glass("--frame", options.frame) as screen:
        for number in (1, 2):
            screen.picture(f"page-{number}", page(number))
        for language in languages:
            rules_ = house(language, size=options.size, contrast=options.contrast, low=options.low)
            for n, shown in enumerate(visit(rules_), 1):
                if not shown.name.startswith(options.only):
                    continue
                over = f"-{shown.overlay.name}" if shown.overlay else ""
                screen.show(shown)
                screen.photograph(options.out / f"{language}-{n:02}-{shown.name}{over}.png")
                count += 1
    sys.stdout.write(f"{count} pictures in {options.out}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
