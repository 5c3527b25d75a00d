"""Speech and the four sounds: its port, eSpeak NG behind it, and a twin that keeps a log."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import unicodedata
from collections.abc import Mapping
from typing import Literal, Protocol

import msgspec

from daemon.machine.values import Language
from drivers.chime import chime as bell
from drivers.health import Emit, Health, HealthKeeper

SoundName = Literal["tick", "success", "attention", "take"]

VOICES: Mapping[Language, str] = {"vi": "vi-vn-x-south", "en": "en-gb"}
"""eSpeak NG's voices; the Southern one for Vietnamese.  A kiosk has those its catalogues name."""

SPEEDS = {"slow": 128, "normal": 160, "fast": 208}
"""Words a minute: 0.8, 1 and 1.3 times."""

_LETTER = 0.25
"""Seconds a letter or digit takes at most: numbers are long words."""


class SpeechConfig(msgspec.Struct, frozen=True, kw_only=True):
    """[speech]."""

    driver: Literal["silent", "espeak"] = "silent"
    program: str = "espeak-ng"
    speed: Literal["slow", "normal", "fast"] = "normal"
    volume: int = 100
    """0 to 200, eSpeak's amplitude."""
    patience: float = 15.0
    """Seconds that a text may take beyond what speaking it takes: a sound card that hangs."""
    player: str = "aplay"
    """Program that plays the sound: ALSA's, or one that takes `-q -D SOUND` and a WAV file."""
    sound: str = "default"
    """Name of ALSA's device (`aplay -L` lists them), such as `plughw:Headphones`."""


class Speech(Protocol):
    """What the shell asks of speech.  Nothing here ever fails: the screen says the same."""

    def say(
        self,
        text: str,
        language: Language,
        *,
        personal: bool,
        chime: bool = False,
        slow: bool = False,
    ) -> None:
        """Speaks, instead of what is being spoken, after a chime where asked for.  `personal` texts
        are for the headset only; whether one is plugged in was asked before.  `slow`: at 0.8 pace.
        """
        ...

    def hush(self) -> None:
        """Silence at once."""
        ...

    def sound(self, name: SoundName) -> None: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def health(self) -> Health: ...


class Spoken(msgspec.Struct, frozen=True):
    """One entry of the silent log; what is personal is not kept."""

    text: str
    language: Language
    personal: bool
    slow: bool = False


class SilentSpeech:
    """The twin: remembers what would have been heard."""

    def __init__(self, emit: Emit) -> None:
        self.spoken: list[Spoken] = []
        self.sounds: list[SoundName] = []
        self.hushed = 0
        self._keeper = HealthKeeper("speech", "speech", emit)

    def say(
        self,
        text: str,
        language: Language,
        *,
        personal: bool,
        chime: bool = False,
        slow: bool = False,
    ) -> None:
        if chime:
            self.sound("attention")
        self.spoken.append(Spoken("" if personal else text, language, personal, slow))
        del self.spoken[:-200]
        self._keeper.ok(spoken=len(self.spoken))

    def hush(self) -> None:
        self.hushed += 1

    def sound(self, name: SoundName) -> None:
        self.sounds.append(name)
        del self.sounds[:-200]

    async def start(self) -> None:
        self._keeper.ok(spoken=0)

    async def stop(self) -> None:
        return

    def health(self) -> Health:
        return self._keeper.health


class EspeakSpeech:
    """eSpeak NG makes the sound and `aplay` plays it, a child each for every text.

    The text goes through an input, never through arguments.
    """

    def __init__(
        self, config: SpeechConfig, emit: Emit, voices: Mapping[Language, str] = VOICES
    ) -> None:
        self._config = config
        self._voices = voices
        self._keeper = HealthKeeper("speech", "speech", emit)
        self._task: asyncio.Task[None] | None = None
        self._said = 0

    def say(
        self,
        text: str,
        language: Language,
        *,
        personal: bool,
        chime: bool = False,
        slow: bool = False,
    ) -> None:
        self.hush()
        self._task = asyncio.create_task(self._speak(text, language, chime, slow), name="speech")

    def hush(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def sound(self, name: SoundName) -> None:
        """Sounds have their visible twin; a loudspeaker for them comes with the hardware."""

    async def start(self) -> None:
        if not (shutil.which(self._config.program) and shutil.which(self._config.player)):
            self._keeper.lost("no_program")
        else:
            self._keeper.ok(spoken=0)

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def health(self) -> Health:
        return self._keeper.health

    async def _speak(self, text: str, language: Language, chime: bool, slow: bool) -> None:
        config = self._config
        said = unicodedata.normalize("NFC", text)  # NFD's marks fall into the English voice
        try:
            # Two programs: eSpeak NG calls a text spoken where there is no sound card at all.
            sound = await _piped(
                said.encode(),
                config.patience,
                config.program,
                *("-v", self._voices.get(language, language)),
                *("-s", str(SPEEDS["slow" if slow else config.speed])),
                *("-a", str(config.volume), "--stdin", "--stdout"),
            )
            if not sound:
                raise _SilentError("error")
            if chime:
                await self._play(bell(), config.patience)
            limit = config.patience + _LETTER * len(said)
            await self._play(sound, limit)
        except _SilentError as error:
            self._keeper.lost(error.reason)
            return
        self._said += 1
        self._keeper.ok(spoken=self._said)

    async def _play(self, sound: bytes, limit: float) -> None:
        config = self._config
        await _piped(sound, limit, config.player, "-q", "-D", config.sound, failed="no_sound")


class _SilentError(Exception):
    """Nothing was heard; `reason` is health's."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def _piped(data: bytes, limit: float, *command: str, failed: str = "error") -> bytes:
    """What the program makes of `data`.  Ends it when cancelled; raises _SilentError."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        raise _SilentError("no_program") from None
    try:
        async with asyncio.timeout(limit):
            made, _ = await process.communicate(data)
    except TimeoutError:
        raise _SilentError("hung") from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode != 0:
        raise _SilentError(failed)
    return made
