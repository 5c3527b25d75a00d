"""Speech: the silent twin, and the driver over a stand-in for the program eSpeak NG."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import unicodedata
from pathlib import Path

import pytest

from daemon.machine.events import DeviceBack, DeviceLost
from drivers.speech import VOICES, EspeakSpeech, SilentSpeech, SpeechConfig, Spoken
from tests.drivers.recorder import Recorder, turned

SAYS = """#!/bin/sh
echo $$ > "{folder}/pid"
echo "$@" > "{folder}/arguments"
cat > "{folder}/text.part"
mv "{folder}/text.part" "{folder}/text"
{then}
"""


def program(folder: Path, then: str = "exit 0") -> SpeechConfig:
    path = folder / "says"
    path.write_text(SAYS.format(folder=folder, then=then))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return SpeechConfig(driver="espeak", program=str(path), speed="slow", volume=60)


async def test_the_twin_remembers_all_but_what_is_personal(told: Recorder) -> None:
    speech = SilentSpeech(told.emit)
    await speech.start()
    speech.say("Xin mời đặt giấy tờ", "vi", personal=False)
    speech.say("Nguyễn Thị Ánh", "vi", personal=True)
    speech.hush()
    speech.sound("success")
    assert speech.spoken == [Spoken("Xin mời đặt giấy tờ", "vi", False), Spoken("", "vi", True)]
    assert (speech.hushed, speech.sounds) == (1, ["success"])
    assert speech.health().figures == {"spoken": 2}


async def test_text_goes_in_by_the_input_and_never_by_arguments(
    tmp_path: Path, told: Recorder
) -> None:
    speech = EspeakSpeech(program(tmp_path), told.emit)
    await speech.start()
    speech.say("-w /tmp/x; Nguyễn", "vi", personal=True)
    await turned(lambda: speech.health().figures.get("spoken") == 1)
    assert (tmp_path / "text").read_text() == "-w /tmp/x; Nguyễn"
    arguments = (tmp_path / "arguments").read_text().split()
    assert arguments == ["-v", VOICES["vi"], "-s", "128", "-a", "60", "--stdin"]


async def test_marks_are_put_together_before_speaking(tmp_path: Path, told: Recorder) -> None:
    speech = EspeakSpeech(program(tmp_path), told.emit)
    speech.say(unicodedata.normalize("NFD", "Nguyễn"), "vi", personal=False)
    await turned(lambda: speech.health().state == "ok")
    assert (tmp_path / "text").read_text() == "Nguyễn"


@pytest.mark.parametrize("how", ["hush", "say", "stop"])
async def test_it_is_silent_at_once(tmp_path: Path, told: Recorder, how: str) -> None:
    """No process goes on speaking after `hush`, after another text, after the end."""
    speech = EspeakSpeech(program(tmp_path, then="exec sleep 60"), told.emit)
    speech.say("one", "vi", personal=False)
    await turned((tmp_path / "text").exists)
    pid = int((tmp_path / "pid").read_text())
    if how == "hush":
        speech.hush()
    elif how == "say":
        speech.say("two", "en", personal=False)
    else:
        await speech.stop()
    await turned(lambda: not _alive(pid))
    await speech.stop()


async def test_a_missing_program_is_reported_once(told: Recorder) -> None:
    speech = EspeakSpeech(SpeechConfig(driver="espeak", program="no-such-speaker"), told.emit)
    await speech.start()
    speech.say("one", "vi", personal=False)
    await turned(lambda: speech._task is not None and speech._task.done())
    assert told.events == [DeviceLost("speech", "no_program")]


async def test_a_failing_program_is_reported_and_so_is_its_return(
    tmp_path: Path, told: Recorder
) -> None:
    speech = EspeakSpeech(program(tmp_path, then="exit 1"), told.emit)
    speech.say("one", "vi", personal=False)
    await told.event(DeviceLost("speech", "error"))
    program(tmp_path)
    speech.say("two", "vi", personal=False)
    await told.event(DeviceBack("speech"))


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
@pytest.mark.parametrize("voice", VOICES.values())
def test_the_program_has_our_voices(voice: str, tmp_path: Path) -> None:
    wave = tmp_path / "say.wav"
    done = subprocess.run(
        ["espeak-ng", "-v", voice, "-w", str(wave), "--stdin"],
        input="Xin chào".encode(),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert wave.stat().st_size > 10_000


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
