"""VietQR payloads against published vectors, and what the format cannot carry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.payment import vietqr
from daemon.payment.errors import BadCode
from tests.payment import emv

DYNAMIC = (
    "00020101021238540010A00000072701240006970436011001234567890208QRIBFTTA"
    "5303704540460005802VN62120808SY7K3M9Q6304D209"
)
STATIC = (
    "00020101021138540010A00000072701240006970436011001234567890208QRIBFTTA53037045802VN63046A15"
)
BILLED = (
    "00020101021238570010A00000072701270006970415011311223344556670208QRIBFTTA"
    "530370454062050005802VN62290108HD0001230813SAOY HD000123630473E6"
)
BOTH = (
    "00020101021238540010A00000072701240006970436011001234567890208QRIBFTTA"
    "5303704540460005802VN62240108SY7K3M9Q0808SY7K3M9Q63047AF7"
)
PUBLISHED = (
    "00020101021138570010A00000072701270006970403011200110123456780208QRIBFTTA"
    "53037045802VN6304F4E5",
    "00020101021238600010A00000072701300006970403011697040311012345670208QRIBFTTC"
    "530370454061800005802VN62340107NPS68690819thanh toan don hang6304A203",
    "00020101021138540010A00000072701240006970423011001234567890208QRIBFTTA53037045802VN6304F64B",
)


def test_the_check_value_of_the_crc() -> None:
    assert vietqr.crc16(b"123456789") == 0x29B1


def test_a_payload_letter_by_letter() -> None:
    assert vietqr.payload("970436", "0123456789", 6000, "SY7K3M9Q") == DYNAMIC
    assert vietqr.payload("970436", "0123456789") == STATIC


def test_a_bill_number_beside_the_memo_is_read() -> None:
    assert emv.fields(BILLED)["54"] == "205000"
    assert emv.subfields(emv.fields(BILLED)["62"]) == {
        "01": "HD000123",
        "08": "SAOY HD000123",
    }
    assert emv.subfields(emv.fields(BOTH)["62"]) == {"01": "SY7K3M9Q", "08": "SY7K3M9Q"}


def test_published_payloads_are_read() -> None:
    for text in PUBLISHED:
        assert emv.fields(text)["53"] == "704"
    found = emv.fields(PUBLISHED[1])
    assert found["54"] == "180000"
    assert emv.subfields(found["62"])["08"] == "thanh toan don hang"
    account = emv.subfields(emv.subfields(found["38"])["01"])
    assert account == {"00": "970403", "01": "9704031101234567"}


@given(
    st.from_regex(r"[0-9]{6}", fullmatch=True),
    st.from_regex(r"[0-9A-Za-z]{1,19}", fullmatch=True),
    st.integers(1, 9_999_999_999_999),
    st.from_regex(r"[0-9A-Za-z ]{1,25}", fullmatch=True),
)
def test_what_is_written_is_read_again(bank: str, account: str, amount: int, memo: str) -> None:
    found = emv.fields(vietqr.payload(bank, account, amount, memo))
    assert next(iter(found)) == "00"
    assert list(found)[-1] == "63"
    assert (found["54"], found["58"], found["01"]) == (str(amount), "VN", "12")
    assert emv.subfields(found["62"]) == {"08": memo}
    template = emv.subfields(found["38"])
    assert emv.subfields(template["01"]) == {"00": bank, "01": account}


@pytest.mark.parametrize(
    ("bank", "account", "amount", "memo"),
    [
        ("97043", "1", 1, "A"),
        ("97043a", "1", 1, "A"),
        ("970436", "", 1, "A"),
        ("970436", "1" * 20, 1, "A"),
        ("970436", "1", -1, "A"),
        ("970436", "1", 10**13, "A"),
        ("970436", "1", 1, "phí sao y"),
        ("970436", "1", 1, "A" * 26),
        ("970436\n", "1", 1, "A"),
        ("970436", "1", 1, "A\n"),
    ],
)
def test_what_it_cannot_carry(bank: str, account: str, amount: int, memo: str) -> None:
    with pytest.raises(BadCode):
        vietqr.payload(bank, account, amount, memo)


@pytest.mark.parametrize(
    "text",
    [
        "", "6304D209", DYNAMIC[:-1] + "8", DYNAMIC.replace("6000", "6001"), DYNAMIC.lower(),
        DYNAMIC + " ", "đ" + DYNAMIC,
    ],
)  # fmt: skip
def test_a_damaged_payload_is_named(text: str) -> None:
    with pytest.raises(emv.Damaged):
        emv.fields(text)
