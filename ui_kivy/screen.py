"""The screen process: takes messages from the daemon, draws, and says what was touched.

Everything runs in Kivy's loop; one thread waits for messages.  A Pong is sent by the loop, so a
blocked graphics driver is noticed.
"""

from __future__ import annotations

import datetime
import logging
import os
import threading
import time
from collections.abc import Callable

from kivy.base import stopTouchApp
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glFinish, glReadPixels
from PIL import Image

from daemon.link import Link, LinkError, Ping, Pong
from daemon.machine.events import Pressed, Typed
from daemon.machine.personal import Personal
from daemon.machine.values import Prefs
from daemon.machine.views import Camera, Keyboard, Tiles, View
from ui_kivy import messages as msg
from ui_kivy.keyboard.entry import Entry
from ui_kivy.pace import Pace
from ui_kivy.screens.compose import compose
from ui_kivy.screens.draft import Local
from ui_kivy.screens.items import Target
from ui_kivy.theme import (
    LIVE_FPS,
    LONGEST_TOUCH,
    MOVING_FPS,
    SECOND_KEY,
    SECOND_TOUCH,
    TAP,
    TURN_FACTS,
    Theme,
)
from ui_kivy.widgets.paint import Paint
from ui_kivy.widgets.pictures import page_picture
from ui_kivy.words import Words

log = logging.getLogger(__name__)

SHORTEST_TOUCH = 0.05
HELD_WORDS = 1.0
"""The delete key held so long takes whole words."""
DELETE_AGAIN = 0.25
MARKED = 0.3
"""Seconds that a touched place stays marked where no new screen comes."""


