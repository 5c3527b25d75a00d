"""The AsyncAPI document as a page, by the component of the AsyncAPI project itself.

Everything the page needs lies beside it: it opens from a file, without a network.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
INSTALLED = Path("build/asyncapi")
"""Where `npm` puts the parser and the component."""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval' file:;
  style-src 'self' 'unsafe-inline' file:; img-src data:">
<title>{title}</title>
<link rel="stylesheet" href="default.min.css">
</head>
<body>
<div id="document"></div>
<script id="told" type="application/json">{told}</script>
<script src="index.js"></script>
<script>
AsyncApiStandalone.render({{
  schema: JSON.parse(document.getElementById("told").textContent),
  config: {{ show: {{ sidebar: true, errors: true }}, schemaID: "wk" }}
}}, document.getElementById("document"));
</script>
</body>
</html>
"""


def install(folder: Path = INSTALLED) -> Path:
    """What docs/asyncapi pins; returns the folder.  Raises CalledProcessError.

    Nothing is installed twice: the lock that was used lies beside the modules.
    """
    lock, used = HERE / "asyncapi" / "package-lock.json", folder / "used-lock.json"
    shutil.copytree(HERE / "asyncapi", folder, dirs_exist_ok=True)
    if not used.exists() or used.read_bytes() != lock.read_bytes():
        words = ["npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run(words, cwd=folder, check=True)
        shutil.copy(lock, used)
    return folder


def build(document: dict[str, Any], out: Path, installed: Path = INSTALLED) -> Path:
    """Writes the page and what it needs into a folder; returns the page."""
    component = installed / "node_modules" / "@asyncapi" / "react-component"
    out.mkdir(parents=True, exist_ok=True)
    shutil.copy(component / "browser" / "standalone" / "index.js", out)
    shutil.copy(component / "styles" / "default.min.css", out)
    told = json.dumps(document, ensure_ascii=False).replace("<", "\\u003c")
    page = out / "index.html"
    page.write_text(_PAGE.format(title=document["info"]["title"], told=told), encoding="utf-8")
    return page
