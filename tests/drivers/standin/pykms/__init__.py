"""picamera2 imports a display library that a kiosk does not use."""

from __future__ import annotations


class _Any(type):
    def __getattr__(cls, name: str) -> str:
        return name


class PixelFormat(metaclass=_Any):
    """Every format, by its name."""
