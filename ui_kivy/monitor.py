"""How large a window the desktop's monitor has room for."""

from __future__ import annotations

import ctypes
import ctypes.util
import os

PANELS = 0.92
"""Share of the monitor that panels and title bars leave."""


def fitting_scale(width: int, height: int) -> float:
    """1 without an X display (the kiosk's own panel, or off screen); else what fits, at most 1."""
    if not os.environ.get("DISPLAY"):
        return 1.0
    monitor = monitor_size()
    if monitor is None:
        return 0.5
    if monitor == (width, height):
        return 1.0
    return min(1.0, monitor[0] * PANELS / width, monitor[1] * PANELS / height)


def monitor_size() -> tuple[int, int] | None:
    """Pixels of the X screen, or None where X cannot be asked."""
    name = ctypes.util.find_library("X11") or "libX11.so.6"
    try:
        x11 = ctypes.CDLL(name)
    except OSError:
        return None
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XOpenDisplay.argtypes = [ctypes.c_char_p]
    for call in (x11.XDisplayWidth, x11.XDisplayHeight):
        call.argtypes = [ctypes.c_void_p, ctypes.c_int]
    x11.XDefaultScreen.argtypes = x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    display = x11.XOpenDisplay(None)
    if not display:
        return None
    try:
        screen = x11.XDefaultScreen(display)
        return int(x11.XDisplayWidth(display, screen)), int(x11.XDisplayHeight(display, screen))
    finally:
        x11.XCloseDisplay(display)
