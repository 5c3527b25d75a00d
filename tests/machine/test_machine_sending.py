"""An electronic copy by e-mail, or by an address that works once: only what the ward offers."""

from __future__ import annotations

import msgspec
import pytest

from daemon.machine.effects import MakeLink, SendMail
from daemon.machine.events import (
    DeviceBack,
    DeviceLost,
    Elapsed,
    LinkMade,
    MailTaken,
    Pressed,
    TrayChanged,
    Typed,
)
from daemon.machine.personal import Personal, masking
from daemon.machine.values import House
from daemon.machine.views import actions
from tests.machine.walk import HOUSE, Walk, to_collect, to_pages

BOTH = msgspec.structs.replace(HOUSE, mail=True, link=True)
ADDRESS = Personal("an.danh@thu.example.vn")
URL = Personal("https://kho.ward.example/1/abc")


def receipt(house: House = BOTH) -> Walk:
    return to_collect(Walk(house))(TrayChanged(True), TrayChanged(False))


def offered(walk: Walk) -> set[str]:
    return {one.action for one in actions(walk.view)} & {"mail", "link"}


@pytest.mark.parametrize("mail", [False, True])
@pytest.mark.parametrize("link", [False, True])
def test_only_what_is_configured_is_offered(mail: bool, link: bool) -> None:
    walk = receipt(msgspec.structs.replace(HOUSE, mail=mail, link=link))
    assert offered(walk) == {name for name, on in (("mail", mail), ("link", link)) if on}


def test_an_address_is_read_back_before_it_is_used() -> None:
    walk = receipt().press("mail")(Typed(ADDRESS)).press("ok")
    assert walk.scene == "MailShown" and not walk.asked(SendMail)
    walk.press("no")
    assert walk.scene == "MailAsked"
    walk.press("ok", "yes")
    assert walk.asked(SendMail) == [SendMail(ADDRESS)]
    walk(MailTaken("kept"))
    assert walk.scene == "ReceiptAsked" and offered(walk) == set()
    walk.press("paper")
    assert walk.scene == "Rate"


def test_what_is_no_address_is_asked_again_with_what_was_typed() -> None:
    walk = receipt().press("mail")(Typed(Personal("an.danh"))).press("ok", "yes")
    walk(MailTaken("address"))
    assert walk.scene == "MailAsked"
    assert walk.view.title.key == "mail.wrong"
    walk(Typed(ADDRESS))
    assert walk.view.title.key == "mail.ask"


def test_an_empty_field_sends_nothing() -> None:
    walk = receipt().press("mail").press("ok")
    assert walk.scene == "MailAsked"
    assert not walk.asked(SendMail)


def test_what_failed_is_said_and_may_be_tried_again() -> None:
    walk = receipt().press("link")
    assert walk.asked(MakeLink) == [MakeLink()]
    walk(LinkMade())
    assert walk.view.detail is not None
    assert offered(walk) == {"mail", "link"}
    walk.press("link")(LinkMade(URL))
    shown = walk.view.body
    assert shown.own == URL
    walk.press("ok")
    assert offered(walk) == set()


def test_the_receipt_ends_by_itself_afterwards_too() -> None:
    walk = receipt().press("mail").press("back")(Elapsed("receipt.end"))
    assert walk.scene == "Rate"


def test_no_address_is_in_the_journal() -> None:
    walk = receipt().press("mail")(Typed(ADDRESS)).press("ok", "yes")
    told = msgspec.json.encode((walk.events, walk.effects, walk.state), enc_hook=masking)
    assert b"an.danh" not in told


def test_without_room_no_electronic_copy_is_offered() -> None:
    walk = to_pages(Walk(HOUSE))(DeviceLost("delivery", "full")).press("done")
    (digital,) = [one for one in walk.view.choices if one.action == "digital"]
    assert digital.why_not is not None
    walk(Pressed("digital"))
    assert walk.scene == "ProductAsked"
    walk(DeviceBack("delivery")).press("digital")
    assert walk.scene == "CopiesAsked"


def test_where_only_electronic_copies_are_made_it_is_said_that_there_is_no_room() -> None:
    house = msgspec.structs.replace(HOUSE, products=("digital",))
    walk = to_pages(Walk(house))(DeviceLost("delivery", "full")).press("done")
    assert walk.scene == "ProductAsked"
    assert not {one.action for one in actions(walk.view)} & {"digital", "paper"}
