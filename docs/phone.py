"""Pictures of the verification page on a phone: part of `./dev docs`; needs Debian's Chromium."""

from __future__ import annotations

import asyncio
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from daemon.register import demo_pki
from daemon.register.__main__ import main
from daemon.register.register import Register
from daemon.register.settings import RegisterSettings
from daemon.register.setup import DEMO
from daemon.store import Store
from tests.register import chromium
from tests.register.made import BIRTH, Request

WIDE = 390
"""A phone's width in CSS pixels; the whole page is as tall as it needs."""


def build(picture: Path) -> bool:
    """Draw a good file and an altered one side by side; False where there is no Chromium."""
    if chromium.program() is None:
        return False
    with TemporaryDirectory(prefix="phone-") as name:
        folder = Path(name)
        copy, address = asyncio.run(_copy(folder))
        database, out = folder / "kiosk.db", folder / "demo.cancelled"
        main(["cancelled", "--database", str(database), "--out", str(out)])
        pki = demo_pki.make(folder / DEMO)
        keys = ["--issuer", f"demo={pki.proof_certificate}"]
        keys += ["--seal", f"demo={pki.authority_certificate}"]
        main(["page", "--out", str(folder / "site"), *keys, "--cancelled", str(out)])
        bad = bytearray(copy)
        bad[bad.index(b"stream", bad.index(b"/DCTDecode")) + 5000] ^= 1
        (folder / "ban-sao.pdf").write_bytes(copy)
        (folder / "ban-sao-sua.pdf").write_bytes(bytes(bad))
        _draw(folder, address.partition("#")[2], picture)
    return True


async def _copy(folder: Path) -> tuple[bytes, str]:
    store = Store.open(folder / "kiosk.db")
    register = Register.open(RegisterSettings(), store)
    sealed = (await Request(BIRTH).sealed(register)).copies[0]
    await register.close()
    await store.close()
    return sealed.pdf, sealed.proof.reveal()


def _draw(folder: Path, fragment: str, picture: Path) -> None:
    shots = []
    with chromium.site(folder / "site") as site:
        browser = chromium.Browser(folder / "profile")
        try:
            _size(browser, 800)
            for language, name in (("vi", "ban-sao.pdf"), ("en", "ban-sao-sua.pdf")):
                browser.open(f"{site.address}#{fragment}")
                browser.until("document.getElementById('main').dataset.ready === 'yes'")
                browser.run(
                    f"document.documentElement.lang === '{language}'"
                    " || document.getElementById('language').click()"
                )
                browser.choose("#choose", folder / name)
                browser.until("!document.getElementById('file').hidden")
                _size(browser, int(browser.run("document.documentElement.scrollHeight")))
                shots.append(Image.open(BytesIO(browser.picture())).convert("RGB"))
        finally:
            browser.close()
    tall = max(shot.height for shot in shots)
    whole = Image.new("RGB", (2 * WIDE + 42, tall + 28), "#C9D2DE")
    for place, shot in enumerate(shots):
        whole.paste(shot, (14 + place * (WIDE + 14), 14))
    whole.quantize(64).save(picture, optimize=True)


def _size(browser: chromium.Browser, tall: int) -> None:
    browser.ask(
        "Emulation.setDeviceMetricsOverride",
        width=WIDE, height=tall, deviceScaleFactor=1, mobile=True,
    )  # fmt: skip
