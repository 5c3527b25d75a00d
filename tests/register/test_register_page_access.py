"""The page for everybody (WCAG 2.2 AA as far as a machine sees it), its CSP, its strict CBOR."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cbor2
import pytest

from daemon.register import cose
from tests.register import chromium
from tests.register.chromium import Browser, Site

pytestmark = pytest.mark.skipif(chromium.program() is None, reason="chromium is not installed")

PAGE = Path(cose.__file__).with_name("page")

CONTRAST = """
(() => {
  const parts = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const one = (v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * one(r) + 0.7152 * one(g) + 0.0722 * one(b);
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = parts(getComputedStyle(at).backgroundColor);
      if (found.length === 3 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const ratio = (a, b) => {
    const [high, low] = [light(a), light(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };
  const bad = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let count = 0;
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility() || element.closest(".unseen")) continue;
    count += 1;
    const found = ratio(parts(getComputedStyle(element).color), ground(element));
    if (found < 4.5) bad.push([node.data.trim().slice(0, 30), found]);
  }
  return { count, bad };
})()
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The page's own files, with no issuers."""
    folder = tmp_path_factory.mktemp("bare")
    for path in PAGE.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "data").mkdir()
    (folder / "data" / "issuers.json").write_text('{"issuers": [], "kinds": {}}')
    names = json.dumps(["./", *(path.name for path in PAGE.iterdir() if path.name != "worker.js")])
    (folder / "files.js").write_text(f'const VERSION = "test";\nconst FILES = {names};\n')
    with chromium.site(folder) as served:
        yield served


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


@pytest.fixture
def page(browser: Browser, site: Site) -> Browser:
    browser.open(site.address)
    browser.until("document.getElementById('main').dataset.ready === 'yes'")
    return browser


# -- people -------------------------------------------------------------------------------


def test_controls_have_names_and_regions_have_headings(page: Browser) -> None:
    tree = page.ask("Accessibility.getFullAXTree")["nodes"]
    roles: dict[str, list[str]] = {}
    for node in tree:
        if not node.get("ignored"):
            role = node["role"]["value"]
            roles.setdefault(role, []).append(node.get("name", {}).get("value", ""))
    assert len(roles["button"]) >= 2
    assert all(roles["button"])
    assert all(roles["region"])
    for landmark in ("main", "banner", "contentinfo", "status"):
        assert len(roles[landmark]) == 1, landmark
    assert len(roles["heading"]) == 3


def test_the_language_of_the_page_is_told(page: Browser) -> None:
    seen = set()
    for _ in range(2):
        language = page.run("document.documentElement.lang")
        other = page.run("document.getElementById('language').lang")
        title = page.run("document.title")
        seen.add((language, other))
        assert ("Kiểm tra" in title) == (language == "vi")
        page.run("document.getElementById('language').click()")
    assert seen == {("vi", "en"), ("en", "vi")}


def test_both_languages_have_the_same_words() -> None:
    text = (PAGE / "words.js").read_text(encoding="utf-8")
    vietnamese, english = text.split("  en: {")
    keys = [re.findall(r'^    (?:"([\w.]+)"|(\w+)):', part, re.M) for part in (vietnamese, english)]
    first, second = ([a or b for a, b in found] for found in keys)
    assert first == second
    assert len(first) > 40


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("tone", ["good", "care", "bad", "none"])
def test_every_text_has_enough_contrast(page: Browser, scheme: str, tone: str) -> None:
    feature = {"name": "prefers-color-scheme", "value": scheme}
    page.ask("Emulation.setEmulatedMedia", features=[feature])
    page.run(
        "for (const each of document.querySelectorAll('[hidden]')) each.hidden = false;"
        f"for (const each of document.querySelectorAll('.verdict')) each.dataset.tone = '{tone}';"
        "document.getElementById('facts').innerHTML = '<dt>a</dt><dd>b</dd>';"
        "for (const each of document.querySelectorAll('p, span'))"
        " if (!each.textContent) each.textContent = 'x';"
    )
    found = page.run(CONTRAST)
    assert found["count"] >= 12
    assert found["bad"] == []


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_it_reflows_and_its_targets_are_large(page: Browser, width: int) -> None:
    page.ask(
        "Emulation.setDeviceMetricsOverride",
        width=width, height=700, deviceScaleFactor=1, mobile=width < 500,
    )  # fmt: skip
    try:
        wide = page.run("document.documentElement.scrollWidth")
        assert wide <= width
        heights = page.run(
            "[...document.querySelectorAll('button, .button')].map((each) =>"
            " each.getBoundingClientRect().height)"
        )
        assert len(heights) == 2
        assert min(heights) >= 44
    finally:
        page.ask("Emulation.clearDeviceMetricsOverride")


def test_the_keyboard_reaches_everything_and_shows_where_it_is(page: Browser) -> None:
    reached = []
    for _ in range(2):
        for kind in ("keyDown", "keyUp"):
            page.ask(
                "Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9
            )
        reached.append(
            page.run(
                "(() => { const at = document.activeElement;"
                "const shown = at.id === 'choose' ? at.nextElementSibling : at;"
                "return [at.id, getComputedStyle(shown).outlineStyle,"
                " parseFloat(getComputedStyle(shown).outlineWidth)]; })()"
            )
        )
    assert [each[0] for each in reached] == ["language", "choose"]
    assert all(style == "solid" and width >= 2 for _, style, width in reached)


# -- safety -------------------------------------------------------------------------------


def test_nothing_else_may_run_or_load(page: Browser) -> None:
    policy = page.run("document.querySelector('meta[http-equiv=Content-Security-Policy]').content")
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "*" not in policy
    page.run(
        "window.broken = new Set();"
        "addEventListener('securitypolicyviolation',"
        " (event) => window.broken.add(event.effectiveDirective));"
        "const script = document.createElement('script');"
        "script.textContent = 'window.ran = true'; document.head.append(script);"
        'const image = \'<img src="https://elsewhere.example/x" onerror="window.ran = true">\';'
        "document.body.insertAdjacentHTML('beforeend', image);"
        "fetch('https://elsewhere.example/').then(() => { window.ran = true; }, () => {});"
    )
    page.until("window.broken.size >= 4")
    assert set(page.run("[...window.broken]")) == {
        "script-src-elem", "script-src-attr", "img-src", "connect-src",
    }  # fmt: skip
    assert page.run("window.ran === undefined")
    for path in PAGE.glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert "innerHTML" not in text, path.name
        assert "http:" not in text and "https:" not in text, path.name


# -- CBOR ---------------------------------------------------------------------------------


def decoded(page: Browser, samples: list[bytes]) -> list[Any]:
    """What the page's decoder makes of each; the text "Unreadable" where it refuses."""
    return list(
        page.run(
            "(async () => { const { decode, Tagged, Unreadable } = await import('/cbor.js');"
            "const plain = (value) => value instanceof Uint8Array ? { bytes: [...value] }"
            ": value instanceof Tagged ? { tag: value.tag, value: plain(value.value) }"
            ": value instanceof Map ? { map: [...value].map(([k, v]) => [k, plain(v)]) }"
            ": Array.isArray(value) ? value.map(plain) : value;"
            f"return {json.dumps([list(each) for each in samples])}.map((bytes) => {{"
            "try { return [plain(decode(Uint8Array.from(bytes)))]; }"
            "catch (error) { if (error instanceof Unreadable) return 'Unreadable';"
            " throw error; } }); })()"
        )
    )


def plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"bytes": list(value)}
    if isinstance(value, cbor2.CBORTag):
        return {"tag": value.tag, "value": plain(value.value)}
    if isinstance(value, dict):
        encoded = sorted(
            value.items(), key=lambda item: (len(cose.dumps(item[0])), cose.dumps(item[0]))
        )
        return {"map": [[key, plain(each)] for key, each in encoded]}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value


