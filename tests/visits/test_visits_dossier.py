"""Whole visits of the guided dossier: wrong, other person's, expired and unknown papers; packed,
sealed, delivered, with the ward's receipt; gone on with later by the slip.
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import msgspec
import pikepdf
import pytest

from daemon.machine.events import Pressed, Typed
from daemon.machine.personal import Personal
from daemon.machine.views import Notice
from daemon.register import envelope
from daemon.register.setup import DEMO
from daemon.services.dossiers.manifest import Manifest
from models import specimens
from models.specimens import people
from tests.visits.papers import CARD, DECISION, DEGREE, MARRIAGE, encoded
from tests.visits.visit import Page, Visitor, running
from tests.ward import certificates
from tests.ward.book import Book
from tests.ward.server import WardServer

CODE = "1.004492"
"""Form, rental contract, degree (copies), citizen card (shown)."""
ALLOWANCE = "1.001776"
"""Form, citizen card, and a birth certificate for a child."""


async def choose(
    visitor: Visitor, code: str = CODE, words: str = "thành lập nhóm trẻ độc lập"
) -> None:
    await visitor.on("attract", "dossier")
    await visitor.see("choose")
    await visitor.happens(Typed(Personal(words)))
    await visitor.until(lambda kiosk: any(one.value == code for one in kiosk.shown.choices))
    await visitor.press("open", code)
    await visitor.on("consent", "yes")


async def photograph(visitor: Visitor, page: Page | bytes) -> str:
    """Lays a paper and waits for the verdict; returns the title's key."""
    await visitor.on("paper", "photograph")
    return await laid(visitor, page)


async def laid(visitor: Visitor, page: Page | bytes) -> str:
    await visitor.page(page)
    await visitor.see("pages", "doubt", "gone")
    return visitor.shown.title.key


async def hand_in(visitor: Visitor) -> str:
    """From the form to the slip; returns its code."""
    await visitor.see("form")
    await visitor.press("ok")
    if visitor.shown.title.key == "dossier.form_needs_name":
        await visitor.press("change")
        await visitor.press("field", "name")
        await visitor.happens(Typed(Personal("Nguyễn Thị Mẫu")))
        await visitor.press("ok")
        await visitor.press("ok")
    await visitor.on("summary", "hand_in")
    await visitor.see("kept")
    assert isinstance(visitor.shown.body, Notice)
    return visitor.shown.body.number


def opened(visitor: Visitor, sealed: bytes) -> tuple[envelope.Packed, Manifest]:
    pki = visitor.app.state_folder / DEMO
    packed = envelope.unseal(sealed, pki / "ward.pem", pki / "ward-key.pem")
    assert isinstance(packed, envelope.Packed)
    return packed, msgspec.json.decode(packed.manifest, type=Manifest)


