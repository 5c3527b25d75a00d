"""`kiosk-update`: what is fetched, what is refused and why, whose turn it is."""

from __future__ import annotations

import contextlib
import random
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "systemd" / "kiosk-update"

RAUC = """#!/bin/sh
case $1 in
  info) cat "$INFO" ;;
  install) echo "$2" >>"$INSTALLED" ;;
esac
"""


class Kiosk:
    """A kiosk's folders, and programs beside it that say what the test lays out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bundle = folder / "spool" / "next.raucb"
        self.part = folder / "spool" / "next.raucb.part"
        self.request = folder / "update"
        (folder / "spool").mkdir()
        (folder / "version").write_text("1.4.0\n")
        self.config()
        self.program("rauc", RAUC)
        self.served(False)
        self.described("1.5.0")

    def program(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o755)

    def config(self, kiosk: str = "26824-k01", ward: str = "26824") -> None:
        self.program(
            "python", f"#!/bin/sh\ncase $3 in *kiosk.id*) echo {kiosk};; *) echo {ward};; esac\n"
        )

    def served(self, busy: bool) -> None:
        self.program("kioskctl", f"#!/bin/sh\necho '{{\"busy\": {str(busy).lower()}}}'\n")

    def described(self, version: str, words: str = "") -> None:
        (self.folder / "info").write_text(
            f"RAUC_MF_VERSION='{version}'\nRAUC_MF_DESCRIPTION='{words}'\n"
        )

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        at = self.folder
        environment = {
            "PATH": "/usr/bin:/bin",
            "WARD_SPOOL": f"{at}/spool",
            "WARD_REQUEST": str(self.request),
            "WARD_VERSION": f"{at}/version",
            "WARD_RAUC": f"{at}/rauc",
            "WARD_CURL": f"{at}/curl",
            "WARD_PYTHON": f"{at}/python",
            "WARD_KIOSKCTL": f"{at}/kioskctl",
            "INFO": f"{at}/info",
            "INSTALLED": f"{at}/installed",
        }
        return subprocess.run(
            [str(SCRIPT), *arguments],
            env=environment | more,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def install(self, **more: str) -> subprocess.CompletedProcess[str]:
        self.bundle.write_text("bundle")
        return self.run("install", **more)

    @property
    def installed(self) -> bool:
        return (self.folder / "installed").exists()


@pytest.fixture
def kiosk(tmp_path: Path) -> Kiosk:
    return Kiosk(tmp_path)


def test_a_newer_one_is_installed_and_its_file_goes(kiosk: Kiosk) -> None:
    done = kiosk.install()
    assert done.returncode == 0, done.stderr
    assert kiosk.installed and not kiosk.bundle.exists()


@pytest.mark.parametrize(
    ("version", "why"),
    [("1.3.9", "older"), ("1.4.0", "already"), ("1.4.0~rc1", "older"), ("1 5", "no version")],
)
def test_no_step_back(kiosk: Kiosk, version: str, why: str) -> None:
    kiosk.described(version)
    done = kiosk.install()
    assert done.returncode == 1 and why in done.stderr
    assert not kiosk.installed


def test_ten_comes_after_nine(kiosk: Kiosk) -> None:
    kiosk.described("1.10.0")
    assert kiosk.install().returncode == 0


def test_a_step_back_can_be_ordered(kiosk: Kiosk) -> None:
    kiosk.described("1.3.9")
    assert kiosk.install(WARD_OLDER="yes").returncode == 0


def test_what_rauc_refuses_is_refused_with_its_words(kiosk: Kiosk) -> None:
    kiosk.program("rauc", "#!/bin/sh\necho 'signature verification failed' >&2\nexit 1\n")
    done = kiosk.install()
    assert done.returncode == 1 and "signature verification failed" in done.stderr


def test_never_while_somebody_is_served(kiosk: Kiosk) -> None:
    kiosk.served(True)
    done = kiosk.install()
    assert done.returncode == 1 and "served" in done.stderr
    assert not kiosk.installed and kiosk.bundle.exists(), "it waits in the spool"


def test_only_the_wards_named(kiosk: Kiosk) -> None:
    kiosk.described("1.5.0", "wards=26740,26824")
    assert kiosk.install().returncode == 0
    kiosk.config(ward="2682")
    assert "ward" in kiosk.install().stderr


def test_a_share_of_the_kiosks_and_all_in_the_end(kiosk: Kiosk) -> None:
    def share(percent: int) -> int:
        kiosk.described("1.5.0", f"percent={percent}")
        count = 0
        for n in range(40):
            kiosk.config(kiosk=f"26824-k{n:02}")
            count += kiosk.install().returncode == 0
        return count

    assert share(0) == 0
    some = share(50)
    assert 10 <= some <= 30
    assert share(100) == 40


def test_a_download_goes_on_where_it_broke(kiosk: Kiosk) -> None:
    # a server that breaks off once: the first call leaves half, the second is asked to go on
    kiosk.program(
        "curl",
        """#!/bin/sh
