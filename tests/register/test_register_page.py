"""The verification page in Debian's Chromium: each verdict, of codes and of files; no network."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from msgspec.structs import replace
from pyhanko.pdf_utils.reader import PdfFileReader

from daemon.register import cancelled, certificates, proof, publish
from daemon.register.__main__ import main
from daemon.register.cose import Sign1
from daemon.register.demo_pki import DemoPki
from tests.register import chromium, papers
from tests.register.chromium import Browser, Site
from tests.register.made import BIRTH, DEGREE, FULL, Request

pytestmark = pytest.mark.skipif(chromium.program() is None, reason="chromium is not installed")

VERDICT = "document.getElementById('verdict').dataset.verdict"
READY = "document.getElementById('main').dataset.ready === 'yes'"


class World:
    """Copies by name, their addresses, and where the page is."""

    def __init__(self, folder: Path, pki: DemoPki) -> None:
        self.folder = folder
        self.pki = pki
        self.files: dict[str, bytes] = {}
        names = ("birth", "degree", "full", "card", "void")
        requests = [Request(paper) for paper in (BIRTH, DEGREE, FULL, papers.CARD, BIRTH)]
        settings = papers.configured(pki)
        sealed = papers.seal(settings, folder / "kiosk.db", *requests, void=(4,))
        for name, one in zip(names, sealed, strict=True):
            self.files[name] = one.copies[0].pdf
        config = folder / "kiosk.toml"
        token = settings.token
        config.write_text(
            f'[register]\nkeys = "token"\nward_certificate = "{pki.ward_certificate}"\n'
            f'[register.token]\nlabel = "{token.label}"\npin_file = "{token.pin_file}"\n'
            f'proof = "{token.proof}"\n'
        )
        self.list = folder / "demo.cancelled"
        cancel = ["cancelled", "--config", config, "--database", folder / "kiosk.db"]
        assert main([str(each) for each in (*cancel, "--out", self.list)]) == 0
        build = [
            "page", "--out", folder / "site", "--issuer", f"demo={pki.proof_certificate}",
            "--seal", f"demo={pki.authority_certificate}",
        ]  # fmt: skip
        assert main([str(each) for each in (*build, "--cancelled", self.list)]) == 0

    def code(self, name: str) -> str:
        """The fragment of a copy's address."""
        return papers.addresses(self.files[name])[0].partition("#")[2]


@pytest.fixture(scope="module")
def world(pki: DemoPki, tmp_path_factory: pytest.TempPathFactory) -> World:
    pki.use()
    return World(tmp_path_factory.mktemp("page"), pki)


@pytest.fixture(scope="module")
def site(world: World) -> Iterator[Site]:
    with chromium.site(world.folder / "site") as served:
        yield served


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


def verdict(browser: Browser, site: Site, fragment: str) -> str:
    browser.open(f"{site.address}#{fragment}" if fragment else site.address)
    browser.until(READY)
    return str(browser.run(VERDICT))


def of_file(browser: Browser, data: bytes, folder: Path) -> str:
    path = folder / "chosen.pdf"
    path.write_bytes(data)
    browser.run("document.getElementById('file').dataset.file = ''")
    browser.choose("#choose", path)
    return str(browser.until("document.getElementById('file').dataset.file"))


def other_key() -> tuple[bytes, ec.EllipticCurvePrivateKey]:
    return bytes.fromhex("0011223344556677"), ec.generate_private_key(ec.SECP256R1())


def signed_by(key: ec.EllipticCurvePrivateKey, message: Sign1) -> Sign1:
    der = key.sign(message.digest(), ec.ECDSA(Prehashed(hashes.SHA256())))
    raw = b"".join(part.to_bytes(32, "big") for part in decode_dss_signature(der))
    return replace(message, signature=raw)


# -- codes --------------------------------------------------------------------------------


