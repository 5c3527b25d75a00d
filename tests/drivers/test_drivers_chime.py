"""The chime before a call: a sound that any player takes, without clicks and without clipping."""

from __future__ import annotations

import array
import io
import itertools
import wave

from drivers.chime import RATE, TONES, chime


def test_two_tones_that_fade() -> None:
    with wave.open(io.BytesIO(chime())) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, RATE)
        samples = array.array("h", sound.readframes(sound.getnframes()))
    at = 0
    for hertz, seconds in TONES:
        count = round(RATE * seconds)
        tone = samples[at : at + count]
        at += count
        assert abs(tone[0]) < 300 and abs(tone[-1]) < 300, "no click"
        assert 8000 < max(tone) < 32767
        crossings = sum(a < 0 <= b for a, b in itertools.pairwise(tone))
        assert abs(crossings / seconds - hertz) < hertz * 0.02
    assert at == len(samples)
