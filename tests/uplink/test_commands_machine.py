"""Updates and support bundles by command, on a whole kiosk: RAUC and a server that stand in."""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms

from daemon.hands.updating import code
from tests.console.kiosk_running import kiosk_running
from tests.console.test_console_update import rauc as rauc
from tests.uplink.conftest import KIOSK, Broker, until
from tests.uplink.papers import Authority
from tests.uplink.signing import City, publish
from tests.uplink.test_uplink_kiosk import Scene


class Store(http.server.BaseHTTPRequestHandler):
    """Takes what is put."""

    taken: dict[str, bytes]
    status: int

    def do_PUT(self) -> None:  # the name that the library calls
        body = self.rfile.read(int(self.headers["Content-Length"]))
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        assert self.headers["Content-Digest"] == f"sha-256=:{digest}:"
        type(self).taken[self.path] = body
        self.send_response(type(self).status)
        self.send_header("Location", "https://elsewhere.example/")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


class Place:
    """An HTTPS server."""

    def __init__(self, folder: Path) -> None:
        self.root = Authority(folder, "root")
        paper = self.root.issue("store")
        self.handler = type("Handler", (Store,), {"taken": {}, "status": 201})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(paper.certificate_file, paper.key_file)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"https://127.0.0.1:{self.server.server_port}/"

    @property
    def taken(self) -> dict[str, bytes]:
        return self.handler.taken  # type: ignore[no-any-return,attr-defined]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    yield place
    place.server.shutdown()
    place.server.server_close()


@pytest.fixture
def scene(broker: Broker, tmp_path: Path, place: Place, rauc: Path) -> Iterator[Scene]:
    broker.start()
    city = City(tmp_path)
    ear = broker.listen()
    uplink = {
        "broker": "127.0.0.1",
        "port": broker.port,
        "tls": False,
        "ca": str(place.root.certificate_file),
        "command_root": str(city.root_file),
        "bundle_to": place.address,
    }
    support = {"support_certificate": str(place.root.certificate_file)}
    publish(broker, "wk/v1/city/down/keys", city.key_set(), "-r")
    with kiosk_running(uplink=uplink, console=support) as running:
        running.app.clock_trusted = lambda: True
        until(lambda: running.app.uplink.commands.keys.rev == 1)
        yield Scene(running, broker, city, ear)


def test_an_update_is_staged_applied_confirmed_and_taken_back(scene: Scene, rauc: Path) -> None:
    told = scene.order("update-status")
    versions = {"running": "v0.2.0", "beside": "v0.1.0", "beside_is": "good"}
    assert (told["status"], told["result"]) == ("done", versions)
    bundle = "https://updates.example/ward-0.3.0.raucb"
    assert scene.order("update-stage", where=bundle)["code"] == "role"
    for wrong in ("http://updates.example/a.raucb", "/media/a.raucb", "https://a b/"):
        assert scene.order("update-stage", "city-admin", where=wrong)["code"] == "arguments"
    assert scene.order("update-stage", "city-admin", where=bundle)["code"] == "absent"

    run = scene.running.folder / "run"
    asked: list[str] = []

    def serve(name: str) -> threading.Thread:
        """What the unit of systemd does first."""

        def take() -> None:
            until((run / name).exists)
            asked.append((run / name).read_text().strip())
            (run / name).unlink()

        thread = threading.Thread(target=take)
        thread.start()
        return thread

    thread = serve("update")
    assert scene.order("update-stage", "city-admin", where=bundle)["code"] == "taken"
    thread.join()
    scene.running.serve()
    busy = scene.order("update-apply", "city-admin", reason="new.version")
    assert (busy["status"], busy["code"]) == ("failed", "busy_session")
    scene.running.leave()
    assert scene.order("update-rollback", "city-admin")["status"] == "done"
    assert scene.order("update-confirm", "city-admin")["result"]["running"] == "v0.2.0"
    said = (rauc / "said").read_text().splitlines()
    assert "status mark-active other" in said and "status mark-good booted" in said
    thread = serve("power")
    told = scene.order("update-apply", "city-admin", reason="new.version")
    thread.join()
    assert (told["status"], told["result"]) == ("done", {"version": "v0.1.0"})
    assert asked == [bundle, "reboot"]


def test_where_nothing_was_staged_nothing_is_restarted(scene: Scene, rauc: Path) -> None:
    status = json.loads((rauc / "status.json").read_text())
    status["slots"][1]["rootfs.1"]["slot_status"] = {}
    (rauc / "status.json").write_text(json.dumps(status, indent=1))
    told = scene.order("update-apply", "city-admin", reason="new.version")
    assert (told["status"], told["code"]) == ("failed", "absent")
    status["slots"][1]["rootfs.1"]["boot_status"] = "bad"
    (rauc / "status.json").write_text(json.dumps(status, indent=1))
    assert scene.order("update-rollback", "city-admin")["status"] == "failed"
    assert "mark-active" not in (rauc / "said").read_text()


def test_a_bundle_goes_sealed_to_the_configured_place_only(scene: Scene, place: Place) -> None:
    to = place.address + "bundles/1?permission=abc"
    assert scene.order("collect-bundle", to=to)["code"] == "role"
    for wrong in ("https://elsewhere.example/x", place.address.replace("https", "http") + "x"):
        assert scene.order("collect-bundle", "city-admin", to=wrong)["code"] == "arguments"
    told = scene.order("collect-bundle", "city-admin", to=to)
    assert told["status"] == "done", told
    content = place.taken["/bundles/1?permission=abc"]
    assert told["result"]["bytes"] == len(content)
    assert cms.ContentInfo.load(content)["content_type"].native == "enveloped_data"
    assert KIOSK.encode() not in content
    place.handler.status = 307  # type: ignore[attr-defined]
    told = scene.order("collect-bundle", "city-admin", to=to)
    assert (told["status"], told["code"]) == ("failed", "refused_there"), "nothing is followed"
    place.server.shutdown()
    place.server.server_close()
    assert scene.order("collect-bundle", "city-admin", to=to)["code"] == "unreachable"


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ("0.2.0", "v0.2.0"),
        ("1.2.0+20261125", "v1.2.0-2026-1125"),
        ("2026112512", "v2026-1125-12"),
        ("trixie", "trixie"),
        ("1 2/3", "v1-2-3"),
    ],
)
def test_a_version_is_told_as_a_code(version: str, told: str) -> None:
    assert code(version) == told
