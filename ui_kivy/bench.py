"""`python -m ui_kivy.bench --socket PATH`: the panel on which a person plays the world.

A window of its own (Kivy has one window a process) beside the kiosk with simulated devices: the
citizen's hands, the certifier's decision, the bank's message, and faults.  It speaks the lines of
`daemon/bench.py`; it is for people who work on the kiosk, so it speaks English.
"""

from __future__ import annotations

import argparse
import json
import socket
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ui_kivy import environment

WIDTH, HEIGHT = 620, 940
CARD = "079185012345|024123456|Nguyễn Thị Mẫu|01011985|Nữ|1 Đường Mẫu, Phường Thủ Đức|01012022"
"""What the QR code of a made-up citizen card says."""

REASONS = (
    "altered",
    "damaged",
    "not_an_original",
    "incomplete_pages",
    "not_legalised",
    "laminated",
)
DEVICES = ("camera", "page_printer", "ticket_printer", "bed", "tray", "scanner")
KEYS = ("up", "down", "ok", "back", "help", "speech")

Wish = dict[str, Any]
Rows = tuple[tuple[str, tuple[tuple[str, Wish], ...]], ...]

ROWS: Rows = (
    (
        "Citizen",
        (
            ("Take the paper off", {"do": "lift"}),
            ("Take the sheets", {"do": "take_sheets"}),
            ("Scan a citizen card", {"do": "scan", "text": CARD}),
            ("Scan something else", {"do": "scan", "text": "893460123"}),
        ),
    ),
    ("Keys", tuple((key, {"do": "press", "key": key}) for key in KEYS)),
    (
        "Certifier",
        (
            ("Accept", {"do": "accept"}),
            ("Lay it again", {"do": "relay", "reason": "unclear"}),
            ("Send to counter", {"do": "counter"}),
        ),
    ),
    ("Refuse", tuple((one, {"do": "refuse", "reason": one}) for one in REASONS)),
    ("Bank", (("The money has come", {"do": "pay"}),)),
    (
        "Printer",
        (
            ("Out of paper", {"do": "paper_out"}),
            ("Load paper", {"do": "load_paper", "sheets": 500}),
            ("Jam", {"do": "jam"}),
            ("Clear the jam", {"do": "clear"}),
        ),
    ),
)


class Line:
    """The connection to the daemon.  Answers and states arrive in a thread of its own."""

    def __init__(self, path: str, heard: Callable[[dict[str, Any]], None]) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(path)
        self._heard = heard
        threading.Thread(target=self._listen, daemon=True, name="bench").start()

    def ask(self, wish: Wish) -> None:
        try:
            self._socket.sendall(json.dumps(wish, ensure_ascii=False).encode() + b"\n")
        except OSError as error:
            self._heard({"ok": False, "error": f"the kiosk is gone ({error.strerror})"})

    def _listen(self) -> None:
        with self._socket.makefile("rb") as lines:
            for line in lines:
                self._heard(json.loads(line))
        self._heard({"gone": True})


def describe(state: dict[str, Any]) -> str:
    """The state in a few lines."""
    lamps = ", ".join(
        f"{name} {mode}" for name, mode in sorted(state["lamps"].items()) if mode != "off"
    )
    lines = [
        f"Screen: {state['screen']}",
        f"Bed: {'a paper lies there' if state['bed'] else 'empty'}    "
        f"Tray: {len(state['tray'])} sheets    Cassette: {state['paper']}",
        f"Lamps: {lamps or 'all off'}",
        f"Certifier is asked: {state['asked'] or 'nothing'}",
        f"Payment: {state['amount']} đ, {state['memo']}" if state["memo"] else "Payment: none",
    ]
    if state["lost"]:
        lines.append(f"Lost: {', '.join(state['lost'])}")
    return "\n".join(lines)


