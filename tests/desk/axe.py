"""axe-core, from the npm registry: what a machine can say of WCAG 2.2."""

from __future__ import annotations

import functools
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from tests.desk.browser import Browser

PACKAGE = "axe-core@4.14.1"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, { runOnly: arguments[0] }).then(
  (found) => done(found.violations.map((v) => [v.id, v.nodes.map((n) => n.target.join(" "))])),
  (error) => done([["axe", [String(error)]]]));
"""


@functools.cache
def source() -> str:
    """The script; empty where npm cannot bring it."""
    if shutil.which("npm") is None:
        return ""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["npm", "pack", PACKAGE, "--silent"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            return ""
        with tarfile.open(Path(folder) / done.stdout.split()[-1]) as packed:
            file = packed.extractfile("package/axe.min.js")
            assert file is not None
            return file.read().decode()


async def violations(browser: Browser) -> list[Any]:
    """What it finds on the present page."""
    await browser.script(source())
    return list(await browser.script_later(RUN, RULES))
