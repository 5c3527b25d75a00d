"""`kiosk-site`: what the city signed for one kiosk is taken over as a whole, or not at all."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "systemd" / "kiosk-site"
CONFIG = b'[kiosk]\nid = "26740-k02"\nward = "26740"\n'


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed here")
    folder = tmp_path_factory.mktemp("keys")
    subprocess.run([str(ROOT / "image-build" / "test-keys"), str(folder)], check=True, timeout=60)
    return folder


def signed(
    path: Path, keys: Path, members: dict[str, bytes], link: str = "", *, sign: bool = True
) -> Path:
    """A provisioning file: CMS over a tar."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as tar:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
        if link:
            entry = tarfile.TarInfo(link)
            entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/shadow"
            tar.addfile(entry)
    who = keys / "sign" if sign else path.parent / "stranger"
    if not sign:
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"),
                *("ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=Test signer"),
                *("-keyout", f"{who}.key", "-out", f"{who}.pem"),
            ],
            check=True,
            capture_output=True,
        )
    subprocess.run(
        [
            *("openssl", "cms", "-sign", "-binary", "-nodetach", "-outform", "DER"),
            *("-signer", f"{who}.pem", "-inkey", f"{who}.key", "-out", str(path)),
        ],
        input=content.getvalue(),
        check=True,
        capture_output=True,
    )
    return path


def provision(site: Path, keys: Path, file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(SCRIPT), "provision", str(file)],
        env={
            "PATH": os.environ["PATH"],
            "WARD_SITE": str(site),
            "WARD_CITY": str(keys / "ca.pem"),
            "WARD_PYTHON": str(site.parent / "python"),
        },
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "kiosk.toml").write_text("# as the image has it\n")
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nshift\nPYTHONPATH={ROOT} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    return folder


def test_what_the_city_signed_is_taken_over(site: Path, keys: Path, tmp_path: Path) -> None:
    file = signed(
        tmp_path / "p", keys, {"kiosk.toml": CONFIG, "nftables.d/ward.nft": b"# service\n"}
    )
    done = provision(site, keys, file)
    assert done.returncode == 0, done.stderr
    assert (site / "kiosk.toml").read_bytes() == CONFIG
    assert (site / "nftables.d" / "ward.nft").exists()
    assert (site / "provisioned").read_text().strip() in done.stdout
    assert sorted(p.name for p in tmp_path.glob("site.*")) == [], "nothing is left beside it"


def unchanged(site: Path) -> bool:
    return [p.name for p in site.iterdir()] == ["kiosk.toml"] and b"image" in (
        site / "kiosk.toml"
    ).read_bytes()


def test_a_stranger_is_refused(site: Path, keys: Path, tmp_path: Path) -> None:
    file = signed(tmp_path / "p", keys, {"kiosk.toml": CONFIG}, sign=False)
    done = provision(site, keys, file)
    assert done.returncode == 1 and "not signed by the city" in done.stderr
    assert unchanged(site)


def test_one_changed_byte_is_refused(site: Path, keys: Path, tmp_path: Path) -> None:
    file = signed(tmp_path / "p", keys, {"kiosk.toml": CONFIG})
    content = file.read_bytes()
    assert content.count(b"26740-k02") == 1
    file.write_bytes(content.replace(b"26740-k02", b"26740-k03"))
    assert provision(site, keys, file).returncode == 1
    assert unchanged(site)


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "private/kiosk.key", "provisioned"])
def test_names_without_a_place_are_refused(
    site: Path, keys: Path, tmp_path: Path, name: str
) -> None:
    file = signed(tmp_path / "p", keys, {"kiosk.toml": CONFIG, name: b"x"})
    done = provision(site, keys, file)
    assert done.returncode == 1 and "no place here" in done.stderr
    assert unchanged(site)


def test_links_are_refused(site: Path, keys: Path, tmp_path: Path) -> None:
    file = signed(tmp_path / "p", keys, {"kiosk.toml": CONFIG}, link="revoked")
    done = provision(site, keys, file)
    assert done.returncode == 1 and "link" in done.stderr
    assert unchanged(site)


def test_a_configuration_with_a_mistake_is_refused(site: Path, keys: Path, tmp_path: Path) -> None:
    file = signed(tmp_path / "p", keys, {"kiosk.toml": b'[kiosk]\nid = 7\nward = "26740"\n'})
    done = provision(site, keys, file)
    assert done.returncode == 1 and "kiosk.id" in done.stderr
    assert unchanged(site)
