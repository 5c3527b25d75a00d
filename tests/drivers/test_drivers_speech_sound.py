"""Speech that is really there: eSpeak NG and ALSA, with a file in the loudspeaker's place."""

from __future__ import annotations

import shutil
import unicodedata
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from daemon.machine.events import DeviceLost
from daemon.machine.values import Language
from drivers.speech import EspeakSpeech, SpeechConfig
from tests.drivers.recorder import Recorder, turned

pytestmark = pytest.mark.skipif(
    shutil.which("espeak-ng") is None or shutil.which("aplay") is None,
    reason="espeak-ng or aplay (alsa-utils) is not installed",
)

TEXT = "Xin mời đặt giấy tờ lên bàn"
RATE = 22050
ALSA = """
pcm.loudspeaker {{
    type file
    slave.pcm {{ type null }}
    file "{file}"
    format raw
}}
"""
"""ALSA's file plugin: what would go to a card goes into a file (16 bits, one channel)."""


class Loudspeaker:
    def __init__(self, folder: Path, told: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
        self._file = folder / "sound.raw"
        conf = folder / "asound.conf"
        conf.write_text(ALSA.format(file=self._file))
        monkeypatch.setenv("ALSA_CONFIG_PATH", str(conf))
        self._told = told

    async def hears(self, text: str, language: Language = "vi", **more: object) -> Sound:
        """What comes out of it; ends when the text was spoken."""
        self._file.unlink(missing_ok=True)
        config = SpeechConfig(driver="espeak", sound="loudspeaker", **more)  # type: ignore[arg-type]
        speech = EspeakSpeech(config, self._told.emit)
        speech.say(text, language, personal=False)
        await turned(lambda: speech.health().state != "unknown")
        assert speech.health().state == "ok"
        return np.fromfile(self._file, "<i2").astype(np.float64)


Sound = npt.NDArray[np.float64]


@pytest.fixture
def loudspeaker(tmp_path: Path, told: Recorder, monkeypatch: pytest.MonkeyPatch) -> Loudspeaker:
    return Loudspeaker(tmp_path, told, monkeypatch)


def loudness(sound: Sound) -> float:
    return float(np.sqrt((sound**2).mean()))


@pytest.mark.parametrize(("text", "language"), [(TEXT, "vi"), ("Put the paper down", "en")])
async def test_something_is_heard(loudspeaker: Loudspeaker, text: str, language: Language) -> None:
    sound = await loudspeaker.hears(text, language)
    seconds = len(sound) / RATE
    assert 0.04 * len(text) < seconds < 0.25 * len(text)
    assert loudness(sound) > 300, "it is no silence"
    parts = np.array_split(np.abs(sound), 20)
    assert sum(part.max() > 500 for part in parts) > 12, "there is speech from end to end"


async def test_volume_is_heard(loudspeaker: Loudspeaker) -> None:
    quiet = loudness(await loudspeaker.hears(TEXT, volume=20))
    loud = loudness(await loudspeaker.hears(TEXT, volume=100))
    assert loud > 3 * quiet
    assert loudness(await loudspeaker.hears(TEXT, volume=0)) < quiet / 3


async def test_speed_is_heard(loudspeaker: Loudspeaker) -> None:
    slow = len(await loudspeaker.hears(TEXT, speed="slow"))
    assert slow > 1.2 * len(await loudspeaker.hears(TEXT, speed="fast"))


async def test_marks_apart_sound_as_marks_together(loudspeaker: Loudspeaker) -> None:
    together = await loudspeaker.hears(TEXT)
    apart = await loudspeaker.hears(unicodedata.normalize("NFD", TEXT))
    assert np.array_equal(together, apart)


async def test_without_a_card_it_is_lost(
    told: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "asound.conf").write_text("")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    speech = EspeakSpeech(SpeechConfig(driver="espeak"), told.emit)
    speech.say(TEXT, "vi", personal=False)
    await told.event(DeviceLost("speech", "no_sound"))
