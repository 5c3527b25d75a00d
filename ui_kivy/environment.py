"""What Kivy and SDL must know before they are imported.

Kivy reads its environment once, at import, and tests variables for presence only; so this module
must be imported (and `prepare` called) before anything of Kivy.
"""

from __future__ import annotations

import os

SETTINGS = {
    "KIVY_NO_ARGS": "1",  # otherwise Kivy eats our arguments
    "KIVY_NO_CONFIG": "1",  # no ~/.kivy/config.ini: nothing outside the product changes the screen
    "KIVY_NO_FILELOG": "1",
    "KIVY_LOG_MODE": "PYTHON",  # leaves stderr and the root logger alone
    "KIVY_METRICS_DENSITY": "1",
    "KIVY_DPI": "96",
}


def prepare(width: int, height: int, *, pointer: bool = False) -> None:
    """Sets the environment and Kivy's configuration for a window of this size in pixels.

    Without a display the window is drawn off screen (SDL's `offscreen` driver, EGL).
    """
    os.environ.update(SETTINGS)
    if not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")):
        os.environ["SDL_VIDEODRIVER"] = "offscreen"
    from kivy.config import Config

    for section, name, value in (
        ("kivy", "exit_on_escape", "0"),
        ("kivy", "keyboard_mode", ""),
        ("kivy", "desktop", "0"),
        ("kivy", "log_level", "warning"),
        ("graphics", "width", str(width)),
        ("graphics", "height", str(height)),
        ("graphics", "borderless", "1"),
        ("graphics", "resizable", "0"),
        ("graphics", "fullscreen", "0"),
        ("graphics", "multisamples", "0"),  # our shapes carry their own soft edges
        ("graphics", "maxfps", "120"),  # how often messages and fingers are looked for
        ("graphics", "show_cursor", "1" if pointer else "0"),
    ):
        Config.set(section, name, value)
    # SDL's own provider reads the touch panel.  Every further one would deliver each touch twice
    # (kivy#3801) or take a bar-code reader for a panel (kivy#5331).
    for name in list(Config["input"]):
        Config.remove_option("input", name)
    # A mouse on the bench is one finger; without this option a right click draws red circles.
    Config.set("input", "mouse", "mouse,disable_multitouch")
    for name in list(Config["modules"]):
        Config.remove_option("modules", name)
