"""Speech: the silent twin, and the driver over a stand-in for the program eSpeak NG."""

from __future__ import annotations

import os
import stat
import unicodedata
from pathlib import Path

import pytest
from msgspec.structs import replace

from daemon.machine.events import DeviceBack, DeviceLost
from drivers.speech import VOICES, EspeakSpeech, SilentSpeech, SpeechConfig, Spoken
from tests.drivers.recorder import Recorder, turned

SAYS = """#!/bin/sh
echo $$ > "{folder}/pid"
echo "$@" > "{folder}/arguments"
cat > "{folder}/text.part"
mv "{folder}/text.part" "{folder}/text"
printf RIFF
{then}
"""
PLAYS = """#!/bin/sh
echo "$@" > "{folder}/player"
cat > "{folder}/heard"
"""


def program(folder: Path, then: str = "exit 0") -> SpeechConfig:
    path = folder / "says"
    path.write_text(SAYS.format(folder=folder, then=then))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    player = folder / "plays"
    player.write_text(PLAYS.format(folder=folder))
    player.chmod(path.stat().st_mode)
    return SpeechConfig(
        driver="espeak", program=str(path), player=str(player), speed="slow", volume=60
    )


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
    assert arguments == ["-v", VOICES["vi"], "-s", "128", "-a", "60", "--stdin", "--stdout"]
    assert (tmp_path / "player").read_text().split() == ["-q", "-D", "default"]
    assert (tmp_path / "heard").read_text() == "RIFF"


async def test_marks_are_put_together_before_speaking(tmp_path: Path, told: Recorder) -> None:
    speech = EspeakSpeech(program(tmp_path), told.emit)
    speech.say(unicodedata.normalize("NFD", "Nguyễn"), "vi", personal=False)
    await turned(lambda: speech.health().state == "ok")
    assert (tmp_path / "text").read_text() == "Nguyễn"


async def test_a_machine_without_a_sound_card_says_so(tmp_path: Path, told: Recorder) -> None:
    """The program itself ends well where there is none: nobody would know that nothing is heard."""
    config = replace(program(tmp_path), player="false")
    speech = EspeakSpeech(config, told.emit)
    speech.say("one", "vi", personal=False)
    await told.event(DeviceLost("speech", "no_sound"))


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


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
