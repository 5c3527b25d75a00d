"""Headless Chromium with a certificate store of its own, driven by WebDriver: keys, no mouse.

The browser gets the officer's PKCS#12 file as a person would import it, trusts the ward's small
authority, and picks its certificate by the same policy that a ward's administrator sets.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp

from tests.desk.ward import Papers, Ward, soon

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004", "Down": "\ue015", "Space": " "}
POLICIES = Path("/etc/chromium/policies/managed")
PROGRAMS = ("chromium", "chromedriver", "certutil", "pk12util", "unshare")

APART = ("unshare", "--mount", "--propagation", "unchanged")
"""A mount of the browser's own; in a changed root there is nothing to propagate."""

SCRIPT = f"""
mkdir -p {POLICIES} && mount --bind "$1" {POLICIES} && shift && exec "$@"
"""


def missing() -> str:
    """Why no browser can be driven here; empty where one can."""
    for program in PROGRAMS:
        if shutil.which(program) is None:
            return f"needs {program}"
    if os.geteuid() != 0:
        return "needs root: the policy is mounted for the browser alone"
    tried = subprocess.run([*APART, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        return f"this machine lets nobody mount: {tried.stderr.strip()}"
    return ""


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words[0]}: {done.stderr or done.stdout}"


def import_certificates(home: Path, ward: Ward, files: Papers | None) -> None:
    """As an officer does it: the file with its passphrase, and the ward's authority."""
    store = home / ".pki" / "nssdb"
    store.mkdir(parents=True)
    place = f"sql:{store}"
    _run("certutil", "-N", "-d", place, "--empty-password")
    _run("certutil", "-A", "-d", place, "-n", "ward desk", "-t", "CT,,", "-i", str(ward.ca))
    if files is not None:
        _run("pk12util", "-i", str(files.p12), "-d", place, "-K", "", "-W", files.passphrase)


class Browser:
    """One officer's browser."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self._session = session
        self._base = base
        self.strokes = 0
        """Keys pressed so far."""

    async def call(self, method: str, path: str, **body: Any) -> Any:
        data = None if method == "GET" else body
        async with self._session.request(method, self._base + path, json=data) as answer:
            value = (await answer.json())["value"]
        if isinstance(value, dict) and "error" in value:
            raise RuntimeError(f"{value['error']}: {value['message']}")
        return value

    async def go(self, url: str) -> None:
        await self.call("POST", "/url", url=url)

    async def path(self) -> str:
        return "/" + str(await self.call("GET", "/url")).split("/", 3)[-1]

    async def script(self, text: str, *arguments: Any) -> Any:
        return await self.call("POST", "/execute/sync", script=text, args=list(arguments))

    async def script_later(self, text: str, *arguments: Any) -> Any:
        """The last argument is a function that takes the answer."""
        return await self.call("POST", "/execute/async", script=text, args=list(arguments))

    async def press(self, *keys: str) -> None:
        """Keys, as on a keyboard."""
        actions = []
        for key in keys:
            value = KEYS.get(key, key)
            actions += [{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]
            self.strokes += 1
        source = {"type": "key", "id": "keyboard", "actions": actions}
        await self.call("POST", "/actions", actions=[source])

    async def type(self, text: str) -> None:
        await self.press(*text)

    async def until(self, script: str, *arguments: Any, within: float = 20.0) -> Any:
        """Waits until a script returns something true.  A page on its way has no answer yet."""
        async with asyncio.timeout(within):
            while True:
                with contextlib.suppress(RuntimeError):
                    found = await self.script(script, *arguments)
                    if found:
                        return found
                await asyncio.sleep(0.02)

    async def until_path(self, path: str, within: float = 20.0) -> None:
        await self.until("return location.pathname === arguments[0]", path, within=within)

    async def text(self) -> str:
        return str(await self.script("return document.body.innerText"))

    async def picture(self, path: Path) -> None:
        data = base64.b64decode(await self.call("GET", "/screenshot"))
        await asyncio.to_thread(path.write_bytes, data)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextlib.asynccontextmanager
async def browser(ward: Ward, files: Papers | None, folder: Path) -> AsyncIterator[Browser]:
    """One browser; `files` None = without a certificate."""
    home = Path(tempfile.mkdtemp(prefix="desk-", dir=folder))
    policies = home / "policies"
    policies.mkdir()
    choose = json.dumps({"pattern": ward.url, "filter": {}})
    (policies / "desk.json").write_text(json.dumps({"AutoSelectCertificateForUrls": [choose]}))
    await asyncio.to_thread(import_certificates, home, ward, files)
    port = _free_port()
    driver = await asyncio.create_subprocess_exec(
        *APART, "sh", "-c", SCRIPT, "sh", str(policies),
        "chromedriver", f"--port={port}", "--log-level=SEVERE",
        env={"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession() as session:
        try:
            await soon(lambda: driver.returncode is not None or _listens(port))
            assert driver.returncode is None, f"chromedriver ended with {driver.returncode}"
            arguments = [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--window-size=1440,960", "--hide-scrollbars", f"--user-data-dir={home / 'data'}",
                "--no-first-run", "--disable-background-networking", "--disable-sync",
                "--autoplay-policy=no-user-gesture-required",
            ]  # fmt: skip
            wanted = {"alwaysMatch": {"goog:chromeOptions": {"args": arguments}}}
            async with session.post(f"{base}/session", json={"capabilities": wanted}) as answer:
                made = (await answer.json())["value"]
            assert "sessionId" in made, made
            one = Browser(session, f"{base}/session/{made['sessionId']}")
            try:
                yield one
            finally:
                with contextlib.suppress(RuntimeError, aiohttp.ClientError):
                    await one.call("DELETE", "")
        finally:
            with contextlib.suppress(ProcessLookupError):
                driver.terminate()
            await driver.wait()
            shutil.rmtree(home, ignore_errors=True)


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
