from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from daemon.documents.client import DocumentsClient
from daemon.documents.errors import AssemblyError, WorkerLost
from daemon.documents.geometry import ordered, overlap
from daemon.documents.messages import Reading
from daemon.documents.outline import Watcher
from daemon.frames import Frames
from daemon.link import Link, pair
from tests.documents.scenes import Running, Take

ROOT = Path(__file__).resolve().parents[2]


async def test_photo_to_pdf(take: Take, running: Running) -> None:
    taken = take("quyet_dinh", 21, level=1, turn=None, size=(2028, 1520))
    client = running.client
    seen = await client.examine(taken.jpeg())
    assert seen.quality == "ok"
    assert overlap(ordered(seen.corners), taken.quads[0]) > 0.97
    again = await client.examine(taken.jpeg(), [seen.fingerprint])
    assert (seen.duplicate, again.duplicate) == (False, True)
    other = take("quyet_dinh", 22, level=1, turn=None, size=(2028, 1520))
    assert not (await client.examine(other.jpeg(), [seen.fingerprint])).duplicate
    reading = await client.read(seen.page_jpeg) if running.client.ready.reader else Reading()
    data = await client.assemble([(seen.page_jpeg, reading)], "Quyết định")
    assert data.startswith(b"%PDF-1.7")


async def test_bad_files_are_verdicts_and_errors_have_names(running: Running) -> None:
    assert (await running.client.examine(b"no picture")).quality == "unreadable"
    with pytest.raises(AssemblyError) as caught:
        await running.client.assemble([], "x")
    assert caught.value.reason == "assembly"
    assert running.child.starts == 1


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_dead_or_stopped_worker_costs_one_retry(
    take: Take, running: Running, how: signal.Signals
) -> None:
    taken = take("quyet_dinh", 21, level=1, turn=None, size=(2028, 1520))
    os.kill(running.child.pid, how)
    asked = asyncio.create_task(running.client.examine(taken.jpeg()))
    assert (await asked).quality == "ok"
    assert running.child.starts == 2


async def test_a_request_that_kills_two_workers_is_given_up() -> None:
    client = DocumentsClient()
    asked = asyncio.create_task(client.examine(b"x"))
    for _ in range(2):
        await asyncio.sleep(0)
        ours, theirs = pair()
        client.up(Link(ours, DocumentsClient.INCOMING))
        client.down("lost")
        ours.close()
        theirs.close()
    with pytest.raises(WorkerLost) as caught:
        await asked
    assert caught.value.reason == "worker_lost"


async def test_the_preview_is_outlined(take: Take, running: Running) -> None:
    taken = take("quyet_dinh", 30, level=1, size=(640, 480))
    fd = Frames.create(640, 480)
    frames = Frames(fd, writable=True)
    try:
        assert (await running.client.outline(fd)).verdict == "empty"
        frames.write(taken.pixels)
        first, second = await asyncio.gather(running.client.outline(fd), running.client.outline(fd))
        assert first is second, "calls while one is pending share its answer"
        assert first.verdict == "found"
        corners = np.array(first.corners) * (640, 480)
        assert overlap(ordered(corners), taken.quads[0]) > 0.9
    finally:
        frames.close()
        os.close(fd)


def test_the_noise_of_a_sensor_is_no_movement(take: Take) -> None:
    still = take("quyet_dinh", 32, level=1, size=(960, 720)).pixels
    rng, watcher = np.random.default_rng(3), Watcher()
    verdicts = []
    for step in range(20):
        noisy = np.clip(still + rng.normal(0, 6, still.shape), 0, 255).astype(np.uint8)
        verdicts.append(watcher.look(noisy, step * 0.15).verdict)
    assert set(verdicts[4:]) == {"still"}


def test_still_moving_empty(take: Take) -> None:
    taken = take("quyet_dinh", 30, level=1, size=(640, 480))
    moved = np.roll(taken.pixels, 20, axis=1)
    watcher = Watcher()
    empty = take((), 31, level=1, size=(640, 480)).pixels
    assert watcher.look(empty, 0.0).verdict == "empty"
    assert watcher.look(taken.pixels, 0.1).verdict == "found"
    assert watcher.look(moved, 0.2).verdict == "moving"
    assert watcher.look(moved, 0.4).verdict == "found"
    assert watcher.look(moved, 0.8).verdict == "still"
    assert watcher.look(empty, 0.9).verdict == "empty"


