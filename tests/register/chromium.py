"""Debian's Chromium without a window, driven through its debugging pipe; and a server of files.

No further package: the DevTools protocol goes over two inherited pipes (`--remote-debugging-pipe`,
descriptors 3 and 4), one JSON object a message, ended by a zero byte.
"""

from __future__ import annotations

import base64
import functools
import json
import os
import select
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PATIENCE = 120.0
"""Seconds after which a browser that does not answer is a failure."""


def program() -> str | None:
    """Path of the browser; None where it is not installed."""
    return shutil.which("chromium")


class Browser:
    """One running browser with one page."""

    def __init__(self, profile: Path) -> None:
        found = program()
        assert found is not None
        to_child, self._out = os.pipe()
        self._in, from_child = os.pipe()
        options = [
            "--headless=new",
            "--remote-debugging-pipe",
            f"--user-data-dir={profile}",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
        ]
        if os.geteuid() == 0:
            options.append("--no-sandbox")  # Chromium refuses its sandbox to root
        # 3 and 4 may be taken here: a shell puts the pipes there in the child alone
        script = f'exec "$0" "$@" 3<&{to_child} 4>&{from_child}'
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", script, found, *options, "about:blank"],
            pass_fds=(to_child, from_child),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_child)
        os.close(from_child)
        self._buffer = b""
        self._last = 0
        self.events: list[dict[str, Any]] = []
        self._session = ""
        targets = self.ask("Target.getTargets")["targetInfos"]
        (target,) = [each["targetId"] for each in targets if each["type"] == "page"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Log", "Network", "DOM"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **params: object) -> dict[str, Any]:
        """Send a command and wait for its answer; events met on the way are kept."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read(method)
            if answer.get("id") == self._last:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                found: dict[str, Any] = answer["result"]
                return found
            self.events.append(answer)

    def _read(self, wanted: str) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._in], [], [], max(0.0, end - time.monotonic()))
            data = os.read(self._in, 1 << 16) if ready else b""
            if not data:
                raise AssertionError(f"the browser does not answer to {wanted}")
            self._buffer += data
        head, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(head)
        return message

    def run(self, script: str) -> Any:
        """The value of an expression in the page; promises are awaited."""
        answer = self.ask(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            raise AssertionError(json.dumps(answer["exceptionDetails"])[:600])
        return answer["result"].get("value")

    def until(self, script: str) -> Any:
        """Wait for an expression to be true: the page looks at each of its frames."""
        return self.run(
            "new Promise((good, bad) => {"
            f"const end = Date.now() + {PATIENCE * 1000 * 0.9};"
            f"const look = () => {{ const value = {script}; if (value) good(value);"
            f"else if (Date.now() > end) bad(new Error({json.dumps(script)}));"
            "else setTimeout(look, 20); }; look(); })"
        )

    def open(self, address: str) -> None:
        """Open an address anew (a change of the fragment alone opens nothing)."""
        self.ask("Page.navigate", url="about:blank")
        self.ask("Page.navigate", url=address)
        self.until(f"location.href === {json.dumps(address)} && document.readyState === 'complete'")

    def choose(self, selector: str, *files: Path) -> None:
        """Put files into a file input, as a person does with the dialogue."""
        root = self.ask("DOM.getDocument")["root"]["nodeId"]
        node = self.ask("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.ask("DOM.setFileInputFiles", nodeId=node, files=[str(path) for path in files])

    def picture(self) -> bytes:
        """The page as a PNG."""
        return base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"])

    def close(self) -> None:
        """End the browser."""
        os.close(self._out)  # the browser ends when its pipe does
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._in)


class _Handler(SimpleHTTPRequestHandler):
    def send_header(self, keyword: str, value: str) -> None:
        # it tells whole seconds only: a file changed twice in one would look the same
        if keyword != "Last-Modified":
            super().send_header(keyword, value)

    def log_message(self, format: str, *args: object) -> None:
        self.server.seen.append(self.path)  # type: ignore[attr-defined]


class Site:
    """A web server for a folder, which can be taken off the network and put back."""

    def __init__(self, folder: Path) -> None:
        self._handler = functools.partial(_Handler, directory=str(folder))
        self.seen: list[str] = []
        self._server = self._serve(0)
        self.port = int(self._server.server_address[1])

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def _serve(self, port: int) -> ThreadingHTTPServer:
        server = ThreadingHTTPServer(("127.0.0.1", port), self._handler)
        server.seen = self.seen  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def off(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def on(self) -> None:
        self._server = self._serve(self.port)


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    served = Site(folder)
    try:
        yield served
    finally:
        served.off()
