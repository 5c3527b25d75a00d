"""Bytes from and to a printer: what is no message is told as such, whatever it is."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.ipp_client import Address, UriError
from drivers.ipp_message import (
    Group,
    IppGarbledError,
    Operation,
    Request,
    Tag,
    decode,
    encode,
    keywords,
    number,
    text,
)


def attribute(tag: int, name: str, value: bytes) -> bytes:
    head = struct.pack(">BH", tag, len(name)) + name.encode()
    return head + struct.pack(">H", len(value)) + value


REPLY = (
    b"\x02\x00\x00\x00\x00\x00\x00\x07"
    + bytes([Group.OPERATION])
    + attribute(Tag.CHARSET, "attributes-charset", b"utf-8")
    + attribute(Tag.TEXT, "status-message", b"well\x1b[2J\r\ndone")
    + bytes([Group.JOB])
    + attribute(Tag.INTEGER, "job-id", b"\0\0\0\x11")
    + attribute(Tag.KEYWORD, "job-state-reasons", b"job-printing")
    + attribute(Tag.KEYWORD, "", b"job-queued")
    + attribute(Tag.BEGIN_COLLECTION, "media-col", b"")
    + attribute(Tag.MEMBER, "", b"job-id")
    + attribute(Tag.INTEGER, "", b"\0\0\0\x63")
    + attribute(Tag.END_COLLECTION, "", b"")
    + attribute(Tag.NAME_LANGUAGE, "job-name", b"\0\x02vi\0\x05B\xe1\xba\xa3n")
    + bytes([Group.JOB])
    + attribute(Tag.INTEGER, "job-id", b"\0\0\0\x12")
    + bytes([Group.END])
)


def test_a_reply_with_two_jobs() -> None:
    reply = decode(REPLY)
    assert reply.status == 0
    assert [number(job, "job-id") for job in reply.jobs] == [0x11, 0x12]
    assert keywords(reply.jobs[0], "job-state-reasons") == ("job-printing", "job-queued")
    assert text(reply.jobs[0], "job-name") == "Bản"


def test_control_characters_of_a_printer_reach_no_log() -> None:
    assert text(decode(REPLY).operation, "status-message") == "well [2J  done"


@pytest.mark.parametrize("length", range(len(REPLY)))
def test_a_reply_that_ends_too_soon_is_garbled(length: int) -> None:
    with pytest.raises(IppGarbledError):
        decode(REPLY[:length])


@given(st.binary(max_size=300))
def test_any_bytes_are_a_reply_or_garbled(data: bytes) -> None:
    for start in (b"", REPLY[:8], REPLY[:40]):
        try:
            reply = decode(start + data)
        except IppGarbledError:
            continue
        assert isinstance(reply.status, int)


def test_a_flood_of_attributes_is_refused() -> None:
    flood = attribute(Tag.KEYWORD, "a", b"b") * 6000
    with pytest.raises(IppGarbledError, match="more than"):
        decode(REPLY[:8] + bytes([Group.PRINTER]) + flood + bytes([Group.END]))


def test_values_of_the_wrong_kind_are_no_numbers_and_no_text() -> None:
    data = (
        REPLY[:8]
        + bytes([Group.PRINTER])
        + attribute(Tag.KEYWORD, "printer-state", b"idle")
        + attribute(Tag.INTEGER, "device-uri", b"\0\0\0\1")
        + attribute(Tag.INTEGER, "short", b"\1")
        + bytes([Group.END])
    )
    printer = decode(data).printer
    assert number(printer, "printer-state") is None
    assert number(printer, "short") is None
    assert number(printer, "absent") is None
    assert text(printer, "device-uri") == ""


def test_a_request_as_in_the_standard() -> None:
    """The octets of RFC 8010 appendix A.1, as far as this client sends the same."""
    request = Request(
        Operation.CREATE_JOB,
        (
            (Tag.CHARSET, "attributes-charset", ("utf-8",)),
            (Tag.BOOLEAN, "ipp-attribute-fidelity", (True,)),
        ),
        ((Tag.INTEGER, "copies", (20,)), (Tag.KEYWORD, "sides", ("one-sided", "other"))),
    )
    assert encode(request, 1) == (
        b"\x02\x00\x00\x05\x00\x00\x00\x01\x01"
        b"\x47\x00\x12attributes-charset\x00\x05utf-8"
        b"\x22\x00\x16ipp-attribute-fidelity\x00\x01\x01"
        b"\x02\x21\x00\x06copies\x00\x04\x00\x00\x00\x14"
        b"\x44\x00\x05sides\x00\x09one-sided\x44\x00\x00\x00\x05other\x03"
    )


@pytest.mark.parametrize(
    ("uri", "printer_uri"),
    [
        ("ipp://printer.local/ipp/print", "ipp://printer.local/ipp/print"),
        ("ipps://10.0.0.9:8443/ipp/print", "ipps://10.0.0.9:8443/ipp/print"),
        ("ipp://[fd00::9]/ipp/print", "ipp://[fd00::9]/ipp/print"),
        ("ipp+unix:///run/cups/cups.sock?/printers/A4", "ipp://localhost/printers/A4"),
    ],
)
def test_where_printers_are(uri: str, printer_uri: str) -> None:
    assert Address.of(uri).printer_uri == printer_uri


@pytest.mark.parametrize(
    "uri",
    ["", "A4", "http://printer/", "ipp://", "ipp://printer", "ipp:///ipp", "ipp://p:99999/ipp",
     "ipp+unix:///run/cups/cups.sock", "usb://Brother/HL"],
)  # fmt: skip
def test_what_names_no_printer_is_told_with_what_would(uri: str) -> None:
    with pytest.raises(UriError, match=r"ipp://HOST|port"):
        Address.of(uri)