while [ "$1" != --output ]; do case $1 in --continue-at) go=$2;; esac; shift; done
if [ -s "$2" ]; then [ "$go" = - ] && printf second >>"$2"; else printf first- >"$2"; exit 18; fi
""",
    )
    kiosk.request.write_text("https://updates.example/one.raucb\n")
    broke = kiosk.run("fetch")
    assert broke.returncode == 1 and "goes on" in broke.stderr
    assert not kiosk.bundle.exists() and not kiosk.request.exists()
    kiosk.request.write_text("https://updates.example/one.raucb\n")
    assert kiosk.run("fetch").returncode == 0
    assert kiosk.bundle.read_text() == "first-second"


def test_half_of_another_update_is_not_gone_on_with(kiosk: Kiosk) -> None:
    kiosk.program(
        "curl", '#!/bin/sh\nwhile [ "$1" != --output ]; do shift; done\nprintf new >>"$2"\n'
    )
    kiosk.part.write_text("half of another")
    (kiosk.folder / "spool" / "address").write_text("https://updates.example/other.raucb")
    kiosk.request.write_text("https://updates.example/one.raucb\n")
    assert kiosk.run("fetch").returncode == 0
    assert kiosk.bundle.read_text() == "new"


@pytest.mark.parametrize("where", ["http://plain.example/x", "ftp://x/y", "x.raucb", ""])
def test_addresses_that_are_none(kiosk: Kiosk, where: str) -> None:
    kiosk.request.write_text(where + "\n")
    assert kiosk.run("fetch").returncode == 1
    assert not kiosk.bundle.exists()


class Server:
    """A folder over HTTP that counts the bytes it gives away."""

    def __init__(self, folder: Path) -> None:
        self.given = 0
        self._folder = folder

    @contextlib.contextmanager
    def running(self) -> Iterator[int]:
        counted = self

        class Handler(SimpleHTTPRequestHandler):
            def copyfile(self, source: Any, outputfile: Any) -> None:
                content = source.read()
                counted.given += len(content)
                outputfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(
            ("127.0.0.1", 0), partial(Handler, directory=str(self._folder))
        )
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a bundle of 12 MB in pieces, and `slot`: the same but for 50 kB."""
    if shutil.which("casync") is None:
        pytest.skip("casync is not installed here")
    folder = tmp_path_factory.mktemp("published")
    content = random.Random(8).randbytes(12 << 20)
    (folder / "whole").write_bytes(content)
    at = 7 << 20
    (folder / "slot").write_bytes(
        content[2 << 20 : at] + b"older" * 10_000 + content[at + 47_000 :]
    )
    subprocess.run(
        ["casync", "make", "--store=default.castr", "next.caibx", "whole"],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return folder


def by_http(kiosk: Kiosk, port: int) -> None:
    """The real casync, led from the address that is asked for to this machine."""
    kiosk.program(
        "casync",
        "#!/bin/sh\nfor one do shift\n"
        f'set -- "$@" "$(echo "$one" | sed s#https://updates.example#http://127.0.0.1:{port}#)"\n'
        'done\nexec casync "$@"\n',
    )


def test_in_pieces_only_what_the_slots_have_not_is_fetched(kiosk: Kiosk, published: Path) -> None:
    server = Server(published)
    kiosk.request.write_text("https://updates.example/next.caibx\n")
    with server.running() as port:
        by_http(kiosk, port)
        casync = f"{kiosk.folder}/casync"
        done = kiosk.run("fetch", WARD_CASYNC=casync, WARD_SEEDS=f"{published}/slot /nowhere")
    assert done.returncode == 0, done.stderr
    assert kiosk.bundle.read_bytes() == (published / "whole").read_bytes()
    # 2 MB at the head are in no slot, and the pieces around what differs
    assert 2 << 20 < server.given < 4 << 20


def test_a_piece_that_is_not_there_leaves_no_bundle(kiosk: Kiosk, published: Path) -> None:
    bare = kiosk.folder / "bare"
    (bare / "default.castr").mkdir(parents=True)
    shutil.copy(published / "next.caibx", bare)
    kiosk.request.write_text("https://updates.example/next.caibx\n")
    with Server(bare).running() as port:
        by_http(kiosk, port)
        done = kiosk.run(
            "fetch", WARD_CASYNC=f"{kiosk.folder}/casync", WARD_SEEDS=f"{published}/slot"
        )
    assert done.returncode == 1 and "broke off" in done.stderr
    assert not kiosk.bundle.exists()