PROBE = """
import json, os, socket, subprocess, sys, threading
from daemon.documents import sandbox
report = sandbox.shut_in("nobody-of-this-name", programs=sys.argv[1] == "programs")
def tried(what):
    try:
        what()
    except (OSError, RuntimeError) as error:
        return getattr(error, "errno", None) or type(error).__name__
    return "done"
def thread():
    t = threading.Thread(target=lambda: None)
    t.start()
    t.join()
print(json.dumps({
    "force": report.force,
    "missing": report.missing,
    "network": tried(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM)),
    "local": tried(lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)),
    "fork": tried(lambda: os._exit(0) if os.fork() == 0 else os.wait()),
    "program": tried(lambda: subprocess.run(["/bin/true"], check=True)),
    "write": tried(lambda: open(sys.argv[2], "w")),
    "remove": tried(lambda: os.unlink(sys.argv[3])),
    "read": tried(lambda: open("/etc/hostname").close()),
    "memory": tried(lambda: os.close(os.memfd_create("x"))),
    "thread": tried(thread),
}))
"""


@pytest.mark.parametrize("programs", [False, True])
def test_the_sandbox_holds(tmp_path: Path, programs: bool) -> None:
    victim = tmp_path / "victim"
    victim.write_text("x")
    run = subprocess.run(
        [sys.executable, "-c", PROBE, "programs" if programs else "none", tmp_path / "new", victim],
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=30,
    )
    told = json.loads(run.stdout)
    if any(line.startswith("seccomp") for line in told["missing"]):
        pytest.skip(f"no seccomp on this machine: {told['missing']}")
    assert {"no_new_privs", "limits", "seccomp"} <= set(told["force"])
    assert told["network"] == told["local"] == 1, "EPERM"
    assert told["read"] == told["memory"] == told["thread"] == "done"
    expected = "done" if programs else 1
    assert told["fork"] == told["program"] == told["write"] == told["remove"] == expected
    if os.geteuid() == 0:
        assert any(line.startswith("uid: there is no user") for line in told["missing"])


async def test_the_worker_reports_its_sandbox(running: Running) -> None:
    assert (await running.client.examine(b"no picture")).quality == "unreadable"
    ready = running.client.ready  # told before the first answer
    assert "seccomp" in ready.sandbox or any(m.startswith("seccomp") for m in ready.missing)
    assert ready.model or ready.model_error


def test_the_command_prints_the_agreed_object(take: Take, tmp_path: Path) -> None:
    taken = take("quyet_dinh", 21, level=1, turn=None, size=(2028, 1520))
    good, bad = tmp_path / "good.jpg", tmp_path / "bad.jpg"
    good.write_bytes(taken.jpeg())
    bad.write_bytes(b"no picture")
    command = [sys.executable, "-m", "daemon.documents", str(good), str(bad), "--json", "--no-text"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60)
    assert run.returncode == 1, "one is no picture"
    first, second = (json.loads(line) for line in run.stdout.splitlines())
    assert set(first) == {
        "photo", "corners", "others", "quality", "size_mm", "kind", "probability", "decision",
        "already_copy", "expired", "fields", "codes", "text", "seconds",
    }  # fmt: skip
    assert overlap(ordered(first["corners"]), taken.quads[0]) > 0.97
    top_left = taken.quads[0][-taken.quarters % 4]
    assert np.linalg.norm(np.array(first["corners"][0]) - top_left) < 15
    assert first["quality"]["verdict"] == "ok"
    assert (second["corners"], second["quality"]["verdict"]) == (None, "unreadable")
    assert second["error"] == second["quality"]["reason"] == "not_a_picture"
    missing = subprocess.run(
        [*command, str(tmp_path / "missing.jpg")], cwd=ROOT, capture_output=True, timeout=60
    )
    assert missing.returncode == 1
    assert b"missing.jpg" in missing.stderr
    assert b"Traceback" not in missing.stderr
