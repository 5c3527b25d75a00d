"""`./dev docs`: pictures, the diagram, tables of settings, messages and faults: made from the code.

Needs a finished demo (`./dev run` without a display); plays one where there is none.
"""

from __future__ import annotations

import ast
import inspect
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml
from PIL import Image

from daemon.config import Config
from daemon.uplink import asyncapi
from docs import apipage, contact, desk, forms, phone

HERE = Path(__file__).parent
PICTURES = HERE / "pictures"
DEMO = Path("build/demo")
SCREEN = (270, 480)
"""Pixels of a screen in the documentation: a quarter of the panel."""
FRAME_MS = 1600


def main() -> int:
    """Everything, in order."""
    if not (DEMO / "summary.json").exists():
        subprocess.run([sys.executable, "-m", "daemon.demo"], check=True)
    PICTURES.mkdir(exist_ok=True)
    screens = sorted((DEMO / "screens").glob("*.png"))
    _sheet(screens, PICTURES / "screens-vi.png")
    _animation(screens, PICTURES / "visit.gif")
    gallery = Path("build/gallery")
    subprocess.run([sys.executable, "-m", "ui_kivy.gallery", str(gallery)], check=True)
    _english(gallery)
    _every_screen(Path("build/screens"))
    _shrunk(DEMO / "ticket-1.png", PICTURES / "ticket.png", 288)
    _shrunk(sorted(DEMO.glob("sheet-*.png"))[1], PICTURES / "copy.png", 620)
    forms.build(PICTURES)
    if not phone.build(PICTURES / "phone.png"):
        sys.stderr.write("docs: chromium is not installed, phone.png stays as it is\n")
    if not desk.build(PICTURES):
        sys.stderr.write("docs: no browser can be driven here, the desk's pictures stay\n")
    machine = (sys.executable, "-m", "daemon.machine", "--draw", "--out")
    subprocess.run([*machine, str(PICTURES / "machine.svg")], check=True)
    (HERE / "configuration.md").write_text(settings(), encoding="utf-8")
    _printed("daemon.uplink", HERE / "mqtt.md")
    _printed("tests.drivers.faults", HERE / "devices" / "faults.md")
    return _asyncapi(HERE / "asyncapi.yaml")


def _asyncapi(file: Path) -> int:
    """The AsyncAPI document; checked and shown by AsyncAPI's own tools where there is Node.js."""
    document = asyncapi.document()
    told = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)
    file.write_text(told, encoding="utf-8")
    if shutil.which("npm") is None:
        sys.stderr.write("docs: npm is not installed, asyncapi.yaml is neither checked nor shown\n")
        return 0
    parser = apipage.install()
    page = apipage.build(document, parser / "page", parser)
    sys.stderr.write(f"docs: {page}\n")
    return subprocess.run(["node", parser / "check.cjs", file], check=False).returncode


def _printed(module: str, out: Path) -> None:
    """The page that `python -m MODULE` prints."""
    done = subprocess.run([sys.executable, "-m", module], check=True, capture_output=True)
    out.write_bytes(done.stdout)


# -- pictures -----------------------------------------------------------------------------


def _english(gallery: Path) -> None:
    wanted = ("attract", "copy.consent", "copy.place", "copy.kind", "copy.pay", "copy.collect")
    found = []
    for name in wanted:
        found += (
            sorted(gallery.rglob(f"*en*{name}*.png"))[:1]
            or sorted(gallery.rglob(f"*{name}*en*.png"))[:1]
        )
    if found:
        _sheet(found, PICTURES / "screens-en.png")


def _every_screen(out: Path) -> None:
    """The pairwise pictures and the widgets as contact sheets; all of it stays in `out`."""
    subprocess.run([sys.executable, "-m", "docs.gallery", str(out)], check=True)
    for frame, columns in (("portrait", 16), ("landscape", 10)):
        chosen = sorted((out / "pairwise").glob(f"*-{frame}-*.png"))
        contact.sheet(PICTURES / f"screens-{frame}.png", chosen, frame, columns)
    widgets = [
        out / "widgets" / f"{name}-normal-standard.png"
        for name in ("signs-1", "illustrations-1", "illustrations-2", "controls-1", "controls-2")
    ]
    _sheet(widgets, PICTURES / "widgets.png", columns=5)


