"""The words of printers, keyword by keyword."""

from __future__ import annotations

import msgspec
import pytest

from drivers.devices import DevicesConfig, build
from drivers.errors import Trouble
from drivers.ipp_message import Attributes, Value
from drivers.ipp_printer import IppPagePrinter
from drivers.ipp_reasons import standing
from drivers.page_printer import NoPagePrinter, PagePrinterConfig
from tests.drivers.recorder import Recorder


def printer(*reasons: str, **more: tuple[Value, ...]) -> Attributes:
    return {
        "printer-state": (4,),
        "printer-state-reasons": reasons,
        "printer-is-accepting-jobs": (True,),
        "operations-supported": tuple(range(2, 12)),
        "document-format-supported": ("image/urf", "application/pdf"),
        **{name.replace("_", "-"): values for name, values in more.items()},
    }


@pytest.mark.parametrize(
    ("reasons", "trouble", "reason"),
    [
        (("media-empty-error",), "no_paper", "paper_out"),
        (("media-needed",), "no_paper", "paper_out"),
        (("input-tray-missing-error",), "no_paper", "paper_out"),
        (("media-jam-error", "door-open-error"), "jam", "jam"),
        (("cover-open",), "door_open", "door_open"),
        (("interlock-open-error", "media-empty-error"), "door_open", "door_open"),
        (("marker-supply-empty-error",), "error", "toner_out"),
        (("toner-empty",), "error", "toner_out"),
        (("output-area-full-error",), "error", "tray_full"),
        (("paused",), "error", "paused"),
        (("shutdown",), "lost", "unplugged"),
        (("cups-missing-filter-error",), "error", "no_filter"),
    ],
)
def test_what_stops_a_printer(reasons: tuple[str, ...], trouble: Trouble, reason: str) -> None:
    now = standing(printer(*reasons))
    assert now.stop is not None
    assert (now.stop.trouble, now.stop.reason) == (trouble, reason)


@pytest.mark.parametrize(
    ("reason", "warning"),
    [
        ("media-low-warning", "paper_low"),
        ("media-empty-warning", "paper_low"),
        ("toner-low-report", "toner_low"),
        ("marker-supply-low-warning", "toner_low"),
        ("marker-waste-almost-full-warning", "service_soon"),
        ("none", ""),
        ("com.example-odd-thing", ""),
    ],
)
def test_what_is_only_a_warning(reason: str, warning: str) -> None:
    now = standing(printer(reason))
    assert now.stop is None
    assert now.warning == warning


def test_a_warning_is_the_cause_once_the_printer_stopped() -> None:
    """CUPS turns `media-empty-error` into a warning."""
    now = standing(printer("media-empty-warning"))
    assert now.stop is None
    assert now.maybe is not None
    stopped = standing(printer("media-empty-warning", printer_state=(5,)))
    assert stopped.stop == now.maybe


def test_stopped_without_a_word() -> None:
    now = standing(printer("none", printer_state=(5,)))
    assert now.stop is not None
    assert now.stop.trouble == "error"


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        ("operations_supported", (2, 4, 8, 9, 10, 11), "not_supported"),
        ("document_format_supported", ("image/urf", "image/pwg-raster"), "no_pdf"),
        ("printer_is_accepting_jobs", (False,), "not_accepting"),
    ],
)
def test_what_nobody_at_the_printer_can_clear(
    name: str, values: tuple[Value, ...], reason: str
) -> None:
    now = standing(printer("none", **{name: values}))
    assert now.stop is not None
    assert now.stop.reason == reason


def test_sheets_and_toner_as_far_as_they_are_counted() -> None:
    now = standing(
        printer(
            printer_input_tray=(
                b"type=sheetFeedAutoRemovableTray;maxcapacity=250;level=17;status=0;name=main",
                b"type=other;level=-3;name=by-pass",
                b"level=99999999999999999999;name=rubbish",
            ),
            marker_levels=(80, 7, -2),
        )
    )
    assert (now.sheets_left, now.toner_pct) == (17, 7)
    assert standing(printer()).sheets_left is None


@pytest.mark.parametrize(
    "attributes", [{}, {"printer-state": (b"\x05",)}, printer("", "-", "-error")]
)
def test_an_odd_answer_is_read_without_an_exception(attributes: Attributes) -> None:
    standing(attributes)


def test_the_configuration_names_the_key_of_a_wrong_address() -> None:
    with pytest.raises(msgspec.ValidationError, match="ipp://HOST"):
        msgspec.convert({"driver": "ipp", "uri": "printer"}, PagePrinterConfig)


async def test_real_devices_have_the_printer_that_the_configuration_names(told: Recorder) -> None:
    named = PagePrinterConfig(driver="ipp", uri="ipp://127.0.0.1:1/ipp/print")
    devices = build(DevicesConfig(page_printer=named), told.emit, told.scanned)
    assert isinstance(devices.page_printer, IppPagePrinter)
    none = build(DevicesConfig(), told.emit, told.scanned)
    assert isinstance(none.page_printer, NoPagePrinter)
