"""The window of the second display.  It decides nothing and can be killed at any moment."""

from __future__ import annotations

import logging
import os
import threading

from kivy.base import stopTouchApp
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glFinish, glReadPixels
from PIL import Image

from daemon.link import Link, LinkError, Ping, Pong
from daemon.machine.values import Prefs
from daemon.machine.views import Serving
from ui_kivy.serving import messages as msg
from ui_kivy.serving.layout import lay
from ui_kivy.theme import PX_PER_MM, Theme
from ui_kivy.widgets.paint import Paint
from ui_kivy.words import Words

log = logging.getLogger(__name__)


class Board:
    """State of the glass: what is called."""

    def __init__(self, link: Link[msg.Down]) -> None:
        self._link = link
        self._words = Words("vi"), Words("en")
        self._serving = Serving()
        self._theme = Theme(Prefs(), PX_PER_MM)
        self._photos: list[str] = []
        self.paint = Paint(self._theme, size=Window.size)
        self._flip = Window.flip
        Window.flip = self._flipped
        Window.bind(size=lambda *_: self.draw())
        threading.Thread(target=self._listen, daemon=True, name="link").start()
        self.draw()

    def draw(self) -> None:
        """Lays it out and puts it on the glass."""
        size = (float(Window.width), float(Window.height))
        sheet = lay(self._serving, size, *self._words)
        for fault in sheet.faults:
            log.error("now serving: %s", fault)
        self.paint.size = Window.size
        self.paint.show(sheet, self._theme)

    # -- inside ----------------------------------------------------------------------------

    def _listen(self) -> None:
        while True:
            try:
                message, fds = self._link.receive()
            except LinkError as error:
                if error.closed:
                    # The daemon is gone; it starts another display when it is back.
                    Clock.schedule_once(lambda _: stopTouchApp())
                    return
                log.error("link: %s", error)
                continue
            for fd in fds:
                os.close(fd)
            Clock.schedule_once(lambda _, message=message: self._take(message))

    def _take(self, message: msg.Down) -> None:
        match message:
            case Ping(n):
                self._send(Pong(n))
            case msg.Show(serving):
                self._serving = serving
                self.draw()
            case msg.Photograph(path):
                self._photos.append(path)
                Window.canvas.ask_update()

    def _send(self, message: msg.Up) -> None:
        try:
            self._link.send(message)
        except LinkError as error:
            log.error("link: %s", error)

    def _flipped(self) -> None:
        """In the place of the window's own flip: pictures before it."""
        photos, self._photos = self._photos, []
        for path in photos:
            width, height = Window.system_size
            pixels = glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE)
            image = Image.frombytes("RGBA", (width, height), bytes(pixels)).convert("RGB")
            try:
                image.transpose(Image.Transpose.FLIP_TOP_BOTTOM).save(path, format="PNG")
                done = True
            except OSError as error:
                log.error("a picture of the display cannot be written: %s", error.strerror)
                done = False
            self._send(msg.Photographed(path, done))
        self._flip()
        if os.environ.get("SDL_VIDEODRIVER") == "offscreen":
            glFinish()  # as the kiosk's screen does: frames must not pile up
