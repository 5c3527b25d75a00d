"""Signed facts and models: what is taken, what is refused and why, what is read from then on."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
from importlib import metadata
from pathlib import Path

import pytest

from daemon.inside import facts
from tests.system.test_system_site import signed as cms

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "systemd" / "kiosk-facts"
SERVICES = "catalogue/services.toml"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed here")
    folder = tmp_path_factory.mktemp("keys")
    subprocess.run([str(ROOT / "image-build" / "test-keys"), str(folder)], check=True, timeout=60)
    return folder


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A set of what lies here, as `make` writes it."""
    out = tmp_path_factory.mktemp("made") / "set.tar"
    facts.make("2026.12.1", out)
    found = {}
    with tarfile.open(out) as tar:
        for entry in tar:
            file = tar.extractfile(entry)
            assert file is not None
            found[entry.name] = file.read()
    return found


def changed(
    members: dict[str, bytes], version: str, more: dict[str, bytes] | None = None, release: str = ""
) -> dict[str, bytes]:
    """The set with other files, described as `make` would."""
    files = {n: d for n, d in (members | (more or {})).items() if n != "facts.json"}
    described = {
        "version": version,
        "release": release or metadata.version("ward-kiosk"),
        "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }
    return {"facts.json": json.dumps(described).encode(), **files}


class Kiosk:
    """A kiosk's folder of facts, and programs beside it."""

    def __init__(self, folder: Path, keys: Path) -> None:
        self.folder, self.keys = folder, keys
        self.place = folder / "facts"
        self.place.mkdir()
        self.program("python", f'shift\nPYTHONPATH={ROOT} exec {sys.executable} "$@"')
        self.program("systemctl", f'echo "$*" >>{folder}/told')
        self.served(False)

    def program(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def served(self, busy: bool) -> None:
        self.program("kioskctl", f"echo '{{\"busy\": {str(busy).lower()}}}'")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(SCRIPT), *arguments],
            env={
                "PATH": os.environ["PATH"],
                "WARD_FACTS_PLACE": str(self.place),
                "WARD_CITY": str(self.keys / "ca.pem"),
                "WARD_PYTHON": f"{self.folder}/python",
                "WARD_KIOSKCTL": f"{self.folder}/kioskctl",
                "WARD_SYSTEMCTL": f"{self.folder}/systemctl",
            },
            capture_output=True,
            text=True,
            timeout=120,
        )

    def take(
        self, members: dict[str, bytes], link: str = "", *, sign: bool = True
    ) -> subprocess.CompletedProcess[str]:
        file = cms(self.folder / "set.cms", self.keys, members, link, sign=sign)
        return self.run("take", str(file))

    @property
    def force(self) -> str:
        """Version of the set in force."""
        link = self.place / "current"
        return link.readlink().name if link.is_symlink() else ""

    @property
    def told(self) -> int:
        """How often kioskd was started anew."""
        path = self.folder / "told"
        return path.read_text().count("try-restart kioskd.service") if path.exists() else 0

    def read(self) -> str:
        """Where a kiosk that starts now finds its services, and how many groups there are."""
        return subprocess.run(
            [
                *(sys.executable, "-c"),
                "from daemon.catalogue import reading, services\n"
                "from daemon.documents.classify import MODELS\n"
                "print(reading.HERE, MODELS, len(services.load()))",
            ],
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT),
                "WARD_FACTS": f"{self.place}/current",
            },
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout.strip()


@pytest.fixture
def kiosk(tmp_path: Path, keys: Path) -> Kiosk:
    return Kiosk(tmp_path, keys)


def test_a_newer_set_is_read_from_the_next_start_and_can_be_left(
    kiosk: Kiosk, members: dict[str, bytes]
) -> None:
    own = kiosk.read()
    assert str(ROOT) in own
    done = kiosk.take(changed(members, "2026.12.1"))
    assert done.returncode == 0, done.stderr
    assert (kiosk.force, kiosk.told) == ("2026.12.1", 1)
    found = kiosk.read().split()
    assert found[:2] == [f"{kiosk.place}/current/{part}" for part in ("catalogue", "models")]
    assert found[2] == own.split()[2]

    assert kiosk.take(changed(members, "2026.12.10")).returncode == 0
    again = kiosk.take(changed(members, "2026.12.9"))
    assert again.returncode == 1 and "not newer" in again.stderr
    assert kiosk.run("back").returncode == 0 and kiosk.force == "2026.12.1"
    assert kiosk.run("back").returncode == 0 and kiosk.force == ""
    assert kiosk.read() == own
    assert kiosk.run("back").returncode == 1


def test_what_was_changed_after_it_was_taken_is_not_used(
    kiosk: Kiosk, members: dict[str, bytes]
) -> None:
    own = kiosk.read()
    assert kiosk.take(changed(members, "1")).returncode == 0
    file = kiosk.place / "current" / SERVICES
    file.write_bytes(file.read_bytes() + b"\n")
    assert kiosk.read() == own


def test_refused_and_nothing_is_in_force(kiosk: Kiosk, members: dict[str, bytes]) -> None:
    model = bytearray(members["models/kinds.tflite"])
    model[len(model) // 2] ^= 1
    unsigned = dict(members) | {SERVICES: members[SERVICES] + b"\n"}
    for refused, why in (
        (lambda: kiosk.take(members, sign=False), "not signed by the city"),
        (lambda: kiosk.take(members, "catalogue/link"), "link"),
        (lambda: kiosk.take(members | {"etc/passwd": b""}), "no place"),
        (lambda: kiosk.take(members | {"catalogue/../x": b""}), "no place"),
        (lambda: kiosk.take(changed(members, "1", release="9.9.9")), "release 9.9.9"),
        (lambda: kiosk.take(unsigned), "not what was signed"),
        (lambda: kiosk.take(changed(members, "1", {SERVICES: b"x ="})), "services.toml"),
        (lambda: kiosk.take(changed(members, "1", {"models/kinds.tflite": bytes(model)})), "Model"),
        (lambda: kiosk.take(changed(members, "newest")), "version"),
    ):
        done = refused()
        assert done.returncode == 1 and why in done.stderr, (why, done.stderr)
        assert (kiosk.force, kiosk.told) == ("", 0)
    assert list(kiosk.place.iterdir()) == []


def test_never_while_somebody_is_served(kiosk: Kiosk, members: dict[str, bytes]) -> None:
    kiosk.served(True)
    done = kiosk.take(members)
    assert done.returncode == 1 and "served" in done.stderr and kiosk.force == ""
