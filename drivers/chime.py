"""Two falling tones that come before a call."""

from __future__ import annotations

import array
import io
import math
import wave
from functools import cache

RATE = 22050
"""Samples a second, as eSpeak NG's."""
TONES = ((659.26, 0.35), (523.25, 0.6))
"""Hertz (E5, C5) and seconds."""
LOUD = 0.4
"""Of full scale."""


@cache
def chime() -> bytes:
    """A WAV file of one channel, 16 bits; each tone fades out, so that nothing clicks."""
    samples = array.array("h")
    for hertz, seconds in TONES:
        count = round(RATE * seconds)
        for at in range(count):
            rise = min(1.0, at / (0.01 * RATE))
            size = LOUD * rise * (1 - at / count) ** 2
            samples.append(round(32767 * size * math.sin(2 * math.pi * hertz * at / RATE)))
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(samples.tobytes())
    return file.getvalue()
