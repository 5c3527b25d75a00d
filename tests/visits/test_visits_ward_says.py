"""What the ward's gateway answers and sends while people are served: dossiers, files of facts."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from daemon.catalogue.reading import HERE
from daemon.hands import news, ward_files
from daemon.machine.events import Typed
from daemon.machine.personal import Personal
from daemon.machine.views import Payment, actions
from daemon.payment import vietqr
from daemon.uplink.down import jose
from daemon.uplink.gateway.messages import Dossier
from tests.uplink.signing import City
from tests.visits.visit import Visitor, running
from tests.ward import certificates
from tests.ward.book import Book
from tests.ward.server import WardServer

CODE = "000.00.01.H29-260310-0420"
SAID = (
    '[[announcement]]\nid="storm"\nvi="Nghỉ vì bão."\nen="Closed because of the storm."\n'
    "from=2026-01-01T00:00:00+07:00\nuntil=2099-01-01T00:00:00+07:00\n"
)


def offers(visitor: Visitor, action: str) -> bool:
    return any(choice.action == action for choice in actions(visitor.shown))


async def ask(visitor: Visitor, code: str) -> str:
    """Key of what is said of a dossier."""
    await visitor.see("code")
    await visitor.happens(Typed(Personal(code)))
    await visitor.press("ok")
    await visitor.see("told")
    return visitor.shown.title.key


async def test_dossiers_and_signed_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ward_files, "LOOK_EVERY", 0.1)
    monkeypatch.setattr(ward_files, "ASK_EVERY", 0.2)
    monkeypatch.setattr(news, "LOOK_EVERY", 0.1)
    papers = certificates.make(tmp_path / "pki")
    city = City(tmp_path)
    text = (HERE / "procedures.json").read_text(encoding="utf-8")

    def signed(name: str, content: str, rev: int) -> str:
        claims = {"iss": "ward:26824", "role": "ops", "aud": "26824-all", "name": name}
        return jose.sign(claims | {"rev": rev, "text": content}, city.keys["ward-ops"], "ward-ops")

    def renamed(name: str) -> str:
        data = json.loads(text)
        for one in data["procedures"]:
            if one["code"] == "2.000815":
                one["name_vi"] = name
        return json.dumps(data, ensure_ascii=False)

    async with WardServer(Book(), papers) as ward:
        ward.book.dossiers[CODE] = Dossier("ready", dt.date(2026, 12, 15))
        sections: dict[str, Any] = {
            "uplink": {"command_root": str(city.root_file)},
            "gateway": {
                "url": ward.url, "ca": papers.ca, "certificate": papers.kiosk,
                "key": papers.kiosk_key, "timeout": 20.0, "wait": 0.0,
            },
        }  # fmt: skip
        async with running(tmp_path / "kiosk", **sections) as visitor:
            await visitor.app.drawn.wait()
            await visitor.on("attract", "digital")
            await visitor.until(lambda _: offers(visitor, "status"))
            await visitor.press("status")
            assert await ask(visitor, f" {CODE.lower()} ") == "digital.stage.ready"
            detail = visitor.shown.detail
            assert detail is not None and detail.args == {"day": "15/12/2026"}
            await visitor.press("ok")
            # what is owed is shown as a code to the ward's account
            ward.book.dossiers[CODE] = Dossier("working", None, 8000, "HS7K2M4P")
            assert await ask(visitor, CODE) == "digital.stage.working"
            assert visitor.shown.detail is not None
            assert visitor.shown.detail.args == {"fee": 8000}
            await visitor.press("pay")
            body = (await visitor.see("fee")).body
            assert isinstance(body, Payment) and body.amount == 8000
            to = visitor.app.config.payment
            assert body.qr == vietqr.payload(to.bin, to.account, 8000, "HS7K2M4P", to.service)
            await visitor.press("ok")
            await visitor.press("ok")
            assert await ask(visitor, "H29-260310-9999") == "digital.stage.unknown"
            await visitor.press("ok")
            assert await ask(visitor, "'; DROP TABLE x") == "digital.stage.unknown"
            await visitor.press("ok")
            ward.fault = "down"
            assert await ask(visitor, CODE) == "digital.stage.no_answer"
            ward.fault = ""
            assert CODE not in visitor.said.text
            await visitor.press("home")
            await visitor.see("home")

            uplink, files = visitor.app.uplink, visitor.app.files
            assert uplink is not None and uplink.commands is not None and files is not None
            assert visitor.app.store is not None
            await uplink.commands.keys.take(city.key_set().encode(), visitor.app.store)
            ward.book.files["procedures"] = (3, signed("procedures", renamed("Sao y mới"), 3))
            ward.book.files["announcements"] = (1, signed("announcements", SAID, 1))
            await visitor.soon(lambda: files.revs == {"procedures": 3, "announcements": 1})
            await visitor.until(lambda kiosk: bool(kiosk.state.world.news))
            told = visitor.shown.detail
            assert told is not None and told.args == {"text": "Nghỉ vì bão."}
            await visitor.press("lookup")
            await visitor.happens(Typed(Personal("sao y")))
            await visitor.until(lambda _: offers(visitor, "open"))
            assert visitor.shown.choices[0].label.args == {"name": "Sao y mới"}

            ward.book.files["procedures"] = (4, signed("procedures", text[:9000], 4))

            def causes() -> dict[tuple[str, str], str]:
                return {(row.code, row.inst): row.cause for row in uplink.alarms.book.active()}

            await visitor.soon(lambda: ("facts_refused", "procedures") in causes())
            assert causes()["facts_refused", "procedures"] == "damaged"
            await visitor.press("open", "2.000815")
            await visitor.see("procedure")
            assert visitor.shown.title.args == {"name": "Sao y mới"}
            assert files.revs["procedures"] == 3
            await visitor.away()