class Screen:
    """State of the glass: the View, what is local to it, and the finger that is down."""

    def __init__(
        self, link: Link[msg.Down] | None, px_per_mm: float, *, calm: bool = False
    ) -> None:
        self._calm = calm
        self._link = link
        self._px_per_mm = px_per_mm
        self._words: dict[str, Words] = {}
        self._view: View | None = None
        self._seq = 0
        self._undrawn: int | None = None
        self._local = Local()
        self._entry = Entry()
        self._began = time.monotonic()
        self._down: tuple[Target, int, float, object] | None = None
        self._acted = 0.0
        self._acted_key: tuple[str, str] = ("", "")
        self._photos: list[str] = []
        self._pace = Pace()
        self._minute = -1
        self._tick: object | None = None
        self.paint = Paint(Theme(Prefs(), px_per_mm), size=Window.size)
        self.paint.bind(on_touch_down=self._touch_down, on_touch_up=self._touch_up)
        self._off_screen = os.environ.get("SDL_VIDEODRIVER") == "offscreen"
        self._flip = Window.flip
        Window.flip = self._flipped
        Window.bind(size=lambda *_: self.draw())
        Clock.schedule_interval(self._clock, 1.0)
        if link is not None:
            threading.Thread(target=self._listen, daemon=True, name="link").start()

    # -- messages ---------------------------------------------------------------------------

    def _listen(self) -> None:
        assert self._link is not None
        while True:
            try:
                message, fds = self._link.receive()
            except LinkError as error:
                if error.closed:
                    # The daemon is gone; it starts another screen when it is back.
                    Clock.schedule_once(lambda _: stopTouchApp())
                    return
                log.error("link: %s", error)
                continue
            ready = self._prepared(message, fds)
            Clock.schedule_once(lambda _, ready=ready: ready())

    def _prepared(self, message: msg.Down, fds: list[int]) -> Callable[[], None]:
        """Decodes pictures outside the loop that draws; closes what it does not hand on."""
        if isinstance(message, msg.Live) and message.on and fds:
            return lambda: self._go_live(fds[0])
        image: Image.Image | None = None
        if isinstance(message, msg.Pix) and fds:
            try:
                size = os.fstat(fds[0]).st_size
                data = os.pread(fds[0], size, 0)
                image = page_picture(data, message.width, message.height, near=message.near)
            except (OSError, ValueError) as error:
                log.error("a picture cannot be read: %s", type(error).__name__)
        for fd in fds:
            os.close(fd)
        return lambda: self.take(message, image)

    def take(self, message: msg.Down, image: Image.Image | None = None) -> None:
        """One message, in the loop."""
        match message:
            case Ping(n):
                self._send(Pong(n))
            case msg.Show(view, seq):
                self.show(view, seq)
            case msg.Pix(page, near=near):
                if image is not None:
                    self.paint.pictures.put(page, image, near=near)
                    self.draw()
            case msg.Live(on=False):
                self.paint.live.stop()
                self.draw()
            case msg.Outline(corners, verdict):
                self.paint.live.corners = corners
                self.paint.live.good = verdict in ("found", "still")
            case msg.Wipe():
                self._wipe()
            case msg.Tap(action, value):
                self._tap(action, value)
            case msg.AskPace():
                self._send(msg.Pace(*self._pace.take()))
            case msg.Photograph(path):
                self._photos.append(path)
                Window.canvas.ask_update()

    def _send(self, message: object) -> None:
        if self._link is None:
            return
        try:
            self._link.send(message)
        except LinkError as error:
            log.error("link: %s", error)

    def _go_live(self, fd: int) -> None:
        try:
            self.paint.live.start(fd)
        except (OSError, ValueError) as error:
            log.error("preview: %s", error)
        finally:
            os.close(fd)

    def _wipe(self) -> None:
        self.paint.live.stop()
        self.paint.wipe()
        self._entry.forget()
        self._local = Local()
        self.draw()

    # -- drawing ----------------------------------------------------------------------------

    def show(self, view: View, seq: int) -> None:
        """Another View, or the same with changes."""
        old, self._view, self._seq = self._view, view, seq
        if old is None or (old.name, old.step) != (view.name, view.step):
            self._local = Local(method=self._local.method)
            self._began = time.monotonic()
            self._entry.moved_on()
        elif _moving(old) != _moving(view):
            self._began = time.monotonic()
        if old is None or old.focus != view.focus:
            self._local.follow = True
        if isinstance(view.body, Keyboard):
            fresh = old is None or old.name != view.name
            plain = view.body.layout == "mail"
            self._entry.confirm(view.body.text.reveal(), self._local, fresh=fresh, plain=plain)
        self._undrawn = seq
        self.draw()

    def draw(self) -> None:
        """Lays the View out and puts it on the glass."""
        view = self._view
        if view is None:
            return
        self._pace.changed()
        theme = Theme(view.prefs, self._px_per_mm, calm=self._calm)
        if view.prefs.language not in self._words:
            self._words[view.prefs.language] = Words(view.prefs.language)
        words = self._words[view.prefs.language]
        size = (float(Window.width), float(Window.height))
        sheet, pages = compose(view, size, theme, words, self._local)
        if self._local.page >= pages:
            self._local.page = pages - 1
            sheet, pages = compose(view, size, theme, words, self._local)
        body = view.body
        self.paint.size = Window.size
        if isinstance(body, Camera):
            self.paint.show(sheet, theme, loop=body.loop, ring=body.ring)
        else:
            self.paint.show(sheet, theme)
        self._minute = datetime.datetime.now().astimezone().minute
        if self._down is not None:
            self.paint.pressed(self._down[0])
        self._animate()

    def _animate(self) -> None:
        if self._tick is not None:
            self._tick.cancel()  # type: ignore[attr-defined]
            self._tick = None
        self._step(0.0)
        if self.paint.animators:
            live = self._view is not None and isinstance(self._view.body, Camera)
            rate = LIVE_FPS if live else MOVING_FPS
            self._tick = Clock.schedule_interval(self._step, 1 / rate)

    def _step(self, _dt: float) -> bool:
        self._pace.changed()
        seconds = time.monotonic() - self._began
        self.paint.animators = [one for one in self.paint.animators if one(seconds)]
        return bool(self.paint.animators)

    def _clock(self, _dt: float) -> None:
        body = self._view.body if self._view is not None else None
        if isinstance(body, Tiles) and len(body.facts) > 1:
            turn = int((time.monotonic() - self._began) / TURN_FACTS)
            if turn != self._local.turn:
                self._local.turn = turn
                self.draw()
                return
        if datetime.datetime.now().astimezone().minute != self._minute:
            self.draw()

    def _flipped(self) -> None:
        """In the place of the window's own flip: pictures before it, answers after it."""
        if self._photos:
            photos, self._photos = self._photos, []
            self._photograph(photos)
        self._flip()
        if self._off_screen:
            # No display takes frames away at its own pace: without this, drawn frames pile up in
            # the software renderer, and whoever waits for one waits for all.
            glFinish()
        self._pace.flipped()
        if self._undrawn is not None:
            seq, self._undrawn = self._undrawn, None
            self._send(msg.Drawn(seq))

    def _photograph(self, paths: list[str]) -> None:
        width, height = Window.system_size
        pixels = glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE)
        image = Image.frombytes("RGBA", (width, height), bytes(pixels)).convert("RGB")

        def write() -> None:
            upright = image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
            for path in paths:
                try:
                    upright.save(path, format="PNG", compress_level=1)
                    done = True
                except OSError as error:
                    log.error("a picture of the screen cannot be written: %s", error.strerror)
                    done = False
                Clock.schedule_once(lambda _, p=path, ok=done: self._send(msg.Photographed(p, ok)))

        threading.Thread(target=write, daemon=True, name="photograph").start()

    # -- fingers ----------------------------------------------------------------------------

    def _touch_down(self, _widget: object, touch: object) -> bool:
        x, y = touch.pos  # type: ignore[attr-defined]
        return self._finger_down(x, Window.height - y, touch)

    def _touch_up(self, _widget: object, touch: object) -> bool:
        x, y = touch.pos  # type: ignore[attr-defined]
        return self._finger_up(x, Window.height - y, touch)

    def _finger_down(self, x: float, y: float, finger: object) -> bool:
        sheet = self.paint.sheet
        if self._down is not None or sheet is None:
            return True  # a palm or a second finger
        target = sheet.at(x, y)
        if target is None:
            if (
                self._view is not None
                and self._view.name == "attract"
                and self._view.overlay is None
            ):
                self._down = (Target(sheet.rect, "touch"), self._seq, time.monotonic(), finger)
            return True
        self._down = (target, self._seq, time.monotonic(), finger)
        self.paint.pressed(target)
        if target.action == "key" and target.value == "delete":
            Clock.schedule_once(self._delete_more, HELD_WORDS)
        return True

    def _finger_up(self, x: float, y: float, finger: object) -> bool:
        if self._down is None or self._down[3] is not finger:
            return True
        target, seq, since, _ = self._down
        self._down = None
        rested = time.monotonic() - since
        if not target.rect.holds(x, y) or not SHORTEST_TOUCH <= rested <= LONGEST_TOUCH:
            self.paint.pressed(None)
            return True
        # What was touched stays marked until the answer is drawn, which saves a frame before it.
        Clock.unschedule(self._unmark)
        Clock.schedule_once(self._unmark, MARKED)
        self._act(target, seq)
        return True

    def _unmark(self, _dt: float) -> None:
        """No other screen came."""
        if self._down is None:
            self.paint.pressed(None)

    def _act(self, target: Target, seq: int) -> None:
        """A finger rested on a target and left it there."""
        now = time.monotonic()
        this = (target.action, target.value)
        keys = target.action in ("key", "digit")
        pause = SECOND_KEY if keys else SECOND_TOUCH
        if now - self._acted < pause and (not keys or this == self._acted_key):
            return
        self._acted, self._acted_key = now, this
        if not target.local:
            self._send(msg.Did(Pressed(target.action, target.value), seq))
            return
        self._local.follow = False
        match target.action:
            case "page_next":
                self._local.page += 1
            case "page_back":
                self._local.page = max(0, self._local.page - 1)
            case "bar_more":
                self._local.bar += 1
            case "key":
                if self._entry.key(target.value, self._local):
                    self._typed()
        self.draw()

    def _tap(self, action: str, value: str | None) -> None:
        """A synthetic finger; goes the same way as a real one."""
        sheet = self.paint.sheet
        target = sheet.find(action, value) if sheet is not None else None
        if target is None and self._bar_page(action):
            sheet = self.paint.sheet
            target = sheet.find(action, value) if sheet is not None else None
        if target is None:
            self._send(msg.Missed(action, value))
            return
        x, y = target.rect.centre
        finger = object()
        self._finger_down(x, y, finger)
        Clock.schedule_once(lambda _: self._finger_up(x, y, finger), TAP)

    def _bar_page(self, action: str) -> bool:
        """Turns the bar of the large mode to the page where this item is."""
        for _ in range(3):
            self._local.bar += 1
            self.draw()
            if self.paint.sheet is not None and self.paint.sheet.find(action) is not None:
                return True
        return False

    # -- typing -----------------------------------------------------------------------------

    def _typed(self) -> None:
        text = self._entry.sent()
        self._local.typed = text
        self._send(msg.Did(Typed(Personal(text)), self._seq))

    def _delete_more(self, _dt: float) -> None:
        """The delete key is still held: words go, one after the other."""
        held = self._down
        if held is None or (held[0].action, held[0].value) != ("key", "delete"):
            return
        if self._entry.field.text:
            self._entry.field.delete_word()
            self._typed()
            self.draw()
            Clock.schedule_once(self._delete_more, DELETE_AGAIN)


def _moving(view: View) -> tuple[object, ...]:
    """What starts its motion anew where it changes."""
    body = view.body
    return (
        view.overlay.name if view.overlay else "",
        getattr(body, "loop", ""),
        getattr(body, "ring", None),
    )