def _sheet(paths: list[Path], out: Path, columns: int = 6) -> None:
    """A contact sheet."""
    gap = 12
    rows = -(-len(paths) // columns)
    size = (columns * (SCREEN[0] + gap) + gap, rows * (SCREEN[1] + gap) + gap)
    sheet = Image.new("RGB", size, "#D5DCE6")
    for number, path in enumerate(paths):
        x = gap + number % columns * (SCREEN[0] + gap)
        y = gap + number // columns * (SCREEN[1] + gap)
        sheet.paste(_screen(path), (x, y))
    sheet.quantize(128).save(out, optimize=True)


def _screen(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.thumbnail(SCREEN, Image.Resampling.LANCZOS)
        return image.convert("RGB")


def _animation(paths: list[Path], out: Path) -> None:
    frames = [_screen(path).quantize(96) for path in paths]
    frames[0].save(
        out, save_all=True, append_images=frames[1:], duration=FRAME_MS, loop=0, optimize=True
    )


def _shrunk(path: Path, out: Path, width: int) -> None:
    with Image.open(path) as image:
        small = image.convert("RGB")
    small.thumbnail((width, width * 4), Image.Resampling.LANCZOS)
    small.quantize(64).save(out, optimize=True)


# -- settings -----------------------------------------------------------------------------


def settings() -> str:
    """Every key of the configuration with its default and what it means, as Markdown."""
    lines = [
        "# Configuration",
        "",
        "One TOML file, `kioskd --config FILE`; checked as a whole before anything starts"
        " (`--check`). Every key has a default; together they are the embedded kiosk: simulated"
        " devices, SQLite, a demo token, no broker. Made from the code by `./dev docs`.",
    ]
    top = [field for field in msgspec.structs.fields(Config) if not _is_struct(field.type)]
    lines += ["", "| key | default | meaning |", "|---|---|---|"]
    lines += [_row(field, _docs(Config)) for field in top]
    for field in msgspec.structs.fields(Config):
        if _is_struct(field.type):
            lines += _section(field.name, field.type)
    return "\n".join([*lines, ""])


def _section(name: str, kind: type[msgspec.Struct]) -> Iterator[str]:
    docs = _docs(kind)
    yield ""
    yield f"## [{name}]"
    yield ""
    first = (inspect.getdoc(kind) or "").partition("\n")[0]
    told = first.removeprefix(f"[{name}]").lstrip(":. ")
    yield from (told[:1].upper() + told[1:], "") if told else ()
    yield "| key | default | meaning |"
    yield "|---|---|---|"
    inner = []
    for field in msgspec.structs.fields(kind):
        if _is_struct(field.type):
            inner.append(field)
        else:
            yield _row(field, docs)
    for field in inner:
        yield from _section(f"{name}.{field.name}", field.type)


def _row(field: Any, docs: dict[str, str]) -> str:
    default = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    shown = msgspec.json.encode(default).decode().replace("|", "\\|")
    meaning = docs.get(field.name, "").replace("|", "\\|")
    return f"| `{field.name}` | `{shown}` | {meaning} |"


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _docs(kind: type) -> dict[str, str]:
    """Attribute docstrings: a string that stands below an annotated name."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    assert isinstance(tree, ast.ClassDef)
    found: dict[str, str] = {}
    for one, two in zip(tree.body, tree.body[1:], strict=False):
        if (
            isinstance(one, ast.AnnAssign)
            and isinstance(one.target, ast.Name)
            and isinstance(two, ast.Expr)
            and isinstance(two.value, ast.Constant)
        ):
            found[one.target.id] = " ".join(str(two.value.value).split())
    return found


if __name__ == "__main__":
    sys.exit(main())