def test_a_good_code_in_both_languages(world: World, site: Site, browser: Browser) -> None:
    browser.events.clear()
    assert verdict(browser, site, world.code("birth")) == "genuine"
    texts = {}
    for _ in range(2):
        language = browser.run("document.documentElement.lang")
        texts[language] = browser.run("document.body.innerText")
        browser.run("document.getElementById('language').click()")
    assert "The statement is genuine" in texts["en"]
    assert "Lời chứng là thật" in texts["vi"]
    assert "KHÔNG CÓ GIÁ TRỊ PHÁP LÝ" in texts["vi"], "the demo's key makes a sample"
    for said in ("ỦY BAN NHÂN DÂN PHƯỜNG MẪU", "SCTĐT/BS"):
        assert said in texts["en"]
        assert said in texts["vi"]
    assert "Giấy khai sinh" in texts["vi"]
    assert "Birth certificate" in texts["en"]
    assert "undefined" not in texts["en"] + texts["vi"]


def test_nothing_leaves_the_phone(world: World, site: Site, browser: Browser) -> None:
    browser.events.clear()
    site.seen.clear()
    code = world.code("degree")
    assert verdict(browser, site, code) == "genuine"
    asked = [
        event["params"]["request"]["url"]
        for event in browser.events
        if event["method"] == "Network.requestWillBeSent"
    ]
    assert asked
    assert all(url.startswith((site.address, "about:")) for url in asked)
    assert all(code[:20] not in path for path in site.seen)
    assert browser.run("document.cookie") == ""
    noise = [event for event in browser.events if event["method"] == "Log.entryAdded"]
    assert noise == []


def test_each_kind_of_bad_code_has_its_verdict(world: World, site: Site, browser: Browser) -> None:
    statement, signed = proof.read("https://a.example/#" + world.code("birth"))
    lookup = "https://a.example/"

    def code(changed: proof.Statement, signature: bytes = signed.signature) -> str:
        return proof.address(lookup, changed, signature).partition("#")[2]

    key, private = other_key()
    foreign = replace(statement, key=key)
    forged = signed_by(private, proof.message(statement))
    good = world.code("birth")
    expected = {
        "none": [""],
        "cancelled": [world.code("void")],
        "altered": [
            code(replace(statement, number="99")),
            code(replace(statement, pages=9)),
            code(replace(statement, authority="26824")),
            code(statement, forged.signature),
            code(statement, bytes(64)),
        ],
        "unknown": [code(foreign, signed_by(private, proof.message(foreign)).signature)],
        "unreadable": [
            good[:-1],
            good[:100],
            good + "A",
            good + "=",
            "%20" + good,
            "1" + good[1:],
            "../" * 20,
            "A" * 390,
            "A" * 100_000,
        ],
    }
    for wanted, codes in expected.items():
        for place, fragment in enumerate(codes):
            assert verdict(browser, site, fragment) == wanted, (wanted, place)
    text = browser.run("document.getElementById('facts').innerText")
    assert text == ""


async def _own(pki: DemoPki, message: Sign1) -> Sign1:
    """Signed with the authority's own key of statements."""
    from daemon.register.keys import TokenKeys
    from daemon.register.token import Token

    keys = TokenKeys(Token(pki.token, Path(pki.folder)))
    try:
        return replace(message, signature=await keys.sign_digest("proof", message.digest()))
    finally:
        await keys.close()


async def test_a_key_speaks_for_its_authority_and_its_time(
    world: World, site: Site, browser: Browser
) -> None:
    statement, _ = proof.read("https://a.example/#" + world.code("birth"))
    early = statement.date.replace(year=statement.date.year - 2)
    for other in (replace(statement, authority="26824"), replace(statement, date=early)):
        signed = await _own(world.pki, proof.message(other))
        fragment = proof.address("https://a.example/", other, signed.signature).partition("#")[2]
        assert verdict(browser, site, fragment) == "unknown"


# -- lists --------------------------------------------------------------------------------


