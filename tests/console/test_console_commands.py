"""`kioskctl COMMAND`: answers, exit codes, 80 columns."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from daemon.console import remedies, talk
from tests.console.inside_fake import FakeInside


def kioskctl(path: Path, *words: str, locale: str = "C.UTF-8") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "daemon.console.kioskctl", "--socket", str(path), *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        env={**os.environ, "LC_ALL": locale, "TERM": "dumb"},
        check=False,
    )


def test_status_is_one_screen_worst_first(served: Path) -> None:
    done = kioskctl(served, "status")
    assert done.returncode == 0 and not done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) <= 22 and max(map(len, lines)) <= 80
    assert "26824-k01" in lines[0] and "25/11/2026 08:14:03" in lines[0]
    assert "IN SERVICE" in lines[1] and "12 d 04:10" in lines[1]
    assert lines.index("! LOST  page_printer: paper_out") < next(
        at for at, line in enumerate(lines) if line.startswith("camera")
    )


def test_status_says_that_somebody_is_served(served: Path, inside: FakeInside) -> None:
    inside.busy = True
    assert "SERVING copy.certify" in kioskctl(served, "status").stdout


def test_json_holds_what_the_screen_rounds(served: Path) -> None:
    status = json.loads(kioskctl(served, "status", "--json").stdout)
    assert status["kiosk"] == "26824-k01" and status["outbox"] == 2
    assert {part["name"]: part["state"] for part in status["devices"]} == {
        "camera": "ok",
        "page_printer": "lost",
    }
    camera = json.loads(kioskctl(served, "--json", "devices", "show", "camera").stdout)
    assert camera["figures"]["fps"] == 14.96


def test_every_command_fits_into_80_columns(served: Path) -> None:
    for words in (["devices"], ["dev", "show", "page"], ["alarms"], ["errors"], ["config", "show"]):
        done = kioskctl(served, *words)
        assert done.returncode == 0, words
        assert max(map(len, done.stdout.splitlines())) <= 80, words


def test_letters_without_marks_where_utf8_is_not_announced(served: Path) -> None:
    done = kioskctl(served, "status", locale="C")
    assert done.stdout.isascii() and "Phuong Thu Duc" in done.stdout
    assert "Phường Thủ Đức" in kioskctl(served, "status").stdout


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["nothing"], 2, "no command 'nothing'"),
        (["status", "now"], 2, "read 'now'"),
        (["devices", "list"], 2, "devices [show NAME]"),
        (["devices", "show", "fax"], 5, "there are: camera, page_printer"),
        (["config"], 2, "config show"),
        (["config", "show", "nosuch"], 1, "nosuch"),
        (["maintenance"], 2, "maintenance on"),
        (["maintenance", "on", "--for", "soon"], 2, "30m or 2h"),
        (["maintenance", "on", "--for", "48h"], 2, "60 to 86400"),
        (["maintenance", "on", "--reason", "refused"], 4, "being served"),
        (["devices", "--watch"], 2, "--watch belongs to status"),
    ],
)
def test_mistakes_have_their_exit_code(
    served: Path, words: list[str], code: int, says: str
) -> None:
    done = kioskctl(served, *words)
    assert done.returncode == code
    assert says in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_maintenance_reaches_the_daemon(served: Path, inside: FakeInside) -> None:
    done = kioskctl(served, "maintenance", "on", "--for", "90m", "--reason", "paper jam")
    assert done.returncode == 0 and "after 90m" in done.stdout
    inside.busy = True
    assert "nobody is being served" in kioskctl(served, "maint", "off").stdout
    assert inside.asked == [(True, "paper jam", 5400.0), (False, "", 7200.0)]


def test_a_hanging_daemon_is_given_up(
    served: Path, inside: FakeInside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talk, "ANSWER_WITHIN", 0.2)
    inside.hang = True
    done = kioskctl(served, "status")
    assert done.returncode == 6 and "no result within 0.2 s" in done.stderr


def test_a_fault_inside_shows_its_name_only(served: Path, inside: FakeInside) -> None:
    inside.broken = True
    done = kioskctl(served, "status")
    assert done.returncode == 1 and "RuntimeError" in done.stderr
    assert "079012345678" not in done.stderr + done.stdout


def test_without_the_daemon_status_says_so(socket_path: Path) -> None:
    done = kioskctl(socket_path, "status")
    assert done.returncode == 1
    assert "DOWN" in done.stdout and "kioskd is not running" in done.stdout
    other = kioskctl(socket_path, "devices")
    assert other.returncode == 1 and "kioskd is not running" in " ".join(other.stderr.split())
    told = json.loads(kioskctl(socket_path, "status", "--json").stdout)
    assert told["running"] is False


def test_help_names_exit_codes_and_roles(socket_path: Path) -> None:
    done = kioskctl(socket_path, "--help")
    assert done.returncode == 0
    assert "5 device absent" in done.stdout and "maintenance on" in done.stdout


def test_remedies_are_sentences_of_one_line() -> None:
    for key, sentence in remedies.load().items():
        assert sentence.isascii() and len(sentence) <= 80 and sentence.endswith("."), key
    assert "A4" in remedies.remedy("page_printer", "no_paper", "remedy.page_printer.no_paper")
    assert "cable" in remedies.remedy("scanner", "unplugged", "")
    assert remedies.remedy("camera", "black", "Ask Lan.") == "Ask Lan."
    assert remedies.remedy("camera", "no such reason", "remedy.camera.x") == ""


def test_alarms_say_what_to_do(served: Path) -> None:
    assert "until it clicks" in kioskctl(served, "alarms").stdout