def made_up(dice: random.Random, depth: int = 0) -> Any:
    kind = dice.randrange(6 if depth < 3 else 4)
    if kind == 0:
        return dice.choice([0, 23, 24, 255, 256, 65535, 65536, 2**32 - 1, dice.randrange(2**32)])
    if kind == 1:
        return -1 - dice.choice([0, 23, 24, 255, 256, 65536])
    if kind == 2:
        return dice.randbytes(dice.choice([0, 1, 23, 24, 64, 300]))
    if kind == 3:
        return "Sổ chứng thực SCTĐT/BS"[: dice.randrange(23)]
    if kind == 4:
        return [made_up(dice, depth + 1) for _ in range(dice.randrange(4))]
    return {key: made_up(dice, depth + 1) for key in dice.sample([1, 4, -7, "a", "sổ", 500], 3)}


def test_the_page_reads_what_the_register_writes(page: Browser) -> None:
    dice = random.Random(2026)
    values = [made_up(dice) for _ in range(300)]
    values.append(cbor2.CBORTag(18, [b"a", {}, b"b", bytes(64)]))
    found = decoded(page, [cose.dumps(value) for value in values])
    assert found == [[plain(value)] for value in values]


def test_both_readers_refuse_the_same_bytes(page: Browser) -> None:
    """Changed, cut and lengthened bytes: the page takes nothing that the register would refuse."""
    dice = random.Random(7)
    samples = [bytes.fromhex(text) for text in (
        "1800", "1817", "190018", "1a00000100", "1b0000000000000001", "5f4101ff", "9f01ff",
        "bf0102ff", "f4", "f6", "f97e00", "fb3ff0000000000000", "a201020101", "a2020101 02",
        "61ff", "62c328", "5803010203", "", "ff", "0000", "8101", "c1", "d8184100",
    )]  # fmt: skip
    for _ in range(400):
        whole = bytearray(cose.dumps(made_up(dice)))
        whole[dice.randrange(len(whole))] ^= 1 << dice.randrange(8)
        samples.append(bytes(whole[: len(whole) - dice.randrange(2)]))
    refused = 0
    for sample, found in zip(samples, decoded(page, samples), strict=True):
        if found == "Unreadable":
            refused += 1
            continue
        assert found == [plain(cose.loads(sample))], sample.hex()
    assert refused > 60