async def test_an_old_missing_or_foreign_list_is_no_list(
    world: World, site: Site, browser: Browser
) -> None:
    content, signed = cancelled.read(world.list.read_bytes())
    kept = world.folder / "site" / "data" / f"{content.key.hex()}.cancelled"
    _, private = other_key()
    now = int(time.time())
    old = await _own(world.pki, cancelled.message(replace(content, next=now - 60)))
    emptied = replace(content, volumes={})
    try:
        for spoilt in (
            signed_by(private, cancelled.message(emptied)).encode(),
            replace(cancelled.message(emptied), signature=signed.signature).encode(),
            (await _own(world.pki, cancelled.message(replace(emptied, authority="x")))).encode(),
            (
                await _own(world.pki, proof.message(proof.read("#" + world.code("birth"))[0]))
            ).encode(),
            b"",
            b"<html>",
        ):
            kept.write_bytes(spoilt)
            assert verdict(browser, site, world.code("birth")) == "unchecked"
            assert verdict(browser, site, world.code("void")) == "unchecked"
        kept.write_bytes(old.encode())
        assert verdict(browser, site, world.code("birth")) == "unchecked"
        assert verdict(browser, site, world.code("void")) == "cancelled"
    finally:
        kept.write_bytes(world.list.read_bytes())
    assert verdict(browser, site, world.code("birth")) == "genuine"


def test_a_page_is_not_built_from_lists_that_do_not_hold(world: World, tmp_path: Path) -> None:
    (certificate,) = certificates.load_pem([world.pki.proof_certificate])
    (authority,) = certificates.load_pem([world.pki.ward_certificate])
    source = publish.Source("demo", certificate, sample=True)
    good = world.list.read_bytes()
    content, signed = cancelled.read(good)
    changed = replace(cancelled.message(replace(content, volumes={})), signature=signed.signature)
    for sources, lists, told in (
        ([], [good], "issuer"),
        ([source], [], "no list of demo"),
        ([source], [b"no list"], "CBOR"),
        ([source], [changed.encode()], "not signed"),
        ([source._replace(authority="26824")], [good], "by no issuer"),
        ([publish.Source("demo", authority, sample=True)], [good], "by no issuer"),
    ):
        with pytest.raises(publish.BadPage, match=told):
            publish.build(tmp_path, sources, lists)
    assert not list(tmp_path.iterdir())


# -- files --------------------------------------------------------------------------------


def test_good_files_are_whole(world: World, site: Site, browser: Browser, tmp_path: Path) -> None:
    for name in ("birth", "degree", "full", "card"):
        assert verdict(browser, site, world.code(name)) == "genuine"
        assert of_file(browser, world.files[name], tmp_path) == "whole", name
    assert "PDF reader" in browser.run("document.getElementById('reader').innerText")
    # without a code, a file speaks for itself
    assert verdict(browser, site, "") == "none"
    assert of_file(browser, world.files["birth"], tmp_path) == "whole"
    assert browser.run(VERDICT) == "genuine"
    assert of_file(browser, world.files["void"], tmp_path) == "whole"
    assert browser.run(VERDICT) == "cancelled"