def panel(path: str, photos: Sequence[Path]) -> int:
    """Opens the window; returns when it is closed or the kiosk is gone."""
    environment.prepare(WIDTH, HEIGHT, pointer=True)
    from kivy.config import Config

    Config.set("graphics", "borderless", "0")
    Config.set("graphics", "resizable", "1")
    from kivy.base import runTouchApp, stopTouchApp
    from kivy.clock import Clock
    from kivy.core.window import Window
    from kivy.uix.boxlayout import BoxLayout
    from kivy.uix.button import Button
    from kivy.uix.gridlayout import GridLayout
    from kivy.uix.image import Image
    from kivy.uix.label import Label
    from kivy.uix.scrollview import ScrollView

    from ui_kivy.colours import rgba
    from ui_kivy.theme import PALETTES
    from ui_kivy.typeset import font

    Window.clearcolor = rgba(PALETTES["standard"].ground)
    Window.set_title("Ward Kiosk: bench")
    ink = rgba(PALETTES["standard"].ink)

    def label(text: str, high: float, bold: bool = False) -> Label:
        made = Label(
            text=text,
            color=ink,
            font_name=font(bold),
            font_size=15,
            size_hint_y=None,
            height=high,
            halign="left",
            valign="middle",
        )
        made.bind(size=lambda one, size: setattr(one, "text_size", size))
        return made

    column = BoxLayout(orientation="vertical", padding=14, spacing=6, size_hint_y=None)
    column.bind(minimum_height=column.setter("height"))
    state = label("Connecting …", 156)
    answer = label("", 40, bold=True)
    column.add_widget(state)
    column.add_widget(answer)

    def heard(message: dict[str, Any]) -> None:
        Clock.schedule_once(lambda _: show(message))

    pictures = BoxLayout(size_hint_y=None, height=170, spacing=8)

    def show(message: dict[str, Any]) -> None:
        if "gone" in message:
            stopTouchApp()
        elif "state" in message:
            now = message["state"]
            state.text = describe(now)
            paths = [*now["tray"][-3:], *now["tickets"][-1:]]
            pictures.clear_widgets()
            for one in paths:
                if Path(one).suffix.lower() in (".png", ".jpg", ".jpeg"):
                    pictures.add_widget(Image(source=one, fit_mode="contain"))
        else:
            answer.text = "" if message.get("ok") else f"Not done: {message.get('error', '')}"

    line = Line(path, heard)

    def buttons(title: str, wishes: Sequence[tuple[str, Wish]], columns: int) -> None:
        column.add_widget(label(title, 24, bold=True))
        rows = -(-len(wishes) // columns)
        grid = GridLayout(cols=columns, spacing=5, size_hint_y=None, height=rows * 43)
        for text, wish in wishes:
            button = Button(
                text=text,
                font_name=font(),
                font_size=14,
                color=ink,
                background_normal="",
                background_color=rgba(PALETTES["standard"].soft),
            )
            button.bind(on_release=lambda _, wish=wish: line.ask(wish))
            grid.add_widget(button)
        column.add_widget(grid)

    lays = [(f"Lay {one.stem}", {"do": "lay", "path": str(one.resolve())}) for one in photos]
    if lays:
        buttons("Papers (or drop a photo onto this window)", lays, 3)
    for title, wishes in ROWS:
        buttons(title, wishes, 3 if len(wishes) % 3 == 0 else min(4, len(wishes)))
    pulls = [(f"Pull {one}", {"do": "pull", "device": one}) for one in DEVICES]
    plugs = [(f"Plug {one}", {"do": "plug", "device": one}) for one in DEVICES]
    buttons("Devices", [*pulls, *plugs], 3)
    column.add_widget(label("Tray and last ticket", 24, bold=True))
    column.add_widget(pictures)
    scroll = ScrollView()
    scroll.add_widget(column)

    def dropped(_window: object, name: bytes, *_where: object) -> None:
        line.ask({"do": "lay", "path": name.decode(errors="surrogateescape")})

    Window.bind(on_drop_file=dropped)
    runTouchApp(scroll)
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Opens the panel; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m ui_kivy.bench", description=__doc__)
    parser.add_argument("--socket", required=True, help="the daemon's bench socket")
    parser.add_argument(
        "--photo",
        type=Path,
        action="append",
        default=[],
        help="a photo that can be laid on the bed; may be repeated",
    )
    options = parser.parse_args(arguments)
    try:
        return panel(options.socket, options.photo)
    except OSError as error:
        parser.exit(1, f"the kiosk does not listen at {options.socket}: {error.strerror}\n")


if __name__ == "__main__":
    raise SystemExit(main())
