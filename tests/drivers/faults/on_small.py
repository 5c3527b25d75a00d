"""Speech, touch panel, systemd's watchdog."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import stat
from pathlib import Path

import pytest
from evdev import ecodes

from drivers.health import Health
from drivers.scanner import records
from drivers.speech import EspeakSpeech, SpeechConfig
from drivers.touch import PanelWatch, TouchConfig
from drivers.watchdog import Watchdog
from tests.drivers.faults.cells import Cells, Fault, lost, never, works
from tests.drivers.recorder import Recorder, turned

SPEECH: Cells = {
    "plug": lost("no_program"),
    "unplug": lost("no_program"),
    "replug": lost("no_program"),
    "hang": lost("hung", note="a sound card that takes no sound: the player is killed"),
    "slow": works("the loop goes on meanwhile"),
    "garbage": lost("no_sound", note="what is no sound is refused by the player"),
    "half": lost("error", note="it ends in the middle of a text"),
    "dip": lost("error", note="it is killed in the middle of a text"),
}


SAYS = "printf 'RIFF '; cat"
"""A sound that the player below knows: the text itself."""

PLAYS = """IFS= read -r sound
case $sound in
  "RIFF "*) printf %s "${{sound#RIFF }}" >{file} ;;
  *) exit 1 ;;
esac"""


class SpeechRig:
    """A program that takes a text as eSpeak NG does."""

    def __init__(self, told: Recorder, folder: Path) -> None:
        self.told = told
        self.cells = SPEECH
        self._program = folder / "says"
        self._heard = folder / "heard"
        config = SpeechConfig(
            driver="espeak",
            program=str(self._program),
            player=str(_script(folder / "plays", PLAYS.format(file=self._heard))),
            patience=1.0,
        )
        self._speech = EspeakSpeech(config, told.emit)
        self.health = self._speech.health

    async def begin(self) -> None:
        await self._speech.start()

    async def end(self) -> None:
        await self._speech.stop()

    async def strike(self, fault: Fault) -> None:
        match fault:
            case "hang":
                self._install("exec sleep 600")
            case "slow":
                self._install(f"sleep 0.2; {SAYS}")
            case "garbage":
                self._install("head -c 300000 /dev/zero; echo '%s' >&2")
            case "half":
                self._install("head -c 2 > /dev/null; exit 1")
            case "dip":
                self._install("kill -9 $$")
            case _:
                self._program.unlink(missing_ok=True)
        if fault == "slow":
            await self._say("slow")
        else:
            self._speech.say("one", "vi", personal=False)

    async def mend(self) -> None:
        # Replaced, as a package manager does: a program that runs cannot be written to.
        self._install(SAYS)
        await self._say("mended")

    async def works(self) -> None:
        await self._say("Xin mời đặt giấy tờ lên bàn")

    async def _say(self, text: str) -> None:
        self._heard.unlink(missing_ok=True)
        self._speech.say(text, "vi", personal=False)
        await turned(lambda: self._heard.exists() and self._heard.read_text() == text)
        await turned(lambda: self.health().state == "ok")

    def _install(self, line: str) -> None:
        _script(self._program, line)


def _script(path: Path, lines: str) -> Path:
    new = path.with_suffix(".new")
    new.write_text(f"#!/bin/sh\n{lines}\n")
    new.chmod(new.stat().st_mode | stat.S_IXUSR)
    return new.replace(path)


TOUCH: Cells = {
    "plug": lost("unplugged"),
    "unplug": lost("unplugged"),
    "replug": lost("unplugged"),
    "hang": never("a silent panel is one that nobody touches: the technician's test tells"),
    "slow": never("SDL reads it"),
    "garbage": works("events without a meaning are no finger"),
    "half": works("half an event is no finger"),
    "dip": works("the name is there again before it is looked for"),
}


class TouchRig:
    """The panel's stream of events; SDL in the screen process reads the same panel."""

    def __init__(self, told: Recorder, folder: Path) -> None:
        self.told = told
        self.cells = TOUCH
        self._device = folder / "touch"
        self._touch = PanelWatch(TouchConfig(device=str(self._device), look_every=0.02), told.emit)
        self.health = self._touch.health

    async def begin(self) -> None:
        await self._touch.start()

    async def end(self) -> None:
        await self._touch.stop()

    async def strike(self, fault: Fault) -> None:
        touched = asyncio.create_task(self._touch.touched())
        match fault:
            case "garbage":
                await self._send(records([(ecodes.KEY_MUTE, 1), (999, -5)]))
                assert not touched.done()
            case "half":
                await self._send(records([(ecodes.BTN_TOUCH, 1)])[:9])
                assert not touched.done()
            case "dip":
                self._device.unlink()
                os.mkfifo(self._device)
            case _:
                self._device.unlink()
        touched.cancel()
        await asyncio.wait((touched,))

    async def mend(self) -> None:
        if not self._device.exists():
            os.mkfifo(self._device)

    async def works(self) -> None:
        touched = asyncio.create_task(self._touch.touched())
        await self._send(records([(ecodes.BTN_TOUCH, 1)]))
        assert await touched

    async def _send(self, data: bytes) -> None:
        async with asyncio.timeout(10):
            while True:
                with contextlib.suppress(OSError):  # ENXIO: it does not read yet
                    fd = os.open(self._device, os.O_WRONLY | os.O_NONBLOCK)
                    break
                await asyncio.sleep(0.002)
        os.write(fd, data)
        await asyncio.sleep(0)
        os.close(fd)


WATCHDOG: Cells = {
    "plug": works("nothing is said to nobody"),
    "unplug": works("nothing is said to nobody"),
    "replug": works("the next sign of life arrives"),
    "hang": works("a systemd that reads no more does not block: the hardware's watchdog acts"),
    "slow": works("the same"),
    "garbage": never("systemd answers nothing"),
    "half": never("systemd answers nothing"),
    "dip": works("the next sign of life arrives"),
}


class WatchdogRig:
    """systemd's socket.  Whatever is wrong with it, the daemon goes on."""

    def __init__(self, told: Recorder, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told = told
        self.cells = WATCHDOG
        self._path = folder / "notify"
        monkeypatch.setenv("NOTIFY_SOCKET", str(self._path))
        self._watchdog = Watchdog()
        self._systemd: socket.socket | None = None

    def health(self) -> Health:
        return Health("watchdog", "ok")

    async def begin(self) -> None:
        self._watchdog.ready()

    async def end(self) -> None:
        self._unplug()

    async def strike(self, fault: Fault) -> None:
        if fault in ("hang", "slow"):
            for _ in range(2000):  # more than a socket holds (net.unix.max_dgram_qlen)
                self._watchdog.alive()
            return
        self._unplug()
        self._watchdog.alive()

    async def mend(self) -> None:
        if self._systemd is None:
            self._systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
            self._systemd.bind(str(self._path))

    async def works(self) -> None:
        assert self._systemd is not None
        with contextlib.suppress(BlockingIOError):
            while self._systemd.recv(100):
                pass
        self._watchdog.alive()
        assert self._systemd.recv(100) == b"WATCHDOG=1"

    def _unplug(self) -> None:
        if self._systemd is not None:
            self._systemd.close()
            self._path.unlink()
            self._systemd = None