def test_each_kind_of_bad_file_has_its_word(
    world: World, site: Site, browser: Browser, tmp_path: Path
) -> None:
    birth = world.files["birth"]
    with pikepdf.open(BytesIO(birth)) as pdf:
        del pdf.Root["/AcroForm"]
        for sheet in pdf.pages:
            if "/Annots" in sheet:
                sheet.Annots = pikepdf.Array(
                    [each for each in sheet.Annots if each.get("/Subtype") == "/Link"]
                )
        unsigned = papers.saved(pdf)
    with pikepdf.open(BytesIO(birth)) as pdf:
        pdf.pages.reverse()
        turned = papers.saved(pdf)
    with pikepdf.open(BytesIO(birth)) as pdf:
        streams = BytesIO()
        pdf.save(streams, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    moved = papers.with_address(world.files["degree"], papers.addresses(birth)[0])
    plain = Request(DEGREE).papers[0].pdf
    at = birth.index(b"/DCTDecode")
    picture = bytearray(birth)
    picture[birth.index(b"stream", at) + 5000] ^= 1
    for name, data, wanted in (
        ("a QR moved to another paper", moved, "pictures"),
        ("a changed picture", bytes(picture), "pictures"),
        ("pages in another order", turned, "pictures"),
        ("something hidden by an update", papers.covered(birth), "added"),
        ("bytes behind the end", birth + b"\n% more\n", "unreadable"),
        ("signatures torn off", unsigned, "unsigned"),
        ("pages that were never sealed", plain, "bare"),
        ("saved anew", streams.getvalue(), "unreadable"),
        ("no PDF", b"hello", "unreadable"),
        ("nothing", b"", "unreadable"),
    ):
        assert verdict(browser, site, "") == "none"
        assert of_file(browser, data, tmp_path) == wanted, name
    assert verdict(browser, site, world.code("degree")) == "genuine"
    assert of_file(browser, birth, tmp_path) == "other"


def test_no_changed_byte_leaves_a_file_whole(world: World, site: Site, browser: Browser) -> None:
    good = world.files["degree"]
    assert verdict(browser, site, world.code("degree")) == "genuine"
    served = world.folder / "site" / "good.pdf"
    served.write_bytes(good)
    step = len(good) // 151
    missed = browser.run(
        "(async () => { const { compare } = await import('/check.js');"
        "const good = new Uint8Array(await (await fetch('/good.pdf')).arrayBuffer());"
        "const trust = await (await fetch('/data/issuers.json')).json();"
        "const missed = [(await compare(good, location.href, trust)).file];"
        f"for (let place = 7; place < good.length; place += {step}) {{"
        "const bad = good.slice(); bad[place] ^= 1;"
        "const { file } = await compare(bad, location.href, trust);"
        "if (file === 'whole') missed.push(place); }"
        "return missed; })()"
    )
    served.unlink()
    assert missed[0] == "whole"
    # what nobody signs: the unused room of the signature, and other certificates that came along
    last = PdfFileReader(BytesIO(good)).embedded_signatures[-1]
    begin, end = last.byte_range[1], last.byte_range[2]
    assert [place for place in missed[1:] if not begin <= place < end] == []


def test_a_file_signed_by_another_is_not_the_authoritys(
    world: World, site: Site, browser: Browser, tmp_path: Path
) -> None:
    """Same pages, same QR, same names: signed with keys of a hierarchy that somebody made up."""
    rogue = papers.signed_again(world.files["birth"], tmp_path)
    assert verdict(browser, site, world.code("birth")) == "genuine"
    assert of_file(browser, rogue, tmp_path) == "foreign"


def test_an_issuer_without_seals_leaves_the_signature_to_the_reader(
    world: World, site: Site, browser: Browser, tmp_path: Path
) -> None:
    known = world.folder / "site" / "data" / "issuers.json"
    kept = known.read_bytes()
    issuers = json.loads(kept)
    issuers["issuers"][0]["seals"] = []
    known.write_text(json.dumps(issuers))
    try:
        assert verdict(browser, site, world.code("birth")) == "genuine"
        assert of_file(browser, world.files["birth"], tmp_path) == "unsealed"
    finally:
        known.write_bytes(kept)


# -- without a network --------------------------------------------------------------------


def test_it_works_without_a_network_after_the_first_load(
    world: World, site: Site, browser: Browser, tmp_path: Path
) -> None:
    assert verdict(browser, site, world.code("birth")) == "genuine"
    browser.run("navigator.serviceWorker.ready.then(() => true)")
    browser.until("navigator.serviceWorker.controller")
    site.off()
    try:
        for name, wanted in (("card", "genuine"), ("void", "cancelled")):
            assert verdict(browser, site, world.code(name)) == wanted
            assert of_file(browser, world.files[name], tmp_path) == "whole"
    finally:
        site.on()


async def test_a_new_cancellation_is_seen_at_the_next_load(
    world: World, site: Site, browser: Browser
) -> None:
    assert verdict(browser, site, world.code("birth")) == "genuine"
    browser.run("navigator.serviceWorker.ready.then(() => true)")
    statement, _ = proof.read("#" + world.code("birth"))
    content, _ = cancelled.read(world.list.read_bytes())
    numbers = (*content.volumes[statement.volume], statement.number)
    longer = replace(content, volumes={statement.volume: numbers})
    kept = world.folder / "site" / "data" / f"{content.key.hex()}.cancelled"
    kept.write_bytes((await _own(world.pki, cancelled.message(longer))).encode())
    try:
        assert verdict(browser, site, world.code("birth")) == "cancelled"
    finally:
        kept.write_bytes(world.list.read_bytes())