async def test_a_dossier_and_its_continuation(tmp_path: Path) -> None:
    papers = certificates.make(tmp_path / "pki")
    async with WardServer(Book(), papers) as ward:
        ward.book.receipts = True
        gateway: dict[str, Any] = {
            "url": ward.url, "ca": papers.ca, "certificate": papers.kiosk,
            "key": papers.kiosk_key, "timeout": 20.0, "wait": 5.0, "retry_least": 0.1,
            "retry_most": 0.2,
        }  # fmt: skip
        async with running(tmp_path / "kiosk", gateway=gateway) as visitor:
            await visitor.ready()
            ward.book.opens = lambda sealed: opened(visitor, sealed)[0]
            await choose(visitor)
            # a declaration is no kind that the model knows
            assert await photograph(visitor, DECISION[0]) == "dossier.paper"
            assert visitor.shown.detail is not None
            assert visitor.shown.detail.key == "dossier.unchecked"
            await visitor.press("done")
            await visitor.on("paper", "lack")
            # the wrong paper, then the right one
            assert await photograph(visitor, MARRIAGE) == "dossier.doubt.kind"
            assert visitor.shown.title.terms["kind"] == f"kind.{MARRIAGE[0]}"
            await visitor.press("again")
            assert await laid(visitor, DEGREE) == "dossier.paper"
            assert visitor.shown.detail.key == "dossier.right"
            await visitor.press("done")
            # the degree's name is hardly legible: read or not, it is nobody's proof
            if await photograph(visitor, CARD[0]) == "dossier.doubt.other":
                await visitor.press("keep")
            await visitor.press("done")
            visitor.world.lift()
            slip = await hand_in(visitor)
            assert visitor.shown.title.key == "dossier.kept_official"
            await visitor.soon(lambda: visitor.slips() == 2)  # its own list, the ward's receipt
            (sealed,) = ward.store.of_kind("sealed/dossier")
            packed, manifest = opened(visitor, sealed)
            statuses = {one.id: one.status for one in manifest.components}
            assert statuses == {
                f"{CODE}/1": "enclosed",
                f"{CODE}/2": "missing",
                f"{CODE}/3": "enclosed",
                f"{CODE}/4": "enclosed",
            }
            by_id = {one.id: one for one in manifest.components}
            assert by_id[f"{CODE}/3"].checked == by_id[f"{CODE}/4"].checked == "right"
            assert manifest.form["name"] and manifest.slip == slip
            for name, pdf in packed.files.items():
                (one,) = [c for c in manifest.components if c.file and c.file.name == name]
                assert one.file is not None and hashlib.sha256(pdf).hexdigest() == one.file.sha256
                with pikepdf.open(io.BytesIO(pdf)) as read:
                    assert len(read.pages) == one.file.pages
                    assert "pdfaid:part" in read.open_metadata()
            # what the procedure wants as a copy can be certified at once
            await visitor.press("copies")
            await visitor.see("product")
            await visitor.press("home")
            await visitor.press("yes")
            await visitor.rest()
            # later, with the slip: only what lacks is asked for
            await visitor.press("dossier")
            await visitor.press("continue")
            for digit in slip:
                await visitor.happens(Pressed("digit", digit))
            await visitor.press("ok")
            await visitor.on("consent", "yes")
            await visitor.see("paper")
            assert visitor.shown.detail is not None and visitor.shown.detail.args == {
                "n": 1,
                "of": 1,
            }
            assert await photograph(visitor, DECISION[1]) == "dossier.paper"
            await visitor.press("done")
            visitor.world.lift()
            assert await hand_in(visitor) == slip
            assert ward.book.slips[slip].have == (
                f"{CODE}/1", f"{CODE}/3", f"{CODE}/4", f"{CODE}/2",
            )  # fmt: skip
            await visitor.press("done")
            await visitor.gone()
            # nobody's code
            await visitor.on("attract", "dossier")
            await visitor.on("choose", "continue")
            for digit in "123456782":
                await visitor.happens(Pressed("digit", digit))
            await visitor.press("ok")
            await visitor.until(lambda kiosk: kiosk.shown.title.key == "dossier.not.unknown")
            await visitor.press("home")
            await visitor.rest()


async def test_expired_and_another_persons_and_without_a_gateway_it_waits_sealed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = people.facts
    with monkeypatch.context() as patched:
        patched.setattr(people, "facts", lambda *given: {**facts(*given), "expiry": "06/05/2021"})
        card = encoded(specimens.draw("cccd_gan_chip_2021", seed=2, page=1, dpi=400))
    number = specimens.facts("cccd_gan_chip_2021", seed=2)["p1.number"]
    # the date of a card is small print: the camera's full size
    camera = {"still_width": 4056, "still_height": 3040}
    async with running(tmp_path / "kiosk", camera=camera) as visitor:
        await visitor.ready()
        await choose(visitor, ALLOWANCE, "trợ cấp xã hội hằng tháng")
        await visitor.on("case", "no")
        await visitor.on("case", "yes")
        # whatever lies there as a declaration tells whose dossier it is
        assert await photograph(visitor, CARD[0]) == "dossier.paper"
        await visitor.press("done")
        assert await photograph(visitor, card) == "dossier.doubt.other"
        await visitor.press("keep")
        await visitor.press("done")
        await visitor.on("paper", "lack")
        visitor.world.lift()
        await visitor.see("form")
        slip = await hand_in(visitor)
        assert visitor.shown.title.key == "dossier.kept"
        await visitor.soon(lambda: visitor.slips() == 1)
        await visitor.press("done")
        await visitor.gone()
        (sealed,) = await visitor.facts("sealed/dossier")
        assert b"manifest" not in sealed and slip.encode() not in sealed
        _, manifest = opened(visitor, sealed)
        first, second = [one for one in manifest.components if one.status == "enclosed"]
        assert first.checked == "unchecked" and not first.other_person
        assert second.checked == "right" and second.expired and second.other_person
        assert manifest.form["person_number"] not in ("", number), "of the first card's owner"
        assert manifest.answers == {"disabled": False, "child": True}
        # a line that is not there is said, and a new dossier can be made
        await visitor.on("attract", "dossier")
        await visitor.on("choose", "continue")
        for digit in slip:
            await visitor.happens(Pressed("digit", digit))
        await visitor.press("ok")
        await visitor.until(lambda kiosk: kiosk.shown.title.key == "dossier.not.down")
        await visitor.press("back")
        await visitor.happens(Typed(Personal("x'; DROP TABLE procedures; -- \x1b@ 😀" * 200)))
        await visitor.until(lambda kiosk: kiosk.shown.name == "dossier.choose")
        await visitor.press("home")
        await visitor.rest()
